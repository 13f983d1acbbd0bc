//! Whose word is believed.
//!
//! A report counts if it comes from this cluster and from the node it claims to be from. Everything else is refused,
//! with a warning: a merged lie would be worse than a silent node.

use std::collections::BTreeMap;

use ringkeeper_cluster::{
    Endpoint, MembershipReport, NodeError, NodeErrorKind, NodeId, TopologyMember, Warning,
};

use crate::ask::{Heard, management};

/// Believed reports, and what became of the others.
#[derive(Debug, Default)]
pub(crate) struct Credited<'h> {
    /// By the node that gave it, with the endpoint where it did.
    pub(crate) reports: BTreeMap<NodeId, (Endpoint, &'h MembershipReport)>,
    /// Why an endpoint's report is not believed.
    pub(crate) refused: BTreeMap<Endpoint, NodeError>,
}

impl Credited<'_> {
    pub(crate) fn warnings(&self) -> impl Iterator<Item = Warning> {
        self.refused.iter().map(|(endpoint, error)| Warning {
            about: format!("report/{endpoint}"),
            message: format!("the report of {endpoint} is left out: {}", error.message),
        })
    }
}

/// The cluster's name by most of the answers; of equally many, the first in the alphabet.
pub(crate) fn name_by_majority(heard: &BTreeMap<Endpoint, Heard>) -> Option<String> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for report in heard.values().filter_map(|heard| heard.said.as_ref().ok()) {
        *votes.entry(&report.cluster_name).or_default() += 1;
    }
    votes
        .into_iter()
        .rev()
        .max_by_key(|(_, votes)| *votes)
        .map(|(name, _)| name.to_owned())
}

/// Which of these reports count, where the cluster has this name and these members.
pub(crate) fn credit<'h>(
    heard: &'h BTreeMap<Endpoint, Heard>,
    members: &BTreeMap<NodeId, TopologyMember>,
    name: &str,
) -> Credited<'h> {
    let residents: BTreeMap<Endpoint, NodeId> = members
        .iter()
        .map(|(id, member)| (member.endpoint, *id))
        .collect();
    let home = |id: NodeId| members.get(&id).map(|member| member.endpoint);
    let mut credited = Credited::default();
    let mut claims: BTreeMap<NodeId, Vec<(Endpoint, &MembershipReport)>> = BTreeMap::new();
    for (&endpoint, heard) in heard {
        let Ok(report) = &heard.said else { continue };
        let claimed = report.host_id;
        let objection = if report.cluster_name != name {
            Some(format!(
                "it belongs to cluster `{}`, not to `{name}`",
                report.cluster_name
            ))
        } else if home(claimed) == Some(endpoint) {
            None
        } else if let Some(resident) = residents.get(&endpoint) {
            Some(format!(
                "it says it is {claimed}, but the ring has {resident} there"
            ))
        } else if !members.is_empty() && home(claimed).is_none() {
            Some(format!("it says it is {claimed}, which is no member of the ring"))
        } else {
            None
        };
        match objection {
            Some(objection) => {
                credited.refused.insert(
                    endpoint,
                    NodeError::new(NodeErrorKind::Nonsense, management(endpoint), objection),
                );
            }
            None => claims.entry(claimed).or_default().push((endpoint, report)),
        }
    }
    for (id, mut claimants) in claims {
        claimants.sort_by_key(|(endpoint, _)| home(id) != Some(*endpoint));
        let mut claimants = claimants.into_iter();
        let Some(rightful) = claimants.next() else {
            continue;
        };
        // One process may be reached at two addresses.
        for (endpoint, _) in claimants.filter(|(_, report)| report.process != rightful.1.process) {
            let objection = format!("it says it is {id}, and so does {}", rightful.0);
            credited.refused.insert(
                endpoint,
                NodeError::new(NodeErrorKind::Nonsense, management(endpoint), objection),
            );
        }
        credited.reports.insert(id, rightful);
    }
    credited
}
