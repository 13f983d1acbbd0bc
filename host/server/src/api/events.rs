//! What happens, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt as _};
use ringkeeper_api::{EventRow, Problem, ProblemCode};
use ringkeeper_conductor::{Conductor, RunError};
use serde::Deserialize;

use crate::extract::Asked;
use crate::problem::Failed;
use crate::state::Host;
use crate::tail::{Source, Tail};

/// How often a stream without events says that it lives.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// The header by which a client that was cut off says where it stood.
const LAST_EVENT_ID: &str = "last-event-id";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    cluster: Option<String>,
    run: Option<String>,
    after: Option<u64>,
}

/// Events of a cluster, or of one run.
pub(super) async fn follow(
    State(host): State<Host>,
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
    let source = Events {
        conductor: host.conductor,
        cluster,
        run,
    };
    let tail = Tail::new(source, after, versions, host.stopping);
    Ok(Sse::new(stream(tail)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
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

/// First where it begins, so that who is cut off before anything happens can resume; then every event. A failure is told
/// and ends it.
fn stream(tail: Tail<Events>) -> impl Stream<Item = Result<Event, Infallible>> {
    let begin = Event::default().id(tail.after().to_string());
    let events = futures::stream::unfold(Some(tail), async |tail| {
        let mut tail = tail?;
        match tail.next().await {
            Ok(row) => row.map(|row| (event(&row), Some(tail))),
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
