//! A cluster in full: what `nodetool status` shows, and what is wrong.

use ringkeeper_api::{ClusterStatus, NodeSummary, OpenFinding};
use ringkeeper_plan::Severity;

use super::findings::severity_tone;
use super::nodes::data_centres;
use super::quantity::{ago, count};
use crate::screen::{Screen, Tone};

/// A cluster in full.
pub(crate) fn status(status: &ClusterStatus, screen: &Screen) -> String {
    let mut blocks = vec![headline(status, screen)];
    blocks.extend(data_centres(&status.data_centers, screen));
    blocks.extend(troubles(status, screen));
    blocks.push(findings(status, screen));
    blocks.join("\n\n") + "\n"
}

fn headline(status: &ClusterStatus, screen: &Screen) -> String {
    let nodes = status.data_centers.iter().map(|centre| centre.nodes.len()).sum();
    let called = status.cassandra_name.iter().map(|name| format!("\"{name}\""));
    let facts = called.chain(status.partitioner.clone()).chain([
        count(nodes, "node"),
        schema(status),
        format!("looked {}", ago(screen.now, status.timestamp)),
    ]);
    let title = screen.paint(Tone::Strong, &format!("Cluster: {}", status.name));
    let facts = facts.collect::<Vec<_>>().join(", ");
    format!("{title}\n{}", screen.wrap("  ", "  ", &facts))
}

fn schema(status: &ClusterStatus) -> String {
    match (status.schema_observed_at, status.schema_versions) {
        (None, _) => "schema not read yet".to_owned(),
        (Some(_), 0 | 1) => "schema agrees".to_owned(),
        (Some(_), versions) => format!("schema disagrees ({versions} versions)"),
    }
}

/// What the host could not see or make fit.
fn troubles(status: &ClusterStatus, screen: &Screen) -> Option<String> {
    let silent = status
        .data_centers
        .iter()
        .flat_map(|centre| &centre.nodes)
        .filter_map(silence);
    let contacts = status.connection_errors.iter().map(|contact| {
        format!(
            "contact point {} has never answered: {}",
            contact.endpoint, contact.error
        )
    });
    let warnings = status
        .warnings
        .iter()
        .map(|warning| format!("{}: {}", warning.about, warning.message));
    let checks = status.checks.iter().filter_map(|check| {
        let error = check.error.as_ref()?;
        Some(format!(
            "{} could not look {}: {error}",
            check.operation,
            ago(screen.now, check.checked_at)
        ))
    });
    let lines: Vec<_> = silent
        .chain(contacts)
        .chain(warnings)
        .chain(checks)
        .map(|line| screen.wrap("  ", "    ", &line))
        .collect();
    if lines.is_empty() {
        return None;
    }
    let heading = screen.paint(Tone::Warning, "The host cannot see everything:");
    Some(format!("{heading}\n{}", lines.join("\n")))
}

fn silence(node: &NodeSummary) -> Option<String> {
    let reason = node.answer_error.as_ref()?;
    Some(format!(
        "{} does not answer the host: {reason}",
        node.address.ip()
    ))
}

fn findings(status: &ClusterStatus, screen: &Screen) -> String {
    let checked = status.checks.iter().filter(|check| check.error.is_none());
    let checked: Vec<_> = checked
        .map(|check| format!("{} looked {}", check.operation, ago(screen.now, check.checked_at)))
        .collect();
    let checked = if checked.is_empty() {
        "nothing has looked yet".to_owned()
    } else {
        checked.join(", ")
    };
    if status.findings.is_empty() {
        let tone = if status.checks.is_empty() {
            Tone::Plain
        } else {
            Tone::Good
        };
        return format!("{} ({checked})", screen.paint(tone, "Findings: none"));
    }
    let heading = screen.paint(Tone::Strong, &format!("Findings: {}", tally(&status.findings)));
    let lines: Vec<_> = status.findings.iter().map(|open| finding(open, screen)).collect();
    let more = screen.paint(Tone::Faint, "Evidence and what to do: ringkeeper findings");
    format!("{heading} ({checked})\n{}\n{more}", lines.join("\n"))
}

fn finding(open: &OpenFinding, screen: &Screen) -> String {
    let severity = open.finding.severity;
    let word = format!("{severity:<8}").to_uppercase();
    let title = open.finding.title.trim_end_matches('.');
    let text = format!(
        "{title}, for {}",
        super::quantity::span(screen.now.since(open.opened_at))
    );
    let lines = screen.wrap("  ######## ", "           ", &text);
    lines.replacen("########", &screen.paint(severity_tone(severity), &word), 1)
}

/// How many of each severity, worst first.
fn tally(findings: &[OpenFinding]) -> String {
    let each = [
        Severity::Severe,
        Severity::Warning,
        Severity::Advice,
        Severity::Info,
    ]
    .into_iter()
    .filter_map(|severity| {
        let number = findings
            .iter()
            .filter(|open| open.finding.severity == severity)
            .count();
        (number > 0).then(|| format!("{number} {severity}"))
    });
    each.collect::<Vec<_>>().join(", ")
}
