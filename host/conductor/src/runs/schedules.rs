//! Operations that run by themselves: which schedule is in force, whether its time has come, and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringkeeper_api::{LastDue, ScheduleChange, ScheduleRow};
use ringkeeper_journal::Event;
use ringkeeper_plan::{Cause, Deadline, Impact};
use ringkeeper_schedule::{Decision, Schedule, Standing};
use ringkeeper_seams::Timestamp;

use super::Book;
use super::book::Due;
use super::opening::Planned;
use crate::ask::RunError;
use crate::conductor::Watched;
use crate::{Conductor, DryRunError};

/// Times shown to people.
const SHOWN: usize = 5;
/// What stands where a schedule was first seen: times before are nobody's.
const FIRST_SEEN: &str = "in force since then";

/// What begins the note of a time that was left out on purpose.
const LEFT_OUT: &str = "left out:";

/// Whether an operation was due, and did not run although it was to.
pub(super) fn is_trouble(due: &Due) -> bool {
    !due.is_settled && due.run.is_none() && due.note != FIRST_SEEN && !due.note.starts_with(LEFT_OUT)
}

/// A schedule of the configuration.
#[derive(Clone, Debug)]
pub struct ScheduleParts {
    /// The cluster; all where none is named.
    pub cluster: Option<String>,
    /// The operation.
    pub operation: String,
    /// When it runs.
    pub schedule: Schedule,
}

/// A schedule in force, and where it comes from.
struct InForce {
    schedule: Schedule,
    origin: &'static str,
    since: Option<Timestamp>,
}

impl Conductor {
    /// The schedules of a cluster by operation: what was set at run time, else the configuration's, else the plugin's own.
    fn in_force(&self, cluster: &Watched) -> BTreeMap<String, InForce> {
        let mut schedules = BTreeMap::new();
        let plugins = self.plugins();
        for name in plugins.operation_names() {
            let Some((_, _, operation)) = plugins.operation(name) else {
                continue;
            };
            // What only looks is let look by the watch itself, whenever something changes.
            if operation.impact == Impact::Observe {
                continue;
            }
            if let Some(cron) = &operation.default_schedule {
                let schedule = Schedule::at(cron.clone());
                schedules.insert(
                    name.to_owned(),
                    InForce {
                        schedule,
                        origin: "the plugin",
                        since: None,
                    },
                );
            }
        }
        for parts in self.schedule_parts() {
            if parts.cluster.as_ref().is_none_or(|name| *name == cluster.name) {
                let schedule = parts.schedule.clone();
                let in_force = InForce {
                    schedule,
                    origin: "the configuration",
                    since: None,
                };
                schedules.insert(parts.operation.clone(), in_force);
            }
        }
        for (operation, (since, schedule)) in &cluster.stream.book().schedules {
            let in_force = InForce {
                schedule: schedule.clone(),
                origin: "set at run time",
                since: Some(*since),
            };
            schedules.insert(operation.clone(), in_force);
        }
        schedules
    }

    /// Opens a run for every schedule whose time has come, and writes down what came of it.
    pub(super) async fn serve_schedules(&self, cluster: &Arc<Watched>) {
        let (now, version) = (self.seams().clock.now(), *cluster.stream.versions().borrow());
        if cluster.schedules_rest(version, now) {
            return;
        }
        let (mut next, mut rest) = (None, true);
        for (operation, in_force) in self.in_force(cluster) {
            let Ok(timetable) = cluster.timetable(&operation, &in_force.schedule) else {
                continue;
            };
            let Some(standing) = standing(&cluster.stream.book(), &operation, &in_force, now) else {
                rest = false;
                self.note_due(cluster, &operation, now, FIRST_SEEN.to_owned())
                    .await;
                next = earliest(next, Some(now));
                continue;
            };
            let decision = timetable.decide(&standing);
            rest &= matches!(decision, Decision::Wait { .. });
            match decision {
                Decision::Wait { until } => next = earliest(next, until),
                Decision::Run { due, missed } => {
                    self.serve(cluster, &operation, &in_force.schedule, due, missed)
                        .await
                }
                Decision::SkipOverlap { due } => {
                    let note = format!("{LEFT_OUT} the operation still ran");
                    self.note_due(cluster, &operation, due, note).await;
                }
                Decision::SkipMissed { due, count } => {
                    let note = format!("{LEFT_OUT} {count} times passed while the host did not run");
                    self.note_due(cluster, &operation, due, note).await;
                }
            }
        }
        cluster.set_next_due(next, rest.then_some(version));
    }

