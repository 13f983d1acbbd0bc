//! Whether a node serves as a replica at this moment, as far as anybody can tell.

mod judge;
mod reach;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use ringkeeper_cluster::NodeId;
use ringkeeper_seams::Timestamp;

use crate::Holder;

pub use judge::FRESH;
pub(crate) use reach::{MapKey, Reach};
pub use reach::{who_must_be_heard, who_to_ask};

/// Whether a node serves as a replica. That it takes no CQL clients does not matter here: it reads and writes for those of
/// other coordinators all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It serves.
    Serves,
    /// It does not, or nobody can tell.
    Absent(Absence),
}

/// Why a node does not count as serving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Why.
    pub why: Why,
    /// Since when; none where that is not known.
    pub since: Option<Timestamp>,
}

/// Why a node does not count as serving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its peers see it down, or it says itself that it is not there for them.
    Down,
    /// It was drained.
    Stopped,
    /// It joins.
    Joining,
    /// It leaves, or is removed.
    Leaving,
    /// It moves.
    Moving,
    /// Some see it up, some do not.
    Disputed,
    /// Its peers see it up, and it saw some of those down that are up, when it last answered.
    Deaf,
    /// Neither it nor enough of its peers were heard lately.
    Unheard,
    /// Other work may take it away at any moment.
    Held(Holder),
}

impl Standing {
    /// Whether it serves, surely.
    #[must_use]
    pub const fn serves(&self) -> bool {
        matches!(self, Self::Serves)
    }

    /// Whether it may serve: then taking it away may remove a replica. Only what is surely down is not missed.
    #[must_use]
    pub const fn may_serve(&self) -> bool {
        !matches!(
            self,
            Self::Absent(Absence {
                why: Why::Down | Why::Stopped,
                ..
            })
        )
    }

    /// Why it does not count as serving; none where it does.
    #[must_use]
    pub const fn absence(&self) -> Option<&Absence> {
        match self {
            Self::Serves => None,
            Self::Absent(absence) => Some(absence),
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Down => f.write_str("down")?,
            Why::Stopped => f.write_str("drained")?,
            Why::Joining => f.write_str("joining")?,
            Why::Leaving => f.write_str("leaving")?,
            Why::Moving => f.write_str("moving")?,
            Why::Disputed => f.write_str("up for some of its peers and not for others")?,
            Why::Deaf => f.write_str("silent, and did not hear others that are up when it last answered")?,
            Why::Unheard => {
                return match self.since {
                    Some(last) => write!(f, "not heard since {last}"),
                    None => f.write_str("never heard"),
                };
            }
            Why::Held(holder) => write!(f, "held by {holder}")?,
        }
        self.since.map_or(Ok(()), |since| write!(f, " since {since}"))
    }
}

/// How every node of a cluster stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    by_node: BTreeMap<NodeId, Standing>,
}

impl Standings {
    /// How this node stands; one that nobody knows was never heard.
    #[must_use]
    pub fn of(&self, node: NodeId) -> Standing {
        self.by_node
            .get(&node)
            .cloned()
            .unwrap_or(Standing::Absent(Absence {
                why: Why::Unheard,
                since: None,
            }))
    }

    /// All of them, in order of node.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Standing)> {
        self.by_node.iter().map(|(node, standing)| (*node, standing))
    }
}
