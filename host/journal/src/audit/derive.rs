//! Which events have a record, and what it says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{AuditKind, AuditPlugin, AuditRecord, hex};
use crate::{
    AccessEvent, AgentEvent, Call, EffectId, EffectResult, Event, FrozenPlan, Intent, OpenedRun, PluginEvent,
    Recorded, RunEvent, RunId, Version,
};

/// Who approves what needs nobody's word.
const POLICY: &str = "policy";

/// What records about a run say of it beside what their own event says. Kept while it is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunContext {
    plugin: Option<AuditPlugin>,
    plan: Option<String>,
    asked_by: Option<String>,
    approved_by: Option<String>,
    /// Steps under way, with the attempt and the nodes they hold.
    steps: BTreeMap<String, (u32, Vec<String>)>,
    /// Calls that did not end, with their step and attempt.
    calls: BTreeMap<EffectId, CallContext>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CallContext {
    step: String,
    attempt: u32,
    call: String,
    digest: String,
    node: String,
    /// Whether something of it must be brought back, so that its end is not the end.
    is_undone_later: bool,
}

/// The record of an event, without its number; none where it needs none. `context` is that of its run, which is carried on.
pub(crate) fn record(
    context: &mut RunContext,
    cluster: &str,
    version: Version,
    recorded: &Recorded,
) -> Option<AuditRecord> {
    let blank = AuditRecord {
        number: 0,
        at: recorded.at,
        cluster: cluster.to_owned(),
        event: version,
        what: AuditKind::HostStarted,
        run: None,
        step: None,
        attempt: None,
        effect: None,
        call: None,
        call_digest: None,
        node: None,
        nodes: Vec::new(),
        plugin: None,
        asked_by: None,
        approved_by: None,
        plan: None,
        detail: String::new(),
    };
    let plain = |what, detail: String| {
        Some(AuditRecord {
            what,
            detail,
            ..blank.clone()
        })
    };
    let wanted = |what, by: &Option<String>, detail: String| {
        Some(AuditRecord {
            what,
            detail,
            asked_by: by.clone(),
            ..blank.clone()
        })
    };
    match &recorded.event {
        Event::Run { run, what } => context.of_run(run, what, blank),
        Event::HostStarted { version } => plain(AuditKind::HostStarted, format!("Ringkeeper {version}")),
        Event::Frozen { reason, by } => wanted(AuditKind::Frozen, by, reason.clone()),
        Event::Unfrozen { by } => wanted(AuditKind::Unfrozen, by, String::new()),
        Event::ScheduleChanged {
            operation,
            schedule,
            by,
        } => {
            let now = match schedule {
                Some(schedule) if schedule.enabled => format!("`{}` {}", schedule.cron, schedule.zone),
                Some(_) => "disabled".to_owned(),
                None => "as configured".to_owned(),
            };
            wanted(AuditKind::ScheduleChanged, by, format!("{operation}: {now}"))
        }
        Event::Agent { node, what } => {
            let (what, detail) = of_agent(what);
            let node = Some(node.to_string());
            Some(AuditRecord {
                what,
                detail,
                node,
                ..blank
            })
        }
        Event::Access { token, what } => {
            let (what, by, detail) = of_access(token, what)?;
            Some(AuditRecord {
                what,
                detail,
                asked_by: Some(by),
                ..blank
            })
        }
        Event::Plugin { plugin, what } => {
            let (by, detail) = of_version(what);
            Some(AuditRecord {
                what: AuditKind::PluginVersion,
                detail: format!("{plugin}: {detail}"),
                asked_by: by,
                ..blank
            })
        }
        Event::FindingOpened { .. }
        | Event::FindingChanged { .. }
        | Event::FindingCleared { .. }
        | Event::NodeChanged { .. }
        | Event::PlanKept { .. }
        | Event::ScheduleDue { .. } => None,
    }
}

/// Secrets of tokens are not in the event, and their hashes are of no use in a record.
fn of_agent(event: &AgentEvent) -> (AuditKind, String) {
    match event {
        AgentEvent::TokenMade { token, expires, .. } => (
            AuditKind::AgentToken,
            format!("token {token}, good until {expires}"),
        ),
        AgentEvent::Enrolled {
            token,
            fingerprint,
            machine,
            version,
            ..
        } => {
            let who = format!("{machine}, Ringkeeper {version}");
            let detail = format!("by token {token}: {who}, certificate {fingerprint}");
            (AuditKind::AgentEnrolled, detail)
        }
        AgentEvent::Renewed {
            fingerprint, expires, ..
        } => (
            AuditKind::AgentRenewed,
            format!("certificate {fingerprint}, good until {expires}"),
        ),
        AgentEvent::Revoked { reason } => (AuditKind::AgentRevoked, reason.clone()),
    }
}

