//! Asks people for their word, takes it, and ends what nobody gave it for.

use std::sync::Arc;

use ringkeeper_api::RunSummary;
use ringkeeper_journal::{Event, JournalError, RunEvent, RunId, RunState};

use super::approval::missing;
use super::basis::{basis, difference};
use super::rows;
use super::run::Run;
use crate::Conductor;
use crate::ask::RunError;
use crate::conductor::Watched;

/// A run whose approval comes too late, or for something else, is looked at there.
const LOOK: &str = "see how it stands with";

impl Conductor {
    /// Approves what a run waits with, if it is still that and the world still is what it was planned for.
    pub(crate) async fn approve(&self, id: &str, hash: &str, by: &str) -> Result<RunSummary, RunError> {
        let (cluster, run) = self.run_named(id)?;
        let foreign = self.owner_of(hash, &run);
        may_be_approved(&cluster, &run, hash, foreign.as_deref())?;
        if let Some(difference) = self.outdated(&cluster, &run)? {
            cluster.ask_replan(&run, difference.clone());
            return Err(RunError::NotApproved {
                message: format!("plan {hash} is of another world than this: {difference}"),
                cure: format!(
                    "it is planned anew; see the new plan with `ringkeeper runs show {run}`, and approve that"
                ),
            });
        }
        let now = self.seams().clock.now();
        let decide = |_, book: &super::Book| {
            let found = book
                .run(&run)
                .ok_or_else(|| RunError::NoRun { id: run.0.clone() })?;
            is_asked_for(found, hash, foreign.as_deref())?;
            let asked = found.approvals.last_asked();
            if asked.is_some_and(|asked| asked.until <= now) {
                return Err(expired(found, hash));
            }
            let what = RunEvent::Approved {
                hash: hash.to_owned(),
                by: by.to_owned(),
            };
            Ok(vec![event(&run, what)])
        };
        self.decide_about(&cluster, &run, decide).await
    }

    /// Rejects what a run waits with.
    pub(crate) async fn reject(&self, id: &str, reason: &str, by: &str) -> Result<RunSummary, RunError> {
        let (cluster, run) = self.run_named(id)?;
        let decide = |_, book: &super::Book| {
            let found = book
                .run(&run)
                .ok_or_else(|| RunError::NoRun { id: run.0.clone() })?;
            if found.state != RunState::AwaitingApproval {
                return Err(waits_for_nobody(found));
            }
            let reason = match reason.trim() {
                "" => "no reason was given",
                reason => reason,
            };
            let what = RunEvent::Rejected {
                by: Some(by.to_owned()),
                reason: reason.to_owned(),
            };
            Ok(vec![event(&run, what)])
        };
        self.decide_about(&cluster, &run, decide).await
    }

    async fn decide_about(
        &self,
        cluster: &Watched,
        run: &RunId,
        decide: impl FnOnce(ringkeeper_journal::Version, &super::Book) -> Result<Vec<Event>, RunError>,
    ) -> Result<RunSummary, RunError> {
        let now = self.seams().clock.now();
        cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await?;
        cluster.wake.notify_one();
        let book = cluster.stream.book();
        match book.run(run) {
            Some(run) => Ok(rows::summary(cluster, run, now)),
            None => Err(RunError::NoRun { id: run.0.clone() }),
        }
    }

    /// What has become another since a run's plan was made; none where nothing has.
    fn outdated(&self, cluster: &Watched, run: &RunId) -> Result<Option<String>, RunError> {
        let snapshot = cluster
            .snapshot()
            .filter(|snapshot| snapshot.schema_observed_at.is_some())
            .ok_or_else(|| {
                RunError::Unavailable(
                    "the host has not looked at the cluster yet; approve it again".to_owned(),
                )
            })?;
        let book = cluster.stream.book();
        Ok(book.run(run).and_then(|run| outdated(run, &snapshot)))
    }

    /// What this hash belongs to, where it is not that run, in words.
    fn owner_of(&self, hash: &str, run: &RunId) -> Option<String> {
        self.watched().find_map(|cluster| {
            let book = cluster.stream.book();
            let is_it = |other: &&Run| {
                other.opened.run != *run && (other.opened.plan.hash == hash || asked(other, hash).is_some())
            };
            let other = book.runs().rfind(is_it);
            let of_run = other.map(|other| format!("run {}", other.opened.run));
            of_run.or_else(|| {
                let kept = book.plans.get(hash)?;
                Some(format!("a plan of {} that was only shown", kept.plan.operation))
            })
        })
    }

    /// Asks for a person's word where a run came to need one: its configuration is another one, steps were added, or it was
    /// planned anew.
    pub(super) async fn ask_for_approval(&self, cluster: &Watched) {
        let wanted: Vec<RunId> = {
            let book = cluster.stream.book();
            let runs = book
                .open_runs()
                .filter(|run| missing(run, &cluster.policy).is_some());
            runs.map(|run| run.opened.run.clone()).collect()
        };
        let now = self.seams().clock.now();
        for run in wanted {
            let decide = |_, book: &super::Book| {
                let ask = book.run(&run).and_then(|found| missing(found, &cluster.policy));
                let events = ask.map(|(hash, reason)| {
                    tracing::info!(cluster = cluster.name, %run, hash, reason, "a run waits for a person's word");
                    let until = now.after(cluster.policy.approval.valid_for);
                    event(&run, RunEvent::ApprovalAsked { hash, reason, until })
                });
                Ok::<_, JournalError>(events.into_iter().collect())
            };
            self.note(cluster, &run, decide).await;
        }
    }

