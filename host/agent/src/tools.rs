//! `POST /v1/tools/{name}`: Cassandra's tools, run for the host.
//!
//! The answer is a line of JSON for each piece that the tool prints, and one last line that says what came of it. The tool
//! goes on when the host goes away; what came of it is then found under `GET /v1/tools/runs/{id}`.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream;
use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_tool_runs::{Intent, Order, Piece, Report, RunError, Stream, ToolRuns};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Pieces that wait for a slow host before the tool does.
const WAITING: usize = 64;

/// The host asks for a tool to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRequest {
    /// Names and values of its parameters.
    #[serde(default)]
    pub values: Vec<(String, String)>,
    /// How it is meant.
    #[serde(default)]
    pub intent: Intent,
    /// How long it may take.
    #[serde(default)]
    pub within_seconds: Option<u64>,
}

/// A line of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolLine {
    /// The tool printed this.
    Printed {
        /// Where to.
        stream: Stream,
        /// What; what is no UTF-8 in it is replaced.
        text: String,
    },
    /// The last line: what came of it.
    Ended(Report),
    /// The last line: it was not run.
    Refused(Problem),
}

#[derive(Clone)]
struct Shared {
    tools: Arc<ToolRuns>,
    /// Tools outlive the connection that asked for them, but not the agent.
    tasks: Arc<Mutex<JoinSet<()>>>,
}

impl Shared {
    fn begin(&self, run: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(ended) = tasks.try_join_next() {
            if let Err(error) = ended {
                tracing::error!(%error, "running a tool panicked");
            }
        }
        tasks.spawn(run);
    }
}

/// The routes of tools.
pub fn tool_routes(tools: Arc<ToolRuns>) -> Router {
    let shared = Shared {
        tools,
        tasks: Arc::default(),
    };
    Router::new()
        .route("/v1/tools/{name}", post(run))
        .route("/v1/tools/runs/{id}", get(report))
        .with_state(shared)
}

async fn run(
    State(shared): State<Shared>,
    Path(tool): Path<String>,
    Json(request): Json<ToolRequest>,
) -> Response {
    let order = Order {
        tool,
        values: request.values,
        intent: request.intent,
        within: request.within_seconds.map(Duration::from_secs),
    };
    let (tell, told) = mpsc::channel(WAITING);
    let tools = Arc::clone(&shared.tools);
    shared.begin(async move { carry_out(&tools, &order, &tell).await });
    let lines = stream::unfold(told, |mut told| async move {
        let line: ToolLine = told.recv().await?;
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.push('\n');
        Some((Ok::<_, Infallible>(text), told))
    });
    let mut response = Body::from_stream(lines).into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn carry_out(tools: &ToolRuns, order: &Order, tell: &mpsc::Sender<ToolLine>) {
    let (piece, mut pieces) = mpsc::channel::<Piece>(WAITING);
    let pass_on = async {
        while let Some(Piece { stream, text }) = pieces.recv().await {
            let text = String::from_utf8_lossy(&text).into_owned();
            // Nobody has to listen to the end.
            let _ = tell.send(ToolLine::Printed { stream, text }).await;
        }
    };
    let run = async {
        let ended = tools.run(order, Some(&piece)).await;
        drop(piece);
        ended
    };
    let (ended, ()) = tokio::join!(run, pass_on);
    let last = match ended {
        Ok(report) => ToolLine::Ended(report),
        Err(error) => ToolLine::Refused(problem(&error)),
    };
    let _ = tell.send(last).await;
}

async fn report(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    match shared.tools.report(&id) {
        Some(report) => Json(report).into_response(),
        None => {
            let problem = Problem::plain(ProblemCode::NotFound, format!("there is no run {id:?} of a tool"));
            (StatusCode::NOT_FOUND, Json(problem)).into_response()
        }
    }
}

fn problem(error: &RunError) -> Problem {
    let message = error.to_string();
    match error {
        RunError::Tool(_) => Problem::new(
            ProblemCode::Invalid,
            message,
            "`ringkeeper tool explain NAME` says what it takes",
        ),
        RunError::Instead { operation, .. } => Problem::new(
            ProblemCode::Refused,
            message,
            format!("ringkeeper run {operation}"),
        ),
        RunError::NodeRuns { .. } => Problem::new(
            ProblemCode::Refused,
            message,
            "stop the node first; the dry run does not need that",
        ),
        RunError::Never { .. } | RunError::NodeUnknown { .. } | RunError::OtherUser { .. } => {
            Problem::plain(ProblemCode::Refused, message)
        }
        RunError::Busy { .. } => {
            Problem::new(ProblemCode::Unavailable, message, "ask again when one has ended")
        }
        RunError::Missing(_) => Problem::plain(ProblemCode::NotFound, message),
        RunError::Installation(_) | RunError::File { .. } | RunError::Child { .. } => {
            Problem::plain(ProblemCode::Failed, message)
        }
    }
}

#[cfg(test)]
mod tests;
