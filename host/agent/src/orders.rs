//! Orders to start and stop Cassandra: each carried out once, one after the other, whoever stops listening.
//!
//! The last one stands in the state directory, with its number, before anything is done and again when it has ended. So a
//! host that lost the connection asks again and is told how it ended, one whose lease another has taken since is refused,
//! and an agent that was killed meanwhile says that it does not know, rather than do it twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{OrderState, Problem, ProblemCode, ProcessRequest};
use ringkeeper_cluster::{ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Semaphore, mpsc, watch};

use crate::fence::Fence;

use crate::state::write_whole;

/// What is to be done with Cassandra.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Start it.
    Start,
    /// Stop it.
    Stop,
}

/// The last order that was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heard {
    deed: Deed,
    order: ringkeeper_cluster::Order,
    state: OrderState,
}

/// An order on its way to whoever carries it out.
#[derive(Debug)]
struct Job {
    deed: Deed,
    request: ProcessRequest,
}

/// The orders of one node.
#[derive(Debug)]
pub(crate) struct Orders {
    file: PathBuf,
    /// Held while an order is judged and written down.
    gate: Mutex<()>,
    last: watch::Sender<Option<Heard>>,
    fence: Arc<Fence>,
    jobs: mpsc::Sender<Job>,
}

/// Carries orders out.
#[derive(Debug)]
pub(crate) struct Worker {
    orders: Arc<Orders>,
    jobs: mpsc::Receiver<Job>,
    driver: Arc<dyn ProcessDriver>,
    /// Held by whoever works on the files of the stopped node: nobody starts it meanwhile.
    on_files: Arc<Semaphore>,
}

/// The file with the last order.
pub(crate) fn file_in(state: &Path) -> PathBuf {
    state.join("order.json")
}

/// The orders that are kept in this state directory, and who carries them out.
///
/// # Errors
/// When the last one cannot be read.
pub(crate) fn open(
    state: &Path,
    driver: Arc<dyn ProcessDriver>,
) -> Result<(Arc<Orders>, Worker), std::io::Error> {
    let file = file_in(state);
    let last = read(&file)?.map(|mut heard: Heard| {
        if heard.state == OrderState::Running {
            heard.state = OrderState::Failed {
                error: ProcessError {
                    kind: ProcessErrorKind::TimedOut,
                    message:
                        "the agent was killed while this was under way: it may or may not have had its effect"
                            .to_owned(),
                },
            };
        }
        heard
    });
    let fence = Arc::<Fence>::default();
    if let Some(heard) = &last {
        fence.raise(&heard.order);
    }
    let (sender, jobs) = mpsc::channel(1);
    let orders = Arc::new(Orders {
        file,
        gate: Mutex::new(()),
        last: watch::Sender::new(last),
        fence,
        jobs: sender,
    });
    let worker = Worker {
        orders: Arc::clone(&orders),
        jobs,
        driver,
        on_files: Arc::new(Semaphore::new(1)),
    };
    Ok((orders, worker))
}

impl Orders {
    /// What holds back orders that come too late.
    pub(crate) fn fence(&self) -> Arc<Fence> {
        Arc::clone(&self.fence)
    }

    /// Takes an order, and says how it stands once it has ended or `patience` is over.
    ///
    /// # Errors
    /// When it comes too late, or cannot be written down; then nothing was done.
    pub(crate) async fn take(
        &self,
        deed: Deed,
        request: ProcessRequest,
        patience: Duration,
    ) -> Result<OrderState, Problem> {
        let number = request.order.number;
        let mut last = self.last.subscribe();
        {
            let _gate = self.gate.lock().await;
            let before = last.borrow_and_update().clone();
            if is_new(before.as_ref(), deed, &request)? {
                self.fence.check(&request.order)?;
                let heard = Heard {
                    deed,
                    order: request.order.clone(),
                    state: OrderState::Running,
                };
                let place = self
                    .jobs
                    .reserve()
                    .await
                    .map_err(|_| unavailable("the agent is about to end"))?;
                self.keep(&heard)?;
                self.fence.raise(&heard.order);
                self.last.send_replace(Some(heard));
                place.send(Job { deed, request });
            }
        }
        let has_ended = |heard: &Option<Heard>| match heard {
            Some(heard) => heard.order.number != number || heard.state != OrderState::Running,
            None => false,
        };
        let waited = tokio::time::timeout(patience, last.wait_for(has_ended)).await;
        match waited {
            Ok(Ok(heard)) => match heard.as_ref().filter(|heard| heard.order.number == number) {
                Some(heard) => Ok(heard.state.clone()),
                None => Err(unavailable("another order came since")),
            },
            Ok(Err(_)) => Err(unavailable("the agent is about to end")),
            Err(_) => Ok(OrderState::Running),
        }
    }

