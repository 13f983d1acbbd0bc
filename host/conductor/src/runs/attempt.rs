//! One attempt at a step, from its start to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use ringkeeper_guard::Consent;
use ringkeeper_journal::{EffectId, RunEvent, RunId, RunState, StepEnd};
use ringkeeper_plan::{Attempt, Failure, Outcome, Step};
use ringkeeper_sandbox::{CallContext, CallError, CallReport};

use super::approval::denied;
use super::effects::StepWork;
use super::run::{Run, StepState};
use super::scoping::outside;
use crate::Conductor;
use crate::conductor::Watched;
use crate::plugin_state::JournalState;

/// Attempts in a row that a plugin may break in (trap, exceed a limit) before its step has failed.
const BREAKS: u32 = 3;
/// Wait before a step that broke, or that the host could not carry on, is tried again.
const AFTER_A_BREAK: Duration = Duration::from_secs(30);
/// A step cannot be put off for longer than this at a time.
const LONGEST_POSTPONEMENT: Duration = Duration::from_secs(24 * 3_600);
/// Steps of one run, those that its steps added among them: as many as two of the longest plans have.
const MOST_STEPS: usize = 100_000;
/// Instances that one attempt may take: a plugin that waits for jobs that are over would turn for ever.
const MOST_INSTANCES: u32 = 10_000;

/// What an attempt was begun with.
struct Begun {
    step: Step,
    attempt: Attempt,
    /// How its plugin broke in it already.
    broken: Option<String>,
    operation: String,
    plugin: String,
    digest: String,
}

impl Conductor {
    /// Carries an attempt that was started to its end, and writes how it ended once all that it began is at rest. After a
    /// restart of the host it is called again for the same attempt.
    pub(super) async fn carry_out(self: Arc<Self>, cluster: Arc<Watched>, run: RunId, step: String) {
        for _ in 0..MOST_INSTANCES {
            let Some(begun) = begun(&cluster, &run, &step) else {
                return;
            };
            if let Some(how) = begun.broken {
                cluster.note_abandoned(&run, &step, format!("its plugin broke: {how}"));
                let end = self.after_a_break(&cluster, &run, &step, how);
                return self.end(&cluster, &run, &step, Vec::new(), end).await;
            }
            let next = match self.execute(&cluster, &run, &begun).await {
                Ok(report) => self.judge_answer(&cluster, &run, &begun, report),
                Err(CannotExecute::NotNow(reason)) => {
                    cluster.note_abandoned(&run, &step, reason.clone());
                    Next::End(self.put_off(reason, AFTER_A_BREAK))
                }
                Err(CannotExecute::AnotherComponent) => {
                    let reason = "the plugin is another component than the one that planned".to_owned();
                    cluster.note_abandoned(&run, &step, reason.clone());
                    Next::Replan(reason)
                }
            };
            match next {
                Next::Broke(error) => self.note_break(&cluster, &run, &begun, &error).await,
                Next::Wait(jobs) => {
                    join_all(jobs.iter().map(|job| self.follow(&cluster, &run, job))).await;
                }
                Next::End(end) => return self.end(&cluster, &run, &step, Vec::new(), end).await,
                Next::Extend(steps) => {
                    let summary = format!("{} more steps", steps.len());
                    let more = RunEvent::Extended { steps };
                    return self
                        .end(&cluster, &run, &step, vec![more], StepEnd::Done { summary })
                        .await;
                }
                Next::Replan(reason) => {
                    self.end(
                        &cluster,
                        &run,
                        &step,
                        Vec::new(),
                        self.put_off(reason.clone(), Duration::ZERO),
                    )
                    .await;
                    cluster.ask_replan(&run, reason);
                    return;
                }
            }
        }
        let message = format!("the plugin waited {MOST_INSTANCES} times for jobs without coming to an end");
        self.end(&cluster, &run, &step, Vec::new(), StepEnd::Failed { message })
            .await;
    }

