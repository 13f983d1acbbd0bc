//! One ring out of what nodes say of it, and when to ask them again.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, NodeId, ProcessIdentity, TopologyMember, TopologyReport, Warning};
use ringkeeper_ring::RingMember;

use crate::ask::Heard;
use crate::trust::Credited;

/// The members that one or the other node knows. Where both know one, the first word counts.
pub(crate) fn agree(
    reports: &[(Endpoint, TopologyReport)],
) -> (BTreeMap<NodeId, TopologyMember>, Vec<Warning>) {
    let mut members: BTreeMap<NodeId, TopologyMember> = BTreeMap::new();
    for (_, report) in reports {
        for (id, member) in present(report) {
            members.entry(id).or_insert_with(|| member.clone());
        }
    }
    let mut warnings = Vec::new();
    for (via, report) in reports {
        for (id, member) in &members {
            let about = || format!("topology/{id}");
            match report.members.get(id).filter(|its| !its.has_left()) {
                None => warnings.push(Warning {
                    about: about(),
                    message: format!(
                        "{via} does not know {} in its ring, another node does",
                        member.endpoint
                    ),
                }),
                Some(its) if !same_place(its, member) => warnings.push(Warning {
                    about: about(),
                    message: format!(
                        "{via} knows {} with another address, rack or tokens than another node",
                        its.endpoint
                    ),
                }),
                Some(_) => {}
            }
        }
    }
    (members, warnings)
}

/// What placement needs of the members: those that own tokens.
pub(crate) fn ring(members: &BTreeMap<NodeId, TopologyMember>) -> BTreeMap<NodeId, RingMember> {
    let owners = members.iter().filter(|(_, member)| !member.tokens.is_empty());
    let ring_member = |member: &TopologyMember| RingMember {
        data_centre: member.data_centre.clone(),
        rack: member.rack.clone(),
        tokens: member.tokens.clone(),
    };
    owners.map(|(id, member)| (*id, ring_member(member))).collect()
}

fn present(report: &TopologyReport) -> impl Iterator<Item = (NodeId, &TopologyMember)> {
    report
        .members
        .iter()
        .filter(|(_, member)| !member.has_left())
        .map(|(id, member)| (*id, member))
}

fn same_place(left: &TopologyMember, right: &TopologyMember) -> bool {
    let place = |member: &TopologyMember| (member.endpoint, member.data_centre.clone(), member.rack.clone());
    place(left) == place(right) && left.tokens == right.tokens
}

/// What the cheap reports tell of the ring's shape. When it differs from what it was, the ring must be read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Live, unreachable, joining, leaving and moving nodes, by anybody's word.
    seen: [BTreeSet<Endpoint>; 5],
    /// Who answered where, with which process.
    hosts: BTreeMap<Endpoint, (NodeId, ProcessIdentity)>,
}

impl Shape {
    pub(crate) fn of(credited: &Credited<'_>, heard: &BTreeMap<Endpoint, Heard>) -> Self {
        let reports = || credited.reports.values().map(|(_, report)| report);
        // Most nodes say the same, so equal sets are found equal before they are laid together.
        let union = |sets: BTreeSet<&BTreeSet<Endpoint>>| sets.into_iter().flatten().copied().collect();
        Self {
            seen: [
                union(reports().map(|report| &report.live).collect()),
                union(reports().map(|report| &report.unreachable).collect()),
                union(reports().map(|report| &report.joining).collect()),
                union(reports().map(|report| &report.leaving).collect()),
                union(reports().map(|report| &report.moving).collect()),
            ],
            hosts: hosts(heard)
                .map(|(endpoint, (id, process))| (endpoint, (id, process.clone())))
                .collect(),
        }
    }

    /// Whether the ring may have changed since `before`. That a node no longer answers us changes no ring.
    pub(crate) fn differs_from(&self, before: &Self) -> bool {
        self.seen != before.seen
            || self
                .hosts
                .iter()
                .any(|(endpoint, host)| before.hosts.get(endpoint) != Some(host))
    }

    /// Keeps in mind who answered before and does not now.
    pub(crate) fn remembering(mut self, before: Self) -> Self {
        for (endpoint, host) in before.hosts {
            self.hosts.entry(endpoint).or_insert(host);
        }
        self
    }

    /// Takes those in who are heard for the first time.
    pub(crate) fn meet(&mut self, heard: &BTreeMap<Endpoint, Heard>) {
        for (endpoint, (id, process)) in hosts(heard) {
            self.hosts
                .entry(endpoint)
                .or_insert_with(|| (id, process.clone()));
        }
    }
}

/// Who answers where, believed or not: a host id that is new somewhere is reason to look.
fn hosts(heard: &BTreeMap<Endpoint, Heard>) -> impl Iterator<Item = (Endpoint, (NodeId, &ProcessIdentity))> {
    heard.iter().filter_map(|(endpoint, heard)| {
        let report = heard.said.as_ref().ok()?;
        Some((*endpoint, (report.host_id, &report.process)))
    })
}

/// Two nodes to ask for the ring: normal ones before others, and of two data centres where there are two.
pub(crate) fn witnesses(
    credited: &Credited<'_>,
    members: &BTreeMap<NodeId, TopologyMember>,
    failed: &BTreeSet<Endpoint>,
) -> Vec<Endpoint> {
    let centre = |id: &NodeId| members.get(id).map(|member| member.data_centre.as_str());
    let mut candidates: Vec<_> = credited.reports.iter().collect();
    candidates.sort_by_key(|(_, (endpoint, report))| {
        (
            failed.contains(endpoint),
            !report.gossip_running,
            report.operation_mode != "NORMAL",
        )
    });
    let Some((first, (endpoint, _))) = candidates.first() else {
        return Vec::new();
    };
    let others = || {
        candidates
            .iter()
            .skip(1)
            .filter(|(_, (other, _))| !failed.contains(other))
    };
    let second = others()
        .find(|(id, _)| centre(id) != centre(first))
        .or_else(|| others().next());
    std::iter::once(*endpoint)
        .chain(second.map(|(_, (endpoint, _))| *endpoint))
        .collect()
}
