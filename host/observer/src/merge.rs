//! The previous view of every node and what was heard since, made into the next one. No I/O.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ringkeeper_cluster::{
    Answer, Endpoint, Membership, MembershipReport, NodeError, NodeErrorKind, NodeId, NodeView, PeerStatus,
    Probe, ProcessIdentity, TopologyMember, Transition,
};
use ringkeeper_seams::Timestamp;

use crate::ask::{Heard, management};
use crate::status::{self, Word};
use crate::trust::Credited;

/// Everything one sweep found.
pub(crate) struct Look<'l> {
    pub(crate) at: Timestamp,
    pub(crate) members: &'l BTreeMap<NodeId, TopologyMember>,
    pub(crate) heard: &'l BTreeMap<Endpoint, Heard>,
    pub(crate) credited: &'l Credited<'l>,
    pub(crate) probes: &'l BTreeMap<Endpoint, (ProcessIdentity, Probe)>,
}

/// The members as this look shows them. Whoever is no member any more is gone.
pub(crate) fn merge(previous: &BTreeMap<NodeId, NodeView>, look: &Look<'_>) -> BTreeMap<NodeId, NodeView> {
    let view = |(id, member): (&NodeId, &TopologyMember)| (*id, node(previous.get(id), *id, member, look));
    look.members.iter().map(view).collect()
}

fn node(before: Option<&NodeView>, id: NodeId, member: &TopologyMember, look: &Look<'_>) -> NodeView {
    let own = look.credited.reports.get(&id).map(|(_, report)| *report);
    let words = look.words_about(id, member.endpoint);
    let views: BTreeMap<_, _> = words.iter().map(|(peer, word)| (*peer, word.is_up)).collect();
    let status = match own {
        Some(_) if look.members.len() == 1 => PeerStatus::Up,
        _ => status::peer_status(&views),
    };
    let by_peers = status::by_majority(words.iter().filter_map(|(_, word)| word.membership));
    let membership = membership(own, member, status, by_peers);
    let answer = look.answer(own, member.endpoint);
    let mut transitions = before.map(|view| view.transitions.clone()).unwrap_or_default();
    let mut since = |before: Option<(&'static str, Timestamp)>, after: &'static str| {
        before.map_or(look.at, |(before, since)| {
            change(&mut transitions, (before, since), after, look.at)
        })
    };
    NodeView {
        id,
        endpoint: member.endpoint,
        data_centre: member.data_centre.clone(),
        rack: member.rack.clone(),
        tokens: member.tokens.clone(),
        release_version: own
            .map(|own| own.release_version.clone())
            .or_else(|| member.release_version.clone()),
        schema_version: own.map(|own| own.schema_version.clone()),
        status_since: since(
            before.map(|view| (view.status.name(), view.status_since)),
            status.name(),
        ),
        status,
        views,
        is_deaf: own.map_or_else(
            || before.is_some_and(|before| before.is_deaf),
            |own| own.gossip_running && look.any_answers(&own.unreachable),
        ),
        membership_since: since(
            before.map(|view| (view.membership.name(), view.membership_since)),
            membership.name(),
        ),
        membership,
        answer_since: before
            .filter(|view| same_kind(&view.answer, &answer))
            .map_or(look.at, |view| view.answer_since),
        answer,
        last_answered_at: look
            .heard_at(id)
            .or(before.and_then(|view| view.last_answered_at)),
        process: own
            .map(|own| own.process.clone())
            .or_else(|| before?.process.clone()),
        operation_mode: own.map(|own| own.operation_mode.clone()),
        gossip_running: own.map(|own| own.gossip_running),
        native_transport_running: own.map(|own| own.native_transport_running),
        repair_commands: own.map(|own| own.repair_commands.clone()).unwrap_or_default(),
        work: own.map(|own| own.work.clone()).unwrap_or_default(),
        load_bytes: own.map_or_else(|| before?.load_bytes, |own| own.load_bytes),
        probe: look.probe(member.endpoint).or_else(|| before?.probe.clone()),
        transitions,
    }
}

/// Since when it is as it is after. A change is remembered, and the oldest ones make room.
fn change(
    transitions: &mut VecDeque<Transition>,
    (before, since): (&str, Timestamp),
    after: &str,
    at: Timestamp,
) -> Timestamp {
    if before == after {
        return since;
    }
    while transitions.len() >= NodeView::TRANSITIONS {
        transitions.pop_front();
    }
    transitions.push_back(Transition {
        at,
        before: before.to_owned(),
        after: after.to_owned(),
    });
    at
}

/// Stopped by its own word, or by the goodbye it left in gossip, unless its peers see it back; else what most peers
/// say, else its own word, else its gossip status.
fn membership(
    own: Option<&MembershipReport>,
    member: &TopologyMember,
    status: PeerStatus,
    by_peers: Option<Membership>,
) -> Membership {
    let own = own.and_then(|own| status::of_mode(&own.operation_mode));
    let gossiped = member.gossip_status.as_deref().and_then(status::of_gossip);
    let said_goodbye = gossiped == Some(Membership::Stopped) && status != PeerStatus::Up;
    if own == Some(Membership::Stopped) || said_goodbye {
        return Membership::Stopped;
    }
    by_peers.or(own).or(gossiped).unwrap_or(Membership::Unknown)
}

fn same_kind(left: &Answer, right: &Answer) -> bool {
    matches!(left, Answer::Answered) == matches!(right, Answer::Answered)
}

impl Look<'_> {
    /// Whether one of these answers the host and gossips.
    fn any_answers(&self, nodes: &BTreeSet<Endpoint>) -> bool {
        let mut answers = self.credited.reports.values();
        !nodes.is_empty() && answers.any(|(at, report)| report.gossip_running && nodes.contains(at))
    }

    /// What the others say of this node. One that does not gossip knows nothing new of others.
    fn words_about(&self, id: NodeId, endpoint: Endpoint) -> Vec<(NodeId, Word)> {
        let others = self.credited.reports.iter().filter(|(peer, _)| **peer != id);
        let gossiping = others.filter(|(_, (_, report))| report.gossip_running);
        gossiping
            .map(|(peer, (_, report))| (*peer, Word::about(endpoint, report)))
            .collect()
    }

    fn answer(&self, own: Option<&MembershipReport>, endpoint: Endpoint) -> Answer {
        if own.is_some() {
            return Answer::Answered;
        }
        let unasked = || NodeError::new(NodeErrorKind::Failed, management(endpoint), "was not asked yet");
        Answer::Silent(self.failure(endpoint).unwrap_or_else(unasked))
    }

    /// Why nothing believable was heard from there; none where something was, or nobody asked.
    pub(crate) fn failure(&self, endpoint: Endpoint) -> Option<NodeError> {
        let failure = self
            .heard
            .get(&endpoint)
            .and_then(|heard| heard.said.as_ref().err());
        failure.or_else(|| self.credited.refused.get(&endpoint)).cloned()
    }

    fn heard_at(&self, id: NodeId) -> Option<Timestamp> {
        let (endpoint, _) = self.credited.reports.get(&id)?;
        self.heard.get(endpoint).map(|heard| heard.at)
    }

    fn probe(&self, endpoint: Endpoint) -> Option<Probe> {
        self.probes.get(&endpoint).map(|(_, probe)| probe.clone())
    }
}
