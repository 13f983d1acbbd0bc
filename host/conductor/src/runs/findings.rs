//! What the host itself has to say about work: a scheduled operation that did not run, a run that failed.

use std::collections::BTreeMap;

use ringkeeper_journal::RunState;
use ringkeeper_plan::{Finding, Severity, Subject};

use super::Book;
use super::run::{Run, UndoState};
use super::schedules::is_trouble;
use crate::checks::host_finding;

/// Findings of the host about work on one cluster.
pub(crate) fn findings(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (operation, due) in book.due.iter().filter(|(_, due)| is_trouble(due)) {
        findings.push(host_finding(
            format!("schedule-failed/{operation}"),
            format!("{operation} was due at {} and did not run.", due.due),
            due.note.clone(),
            "See `ringkeeper schedules list`, and try `ringkeeper plan` for the operation. It is tried again when it is due next.",
        ));
    }
    for run in book.open_runs() {
        for effect in run.effects.values() {
            let Some(UndoState::Open(Some(reason))) = &effect.undo else {
                continue;
            };
            let address = effect.intent.endpoint.ip();
            findings.push(Finding {
                severity: Severity::Severe,
                subject: Subject::Node {
                    id: effect.intent.node,
                },
                ..host_finding(
                    format!("undo-fails/{}", effect.intent.node),
                    format!(
                        "Node {address} was taken down by run {} and cannot be brought back.",
                        run.opened.run
                    ),
                    reason.clone(),
                    "Start Cassandra on it by hand and see its log. The host goes on trying, and holds the node until it serves again.",
                )
            });
        }
    }
    findings.extend(book.open_runs().filter_map(waits));
    let mut last: BTreeMap<&str, &Run> = BTreeMap::new();
    for run in book.runs().filter(|run| run.state.is_end()) {
        last.insert(&run.opened.operation, run);
    }
    let newest: BTreeMap<&str, &Run> = book
        .runs()
        .map(|run| (run.opened.operation.as_str(), run))
        .collect();
    for (operation, run) in newest {
        findings.extend(overstepped(operation, run));
        findings.extend(broke(operation, run));
    }
    for (operation, run) in &last {
        findings.extend(refused(operation, run));
    }
    for (operation, run) in last.into_iter().filter(|(_, run)| run.state == RunState::Failed) {
        findings.push(host_finding(
            format!("run-failed/{operation}"),
            format!("The last run of {operation} failed: {}.", run.opened.run),
            run.summary.clone(),
            "See `ringkeeper runs show` for its steps. The finding is cleared by the next run that ends well.",
        ));
    }
    findings
}

/// Somebody must know that they are asked.
fn waits(run: &Run) -> Option<Finding> {
    let asked = run.approvals.last_asked()?;
    let id = &run.opened.run;
    (run.state == RunState::AwaitingApproval).then(|| Finding {
        severity: Severity::Advice,
        ..host_finding(
            format!("awaits-approval/{id}"),
            format!(
                "Run {id} of {} waits for a person's word until {}.",
                run.opened.operation, asked.until
            ),
            asked.reason.clone(),
            "See and approve it with `ringkeeper runs approve`, or reject it with `ringkeeper runs reject`.",
        )
    })
}

/// What nobody approved is not done, and nobody may have noticed. What a person rejected, a person knows.
fn refused(operation: &str, run: &Run) -> Option<Finding> {
    let in_vain = run.state == RunState::Refused && !run.approvals.is_rejected_by_a_person();
    in_vain.then(|| {
        host_finding(
            format!("not-approved/{operation}"),
            format!("The last run of {operation} was not approved: {}.", run.opened.run),
            run.summary.clone(),
            "Ask for it anew with `ringkeeper run`, or let it need nobody's word in [policy.approval]. The finding is cleared by the next run that ends otherwise.",
        )
    })
}

fn overstepped(operation: &str, run: &Run) -> Option<Finding> {
    let (step, reason) = run.oversteps.first()?;
    Some(host_finding(
        format!("plugin-overstepped/{operation}"),
        format!(
            "Plugin {} asked in run {} for what its step must not do.",
            run.opened.plugin, run.opened.run
        ),
        format!("step {step}: {reason}"),
        "Nothing was called. It is a defect of the plugin: tell its author. The finding is cleared by the next run of the operation that keeps to its plan.",
    ))
}

fn broke(operation: &str, run: &Run) -> Option<Finding> {
    let (step, reason) = run.breaks.last()?;
    Some(host_finding(
        format!("plugin-broke/{operation}"),
        format!("Plugin {} broke in run {}.", run.opened.plugin, run.opened.run),
        format!("step {step}: {reason}"),
        "What it had taken away is brought back. A crash is a defect of the plugin: tell its author. Where it went over a limit, see [plugin.limits]. The finding is cleared by the next run of the operation in which it does not break.",
    ))
}
