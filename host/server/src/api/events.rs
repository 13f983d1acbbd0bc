//! What happens, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt as _};
use ringkeeper_access::Access;
use ringkeeper_api::{EventRow, Problem, ProblemCode};
use ringkeeper_conductor::{Conductor, RunError};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::extract::Asked;
use crate::peer::Peer;
use crate::problem::Failed;
use crate::state::Host;
use crate::streams::Followed;
use crate::tail::{Source, Tail};

/// How often a stream without events says that it lives.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// The header by which a client that was cut off says where it stood.
const LAST_EVENT_ID: &str = "last-event-id";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// The cluster; the only one, or the run's, where it is left out.
    cluster: Option<String>,
    /// Tell of this run alone.
    run: Option<String>,
    /// The id of the event after which to begin; with what happens from now on where it is left out.
    after: Option<u64>,
}

/// Events of a cluster, or of one run.
pub(super) async fn follow(
    State(host): State<Host>,
    peer: Peer,
    headers: HeaderMap,
    Asked(question): Asked<Question>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failed> {
    let Question { cluster, run, after } = question;
    let after = last_event(&headers)?.or(after);
    let cluster = match (&run, cluster) {
        // A run names its cluster, and one that is not there is said so before the stream begins.
        (Some(run), None) => Some(host.conductor.run(run)?.run.cluster),
        (_, cluster) => cluster,
    };
    let versions = host.conductor.versions(cluster.as_deref())?;
    is_there(after, *versions.borrow())?;
    let followed = host.streams.begin(peer.name())?;
    let may_follow = MayFollow {
        access: host.access,
        peer,
        _followed: followed,
    };
    let source = Events {
        conductor: host.conductor,
        cluster,
        run,
    };
    let tail = Tail::new(source, after, versions, host.stopping);
    Ok(Sse::new(stream(tail, may_follow)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

struct Events {
    conductor: Arc<Conductor>,
    cluster: Option<String>,
    run: Option<String>,
}

impl Source for Events {
    type Error = RunError;

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<EventRow>, RunError> {
        self.conductor
            .events(self.cluster.as_deref(), self.run.as_deref(), after, limit)
            .await
    }
}

/// Who follows: counted while they do, and told nothing more once their token is no good any more.
struct MayFollow {
    access: Access,
    peer: Peer,
    _followed: Followed,
}

impl MayFollow {
    fn still(&self) -> bool {
        match &self.peer {
            Peer::User(_) => true,
            Peer::Token(token) => self.access.is_good(token),
        }
    }
}

/// An id that is not there yet is one of another journal: whoever waited for what comes after it would miss all before.
fn is_there(after: Option<u64>, newest: u64) -> Result<(), Failed> {
    match after {
        Some(after) if after > newest => {
            let message = format!("there is no event {after}: the newest is {newest}");
            let cure = "the journal may be another one than before; begin again without an id, or after 0";
            Err(Problem::new(ProblemCode::NotFound, message, cure).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// First where it begins, so that who is cut off before anything happens can resume; then every event. A failure is told
/// and ends it.
fn stream(tail: Tail<Events>, may_follow: MayFollow) -> impl Stream<Item = Result<Event, Infallible>> {
    let begin = Event::default().id(tail.after().to_string());
    let events = futures::stream::unfold(Some((tail, may_follow)), async |following| {
        let (mut tail, may_follow) = following?;
        match tail.next().await {
            Ok(_) if !may_follow.still() => Some((problem(&no_good()), None)),
            Ok(row) => row.map(|row| (event(&row), Some((tail, may_follow)))),
            Err(error) => Some((problem(&Failed::from(error).problem), None)),
        }
    });
    futures::stream::once(async { begin }).chain(events).map(Ok)
}

fn event(row: &EventRow) -> Event {
    Event::default()
        .id(row.version.to_string())
        .json_data(row)
        .unwrap_or_else(|error| {
            problem(&Problem::plain(
                ProblemCode::Failed,
                format!("event {} cannot be written: {error}", row.version),
            ))
        })
}

fn problem(problem: &Problem) -> Event {
    let event = Event::default().event("problem");
    event.json_data(problem).unwrap_or_default()
}

fn no_good() -> Problem {
    let message = "the token is no good any more: it was revoked, or has ended";
    Problem::new(
        ProblemCode::Unauthenticated,
        message,
        "ask again with another token",
    )
}

fn last_event(headers: &HeaderMap) -> Result<Option<u64>, Failed> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let version = value.to_str().ok().and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| {
        Failed::from(Problem::plain(
            ProblemCode::Invalid,
            "the header Last-Event-ID must be the id of an event, which is a number",
        ))
    })
}
