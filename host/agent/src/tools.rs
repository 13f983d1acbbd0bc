//! Cassandra's tools, run for the host: each order once, written down before anything is done, and kept.
//!
//! The picture to keep in mind: an order is a file, called by its number, that says what was asked for and how it stands. A
//! host that lost the connection asks by the number, as does one that was killed and came back. A tool goes on when
//! the host goes away, and ends with the agent: what an agent was killed in is ended at its next start, and then said to
//! have been broken off. Orders that change something are fenced together with those about the process.

mod kept;
mod routes;
mod runner;
mod told;

pub(crate) use routes::routes;
pub use runner::ToolPlaces;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_cluster::{Order, ToolCall, ToolPiece, ToolState, ToolStream};
use ringkeeper_plan::Impact;
use ringkeeper_seams::{Clock, Seams};
use ringkeeper_tool_runs::{Found, Intent, RunError, Stream, ToolRuns, end_leftovers};
use ringkeeper_tools::find;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::fence::Fence;
use kept::{Heard, Kept};
use runner::Runner;
use told::{broken_off, problem, told, whole_letters};

/// The largest piece of what a tool printed, in bytes.
const PIECE: usize = 64 * 1024;
/// How long a tool that changes something may take.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// How long the answer to an order waits for an end that comes at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// The orders of tools of one node.
#[derive(Debug)]
pub(crate) struct ToolOrders {
    kept: Arc<Kept>,
    runner: Runner,
    fence: Arc<Fence>,
    clock: Arc<dyn Clock>,
    /// Held while an order is judged and written down.
    gate: tokio::sync::Mutex<()>,
    /// Grows whenever a tool ends.
    ended: watch::Sender<u64>,
    /// Tools outlive the connection that asked for them, but not the agent.
    tasks: Mutex<JoinSet<()>>,
}

/// The folder with the orders of tools.
pub(crate) fn folder_in(state: &Path) -> PathBuf {
    state.join("tools").join("orders")
}

impl ToolOrders {
    /// The orders that are kept in this state directory. What an agent that was killed left running is ended.
    ///
    /// # Errors
    /// When they cannot be read, or what was left running does not end.
    pub(crate) async fn open(
        state: &Path,
        places: ToolPlaces,
        seams: Seams,
        fence: Arc<Fence>,
        on_files: Arc<Semaphore>,
    ) -> Result<Arc<Self>, RunError> {
        let folder = state.join("tools");
        end_leftovers(&folder).await?;
        let clock = Arc::clone(&seams.clock);
        let kept = Kept::open(folder_in(state))?;
        let runner = Runner::new(folder, places, seams, on_files);
        for mut heard in kept.running() {
            let report = broken_off(&heard, &runner, clock.now());
            tracing::warn!(
                number = heard.order.number,
                tool = heard.call.tool,
                "the agent ended while it ran"
            );
            heard.state = ToolState::Ended { report };
            kept.write(&heard)?;
        }
        if let Some(last) = kept.last_that_changes(changes) {
            fence.raise(&last);
        }
        Ok(Arc::new(Self {
            kept: Arc::new(kept),
            runner,
            fence,
            clock,
            gate: tokio::sync::Mutex::new(()),
            ended: watch::Sender::new(0),
            tasks: Mutex::default(),
        }))
    }

    /// Begins the tool of an order, unless it was heard before, and says how it stands.
    ///
    /// # Errors
    /// When it comes too late, is another one than was heard under its number, or nothing can be run or written down.
    pub(crate) async fn take(&self, order: Order, call: ToolCall) -> Result<ToolState, Problem> {
        let number = order.number;
        let mut ended = self.ended.subscribe();
        {
            let _gate = self.gate.lock().await;
            if let Some(heard) = self.kept.find(number) {
                if heard.order == order && heard.call == call {
                    return Ok(heard.state);
                }
                return Err(Problem::plain(
                    ProblemCode::Refused,
                    format!("order {number} was heard before, as another one"),
                ));
            }
            if changes(&call) {
                self.fence.check(&order)?;
            }
            let tools = self.runner.ready().await.map_err(|error| problem(&error))?;
            let heard = Heard {
                run: tools.new_id(),
                began_at: self.clock.now(),
                order,
                call,
                state: ToolState::Running,
            };
            self.kept.write(&heard).map_err(|error| {
                Problem::plain(
                    ProblemCode::Unavailable,
                    format!("the order cannot be written down: {error}; nothing was done"),
                )
            })?;
            if changes(&heard.call) {
                self.fence.raise(&heard.order);
            }
            // Not the whole of this, so that what runs ends with it.
            let (kept, ended) = (Arc::clone(&self.kept), self.ended.clone());
            self.begin(async move {
                carry_out(&tools, &kept, heard).await;
                ended.send_modify(|count| *count += 1);
            });
        }
        let over =
            async { while self.state(number) == ToolState::Running && ended.changed().await.is_ok() {} };
        // Whoever asks again is told the rest.
        let _ = tokio::time::timeout(PATIENCE, over).await;
        Ok(self.state(number))
    }

