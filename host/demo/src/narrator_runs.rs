//! What happened in a run, in words.

use ringkeeper_journal::{Call, EffectResult, RunEvent, RunId, RunState, StepEnd};
use ringkeeper_plan::Cause;

use crate::narrator::{Narrator, short};
use crate::scene::Tone;

impl Narrator {
    pub(crate) fn of_run(&mut self, run: &RunId, what: &RunEvent) -> Option<(Tone, String)> {
        let number = short(&run.0);
        Some(match what {
            RunEvent::Opened(opened) => {
                self.operations.insert(run.clone(), opened.operation.clone());
                let text = match opened.cause {
                    Cause::Person => format!(
                        "asks for {}; run {number}: {}",
                        opened.operation, opened.plan.title
                    ),
                    _ => format!("begins {}, run {number}: {}", opened.operation, opened.plan.title),
                };
                (Tone::Plain, text)
            }
            RunEvent::State { state, reason, .. } => {
                (Tone::Warning, format!("{number} is {state}: {reason}"))
            }
            RunEvent::ApprovalAsked { reason, .. } => (
                Tone::Warning,
                format!("{number} waits for a person's word: {reason}"),
            ),
            RunEvent::Approved { .. } => (Tone::Good, format!("approves {number}")),
            RunEvent::Rejected { reason, .. } => (Tone::Bad, format!("{number} is refused: {reason}")),
            RunEvent::Replanned { reason, .. } => {
                (Tone::Warning, format!("{number} is planned anew, as {reason}"))
            }
            RunEvent::StepEnded { end, .. } => return self.of_step(run, end),
            RunEvent::Intended(intent) => {
                let place = self.names.of_id(intent.node);
                self.places.insert(intent.effect.clone(), place.clone());
                match &intent.call {
                    Call::Repair { .. } => {
                        self.tally.repairs += 1;
                        return None;
                    }
                    Call::Stop => {
                        self.tally.stops += 1;
                        let text = format!("{number} drains and stops {place}, and will bring it back");
                        (Tone::Busy, text)
                    }
                    Call::Drain | Call::Start | Call::Flush { .. } | Call::Tool { .. } => return None,
                }
            }
            RunEvent::Undone { effect, how } => {
                self.tally.returns += 1;
                let place = self.places.get(effect)?;
                (Tone::Good, format!("{number} has brought {place} back: {how}"))
            }
            RunEvent::UndoFails { effect, reason } => {
                let place = self.places.get(effect)?;
                (
                    Tone::Bad,
                    format!("{number} cannot bring {place} back yet: {reason}"),
                )
            }
            RunEvent::Blocked { blocks, .. } => {
                let first = blocks.first()?;
                self.tally.holds += 1;
                return self.once(run, &first.rule, format!("{number} waits: {}", first.text));
            }
            RunEvent::InDoubt { reason, .. } => {
                let text = format!("{number}: an answer was lost, and the node is asked: {reason}");
                (Tone::Warning, text)
            }
            RunEvent::Ended { result, .. } => match result {
                EffectResult::Failed { message } => {
                    return self.once(run, message, format!("{number}: a call failed: {message}"));
                }
                EffectResult::Lost { reason } => {
                    return self.once(run, "lost", format!("{number}: a call was lost: {reason}"));
                }
                EffectResult::Done { .. } | EffectResult::NotStarted { .. } | EffectResult::Cancelled => {
                    return None;
                }
            },
            RunEvent::Overstepped { reason, .. } => (
                Tone::Bad,
                format!("{number}: the plugin asked for too much: {reason}"),
            ),
            RunEvent::Broke { reason, .. } => (Tone::Bad, format!("{number}: the plugin broke: {reason}")),
            RunEvent::Closed { state, summary, .. } => {
                let operation = self.operations.get(run).map_or("", String::as_str);
                let text = format!(
                    "{operation} {number} {}: {summary}",
                    state.to_string().to_lowercase()
                );
                self.tally.runs.push(self.names.told(&text));
                let is_good = *state == RunState::Succeeded;
                (if is_good { Tone::Good } else { Tone::Bad }, text)
            }
            _ => return None,
        })
    }

    fn of_step(&mut self, run: &RunId, end: &StepEnd) -> Option<(Tone, String)> {
        let number = short(&run.0);
        match end {
            StepEnd::Failed { message } => Some((Tone::Bad, format!("{number}: a step failed: {message}"))),
            StepEnd::Postponed { reasons, .. } => {
                let why = reasons.join("; ");
                self.once(run, &why, format!("{number} puts a step off: {why}"))
            }
            StepEnd::Done { .. } | StepEnd::Skipped { .. } => None,
        }
    }

    /// A line that is left out where the run waited for the same before.
    fn once(&mut self, run: &RunId, why: &str, text: String) -> Option<(Tone, String)> {
        let before = self.waits.insert(run.clone(), why.to_owned());
        (before.as_deref() != Some(why)).then_some((Tone::Warning, text))
    }
}
