//! The cluster as the rules see it: plain values, copied once.

mod calm;
mod gather;
mod machines;
mod places;

use std::collections::BTreeMap;

use ringkeeper_sdk::Timestamp;
use ringkeeper_sdk::cluster::{Keyspace, Node, SchemaVersion};
use ringkeeper_sdk::node_state::{Answer, PeerStatus, State, Transition};

use crate::machine::Machine;
use crate::numbers::Numbers;

pub(crate) use calm::Calm;

/// The keyspace of roles and permissions.
pub(crate) const SYSTEM_AUTH: &str = "system_auth";

/// A node's place in [`World::members`].
pub(crate) type Place = usize;

/// Everything the rules look at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct World {
    /// The moment of the look.
    pub(crate) now: Timestamp,
    /// The members, by data centre, rack and address.
    pub(crate) members: Vec<Member>,
    /// Keyspaces within the asked scope, by name; empty while the schema is not known.
    pub(crate) keyspaces: Vec<Keyspace>,
    /// Placements by map; only while a node is down, since nothing else asks.
    pub(crate) maps: BTreeMap<u64, PlacementMap>,
    /// Which nodes run with which schema, most nodes first.
    pub(crate) schema_versions: Vec<SchemaVersion>,
    /// Since when there is more than one of them; none while the nodes agree.
    pub(crate) schema_disagrees_since: Option<Timestamp>,
    /// Metrics of nodes.
    pub(crate) numbers: Numbers,
    /// The machines below the nodes, where agents tell of them.
    pub(crate) machines: BTreeMap<Place, Machine>,
}

/// A node with its state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// Who and where it is.
    pub(crate) node: Node,
    /// How a person calls it: its address, without the port where that is clear.
    pub(crate) name: String,
    /// How it is.
    pub(crate) state: State,
    /// How its peers see it; empty where that was not asked.
    pub(crate) views: Vec<View>,
    /// Its remembered changes; empty where it did not change lately.
    pub(crate) transitions: Vec<Transition>,
}

/// How one node sees another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// Who looks.
    pub(crate) observer: Place,
    /// Whether it sees the other up; none where it does not know it at all.
    pub(crate) sees_up: Option<bool>,
}

/// Where all ranges of a keyspace are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PlacementMap {
    /// Ranges grouped by the nodes that hold them.
    pub(crate) placements: Vec<Placement>,
    /// How many ranges there are.
    pub(crate) ranges: usize,
}

/// Ranges that the same nodes hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placement {
    /// The nodes.
    pub(crate) replicas: Vec<Place>,
    /// How many ranges.
    pub(crate) ranges: usize,
    /// Their share of the ring, from 0 to 1.
    pub(crate) share: f64,
}

impl World {
    /// The members with their places.
    pub(crate) fn places(&self) -> impl Iterator<Item = (Place, &Member)> {
        self.members.iter().enumerate()
    }

    /// How a person calls the node at a place.
    pub(crate) fn name(&self, place: Place) -> &str {
        self.members.get(place).map_or("?", |member| &member.name)
    }

    /// The data centre of the node at a place.
    pub(crate) fn data_centre(&self, place: Place) -> Option<&str> {
        self.members
            .get(place)
            .map(|member| member.node.data_centre.as_str())
    }

    /// How many full members, by data centre. Nodes that join hold no ranges yet.
    pub(crate) fn data_centres(&self) -> BTreeMap<&str, usize> {
        let mut sizes = BTreeMap::new();
        for member in &self.members {
            let size = sizes.entry(member.node.data_centre.as_str()).or_default();
            *size += usize::from(member.node.token_count > 0);
        }
        sizes
    }

    /// Whether no node answers the host, so that nothing it says is of now.
    pub(crate) fn is_dark(&self) -> bool {
        self.members.iter().all(|member| !member.answers())
    }
}

impl Member {
    /// Whether every peer that was asked sees it down.
    pub(crate) fn is_down(&self) -> bool {
        self.state.status == PeerStatus::Down
    }

    /// Whether it answers the host.
    pub(crate) fn answers(&self) -> bool {
        matches!(self.state.answer, Answer::Answered)
    }

    /// Peers that see it up, down, and not at all.
    pub(crate) fn seen_by(&self) -> (Vec<Place>, Vec<Place>, Vec<Place>) {
        let of = |seen| {
            self.views
                .iter()
                .filter(|view| view.sees_up == seen)
                .map(|view| view.observer)
                .collect()
        };
        (of(Some(true)), of(Some(false)), of(None))
    }
}
