//! One of Cassandra's tools, run beside a node: asked for through the gate, begun by its driver, followed to its end.
//!
//! A tool is a once-effect, and the number of the row that says it is about to be begun is its name beside the node: the same
//! number begins nothing twice. What is known decides:
//!
//! | what is known | what is said beside the node | what follows |
//! |---|---|---|
//! | the intention alone | | nothing was called: it is begun, if nothing speaks against it now |
//! | that it was about to be begun | runs | looked at again |
//! | | ended, was refused | the end, by its report |
//! | | never heard of it | looked at again until the in-doubt window has passed; then one that only looks is begun under the same number, and any other has failed: whether it ran is not known |
//! | | silent | looked at again, for as long as the node is in the ring |

mod asked;
mod printed;

use std::time::Duration;

use ringkeeper_cluster::{Order, ToolCall, ToolErrorKind, ToolReport, ToolState};
use ringkeeper_journal::{EffectResult, Part, RunEvent};
use ringkeeper_plan::Impact;
use ringkeeper_tools::{Ground, find};

use super::fault_points::{FaultPoint, Safeguard};
use super::follow::{Look, Patience, in_doubt_window, run_of};
use super::gate::may_begin;
use super::lifecycle::place_of;
use super::run::Effect;
use super::touched;
use crate::Conductor;
use crate::conductor::Watched;

/// Between two looks at a tool that is not known to be over.
const POLL: Duration = Duration::from_secs(1);
/// After a call that began nothing, and between questions to an agent that is silent.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// Calls that may begin nothing.
const MOST_FAILURES: u32 = 3;

impl Conductor {
    /// One look at a tool that is to be run, and the call that follows from it.
    pub(super) async fn run_tool(
        &self,
        cluster: &Watched,
        effect: &Effect,
        order: &ToolCall,
        patience: &mut Patience,
    ) -> Look {
        let Some((_, called_at)) = effect.calling.filter(|_| !patience.returned) else {
            return self.begin_tool(cluster, effect, order, patience).await;
        };
        let Some(place) = place_of(cluster, effect) else {
            return Look::Again(POLL);
        };
        let state = cluster
            .tools
            .state(&place, &number_of(effect, effect.fence))
            .await;
        match state {
            Ok(ToolState::Running) => Look::Again(patience.next()),
            Ok(ToolState::Ended { report }) => Look::Ended(result_of(&report)),
            Ok(ToolState::Refused { message }) => failed(message),
            Ok(ToolState::Unknown) => {
                self.note_doubt(
                    cluster,
                    effect,
                    "whoever runs tools beside the node has not heard of it",
                )
                .await;
                let waited = self.seams().clock.now().since(called_at);
                if waited < in_doubt_window(cluster.call_limit) && !self.faults().omits(Safeguard::InDoubt) {
                    return Look::Again(POLL);
                }
                if touched::impact_of_tool(order) == Impact::Observe {
                    return self.begin_tool(cluster, effect, order, patience).await;
                }
                failed(format!(
                    "whether it ran is not known: its answer was lost, and whoever runs tools beside {} has no word of it",
                    effect.intent.endpoint.ip()
                ))
            }
            Err(error) if error.kind == ToolErrorKind::Unsupported => {
                failed(format!("what became of it is not known: {error}"))
            }
            Err(error) => {
                tracing::debug!(cluster = cluster.name, %error, "how a tool stands is not known");
                Look::Again(AFTER_A_FAILURE)
            }
        }
    }

