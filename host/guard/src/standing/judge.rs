//! How each node stands, from its own fresh word and that of its fresh peers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ringkeeper_cluster::{Answer, Membership, NodeId, NodeView, PeerStatus, Snapshot};

use super::{Absence, Standing, Standings, Why};
use crate::scene::is_own;
use crate::{Lease, Proposal, WorkKind, World};

/// How old a word may be about a node that must be heard before something is disrupted.
pub const FRESH: Duration = Duration::from_secs(5);

/// Peers that must agree about a node that does not speak for itself. In a ring of two there is only the one.
const WITNESSES: usize = 2;

impl Standings {
    /// How every node stands. About those in `must_be_heard` only words of the last [`FRESH`] count, about the others
    /// those of the last two sweeps. Nodes held by disruptive work of others than `proposal`'s holder do not count.
    #[must_use]
    pub fn judge(world: &World<'_>, proposal: &Proposal, must_be_heard: &BTreeSet<NodeId>) -> Self {
        let held = held_by_others(world.leases, proposal);
        let mut by_node = BTreeMap::new();
        for (id, node) in &world.snapshot.nodes {
            let limit = if must_be_heard.contains(id) {
                FRESH
            } else {
                world.sweep_every * 2
            };
            let mut standing = Judge { world, limit }.standing(node);
            if let (Standing::Serves, Some(lease)) = (&standing, held.get(id)) {
                standing = Standing::Absent(Absence {
                    why: Why::Held(lease.holder.clone()),
                    since: Some(lease.since),
                });
            }
            by_node.insert(*id, standing);
        }
        Self { by_node }
    }
}

fn held_by_others<'l>(leases: &'l [Lease], proposal: &Proposal) -> BTreeMap<NodeId, &'l Lease> {
    let disrupting = leases
        .iter()
        .filter(|lease| lease.work.contains(&WorkKind::Disrupt));
    disrupting
        .filter(|lease| !is_own(proposal, lease))
        .map(|lease| (lease.node, lease))
        .collect()
}

/// Judges one node by words no older than a limit.
struct Judge<'w> {
    world: &'w World<'w>,
    limit: Duration,
}

/// How fresh peers see a node. One that does not know it does not see it up.
#[derive(Default)]
struct Seen {
    up: usize,
    down: usize,
    not_known: usize,
}

impl Judge<'_> {
    fn standing(&self, node: &NodeView) -> Standing {
        let why = if self.is_heard(node) {
            self.by_own_word(node)
        } else {
            self.by_peers(node)
        };
        match why.or(in_motion(node)) {
            None => Standing::Serves,
            Some(why) => {
                let since = since(&why, node);
                Standing::Absent(Absence { why, since })
            }
        }
    }

    /// Why it does not serve by its own word, or although that says it does.
    fn by_own_word(&self, node: &NodeView) -> Option<Why> {
        match node.operation_mode.as_deref() {
            Some("NORMAL") => {}
            Some("DRAINING" | "DRAINED") => return Some(Why::Stopped),
            Some("STARTING") => return Some(Why::Down),
            Some("JOINING") => return Some(Why::Joining),
            Some("LEAVING" | "DECOMMISSIONED") => return Some(Why::Leaving),
            Some("MOVING") => return Some(Why::Moving),
            Some(_) | None => return Some(Why::Unheard),
        }
        // No peer to ask: its own word is all there is.
        let seen = self.seen(node);
        match (node.gossip_running, seen.up, seen.down, seen.not_known) {
            (Some(true), _, 0, 0) => None,
            (Some(true), 0, down, 0) if down >= self.witnesses() => Some(Why::Down),
            (Some(false), 0, ..) => Some(Why::Down),
            (None, ..) => Some(Why::Unheard),
            _ => Some(Why::Disputed),
        }
    }

    /// Why it does not serve by the word of its peers.
    fn by_peers(&self, node: &NodeView) -> Option<Why> {
        // That they hear it says nothing about whether it hears them, and it did not when it last spoke for itself.
        if node.is_deaf && self.seen(node).up > 0 {
            return Some(Why::Deaf);
        }
        let enough = self.witnesses();
        match self.seen(node) {
            Seen {
                up,
                down: 0,
                not_known: 0,
            } if up >= enough => None,
            Seen {
                up: 0,
                down,
                not_known: 0,
            } if down >= enough => Some(Why::Down),
            Seen { up, down, not_known } if up > 0 && down + not_known > 0 => Some(Why::Disputed),
            _ => Some(Why::Unheard),
        }
    }

    fn seen(&self, node: &NodeView) -> Seen {
        let mut seen = Seen::default();
        for (peer, view) in &node.views {
            // Where all see it up, two of them are as good as a thousand.
            if node.status == PeerStatus::Up && seen.up >= WITNESSES {
                break;
            }
            if self.is_witness(*peer) {
                match view {
                    Some(true) => seen.up += 1,
                    Some(false) => seen.down += 1,
                    None => seen.not_known += 1,
                }
            }
        }
        seen
    }

    /// Whether this peer was heard lately and hears of others.
    fn is_witness(&self, peer: NodeId) -> bool {
        let peer = self.snapshot().nodes.get(&peer);
        peer.is_some_and(|peer| self.is_heard(peer) && peer.gossip_running == Some(true))
    }

    fn is_heard(&self, node: &NodeView) -> bool {
        let is_recent = |at| self.world.now.since(at) <= self.limit;
        node.answer == Answer::Answered && node.last_answered_at.is_some_and(is_recent)
    }

    fn witnesses(&self) -> usize {
        match self.snapshot().nodes.len() {
            0..=2 => 1,
            _ => WITNESSES,
        }
    }

    const fn snapshot(&self) -> &Snapshot {
        self.world.snapshot
    }
}

/// Why a node that is up does not serve yet or not for long, by what is known of its state in the ring.
const fn in_motion(node: &NodeView) -> Option<Why> {
    match node.membership {
        Membership::Normal => None,
        Membership::Joining => Some(Why::Joining),
        Membership::Leaving => Some(Why::Leaving),
        Membership::Moving => Some(Why::Moving),
        // It says NORMAL, or its peers see it up, and yet it took its leave.
        Membership::Stopped => Some(Why::Disputed),
        Membership::Unknown => Some(Why::Unheard),
    }
}

fn since(why: &Why, node: &NodeView) -> Option<ringkeeper_seams::Timestamp> {
    match why {
        Why::Down | Why::Disputed => Some(node.status_since),
        Why::Stopped | Why::Joining | Why::Leaving | Why::Moving => Some(node.membership_since),
        Why::Unheard | Why::Deaf => node.last_answered_at,
        Why::Held(_) => None,
    }
}