    async fn serve(
        &self,
        cluster: &Arc<Watched>,
        operation: &str,
        schedule: &Schedule,
        due: Timestamp,
        missed: u64,
    ) {
        let parameters = serde_json::Value::Object(schedule.parameters.clone());
        let planned = match self
            .plan_for_run(cluster, operation, parameters, Cause::Schedule)
            .await
        {
            // It should be over when its next time comes.
            Ok(planned) => Planned {
                deadline: next_time(cluster, operation, schedule, due),
                ..planned
            },
            // Before the first look there is nothing to plan on; the time is served as soon as there is.
            Err(RunError::Unavailable(_)) => return,
            Err(error) => return self.note_refused(cluster, operation, due, &error).await,
        };
        let note = match missed {
            0 => String::new(),
            missed => format!("{missed} missed times are served by it too"),
        };
        let served = Due {
            due,
            run: None,
            note,
            is_settled: false,
        };
        if let Err(error) = self.open(cluster, planned, Some(served), None).await {
            self.note_refused(cluster, operation, due, &error).await;
        }
    }

    async fn note_refused(&self, cluster: &Watched, operation: &str, due: Timestamp, error: &RunError) {
        tracing::warn!(cluster = cluster.name, operation, %error, "a scheduled operation did not run");
        self.note_due(cluster, operation, due, error.to_string()).await;
    }

    async fn note_due(&self, cluster: &Watched, operation: &str, due: Timestamp, note: String) {
        let event = Event::ScheduleDue {
            operation: operation.to_owned(),
            due,
            run: None,
            note,
        };
        if let Err(error) = self.commit_one(cluster, event).await {
            tracing::error!(cluster = cluster.name, operation, %error, "what came of a schedule cannot be written");
        }
    }

    /// The next moment a schedule comes due, as of the last look at them.
    pub(super) fn next_due(&self, cluster: &Watched) -> Option<Timestamp> {
        cluster.next_due()
    }

    /// Every schedule of a cluster, for people.
    pub(crate) fn schedule_rows(&self, cluster: &Watched) -> Vec<ScheduleRow> {
        let now = self.seams().clock.now();
        self.in_force(cluster)
            .into_iter()
            .map(|(operation, in_force)| self.schedule_row(cluster, operation, in_force, now))
            .collect()
    }

    fn schedule_row(
        &self,
        cluster: &Watched,
        operation: String,
        in_force: InForce,
        now: Timestamp,
    ) -> ScheduleRow {
        let timetable = cluster.timetable(&operation, &in_force.schedule).ok();
        let next = timetable
            .filter(|_| in_force.schedule.enabled)
            .map(|timetable| timetable.next(SHOWN, now))
            .unwrap_or_default();
        let last = cluster.stream.book().due.get(&operation).cloned();
        ScheduleRow {
            cluster: cluster.name.clone(),
            schedule: in_force.schedule,
            origin: in_force.origin.to_owned(),
            next,
            last: last.filter(|last| last.note != FIRST_SEEN).map(|last| LastDue {
                due: last.due,
                run: last.run.map(|run| run.0),
                note: last.note,
            }),
            operation,
        }
    }

