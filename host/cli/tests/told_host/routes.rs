//! What the host answers.

use std::convert::Infallible;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::Stream;
use ringkeeper_api::{Problem, ProblemCode, RunDetail, RunSummary, ToolOutput, ToolOutputQuestion};
use ringkeeper_cluster::ToolStream;
use serde::Deserialize;
use tokio::sync::watch;

use super::{Knows, RUN, Shared};
use crate::tool_run::piece;

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/api/v1/runs", post(open))
        .route("/api/v1/runs/{id}", get(show))
        .route("/api/v1/runs/{id}/output", get(output))
        .route("/api/v1/events", get(events))
        .with_state(shared)
}

type Refused = (StatusCode, Json<Problem>);

fn no_run(id: &str) -> Refused {
    let problem = Problem::plain(ProblemCode::NotFound, format!("no run is called `{id}`"));
    (StatusCode::NOT_FOUND, Json(problem))
}

async fn open(State(shared): State<Shared>) -> (StatusCode, Json<RunSummary>) {
    shared.send_modify(|knows| knows.changes += 1);
    (StatusCode::ACCEPTED, Json(shared.borrow().run.run.clone()))
}

async fn show(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<RunDetail>, Refused> {
    if id != RUN {
        return Err(no_run(&id));
    }
    Ok(Json(shared.borrow().run.clone()))
}

async fn output(
    State(shared): State<Shared>,
    Query(question): Query<ToolOutputQuestion>,
) -> Json<ToolOutput> {
    shared.send_modify(|knows| knows.asked_for_output += 1);
    let knows = shared.borrow();
    let [printed, complaints] = &knows.printed;
    let printed = match question.stream {
        ToolStream::Output => printed,
        ToolStream::Complaints => complaints,
    };
    Json(piece(printed, question.from, knows.run.run.ended_at.is_some()))
}

#[derive(Deserialize)]
struct Question {
    run: String,
}

async fn events(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(Question { run }): Query<Question>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    if run != RUN {
        return Err(no_run(&run));
    }
    let last = headers
        .get("last-event-id")
        .map(|id| id.to_str().unwrap().parse().unwrap());
    let after = last.unwrap_or_else(|| shared.borrow().events.len());
    let begin = u64::try_from(after).unwrap();
    shared.send_modify(|knows| knows.begins.push(begin));
    let knows = shared.subscribe();
    Ok(Sse::new(futures::stream::unfold(
        (shared, knows, after, false),
        |(shared, mut knows, after, begun)| async move {
            if !begun {
                let event = Event::default().id(after.to_string());
                return Some((Ok(event), (shared, knows, after, true)));
            }
            let event = next(&mut knows, after).await?;
            shared.send_modify(|knows| knows.sent += 1);
            Some((Ok(event), (shared, knows, after + 1, true)))
        },
    )))
}

/// The event behind `after`, once there is one; none when the host stops.
async fn next(knows: &mut watch::Receiver<Knows>, after: usize) -> Option<Event> {
    let ready = |knows: &Knows| knows.stopping || knows.events.len() > after || knows.failure.is_some();
    let knows = knows.wait_for(ready).await.ok()?;
    if knows.stopping {
        return None;
    }
    if let Some(row) = knows.events.get(after) {
        return Some(
            Event::default()
                .id(row.version.to_string())
                .json_data(row)
                .unwrap(),
        );
    }
    let problem = Problem::plain(ProblemCode::Unavailable, knows.failure.clone()?);
    Some(Event::default().event("problem").json_data(problem).unwrap())
}