    /// Has the plugin carry on with the step in a fresh instance, or says why it cannot.
    async fn execute(
        self: &Arc<Self>,
        cluster: &Arc<Watched>,
        run: &RunId,
        begun: &Begun,
    ) -> Result<CallReport<Result<Outcome, Failure>>, CannotExecute> {
        let name = &begun.plugin;
        let not_now = |reason: String| CannotExecute::NotNow(reason);
        let plugins = self.plugins();
        let entry = plugins
            .named(name)
            .ok_or_else(|| not_now(format!("plugin `{name}` is no longer in the configuration")))?;
        let plugin = entry
            .loaded
            .as_ref()
            .map_err(|reason| not_now(format!("plugin `{name}` was refused: {reason}")))?;
        if plugin.digest().as_str() != begun.digest {
            return Err(CannotExecute::AnotherComponent);
        }
        let work = format!("execute {}", begun.operation);
        if let Some(reason) = entry.waits(&work, self.seams().clock.now()) {
            return Err(not_now(format!("plugin `{name}`: {reason}")));
        }
        let state = JournalState::new(self.journal(), &entry.name, &cluster.name);
        let mut context = CallContext::new(run.0.clone(), cluster.snapshot(), Arc::new(state));
        context.telemetry = Arc::clone(&entry.telemetry);
        context.progress = cluster.progress(run, &begun.step.id);
        context.cancelled = cluster.cancelled(run);
        context.work = Arc::new(StepWork {
            conductor: Arc::clone(self),
            cluster: Arc::clone(cluster),
            run: run.clone(),
            step: begun.step.id.clone(),
            attempt: begun.attempt.number,
            made: Mutex::new(BTreeMap::new()),
        });
        let report = plugin.execute(context, &begun.step, begun.attempt).await;
        entry.note_usage(report.usage);
        // What waits for jobs has not come to an end yet.
        if !matches!(report.result, Ok(Ok(Outcome::WaitFor(_)))) {
            self.note_call(entry, &work, report.result.as_ref().err()).await;
        }
        for line in &report.log {
            tracing::info!(cluster = cluster.name, %run, step = begun.step.id, plugin = entry.name, level = %line.level, "{}", line.message);
        }
        Ok(report)
    }

    fn judge_answer(
        &self,
        cluster: &Watched,
        run: &RunId,
        begun: &Begun,
        report: CallReport<Result<Outcome, Failure>>,
    ) -> Next {
        let outcome = match report.result {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => {
                return Next::End(StepEnd::Failed {
                    message: words(&failure),
                });
            }
            Err(error) => return Next::Broke(error),
        };
        match outcome {
            Outcome::Done(summary) => Next::End(StepEnd::Done { summary }),
            Outcome::WaitFor(jobs) => {
                let jobs: Vec<EffectId> = jobs.into_iter().map(EffectId).collect();
                let book = cluster.stream.book();
                let unknown = jobs
                    .iter()
                    .find(|job| book.run(run).and_then(|run| run.effect(job)).is_none());
                match unknown {
                    Some(job) => Next::End(StepEnd::Failed {
                        message: format!("the plugin waits for a job that does not exist: `{job}`"),
                    }),
                    None => Next::Wait(jobs),
                }
            }
            Outcome::Postpone {
                reasons,
                retry_after_seconds,
            } => {
                let wait = Duration::from_secs(retry_after_seconds).min(LONGEST_POSTPONEMENT);
                Next::End(StepEnd::Postponed {
                    reasons,
                    until: self.seams().clock.now().after(wait),
                })
            }
            Outcome::Extend(steps) => {
                let book = cluster.stream.book();
                let unfit = book.run(run).and_then(|run| unfit(run, &steps));
                match unfit.or_else(|| not_to_be_added(cluster, begun, &steps)) {
                    Some(message) => Next::End(StepEnd::Failed { message }),
                    None => Next::Extend(steps),
                }
            }
            Outcome::Replan(reason) => Next::Replan(reason),
        }
    }

    /// Writes that the plugin broke, before anything else is done: a host that is killed now does not call it again in
    /// this attempt, and does not forget how often it broke.
    async fn note_break(&self, cluster: &Watched, run: &RunId, begun: &Begun, error: &CallError) {
        tracing::warn!(step = begun.step.id, attempt = begun.attempt.number, %error, "a plugin broke");
        let event = RunEvent::Broke {
            step: begun.step.id.clone(),
            reason: error.to_string(),
        };
        self.write_until_written(cluster, run, event).await;
    }

    /// A plugin that broke is tried again a few times: what it began is on record, so no once-effect is begun twice.
    fn after_a_break(&self, cluster: &Watched, run: &RunId, step: &str, how: String) -> StepEnd {
        let broken_attempts = {
            let book = cluster.stream.book();
            let record = book.run(run).and_then(|run| run.step(step));
            record.map_or(BREAKS, |record| record.broken_attempts)
        };
        if broken_attempts >= BREAKS {
            return StepEnd::Failed { message: how };
        }
        self.put_off(how, AFTER_A_BREAK)
    }

    fn put_off(&self, reason: String, wait: Duration) -> StepEnd {
        StepEnd::Postponed {
            reasons: vec![reason],
            until: self.seams().clock.now().after(wait),
        }
    }