    /// Has it begun, if nothing speaks against it at this very moment. Under the number that it had before, where it had one.
    async fn begin_tool(
        &self,
        cluster: &Watched,
        effect: &Effect,
        order: &ToolCall,
        patience: &mut Patience,
    ) -> Look {
        if let Some(reason) = self.speaks_against_tool(cluster, effect, order).await {
            return Look::Ended(EffectResult::NotStarted { reason });
        }
        if patience.failures >= MOST_FAILURES {
            return failed(patience.last_failure.clone());
        }
        let Some(place) = place_of(cluster, effect) else {
            return Look::Again(POLL);
        };
        let number = match effect.calling {
            Some(_) => Ok(number_of(effect, effect.fence)),
            None => self.note_calling(cluster, effect, Part::Tool).await,
        };
        let number = match number {
            Ok(number) => number,
            Err(error) => {
                let reason = format!("the journal cannot be written, so nothing is done: {error}");
                return Look::Ended(EffectResult::NotStarted { reason });
            }
        };
        let id = &effect.intent.effect;
        self.faults().reach(FaultPoint::BeforeCall, id).await;
        let answer = cluster.tools.begin(&place, &number, order).await;
        self.faults().reach(FaultPoint::AfterCall, id).await;
        patience.returned = matches!(&answer, Err(error) if error.kind == ToolErrorKind::Unavailable);
        match answer {
            Ok(ToolState::Ended { report }) => Look::Ended(result_of(&report)),
            Ok(ToolState::Refused { message }) => failed(message),
            Ok(ToolState::Running | ToolState::Unknown) => Look::Again(Duration::ZERO),
            Err(error) => match error.kind {
                ToolErrorKind::Unsupported | ToolErrorKind::Refused => failed(error.to_string()),
                ToolErrorKind::Unavailable => {
                    patience.fail(error.to_string());
                    Look::Again(AFTER_A_FAILURE)
                }
                ToolErrorKind::Lost => {
                    self.note_doubt(cluster, effect, &error.to_string()).await;
                    Look::Again(POLL)
                }
            },
        }
    }

    /// What speaks against beginning it. Of a node that was stopped for it, the guard has let go already: what holds the tool up
    /// now only keeps the node away for longer.
    async fn speaks_against_tool(
        &self,
        cluster: &Watched,
        effect: &Effect,
        order: &ToolCall,
    ) -> Option<String> {
        let impact = touched::impact_of_tool(order);
        if impact > Impact::Observe && !needs_stopped_node(order) {
            return self.speaks_against(cluster, effect, impact).await;
        }
        let book = cluster.stream.book();
        let Some(run) = book.run(&run_of(&effect.intent.effect)) else {
            return Some("its run is gone".to_owned());
        };
        let refused = may_begin(&book, run, impact).err().map(|error| error.to_string());
        refused.or_else(|| cluster.abandoned(&run.opened.run, &effect.intent.step))
    }

    /// Writes once that the answer is missing.
    async fn note_doubt(&self, cluster: &Watched, effect: &Effect, reason: &str) {
        if effect.doubt.is_none() {
            let event = RunEvent::InDoubt {
                effect: effect.intent.effect.clone(),
                reason: reason.to_owned(),
            };
            self.write_until_written(cluster, &run_of(&effect.intent.effect), event)
                .await;
        }
    }
}

/// A tool with its values, as a person reads it.
pub(crate) fn words(order: &ToolCall) -> String {
    let values = order
        .values
        .iter()
        .map(|(name, value)| format!(" {name}={value}"));
    let dry = if order.dry_run { " (dry run)" } else { "" };
    format!("{}{}{dry}", order.tool, values.collect::<String>())
}

/// Whether it works on the files themselves.
fn needs_stopped_node(order: &ToolCall) -> bool {
    !order.dry_run && find(&order.tool).is_ok_and(|tool| tool.ground == Ground::StoppedNode)
}

fn number_of(effect: &Effect, number: u64) -> Order {
    Order {
        run: run_of(&effect.intent.effect).0,
        step: effect.intent.step.clone(),
        number,
    }
}

fn result_of(report: &ToolReport) -> EffectResult {
    let message = report.to_string();
    match report.is_well() {
        true => EffectResult::Done { message },
        false => EffectResult::Failed { message },
    }
}

fn failed(message: impl Into<String>) -> Look {
    Look::Ended(EffectResult::Failed {
        message: message.into(),
    })
}
