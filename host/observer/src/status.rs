//! How a node is judged by what its peers say.

use std::collections::BTreeMap;

use ringkeeper_cluster::{Endpoint, Membership, MembershipReport, NodeId, PeerStatus};

/// How these peers see a node. One that is not known somewhere is not up there, nor down.
pub(crate) fn peer_status(views: &BTreeMap<NodeId, Option<bool>>) -> PeerStatus {
    let seen = |as_this: Option<bool>| views.values().filter(|view| **view == as_this).count();
    match (seen(Some(true)), seen(Some(false)), views.len()) {
        (0, 0, _) => PeerStatus::Unknown,
        (up, _, all) if up == all => PeerStatus::Up,
        (_, down, all) if down == all => PeerStatus::Down,
        _ => PeerStatus::Disputed,
    }
}

/// The state in the ring by most of the peers' votes; of equally many, the one in motion.
pub(crate) fn by_majority(votes: impl Iterator<Item = Membership>) -> Option<Membership> {
    const FROM_REST: [Membership; 4] = [
        Membership::Normal,
        Membership::Moving,
        Membership::Leaving,
        Membership::Joining,
    ];
    let mut counts = FROM_REST.map(|state| (state, 0_usize));
    for vote in votes {
        for (_, count) in counts.iter_mut().filter(|(state, _)| *state == vote) {
            *count += 1;
        }
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .max_by_key(|(_, count)| *count)
        .map(|(state, _)| state)
}

/// What one node says of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Up, down, or not known to it.
    pub(crate) is_up: Option<bool>,
    /// The state in the ring; none where it does not know the node.
    pub(crate) membership: Option<Membership>,
}

impl Word {
    /// What this report says of the node there.
    pub(crate) fn about(node: Endpoint, report: &MembershipReport) -> Self {
        let is_up = if report.live.contains(&node) {
            Some(true)
        } else {
            report.unreachable.contains(&node).then_some(false)
        };
        let in_motion = [
            (&report.joining, Membership::Joining),
            (&report.leaving, Membership::Leaving),
            (&report.moving, Membership::Moving),
        ];
        let motion = in_motion
            .into_iter()
            .find(|(nodes, _)| nodes.contains(&node))
            .map(|(_, state)| state);
        Self {
            is_up,
            membership: motion.or(is_up.map(|_| Membership::Normal)),
        }
    }
}

/// What a node's operation mode says of its state in the ring.
pub(crate) fn of_mode(mode: &str) -> Option<Membership> {
    match mode {
        "NORMAL" => Some(Membership::Normal),
        "STARTING" | "JOINING" => Some(Membership::Joining),
        "LEAVING" | "DECOMMISSIONED" => Some(Membership::Leaving),
        "MOVING" => Some(Membership::Moving),
        "DRAINING" | "DRAINED" => Some(Membership::Stopped),
        _ => None,
    }
}

/// What a node's gossip status says of its state in the ring.
pub(crate) fn of_gossip(status: &str) -> Option<Membership> {
    match status {
        "NORMAL" => Some(Membership::Normal),
        "BOOT" | "BOOT_REPLACE" | "hibernate" => Some(Membership::Joining),
        "LEAVING" | "removing" => Some(Membership::Leaving),
        "MOVING" => Some(Membership::Moving),
        "shutdown" => Some(Membership::Stopped),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn peers_must_all_agree_to_be_undisputed() {
        const UP: Option<bool> = Some(true);
        const DOWN: Option<bool> = Some(false);
        for (words, status) in [
            (vec![], PeerStatus::Unknown),
            (vec![None, None], PeerStatus::Unknown),
            (vec![UP], PeerStatus::Up),
            (vec![UP, UP, UP], PeerStatus::Up),
            (vec![DOWN, DOWN], PeerStatus::Down),
            (vec![UP, DOWN], PeerStatus::Disputed),
            (vec![UP, None], PeerStatus::Disputed),
            (vec![DOWN, None], PeerStatus::Disputed),
        ] {
            let views = (1..)
                .map(|number| NodeId::new(Uuid::from_u128(number)))
                .zip(words.clone())
                .collect();
            assert_eq!(peer_status(&views), status, "{words:?}");
        }
    }

    #[test]
    fn most_votes_win_and_a_tie_goes_to_motion() {
        use Membership::{Joining, Leaving, Moving, Normal};
        for (votes, state) in [
            (vec![], None),
            (vec![Normal, Normal, Joining], Some(Normal)),
            (vec![Leaving, Normal, Leaving], Some(Leaving)),
            (vec![Normal, Leaving], Some(Leaving)),
            (vec![Moving, Normal], Some(Moving)),
        ] {
            assert_eq!(by_majority(votes.iter().copied()), state, "{votes:?}");
        }
    }
}