/// By whose word, where it was anybody's, and what.
fn of_version(event: &PluginEvent) -> (Option<String>, String) {
    let which = |digest: &Option<String>| {
        let configured = || "the configuration's version".to_owned();
        digest.clone().unwrap_or_else(configured)
    };
    match event {
        PluginEvent::Installed {
            digest,
            version,
            signer,
            by,
            more,
        } => {
            let signer = signer.as_deref().unwrap_or("nobody");
            let more = more.iter().map(|more| format!("; {more}")).collect::<String>();
            let detail = format!("installed {version} {digest}, signed by {signer}{more}");
            (Some(by.clone()), detail)
        }
        PluginEvent::Approved { digest, by } => (Some(by.clone()), format!("approved {digest}")),
        PluginEvent::RolledBack { digest, by } => (by.clone(), format!("rolled back from {digest}")),
        PluginEvent::Parked { digest, reason } => (None, format!("parked {}: {reason}", which(digest))),
        PluginEvent::Resumed { digest, by } => (Some(by.clone()), format!("resumed {}", which(digest))),
    }
}

/// A token that is used is no decision.
fn of_access(token: &str, event: &AccessEvent) -> Option<(AuditKind, String, String)> {
    match event {
        AccessEvent::TokenMade {
            role, expires, by, ..
        } => {
            let until =
                expires.map_or_else(|| "without end".to_owned(), |until| format!("good until {until}"));
            let detail = format!("token {token}, role {role}, {until}");
            Some((AuditKind::TokenMade, by.clone(), detail))
        }
        AccessEvent::TokenRevoked { reason, by } => Some((
            AuditKind::TokenRevoked,
            by.clone(),
            format!("token {token}: {reason}"),
        )),
        AccessEvent::TokenUsed => None,
    }
}

impl RunContext {
    fn of_run(&mut self, run: &RunId, event: &RunEvent, blank: AuditRecord) -> Option<AuditRecord> {
        if let RunEvent::Opened(opened) = event {
            self.open(opened);
        }
        let before = AuditRecord {
            run: Some(run.clone()),
            ..blank
        };
        let about = |context: &Self, what, detail: String| AuditRecord {
            what,
            detail,
            plugin: context.plugin.clone(),
            plan: context.plan.clone(),
            asked_by: context.asked_by.clone(),
            ..before.clone()
        };
        Some(match event {
            RunEvent::Opened(opened) => {
                let detail = format!("{}: {}", opened.operation, opened.plan.title);
                about(self, AuditKind::RunOpened, detail)
            }
            RunEvent::State { state, reason, by } => {
                let detail = match reason.as_str() {
                    "" => state.to_string(),
                    reason => format!("{state}: {reason}"),
                };
                AuditRecord {
                    asked_by: by.clone(),
                    ..about(self, AuditKind::RunState, detail)
                }
            }
            RunEvent::ApprovalAsked { hash, reason, until } => {
                self.approved_by = None;
                AuditRecord {
                    plan: Some(hash.clone()),
                    ..about(self, AuditKind::ApprovalAsked, format!("until {until}: {reason}"))
                }
            }
            RunEvent::Approved { hash, by } => {
                self.approved_by = Some(by.clone());
                AuditRecord {
                    plan: Some(hash.clone()),
                    approved_by: Some(by.clone()),
                    ..about(self, AuditKind::Approved, String::new())
                }
            }
            RunEvent::Rejected { by, reason } => {
                let who = by.as_deref().unwrap_or("nobody approved it");
                about(self, AuditKind::Rejected, format!("{who}: {reason}"))
            }
            RunEvent::Replanned {
                reason,
                digest,
                version,
                signer,
                plan,
            } => {
                self.replan(digest, version.as_ref(), signer.as_ref(), plan);
                about(self, AuditKind::Replanned, reason.clone())
            }
            RunEvent::Extended { steps } => {
                let ids: Vec<_> = steps.iter().map(|step| step.id.as_str()).collect();
                about(self, AuditKind::Extended, ids.join(", "))
            }
            RunEvent::StepStarted { step, attempt, nodes } => {
                let nodes = nodes.iter().map(ToString::to_string).collect();
                self.steps.insert(step.clone(), (*attempt, nodes));
                return None;
            }
            RunEvent::NodesTaken { step, nodes } => {
                let (_, held) = self.steps.get_mut(step)?;
                held.extend(nodes.iter().map(ToString::to_string));
                return None;
            }
            RunEvent::NodesLeft { step, nodes } => {
                let (_, held) = self.steps.get_mut(step)?;
                held.retain(|held| !nodes.iter().any(|node| node.to_string() == *held));
                return None;
            }
            RunEvent::StepEnded { step, .. } => {
                self.steps.remove(step);
                return None;
            }
            RunEvent::Taken { .. } | RunEvent::Blocked { .. } => return None,
            RunEvent::Intended(intent) => {
                self.calls.insert(intent.effect.clone(), CallContext::of(intent));
                let record = about(self, AuditKind::Intended, String::new());
                self.of_call(&intent.effect, record)
            }
            RunEvent::Calling { effect, part } => {
                let record = about(self, AuditKind::Calling, part.to_string());
                self.of_call(effect, record)
            }
            RunEvent::InDoubt { effect, reason } => {
                let record = about(self, AuditKind::InDoubt, reason.clone());
                self.of_call(effect, record)
            }
            RunEvent::Ended { effect, result } => {
                let record = about(self, AuditKind::Ended, answer(result));
                let record = self.of_call(effect, record);
                if self.calls.get(effect).is_some_and(|call| !call.is_undone_later) {
                    self.calls.remove(effect);
                }
                record
            }
            RunEvent::Undone { effect, how } => {
                let record = about(self, AuditKind::Undone, how.clone());
                let record = self.of_call(effect, record);
                self.calls.remove(effect);
                record
            }
            RunEvent::UndoFails { effect, reason } => {
                let record = about(self, AuditKind::UndoFails, reason.clone());
                self.of_call(effect, record)
            }
            RunEvent::Overstepped { step, reason } => {
                let record = about(self, AuditKind::Refused, reason.clone());
                self.of_step(step, record)
            }
            RunEvent::Broke { step, reason } => {
                let record = about(self, AuditKind::PluginBroke, reason.clone());
                self.of_step(step, record)
            }
            RunEvent::Closed { state, summary, .. } => {
                about(self, AuditKind::RunClosed, format!("{state}: {summary}"))
            }
        })
    }

