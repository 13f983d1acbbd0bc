//! Repairs that are not ours.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{NodeId, ProcessIdentity, Snapshot};
use ringkeeper_seams::Timestamp;

use super::Book;
use crate::Conductor;
use crate::conductor::Watched;

/// The commands of a node that this host did not start. While a call of ours to this process is in doubt, a command nobody
/// knows may well be that one.
pub(super) fn foreign_commands(
    book: &Book,
    node: NodeId,
    process: &ProcessIdentity,
    commands: &BTreeSet<i32>,
) -> Vec<i32> {
    if commands.is_empty() {
        return Vec::new();
    }
    let mut ours = BTreeSet::new();
    let mut in_doubt = false;
    for (_, effect) in book.effects().filter(|(_, effect)| effect.intent.node == node) {
        match &effect.command {
            Some(command) if command.process == *process => {
                ours.insert(command.number);
            }
            None if effect.result.is_none() && effect.intent.process == *process => in_doubt = true,
            _ => {}
        }
    }
    if in_doubt {
        return Vec::new();
    }
    commands.difference(&ours).copied().collect()
}

/// What a node said of its repair commands between two sweeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) at: Timestamp,
    pub(crate) process: ProcessIdentity,
    pub(crate) commands: BTreeSet<i32>,
}

/// Every node that leads a foreign repair, by the host's last look or a later word of the node itself.
pub(super) fn foreign_leaders(
    book: &Book,
    snapshot: &Snapshot,
    said: &BTreeMap<NodeId, Said>,
) -> BTreeMap<NodeId, Vec<i32>> {
    let mut leaders = BTreeMap::new();
    for node in snapshot.nodes.values() {
        let later = said.get(&node.id).filter(|said| said.at > snapshot.observed_at);
        let (process, commands) = match (later, &node.process) {
            (Some(said), _) => (&said.process, &said.commands),
            (None, Some(process)) => (process, &node.repair_commands),
            (None, None) => continue,
        };
        let foreign = foreign_commands(book, node.id, process, commands);
        if !foreign.is_empty() {
            leaders.insert(node.id, foreign);
        }
    }
    leaders
}

/// A node that leads repairs which are not ours.
pub(super) struct ForeignRepair {
    pub(super) leader: NodeId,
    /// Their numbers there, as people read them: `7`, `7, 9`.
    pub(super) commands: String,
    /// Every node that they may touch.
    pub(super) touches: BTreeSet<NodeId>,
}

/// Every node that leads a foreign repair, with all that it may touch.
pub(super) fn foreign_repairs(
    book: &Book,
    snapshot: &Snapshot,
    said: &BTreeMap<NodeId, Said>,
) -> Vec<ForeignRepair> {
    let leaders = foreign_leaders(book, snapshot, said);
    let mut touched = touched_by(snapshot, leaders.keys().copied());
    let repair = |(leader, commands): (NodeId, Vec<i32>)| {
        let numbers: Vec<String> = commands.iter().map(ToString::to_string).collect();
        ForeignRepair {
            leader,
            commands: numbers.join(", "),
            touches: touched.remove(&leader).unwrap_or_default(),
        }
    };
    leaders.into_iter().map(repair).collect()
}

/// Every node whose built-in repair scheduler is on by the host's last look, with all that its repairs may touch.
pub(super) fn own_schedulers(snapshot: &Snapshot) -> BTreeMap<NodeId, BTreeSet<NodeId>> {
    let views = snapshot.nodes.values();
    let on = views.filter(|view| view.work.auto_repair == Some(true));
    touched_by(snapshot, on.map(|view| view.id))
}

/// Nodes that may take part in a repair led by each of these: all that share a range with it in any keyspace.
fn touched_by(
    snapshot: &Snapshot,
    leaders: impl Iterator<Item = NodeId>,
) -> BTreeMap<NodeId, BTreeSet<NodeId>> {
    let mut touched: BTreeMap<NodeId, BTreeSet<NodeId>> =
        leaders.map(|leader| (leader, BTreeSet::from([leader]))).collect();
    if touched.is_empty() {
        return touched;
    }
    let mut seen = BTreeSet::new();
    for view in snapshot.keyspaces.values() {
        let Some(map) = &view.placements else { continue };
        if view.placement_map.is_some_and(|number| !seen.insert(number)) {
            continue;
        }
        for placement in map.placements() {
            let replicas = || placement.replicas.iter().chain(&placement.transient);
            for leader in replicas() {
                if let Some(nodes) = touched.get_mut(leader) {
                    nodes.extend(replicas().copied());
                }
            }
        }
    }
    touched
}

impl Conductor {
    /// Asks nodes that lead foreign repairs whether they still do: they end without telling us.
    pub(super) async fn look_at_foreign_repairs(&self, cluster: &Watched) {
        let Some(snapshot) = cluster.snapshot() else {
            return;
        };
        let leaders = foreign_leaders(&cluster.stream.book(), &snapshot, &cluster.said());
        for leader in leaders.into_keys() {
            let Some(node) = snapshot.nodes.get(&leader) else {
                continue;
            };
            if let Ok(report) = cluster.access.membership(node.endpoint).await {
                let said = Said {
                    at: self.seams().clock.now(),
                    process: report.process,
                    commands: report.repair_commands,
                };
                cluster.note_said(leader, said);
            }
        }
    }
}
