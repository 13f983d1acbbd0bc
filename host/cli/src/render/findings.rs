//! Findings, as a careful colleague would note them.

use std::collections::BTreeMap;

use ringkeeper_api::OpenFinding;
use ringkeeper_cluster::{Endpoint, NodeId};
use ringkeeper_plan::{Evidence, Finding, Owner, Severity, Subject};

use super::quantity::{ago, moment};
use crate::screen::{Screen, Tone};

/// Addresses of nodes, so that people need not read host ids.
pub(crate) type Addresses = BTreeMap<NodeId, Endpoint>;

/// Findings, worst first as they are given.
pub(crate) fn findings(findings: &[OpenFinding], addresses: &Addresses, screen: &Screen) -> String {
    if findings.is_empty() {
        return format!("{}\n", screen.paint(Tone::Good, "No findings."));
    }
    let notes: Vec<_> = findings
        .iter()
        .map(|open| open_note(open, addresses, screen))
        .collect();
    notes.join("\n\n") + "\n"
}

fn open_note(open: &OpenFinding, addresses: &Addresses, screen: &Screen) -> String {
    let OpenFinding {
        cluster,
        operation,
        opened_at,
        changed_at,
        seen_at,
        finding,
    } = open;
    let mut since = format!("since {}", moment(screen.now, *opened_at));
    if changed_at != opened_at {
        since = format!(
            "{since}, became {} {}",
            finding.severity,
            ago(screen.now, *changed_at)
        );
    }
    let about = format!(
        "{} in {cluster}; {}",
        subject(&finding.subject, addresses),
        owner(finding.owner)
    );
    let found = format!("{since}; {operation} saw it {}", ago(screen.now, *seen_at));
    note(finding, &[about, found], screen)
}

/// A finding with its evidence; `context` are lines between title and evidence.
pub(crate) fn note(finding: &Finding, context: &[String], screen: &Screen) -> String {
    let word = format!("{:<8}", finding.severity).to_uppercase();
    let title = screen.wrap("######## ", INDENT, &finding.title);
    let mut lines = vec![title.replacen(
        "########",
        &screen.paint(severity_tone(finding.severity), &word),
        1,
    )];
    lines.extend(
        context
            .iter()
            .map(|line| screen.paint(Tone::Faint, &screen.wrap(INDENT, INDENT, line))),
    );
    lines.extend(
        finding
            .evidence
            .iter()
            .map(|fact| screen.wrap(&format!("{INDENT}- "), HANGING, &evidence(fact))),
    );
    if let Some(suggestion) = &finding.suggestion {
        lines.push(screen.wrap(&format!("{INDENT}To do: "), HANGING, suggestion));
    }
    if let Some(operation) = &finding.suggested_operation {
        lines.push(format!(
            "{INDENT}See what would help: ringkeeper plan {operation}"
        ));
    }
    lines.join("\n")
}

const INDENT: &str = "         ";
const HANGING: &str = "           ";

/// A fact with its limit.
pub(crate) fn evidence(fact: &Evidence) -> String {
    let Evidence { name, value, limit } = fact;
    match limit {
        Some(limit) => format!("{name}: {value} (limit: {limit})"),
        None => format!("{name}: {value}"),
    }
}

/// What a finding is about.
pub(crate) fn subject(subject: &Subject, addresses: &Addresses) -> String {
    match subject {
        Subject::Cluster => "the whole cluster".to_owned(),
        Subject::DataCentre { name } => format!("data centre {name}"),
        Subject::Node { id } => match addresses.get(id) {
            Some(address) => format!("node {} ({})", address.ip(), short(*id)),
            None => format!("node {}", short(*id)),
        },
        Subject::Keyspace { name } => format!("keyspace {name}"),
        Subject::Table { keyspace, table } => format!("table {keyspace}.{table}"),
    }
}

/// The beginning of a host id, enough to name a node by.
pub(crate) fn short(id: NodeId) -> String {
    id.to_string().chars().take(8).collect()
}

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Platform => "a matter of the platform",
        Owner::Configuration => "a matter of schema, sizing or settings",
        Owner::Unknown => "whose matter it is could not be told",
    }
}

/// The colour of a severity.
pub(crate) const fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Severe => Tone::Bad,
        Severity::Warning => Tone::Warning,
        Severity::Advice => Tone::Strong,
        Severity::Info => Tone::Faint,
    }
}