    /// The number of the last order that was heard.
    pub(crate) fn last_number(&self) -> Option<u64> {
        self.last.borrow().as_ref().map(|heard| heard.order.number)
    }

    /// Whether the last order was to stop Cassandra, came after the one of this number, and did not fail.
    pub(crate) fn stopped_since(&self, before: Option<u64>) -> bool {
        let last = self.last.borrow();
        last.as_ref().is_some_and(|heard| {
            let is_later = before.is_none_or(|before| heard.order.number > before);
            heard.deed == Deed::Stop && is_later && !matches!(heard.state, OrderState::Failed { .. })
        })
    }

    fn keep(&self, heard: &Heard) -> Result<(), Problem> {
        write(&self.file, heard).map_err(|error| {
            let message = format!(
                "the order cannot be written to {}: {error}; nothing was done",
                self.file.display()
            );
            unavailable(&message)
        })
    }

    fn end(&self, number: u64, state: &OrderState) {
        let ended = |heard: &mut Option<Heard>| match heard {
            Some(heard) if heard.order.number == number => {
                heard.state = state.clone();
                // What cannot be kept is unknown after the next start, which is true then.
                if let Err(problem) = self.keep(heard) {
                    tracing::error!("{}", problem.message);
                }
                true
            }
            _ => false,
        };
        self.last.send_if_modified(ended);
    }
}

impl Worker {
    /// What is held while somebody works on the files of the stopped node.
    pub(crate) fn on_files(&self) -> Arc<Semaphore> {
        Arc::clone(&self.on_files)
    }

    /// Carries out what comes, one after the other.
    pub(crate) async fn work(mut self) {
        while let Some(Job { deed, request }) = self.jobs.recv().await {
            let ProcessRequest {
                order,
                place,
                limit_ms,
                ..
            } = request;
            tracing::info!(
                run = order.run,
                step = order.step,
                number = order.number,
                "{deed:?} Cassandra"
            );
            let limit = Duration::from_millis(limit_ms);
            let deed = self.carry_out(deed, &place, &order);
            let ended = tokio::time::timeout(limit, deed).await.unwrap_or_else(|_| {
                Err(ProcessError {
                    kind: ProcessErrorKind::TimedOut,
                    message: format!("it took longer than {limit:?}"),
                })
            });
            let state = match ended {
                Ok(()) => OrderState::Done,
                Err(error) => {
                    tracing::warn!(number = order.number, "{error}");
                    OrderState::Failed { error }
                }
            };
            self.orders.end(order.number, &state);
        }
    }

    async fn carry_out(
        &self,
        deed: Deed,
        place: &ProcessPlace,
        order: &ringkeeper_cluster::Order,
    ) -> Result<(), ProcessError> {
        match deed {
            Deed::Start => {
                let _alone = self.on_files.acquire().await;
                self.driver.start(place, order).await
            }
            Deed::Stop => self.driver.stop(place, order).await,
        }
    }
}

/// Whether an order is to be carried out; else it was taken before.
fn is_new(before: Option<&Heard>, deed: Deed, request: &ProcessRequest) -> Result<bool, Problem> {
    let Some(before) = before else { return Ok(true) };
    let (number, order) = (request.order.number, &before.order);
    if number < order.number {
        // The fence knows the words for it.
        return Ok(true);
    }
    if number > order.number {
        return match before.state {
            OrderState::Running => Err(unavailable(&format!(
                "order {} of run {}, step {} is under way",
                order.number, order.run, order.step
            ))),
            _ => Ok(true),
        };
    }
    if before.deed != deed || *order != request.order {
        return Err(Problem::plain(
            ProblemCode::Refused,
            format!("order {number} was heard before, as another one"),
        ));
    }
    Ok(false)
}

fn unavailable(message: &str) -> Problem {
    Problem::plain(ProblemCode::Unavailable, message)
}

fn read(file: &Path) -> Result<Option<Heard>, std::io::Error> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a value to a file, whole or not at all.
pub(crate) fn write(file: &Path, value: &impl Serialize) -> Result<(), std::io::Error> {
    write_whole(file, &serde_json::to_vec(value)?)
}

#[cfg(test)]
pub(crate) mod tests;