    /// How the tool of an order stands.
    pub(crate) fn state(&self, number: u64) -> ToolState {
        self.kept
            .find(number)
            .map_or(ToolState::Unknown, |heard| heard.state)
    }

    /// Whether a tool could be run now.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn ready(&self) -> Result<(), Problem> {
        let ready = self.runner.ready().await;
        ready.map(drop).map_err(|error| problem(&error))
    }

    /// Where the Cassandra is that runs, or ran last; none where nobody knows. Waits for disks.
    pub(crate) fn found(&self) -> Option<Found> {
        self.runner.found_or_said()
    }

    /// A piece of what a tool printed.
    ///
    /// # Errors
    /// When nothing is known of its order, or it cannot be read.
    pub(crate) fn printed(&self, number: u64, stream: ToolStream, from: u64) -> Result<ToolPiece, Problem> {
        let heard = self.kept.find(number).ok_or_else(|| {
            let message = format!("nothing is kept of the tool of order {number}");
            Problem::plain(ProblemCode::NotFound, message)
        })?;
        let stream = match stream {
            ToolStream::Output => Stream::Output,
            ToolStream::Complaints => Stream::Complaints,
        };
        let read = self.runner.printed(&heard.run, stream, from, PIECE);
        let (bytes, length) = read.map_err(|error| problem(&error))?;
        let is_over = heard.state != ToolState::Running;
        let whole = match is_over && from + bytes.len() as u64 >= length {
            true => bytes.len(),
            false => whole_letters(&bytes),
        };
        let bytes = bytes.get(..whole).unwrap_or_default();
        let next = from + bytes.len() as u64;
        Ok(ToolPiece {
            text: String::from_utf8_lossy(bytes).into_owned(),
            next,
            is_last: is_over && next >= length,
        })
    }

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

/// Runs the tool of an order, and writes down how it ended.
async fn carry_out(tools: &ToolRuns, kept: &Kept, mut heard: Heard) {
    let (number, tool) = (heard.order.number, heard.call.tool.clone());
    tracing::info!(
        run = heard.order.run,
        step = heard.order.step,
        number,
        tool,
        "runs a tool"
    );
    let order = ringkeeper_tool_runs::Order {
        tool: heard.call.tool.clone(),
        values: heard.call.values.clone(),
        // What may be run for real was decided by the host.
        intent: match heard.call.dry_run {
            true => Intent::DryRun,
            false => Intent::ForReal,
        },
        // What rewrites files may take long; what only looks and takes longer than the usual limit hangs.
        within: changes(&heard.call).then_some(LONGEST),
    };
    heard.state = match tools.run_as(heard.run.clone(), &order, None).await {
        Ok(report) => ToolState::Ended { report: told(report) },
        Err(error) => {
            let Problem { message, cure, .. } = problem(&error);
            let cure = cure.map(|cure| format!("; {cure}")).unwrap_or_default();
            ToolState::Refused {
                message: format!("{message}{cure}"),
            }
        }
    };
    // What cannot be kept was broken off, as far as anybody knows after the next start.
    if let Err(error) = kept.write(&heard) {
        tracing::error!(number, "how a tool ended cannot be written down: {error}");
    }
}

/// Whether it changes something, by the catalogue. What is not in it is refused before it is run.
fn changes(call: &ToolCall) -> bool {
    !call.dry_run && find(&call.tool).is_ok_and(|tool| tool.impact > Impact::Observe)
}

#[cfg(test)]
mod tests;