    fn open(&mut self, opened: &OpenedRun) {
        let grants = serde_json::to_string(&opened.grants).unwrap_or_default();
        self.plugin = Some(AuditPlugin {
            name: opened.plugin.clone(),
            digest: opened.digest.clone(),
            version: opened.version.clone(),
            signer: opened.signer.clone(),
            grants: hex(&Sha256::digest(grants.as_bytes())),
        });
        self.plan = Some(opened.plan.hash.clone());
        self.asked_by.clone_from(&opened.by);
        // Unless a person is asked, which the events after this one say.
        self.approved_by = Some(POLICY.to_owned());
    }

    fn replan(&mut self, digest: &str, version: Option<&String>, signer: Option<&String>, plan: &FrozenPlan) {
        if let Some(plugin) = &mut self.plugin
            && plugin.digest != digest
        {
            digest.clone_into(&mut plugin.digest);
            plugin.version = version.cloned();
            plugin.signer = signer.cloned();
        }
        self.plan = Some(plan.hash.clone());
    }

    fn of_step(&self, step: &str, mut record: AuditRecord) -> AuditRecord {
        // The run's own records say it of this digest, and there are more of these than of anything else.
        if let Some(plugin) = &mut record.plugin {
            plugin.version = None;
        }
        let under_way = self.steps.get(step);
        AuditRecord {
            step: Some(step.to_owned()),
            attempt: under_way.map(|(attempt, _)| *attempt),
            nodes: under_way.map(|(_, nodes)| nodes.clone()).unwrap_or_default(),
            approved_by: self.approved_by.clone(),
            ..record
        }
    }

    fn of_call(&self, effect: &EffectId, record: AuditRecord) -> AuditRecord {
        let record = AuditRecord {
            effect: Some(effect.clone()),
            ..record
        };
        let Some(call) = self.calls.get(effect) else {
            return record;
        };
        let record = self.of_step(&call.step, record);
        AuditRecord {
            attempt: Some(call.attempt),
            call: Some(call.call.clone()),
            call_digest: Some(call.digest.clone()),
            node: Some(call.node.clone()),
            ..record
        }
    }
}

impl CallContext {
    fn of(intent: &Intent) -> Self {
        Self {
            step: intent.step.clone(),
            attempt: intent.attempt,
            call: words(&intent.call),
            digest: intent.digest.clone(),
            node: intent.endpoint.to_string(),
            is_undone_later: intent.undo.is_some(),
        }
    }
}

fn answer(result: &EffectResult) -> String {
    match result {
        EffectResult::Done { message } => format!("done: {message}"),
        EffectResult::Failed { message } => format!("failed: {message}"),
        EffectResult::Lost { reason } => format!("lost: {reason}"),
        EffectResult::NotStarted { reason } => format!("never begun: {reason}"),
        EffectResult::Cancelled => "ended by a person".to_owned(),
    }
}

/// A call with what it is made with, in a line. Ranges are counted: which they are says its digest.
fn words(call: &Call) -> String {
    match call {
        Call::Repair { order } => {
            let ranges = order.ranges.len();
            let tables = order.tables.join(", ");
            format!("repair of {} ({tables}), {ranges} ranges", order.keyspace)
        }
        Call::Flush { keyspace, tables } if tables.is_empty() => format!("flush of {keyspace}"),
        Call::Flush { keyspace, tables } => format!("flush of {keyspace} ({})", tables.join(", ")),
        Call::Drain => "drain".to_owned(),
        Call::Stop => "stop".to_owned(),
        Call::Start => "start".to_owned(),
        Call::Tool { order } => {
            let values = order
                .values
                .iter()
                .map(|(name, value)| format!(" {name}={value}"));
            let dry = if order.dry_run { " (dry run)" } else { "" };
            format!("tool {}{}{dry}", order.tool, values.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests;