    /// Changes a schedule at run time.
    pub(crate) async fn set_schedule(
        &self,
        change: &ScheduleChange,
        by: &str,
    ) -> Result<ScheduleRow, RunError> {
        let cluster = Arc::clone(self.cluster_named(change.cluster.as_deref())?);
        let name = &change.operation;
        let plugins = self.plugins();
        let Some((_, plugin, operation)) = plugins.operation(name) else {
            return Err(DryRunError::NoOperation {
                name: name.clone(),
                known: plugins.operation_names().collect::<Vec<_>>().join(", "),
            }
            .into());
        };
        if operation.impact == Impact::Observe {
            return Err(RunError::Invalid {
                message: format!(
                    "`{name}` only looks: the host lets it look whenever something changes, and every `check_every`"
                ),
            });
        }
        let schedule = if change.reset {
            None
        } else {
            let before = self
                .in_force(&cluster)
                .remove(name)
                .map(|in_force| in_force.schedule);
            let schedule = changed(change, before)?;
            let parameters = serde_json::Value::Object(schedule.parameters.clone());
            plugin
                .validate_parameters(name, &parameters)
                .map_err(|invalid| DryRunError::Parameters {
                    operation: name.clone(),
                    reason: invalid.to_string(),
                })?;
            cluster
                .timetable(name, &schedule)
                .map_err(|error| RunError::Invalid {
                    message: error.to_string(),
                })?;
            Some(schedule)
        };
        let event = Event::ScheduleChanged {
            operation: name.clone(),
            schedule,
            by: Some(by.to_owned()),
        };
        self.commit_one(&cluster, event).await?;
        cluster.wake.notify_one();
        let now = self.seams().clock.now();
        match self.in_force(&cluster).remove(name) {
            Some(in_force) => Ok(self.schedule_row(&cluster, name.clone(), in_force, now)),
            None => Err(RunError::Invalid {
                message: format!("`{name}` has no schedule of its own; none is in force now"),
            }),
        }
    }
}

/// The change put over what was.
fn changed(change: &ScheduleChange, before: Option<Schedule>) -> Result<Schedule, RunError> {
    let mut schedule = match (before, &change.cron) {
        (Some(before), _) => before,
        (None, Some(cron)) => Schedule::at(cron.clone()),
        (None, None) => {
            return Err(RunError::Invalid {
                message: format!(
                    "`{}` has no schedule yet; say when it is to run with a cron expression",
                    change.operation
                ),
            });
        }
    };
    if let Some(cron) = &change.cron {
        schedule.cron.clone_from(cron);
    }
    if let Some(zone) = &change.zone {
        schedule.zone.clone_from(zone);
    }
    schedule.jitter_seconds = change.jitter_seconds.unwrap_or(schedule.jitter_seconds);
    schedule.overlap = change.overlap.unwrap_or(schedule.overlap);
    schedule.missed = change.missed.unwrap_or(schedule.missed);
    schedule.enabled = change.enabled.unwrap_or(schedule.enabled);
    if let Some(parameters) = &change.parameters {
        schedule.parameters.clone_from(parameters);
    }
    Ok(schedule)
}

/// What is known of a schedule; none where it was never seen before.
fn standing(book: &Book, operation: &str, in_force: &InForce, now: Timestamp) -> Option<Standing> {
    let last = book.due.get(operation);
    let since = in_force.since.or(last.map(|last| last.due))?;
    let of_operation = || book.runs().filter(|run| run.opened.operation == operation);
    Some(Standing {
        now,
        // A time that was served before the schedule was set anew says nothing about it.
        last_served: last
            .map(|last| last.due)
            .filter(|due| in_force.since.is_none_or(|set| *due >= set)),
        since,
        running: of_operation().any(|run| !run.state.is_end()),
        last_ended: of_operation().filter_map(|run| run.ended_at).max(),
    })
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The time after this one at which a schedule is due, as a deadline.
fn next_time(cluster: &Watched, operation: &str, schedule: &Schedule, due: Timestamp) -> Option<Deadline> {
    let at = cluster.timetable(operation, schedule).ok()?.next_after(due)?;
    Some(Deadline {
        at,
        is_security: false,
    })
}
