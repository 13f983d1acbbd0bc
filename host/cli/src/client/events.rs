//! Events as they happen, over as many connections as it takes.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use reqwest::header::{ACCEPT, HeaderName};
use ringkeeper_api::{EventRow, Problem};
use sse_stream::{Sse, SseByteStream};

use super::{ANSWER_LIMIT, Client, url_of};
use crate::exit::Exit;
use crate::failure::Failure;

/// How long a stream may say nothing, not even that it lives; the host says so every 15 s.
const SILENCE: Duration = Duration::from_secs(45);
/// How often and how long it is tried to reach the host again: after 1 s, 2 s, 4 s and then every 5 s, 2 min in all.
const PAUSES: usize = 26;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What a follower is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// Something happened.
    Event(Box<EventRow>),
    /// The host went away; why. It is tried to reach it again.
    Lost(String),
    /// The host is there again, and nothing that happened meanwhile is missed.
    Back,
}

/// Events of one run.
pub(crate) struct Events<'a> {
    client: &'a Client,
    run: String,
    /// The version after which the next connection begins; none for what happens from now on.
    after: Option<u64>,
    connection: Option<Connection>,
}

type Connection = BoxStream<'static, Result<Sse, sse_stream::Error>>;

impl Client {
    /// Events of a run after a version, or from now on.
    pub(crate) async fn events(&self, run: &str, after: Option<u64>) -> Result<Events<'_>, Failure> {
        let mut events = Events {
            client: self,
            run: run.to_owned(),
            after,
            connection: None,
        };
        events.connection = Some(events.connect().await?);
        Ok(events)
    }
}

impl Events<'_> {
    /// What happens next, however long that takes.
    ///
    /// # Errors
    /// When the host says that it cannot tell, or cannot be reached again.
    pub(crate) async fn next(&mut self) -> Result<Told, Failure> {
        loop {
            let Some(connection) = &mut self.connection else {
                self.connection = Some(self.reconnect().await?);
                return Ok(Told::Back);
            };
            let lost = match connection.next().await {
                Some(Ok(block)) => match self.read(&block)? {
                    Some(row) => return Ok(Told::Event(Box::new(row))),
                    None => continue,
                },
                Some(Err(error)) => format!("the connection to the host broke: {error}"),
                None => "the host ended the connection".to_owned(),
            };
            self.connection = None;
            return Ok(Told::Lost(lost));
        }
    }

    fn read(&mut self, block: &Sse) -> Result<Option<EventRow>, Failure> {
        let Some(data) = &block.data else {
            // Where the stream begins.
            self.passed(block);
            return Ok(None);
        };
        let nonsense = |error| self.client.nonsense("an event", &error);
        if block.event.as_deref() == Some("problem") {
            return Err(serde_json::from_str::<Problem>(data).map_err(nonsense)?.into());
        }
        let row = serde_json::from_str(data).map_err(nonsense)?;
        self.passed(block);
        Ok(Some(row))
    }

    fn passed(&mut self, block: &Sse) {
        if let Some(version) = block.id.as_ref().and_then(|id| id.parse().ok()) {
            self.after = Some(version);
        }
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let url = url_of(&["events"], &[("run", Some(&self.run))])?;
        let mut request = self.client.http.get(url).header(ACCEPT, "text/event-stream");
        if let Some(after) = self.after {
            request = request.header(LAST_EVENT_ID, after);
        }
        let answer = tokio::time::timeout(ANSWER_LIMIT, self.client.ask(request)).await;
        let answer = answer
            .map_err(|_| self.client.too_slow())?
            .map_err(|error| self.client.unreachable(&error))?;
        if answer.status().is_success() {
            return Ok(SseByteStream::new(alive(answer.bytes_stream().boxed())).boxed());
        }
        let status = answer.status();
        Err(match answer.bytes().await {
            Ok(body) => self.client.refused(status, &body),
            Err(error) => self.client.unreachable(&error),
        })
    }

    /// Tries until the host answers. One that starts answers that it cannot tell yet; any other refusal is the end.
    async fn reconnect(&self) -> Result<Connection, Failure> {
        let mut pause = Duration::from_secs(1);
        let mut last = None;
        for _ in 0..PAUSES {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            match self.connect().await {
                Ok(connection) => return Ok(connection),
                Err(failure) if matches!(failure.exit, Exit::Unreachable | Exit::Failed) => {
                    last = Some(failure)
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(last.unwrap_or_else(|| self.client.too_slow()))
    }
}

/// The bytes, and an error instead of the next ones when none come for too long. Counted in bytes, because a host that has
/// nothing to tell sends comments, which are no blocks.
fn alive(bytes: BoxStream<'static, reqwest::Result<Bytes>>) -> BoxStream<'static, std::io::Result<Bytes>> {
    let next = |bytes: Option<BoxStream<'static, reqwest::Result<Bytes>>>| async move {
        let mut bytes = bytes?;
        match tokio::time::timeout(SILENCE, bytes.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(bytes))),
            Ok(Some(Err(error))) => Some((Err(std::io::Error::other(error)), None)),
            Ok(None) => None,
            Err(_) => {
                let silence = format!("it said nothing for {} s", SILENCE.as_secs());
                Some((Err(std::io::Error::other(silence)), None))
            }
        }
    };
    futures::stream::unfold(Some(bytes), next).boxed()
}