    /// Waits until all that the step began is at rest and what it took away is there again; then writes its end and lets go of its nodes.
    async fn end(&self, cluster: &Watched, run: &RunId, step: &str, mut before: Vec<RunEvent>, end: StepEnd) {
        let open: Vec<EffectId> = {
            let book = cluster.stream.book();
            let run = book.run(run);
            run.map(|run| {
                run.open_effects(step)
                    .map(|effect| effect.intent.effect.clone())
                    .collect()
            })
            .unwrap_or_default()
        };
        join_all(open.iter().map(|effect| self.follow(cluster, run, effect))).await;
        self.undo(cluster, run, step).await;
        let cancelling = cluster
            .stream
            .book()
            .run(run)
            .is_some_and(|run| run.state == RunState::Cancelling);
        let end = match end {
            StepEnd::Postponed { .. } if cancelling => StepEnd::Skipped {
                reason: "the run was cancelled".to_owned(),
            },
            end => end,
        };
        before.push(RunEvent::StepEnded {
            step: step.to_owned(),
            end,
        });
        for event in before {
            self.write_until_written(cluster, run, event).await;
        }
        cluster.note_attempt_ended(run, step);
    }
}

/// Why the plugin is not called.
enum CannotExecute {
    NotNow(String),
    /// An upgraded plugin takes over only through a new plan.
    AnotherComponent,
}

/// What follows an answer.
enum Next {
    Wait(Vec<EffectId>),
    Broke(CallError),
    End(StepEnd),
    Extend(Vec<Step>),
    Replan(String),
}

fn begun(cluster: &Watched, run: &RunId, step: &str) -> Option<Begun> {
    let book = cluster.stream.book();
    let run = book.run(run)?;
    let record = run.step(step)?;
    if !matches!(record.state, StepState::Started { .. }) {
        return None;
    }
    Some(Begun {
        step: record.step.clone(),
        attempt: Attempt {
            number: record.attempt,
            first_started_at: record.first_started_at?,
        },
        broken: record.broken.clone(),
        operation: run.opened.operation.clone(),
        plugin: run.opened.plugin.clone(),
        digest: run.opened.digest.clone(),
    })
}

/// Why added steps do not fit into their run; none where they do.
pub(super) fn unfit(run: &Run, more: &[Step]) -> Option<String> {
    let new = more.iter().filter(|step| run.step(&step.id).is_none()).count();
    if run.steps.len() + new > MOST_STEPS {
        return Some(format!(
            "the plugin added {new} steps to {}; a run has {MOST_STEPS} at most",
            run.steps.len()
        ));
    }
    let added: BTreeSet<&str> = more.iter().map(|step| step.id.as_str()).collect();
    let is_known = |id: &String| run.step(id).is_some() || added.contains(id.as_str());
    more.iter().find_map(|step| {
        let unknown = step.after.iter().find(|id| !is_known(id))?;
        Some(format!(
            "the plugin added step `{}` after `{unknown}`, which is no step of the run",
            step.id
        ))
    })
}

/// Why added steps are not taken; none where they are. Where a person is asked about such steps, the person decides; where
/// nobody is, they must stay within what their step had.
fn not_to_be_added(cluster: &Watched, begun: &Begun, more: &[Step]) -> Option<String> {
    if let Some(outside) = more
        .iter()
        .find_map(|added| outside(cluster, &begun.plugin, added))
    {
        return Some(format!("the plugin added a step: {outside}"));
    }
    more.iter().find_map(|added| {
        let (consent, line) = cluster.policy.approval.decided(&begun.operation, added.impact);
        match consent {
            Consent::Auto => overstepping(&begun.step, added),
            Consent::Ask => None,
            Consent::Deny => Some(denied(&line, &begun.operation, added.impact)),
        }
    })
}

fn overstepping(step: &Step, added: &Step) -> Option<String> {
    let what = if added.impact > step.impact {
        "has a stronger impact"
    } else if added.nodes.iter().any(|node| !step.nodes.contains(node)) {
        "touches other nodes"
    } else if added
        .functions
        .iter()
        .any(|function| !step.functions.contains(function))
    {
        "calls other functions"
    } else {
        return None;
    };
    Some(format!(
        "the plugin added step `{}`, which {what} than step `{}`",
        added.id, step.id
    ))
}

/// A failure with the facts behind it.
fn words(failure: &Failure) -> String {
    let mut text = failure.message.clone();
    for fact in &failure.evidence {
        text.push_str(&format!("; {}: {}", fact.name, fact.value));
    }
    text
}