    /// Ends the waiting of runs that nobody approved in time.
    pub(super) async fn end_vain_waits(&self, cluster: &Watched) {
        let now = self.seams().clock.now();
        let is_over = |run: &Run| {
            let asked = run.approvals.last_asked();
            run.state == RunState::AwaitingApproval && asked.is_some_and(|asked| asked.until <= now)
        };
        let over: Vec<RunId> = {
            let book = cluster.stream.book();
            let runs = book.open_runs().filter(|run| is_over(run));
            runs.map(|run| run.opened.run.clone()).collect()
        };
        for run in over {
            let decide = |_, book: &super::Book| {
                let over = book.run(&run).filter(|run| is_over(run));
                let events = over.map(|_| {
                    let reason = "nobody approved it in time".to_owned();
                    event(&run, RunEvent::Rejected { by: None, reason })
                });
                Ok::<_, JournalError>(events.into_iter().collect())
            };
            self.note(cluster, &run, decide).await;
        }
    }

    async fn note(
        &self,
        cluster: &Watched,
        run: &RunId,
        decide: impl FnOnce(ringkeeper_journal::Version, &super::Book) -> Result<Vec<Event>, JournalError>,
    ) {
        let now = self.seams().clock.now();
        let written = cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await;
        if let Err(error) = written {
            tracing::error!(cluster = cluster.name, %run, %error, "how a run stands with a person's word cannot be written");
        }
    }
}

/// What has become another since a run was planned; none where nothing has.
pub(super) fn outdated(run: &Run, snapshot: &Arc<ringkeeper_cluster::Snapshot>) -> Option<String> {
    let plan = &run.opened.plan;
    let steps = run.steps.iter().map(|record| &record.step);
    difference(&plan.basis, &basis(snapshot, &plan.goals, steps), snapshot)
}

fn event(run: &RunId, what: RunEvent) -> Event {
    Event::Run {
        run: run.clone(),
        what,
    }
}

fn may_be_approved(
    cluster: &Watched,
    run: &RunId,
    hash: &str,
    foreign: Option<&str>,
) -> Result<(), RunError> {
    let book = cluster.stream.book();
    let found = book
        .run(run)
        .ok_or_else(|| RunError::NoRun { id: run.0.clone() })?;
    is_asked_for(found, hash, foreign)
}

/// Whether this is what the run waits with.
fn is_asked_for(run: &Run, hash: &str, foreign: Option<&str>) -> Result<(), RunError> {
    let id = &run.opened.run;
    let not = |message: String, cure: String| Err(RunError::NotApproved { message, cure });
    if let Some(given) = run.approvals.given.iter().rfind(|given| given.hash == hash) {
        let message = format!(
            "plan {hash} of run {id} was approved by {} at {}, and is used up",
            given.by, given.at
        );
        return not(message, format!("{LOOK} `ringkeeper runs show {id}`"));
    }
    let newest = match run.approvals.last_asked() {
        Some(newest) if run.state == RunState::AwaitingApproval => newest,
        _ if run.approvals.rejected && asked(run, hash).is_some() => return Err(expired(run, hash)),
        _ => return Err(waits_for_nobody(run)),
    };
    if newest.hash == hash {
        return Ok(());
    }
    if asked(run, hash).is_some() {
        let message = format!("plan {hash} of run {id} is outdated: another one took its place");
        return not(
            message,
            format!("see the new plan with `ringkeeper runs show {id}`, and approve that"),
        );
    }
    let message = match foreign {
        Some(owner) => format!("{hash} is the hash of {owner}, not of what run {id} waits with"),
        None => format!("{hash} is not the hash of what run {id} waits with"),
    };
    not(
        message,
        format!("see the plan and its hash with `ringkeeper runs show {id}`"),
    )
}

fn asked<'r>(run: &'r Run, hash: &str) -> Option<&'r super::approval::Asked> {
    run.approvals.asked.iter().rfind(|asked| asked.hash == hash)
}

fn waits_for_nobody(run: &Run) -> RunError {
    let id = &run.opened.run;
    RunError::NotApproved {
        message: format!("run {id} waits for nobody's word: it is {}", run.state),
        cure: format!("{LOOK} `ringkeeper runs show {id}`"),
    }
}

fn expired(run: &Run, hash: &str) -> RunError {
    RunError::NotApproved {
        message: format!(
            "plan {hash} of run {} cannot be approved any more: {}",
            run.opened.run, run.summary
        ),
        cure: format!("ask for it anew with `ringkeeper run {}`", run.opened.operation),
    }
}
