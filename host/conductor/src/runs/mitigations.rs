//! Operations that begin by themselves because something was found.
//!
//! The picture to keep in mind: while a finding is open that a mitigation names, its operation is planned and opened like any
//! other run, with an event as its cause; approvals, guard, windows and freezes hold for it as well. How often that was tried
//! is read from the book, so a host that was killed counts on. What does not help is not done again and again: a mitigation
//! that was tried three times in six hours, or that cannot be planned, becomes a finding, and a person is asked.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::OpenFinding;
use ringkeeper_plan::{Cause, Evidence, Finding, Severity, Subject};
use ringkeeper_seams::Timestamp;
use serde_json::{Map, Value as Json};

use super::Book;
use crate::Conductor;
use crate::ask::RunError;
use crate::checks::host_finding;
use crate::conductor::Watched;

/// Tries that count.
const WITHIN: Duration = Duration::from_secs(6 * 3_600);
/// So many of them, and a person is asked.
const MOST: usize = 3;
/// After the end of the first try, before the next; five times as long after the second.
const PAUSE: Duration = Duration::from_secs(60);
/// Between two tries to plan what could not be planned.
const PLANNED_AGAIN: Duration = Duration::from_secs(60);

/// An operation that cures a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MitigationParts {
    /// The finding's key, or its part before the first slash.
    pub finding: String,
    /// The operation.
    pub operation: String,
    /// Its parameters; a finding about a node adds that node's host id as `nodes`.
    pub parameters: Map<String, Json>,
}

impl MitigationParts {
    fn is_about(&self, finding: &Finding) -> bool {
        let rest = finding.key.strip_prefix(&self.finding);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn parameters(&self, finding: &Finding) -> Json {
        let mut parameters = self.parameters.clone();
        if let Subject::Node { id } = &finding.subject {
            parameters.insert("nodes".to_owned(), Json::from(vec![id.to_string()]));
        }
        Json::Object(parameters)
    }
}

/// What follows for one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It is begun now.
    Begin,
    /// Not now: it goes on, or was tried a moment ago.
    Wait,
    /// It was tried often enough, and may be again from then on.
    GivenUp(Timestamp),
}

/// Tries of one mitigation for one matter, oldest first: when each began and ended.
fn tries(book: &Book, operation: &str, parameters: &Json) -> Vec<(Timestamp, Option<Timestamp>)> {
    let tries = book.runs().filter(|run| {
        let opened = &run.opened;
        opened.cause == Cause::Event && opened.operation == operation && opened.parameters == *parameters
    });
    tries.map(|run| (run.opened_at, run.ended_at)).collect()
}

fn next(tries: &[(Timestamp, Option<Timestamp>)], now: Timestamp) -> Next {
    let recent: Vec<_> = tries
        .iter()
        .filter(|(began, ended)| ended.is_none() || now.since(*began) < WITHIN)
        .collect();
    let Some((_, ended)) = recent.last() else {
        return Next::Begin;
    };
    let Some(ended) = ended else {
        return Next::Wait;
    };
    let pause = match recent.len() {
        1 => PAUSE,
        _ => PAUSE * 5,
    };
    match recent.first() {
        Some((oldest, _)) if recent.len() >= MOST => Next::GivenUp(oldest.after(WITHIN)),
        _ if now.since(*ended) < pause => Next::Wait,
        _ => Next::Begin,
    }
}

impl Conductor {
    /// Begins what open findings call for.
    pub(super) async fn serve_mitigations(&self, cluster: &Arc<Watched>) {
        let called_for: Vec<_> = called_for(cluster).collect();
        let places = called_for.iter();
        let places =
            places.map(|(mitigation, open)| (mitigation.operation.clone(), open.finding.key.clone()));
        cluster.forget_mitigations_but(&places.collect());
        for (mitigation, open) in called_for {
            let now = self.seams().clock.now();
            let key = &open.finding.key;
            let parameters = mitigation.parameters(&open.finding);
            let follows = {
                let book = cluster.stream.book();
                match is_held(&book, &open.finding) {
                    true => Next::Wait,
                    false => next(&tries(&book, &mitigation.operation, &parameters), now),
                }
            };
            if follows != Next::Begin || !cluster.may_mitigate(&mitigation.operation, key, now, PLANNED_AGAIN)
            {
                continue;
            }
            let planned = self
                .plan_for_run(cluster, &mitigation.operation, parameters, Cause::Event)
                .await;
            let opened = match planned {
                Ok(planned) => self.open(cluster, planned, None, None).await,
                Err(error) => Err(error),
            };
            match opened {
                Ok(run) => {
                    tracing::warn!(cluster = cluster.name, key, operation = mitigation.operation, %run, "a finding is mitigated");
                    cluster.note_mitigated(&mitigation.operation, key);
                }
                // Nothing was seen yet; it is looked at again with the next sweep.
                Err(RunError::Unavailable(_)) => cluster.note_mitigated(&mitigation.operation, key),
                Err(error) => cluster.note_not_mitigated(&mitigation.operation, key, error.to_string()),
            }
        }
    }

    /// Where a person is asked, as a mitigation does not help or cannot be begun.
    pub(crate) fn mitigations_in_vain(&self, cluster: &Watched) -> Vec<Finding> {
        let now = self.seams().clock.now();
        let book = cluster.stream.book();
        let found = called_for(cluster).filter_map(|(mitigation, open)| {
            let operation = &mitigation.operation;
            let tries = tries(&book, operation, &mitigation.parameters(&open.finding));
            let (reason, until) = match next(&tries, now) {
                Next::GivenUp(until) => (
                    format!(
                        "{operation} was tried {} times within 6 h, and the finding is open again",
                        tries.len().min(MOST)
                    ),
                    format!("it is tried again after {until}"),
                ),
                Next::Begin | Next::Wait => (
                    cluster.not_mitigated(operation, &open.finding.key)?,
                    "it is tried again every minute".to_owned(),
                ),
            };
            Some(in_vain(&mitigation, &open.finding, reason, until))
        });
        found.collect()
    }
}

fn in_vain(mitigation: &MitigationParts, about: &Finding, reason: String, until: String) -> Finding {
    let operation = &mitigation.operation;
    let mut finding = Finding {
        severity: about.severity.max(Severity::Warning),
        subject: about.subject.clone(),
        ..host_finding(
            format!("mitigation-in-vain/{operation}/{}", about.key),
            format!("{operation} does not mitigate this by itself: {}", about.title),
            reason,
            "See the finding itself and `ringkeeper runs list`, mend what stands in the way, and run the operation by hand.",
        )
    };
    finding.evidence.push(Evidence {
        name: "until then".to_owned(),
        value: until,
        limit: None,
    });
    finding
}

/// Every open finding that a mitigation is about. What was not seen since long is open still.
fn called_for(cluster: &Watched) -> impl Iterator<Item = (MitigationParts, OpenFinding)> {
    let open = match cluster.mitigations.is_empty() {
        true => Vec::new(),
        false => cluster.findings(),
    };
    cluster.mitigations.iter().flat_map(move |mitigation| {
        let about: Vec<_> = open
            .iter()
            .filter(|open| mitigation.is_about(&open.finding))
            .map(|open| (mitigation.clone(), open.clone()))
            .collect();
        about
    })
}

/// Whether other work holds the node that a finding is about: what is found of it then may be that work's own doing.
fn is_held(book: &Book, finding: &Finding) -> bool {
    match &finding.subject {
        Subject::Node { id } => book.leases().any(|lease| lease.node == *id),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
