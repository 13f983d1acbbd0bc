//! Certificates that the host itself lives by, before they end.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;

use ringkeeper_plan::{Evidence, Finding, Owner, Severity};
use ringkeeper_seams::Timestamp;

use crate::Conductor;
use crate::checks::host_finding;
use crate::conductor::Watched;

const DAY: Duration = Duration::from_secs(86_400);
/// What people renew is told of so long before.
const TOLD_BEFORE: Duration = Duration::from_secs(30 * 86_400);
/// Agents renew theirs with 20 d left. That one was not renewed for so long is no passing trouble.
const AGENTS_TOLD_BEFORE: Duration = Duration::from_secs(15 * 86_400);
/// Anything is severe so long before.
const SEVERE_BEFORE: Duration = Duration::from_secs(7 * 86_400);
/// Agents that are named in one finding.
const MOST_NAMED: usize = 10;

/// When the certificates end that the host itself lives by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateEnds {
    /// The one that it shows where it listens on the network; none where it shows none.
    pub network: Option<Timestamp>,
    /// Those of the authorities by which host and agents know each other, the first that ends; none where it has no agents.
    pub authorities: Option<Timestamp>,
    /// Those of its agents, by the address of the node.
    pub agents: BTreeMap<IpAddr, Timestamp>,
}

impl CertificateEnds {
    /// What people must know of those that end soon, with what to do; of agents, of those that are asked for.
    #[must_use]
    pub fn findings(&self, now: Timestamp, is_asked_for: impl Fn(IpAddr) -> bool) -> Vec<Finding> {
        let of_people = [
            (
                self.network,
                "host-certificate/network",
                "The certificate that the host shows on the network",
                "Put a new one into the files `tls_certificate` and `tls_key` of [host]: it is shown at once, without a restart. \
                 What renews it by itself did not.",
            ),
            (
                self.authorities,
                "host-certificate/authorities",
                "The authority by which host and agents know each other",
                "Stop the host, move the folder `trust` of its data directory away, start it, and enrol every agent anew: \
                 `ringkeeper agents token`, then `ringkeeper agent enroll`.",
            ),
        ];
        let mut findings: Vec<Finding> = of_people
            .into_iter()
            .filter_map(|(ends, key, what, cure)| {
                let ends = ends.filter(|ends| ends.since(now) < TOLD_BEFORE)?;
                Some(finding(
                    key,
                    format!("{what} {}.", words(ends, now)),
                    vec![row("it ends", ends, "30 d")],
                    ends,
                    now,
                    cure,
                ))
            })
            .collect();
        findings.extend(self.of_agents(now, is_asked_for));
        findings
    }

    fn of_agents(&self, now: Timestamp, is_asked_for: impl Fn(IpAddr) -> bool) -> Option<Finding> {
        let mut late: Vec<(Timestamp, IpAddr)> = self
            .agents
            .iter()
            .filter(|(node, ends)| is_asked_for(**node) && ends.since(now) < AGENTS_TOLD_BEFORE)
            .map(|(node, ends)| (*ends, *node))
            .collect();
        late.sort_unstable();
        let (first, node) = *late.first()?;
        let others = match late.len() - 1 {
            0 => String::new(),
            1 => ", and that of one more agent was not renewed either".to_owned(),
            more => format!(", and those of {more} more agents were not renewed either"),
        };
        let title = format!(
            "The certificate of the agent of {node} {}{others}.",
            words(first, now)
        );
        let rows = late.iter().take(MOST_NAMED);
        let rows = rows.map(|(ends, node)| row(&format!("that of {node} ends"), *ends, "15 d"));
        Some(finding(
            "agent-certificate",
            title,
            rows.collect(),
            first,
            now,
            "Agents renew theirs by themselves with 20 d left, so these did not reach the host since: see `ringkeeper agents list`, \
             the agents' logs, and whether they reach `agents` of [host]. One that has ended is enrolled anew: \
             `ringkeeper agents token`, then `ringkeeper agent enroll`.",
        ))
    }
}

fn finding(
    key: &str,
    title: String,
    evidence: Vec<Evidence>,
    ends: Timestamp,
    now: Timestamp,
    cure: &str,
) -> Finding {
    let severity = match ends.since(now) < SEVERE_BEFORE {
        true => Severity::Severe,
        false => Severity::Warning,
    };
    Finding {
        severity,
        evidence,
        owner: Owner::Configuration,
        ..host_finding(key.to_owned(), title, String::new(), cure)
    }
}

fn row(name: &str, ends: Timestamp, limit: &str) -> Evidence {
    Evidence {
        name: name.to_owned(),
        value: ends.to_string(),
        limit: Some(format!("in more than {limit}")),
    }
}

fn words(ends: Timestamp, now: Timestamp) -> String {
    let left = ends.since(now);
    match left.as_secs() / DAY.as_secs() {
        _ if left.is_zero() => "has ended".to_owned(),
        0 => "ends within a day".to_owned(),
        days => format!("ends in {days} d"),
    }
}

impl Conductor {
    /// Notes when the certificates end that the host lives by. Each cluster's next look tells of those that end soon.
    pub fn note_certificates(&self, ends: CertificateEnds) {
        *self.certificates().lock().unwrap_or_else(PoisonError::into_inner) = ends;
    }

    /// What people must know of them in a cluster: of agents, of those of its nodes.
    pub(crate) fn certificates_that_end(&self, cluster: &Watched) -> Vec<Finding> {
        let ends = self
            .certificates()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let snapshot = cluster.snapshot();
        let nodes = snapshot.iter().flat_map(|snapshot| snapshot.nodes.values());
        let nodes: Vec<IpAddr> = nodes.map(|node| node.endpoint.ip()).collect();
        ends.findings(self.seams().clock.now(), |node| nodes.contains(&node))
    }
}

#[cfg(test)]
mod tests;
