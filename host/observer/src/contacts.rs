//! Contact points, until it is known which nodes they are.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{
    Endpoint, NodeError, NodeErrorKind, NodeId, SilentContact, Snapshot, TopologyMember, Warning,
};

use crate::ask::{Heard, management};
use crate::merge::Look;
use crate::observer::Watch;
use crate::trust::Credited;

/// Where to begin.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    endpoints: BTreeSet<Endpoint>,
    /// Those that have answered as a member.
    identified: BTreeSet<Endpoint>,
    /// Whether any node was believed at the last sweep.
    is_anyone_there: bool,
    pub(crate) warning: Option<Warning>,
}

impl Watch {
    /// Resolves them anew while some are unknown, or nobody answers.
    pub(crate) async fn resolve_contacts(&self, contacts: &mut Contacts) {
        if contacts.is_anyone_there && contacts.endpoints == contacts.identified {
            return;
        }
        match self
            .asker
            .limited("contact points", self.asker.cluster.contact_points())
            .await
        {
            Ok(endpoints) => {
                contacts.endpoints = endpoints.into_iter().collect();
                contacts
                    .identified
                    .retain(|endpoint| contacts.endpoints.contains(endpoint));
                contacts.warning = None;
            }
            Err(error) => {
                let message = format!("no contact point could be resolved: {error}");
                contacts.warning = Some(Warning {
                    about: "contact-points".to_owned(),
                    message,
                });
            }
        }
    }
}

impl Contacts {
    /// Those of whom nobody knows who they are. When nobody answers, all.
    pub(crate) fn to_ask(&self) -> impl Iterator<Item = Endpoint> {
        let contacts = self.endpoints.iter().copied();
        contacts.filter(|at| !self.is_anyone_there || !self.identified.contains(at))
    }

    /// Notes who turned out to be a member: by its own word, or because a peer knows the address.
    pub(crate) fn identify(
        &mut self,
        members: &BTreeMap<NodeId, TopologyMember>,
        credited: &Credited<'_>,
        heard: &BTreeMap<Endpoint, Heard>,
    ) {
        self.is_anyone_there = !credited.reports.is_empty();
        let addresses: BTreeSet<Endpoint> = members.values().map(|member| member.endpoint).collect();
        let is_identified = |at: &&Endpoint| {
            let answers = heard.get(at).is_some_and(|heard| heard.said.is_ok());
            addresses.contains(at) || (answers && !members.is_empty() && !credited.refused.contains_key(at))
        };
        self.identified
            .extend(self.endpoints.iter().filter(is_identified));
    }

    /// Those of whom nobody knows who they are, with the reason.
    pub(crate) fn silent(&self, look: &Look<'_>, before: Option<&Snapshot>) -> Vec<SilentContact> {
        let known_since = |at: Endpoint| {
            let mut silent = before?.silent_contacts.iter();
            silent
                .find(|contact| contact.endpoint == at)
                .map(|contact| contact.since)
        };
        let contact = |&endpoint: &Endpoint| SilentContact {
            endpoint,
            since: known_since(endpoint).unwrap_or(look.at),
            error: look.failure(endpoint).unwrap_or_else(|| {
                let message = "answers, but no node tells what ring it is in";
                NodeError::new(NodeErrorKind::Failed, management(endpoint), message)
            }),
        };
        self.endpoints.difference(&self.identified).map(contact).collect()
    }
}
