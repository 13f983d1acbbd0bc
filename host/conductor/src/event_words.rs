//! Events in a line for a person.

use crate::runs::{count_of, tool_words};
use ringkeeper_journal::{Call, EffectResult, Event, RunEvent, StepEnd};

/// What happened, in a line.
pub(crate) fn of(event: &Event) -> String {
    match event {
        Event::FindingOpened { finding, .. } => format!("found ({}): {}", finding.severity, finding.title),
        Event::FindingChanged { finding, .. } => format!("changed ({}): {}", finding.severity, finding.title),
        Event::FindingCleared { key, .. } => format!("cleared: {key}"),
        Event::NodeChanged {
            address,
            before,
            after,
            ..
        } => format!("node {address}: {before} → {after}"),
        Event::Run { what, .. } => of_run(what),
        Event::PlanKept { plan } => {
            format!("a plan of {} was shown: {}", plan.operation, plan.plan.title)
        }
        Event::ScheduleChanged {
            operation,
            schedule: Some(schedule),
            ..
        } if schedule.enabled => format!(
            "{operation} is scheduled at `{}` {}",
            schedule.cron, schedule.zone
        ),
        Event::ScheduleChanged {
            operation,
            schedule: Some(_),
            ..
        } => format!("the schedule of {operation} is disabled"),
        Event::ScheduleChanged { operation, .. } => {
            format!("the schedule of {operation} is again as configured")
        }
        Event::ScheduleDue {
            operation,
            due,
            run: Some(run),
            ..
        } => format!("{operation} was due at {due}: run {run}"),
        Event::ScheduleDue {
            operation, due, note, ..
        } => format!("{operation} was due at {due}: {note}"),
        Event::Frozen { reason, by } => format!("frozen{}: {reason}", by_whom(by)),
        Event::Unfrozen { by } => format!("the freeze was lifted{}", by_whom(by)),
        Event::Agent { node, .. } => format!("agent of {node}"),
        Event::Access { token, .. } => format!("token {token}"),
        Event::Plugin { plugin, .. } => format!("versions of plugin {plugin}"),
        Event::HostStarted { version } => format!("a host started: Ringkeeper {version}"),
    }
}

fn by_whom(by: &Option<String>) -> String {
    by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default()
}

fn of_run(event: &RunEvent) -> String {
    match event {
        RunEvent::Opened(run) => match &run.by {
            Some(by) => format!("opened for {by}: {}", run.plan.title),
            None => format!("opened: {}", run.plan.title),
        },
        RunEvent::State { state, reason, by } if reason.is_empty() => format!("{state}{}", by_whom(by)),
        RunEvent::State { state, reason, by } => format!("{state}{}: {reason}", by_whom(by)),
        RunEvent::ApprovalAsked { hash, reason, until } => {
            format!("waits for a person to approve {hash} until {until}: {reason}")
        }
        RunEvent::Approved { hash, by } => format!("{by} approved {hash}"),
        RunEvent::Rejected { by: Some(by), reason } => format!("{by} rejected it: {reason}"),
        RunEvent::Rejected { by: None, reason } => format!("refused: {reason}"),
        RunEvent::Replanned { reason, plan, .. } => {
            format!("planned anew ({}): {reason}", count_of(plan.steps.len(), "step"))
        }
        RunEvent::Extended { steps } => format!("{} more", count_of(steps.len(), "step")),
        RunEvent::StepStarted { step, attempt: 1, .. } => format!("{step}: started"),
        RunEvent::StepStarted { step, attempt, .. } => format!("{step}: started, attempt {attempt}"),
        RunEvent::StepEnded { step, end } => match end {
            StepEnd::Done { summary } => format!("{step}: done, {summary}"),
            StepEnd::Postponed { reasons, until } => {
                format!("{step}: put off until {until}: {}", reasons.join("; "))
            }
            StepEnd::Failed { message } => format!("{step}: failed: {message}"),
            StepEnd::Skipped { reason } => format!("{step}: left out: {reason}"),
        },
        RunEvent::Intended(intent) => {
            let what = match &intent.call {
                Call::Repair { order } => format!(
                    "repair of {} ({} tables, {} ranges)",
                    order.keyspace,
                    order.tables.len(),
                    order.ranges.len()
                ),
                Call::Flush { keyspace, .. } => format!("flush of {keyspace}"),
                Call::Drain => "drain".to_owned(),
                Call::Stop => "stop".to_owned(),
                Call::Start => "start".to_owned(),
                Call::Tool { order } => tool_words(order),
            };
            let place = match intent.call {
                Call::Tool { .. } => "on",
                _ if intent.call.is_state() => "of",
                _ => "led by",
            };
            let undo = if intent.undo.is_some() {
                ", to be brought back whatever happens"
            } else {
                ""
            };
            format!("{}: {what} {place} {}{undo}", intent.effect, intent.endpoint)
        }
        RunEvent::Taken { effect, command } => format!("{effect}: repair command {}", command.number),
        RunEvent::InDoubt { effect, reason } => format!("{effect}: in doubt: {reason}"),
        RunEvent::Ended { effect, result } => match result {
            EffectResult::Done { message } => format!("{effect}: done: {message}"),
            EffectResult::Failed { message } => format!("{effect}: failed: {message}"),
            EffectResult::Lost { reason } => format!("{effect}: lost: {reason}"),
            EffectResult::NotStarted { reason } => format!("{effect}: never begun: {reason}"),
            EffectResult::Cancelled => format!("{effect}: ended by a person"),
        },
        RunEvent::Calling { effect, part } => format!("{effect}: {part} is called"),
        RunEvent::Undone { effect, how } => format!("{effect}: taken back: {how}"),
        RunEvent::UndoFails { effect, reason } => {
            format!("{effect}: cannot be taken back, and is tried on: {reason}")
        }
        RunEvent::Blocked { step, blocks } => match blocks.first() {
            None => format!("{step}: blocked no more"),
            Some(first) if blocks.len() == 1 => format!("{step}: blocked: {}", first.text),
            Some(first) => format!("{step}: blocked: {} (and {} more)", first.text, blocks.len() - 1),
        },
        RunEvent::Overstepped { step, reason } => format!("{step}: the plugin was refused: {reason}"),
        RunEvent::Broke { step, reason } => format!("{step}: the plugin broke: {reason}"),
        RunEvent::NodesTaken { step, nodes } => format!("{step}: takes {}", count_of(nodes.len(), "node")),
        RunEvent::NodesLeft { step, nodes } => {
            format!("{step}: lets go of {}", count_of(nodes.len(), "node"))
        }
        RunEvent::Closed { state, summary, .. } => format!("{state}: {summary}"),
    }
}
