//! The cluster, as far as a restart needs to know it.

use ringkeeper_sdk::clock;
use ringkeeper_sdk::cluster::{self, Keyspace};
use ringkeeper_sdk::naming::Named;
pub(crate) use ringkeeper_sdk::node_state::Presence;
use ringkeeper_sdk::node_state::{self, State};
use ringkeeper_sdk::prelude::*;

/// What was seen at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct World {
    /// The moment.
    pub(crate) now: Timestamp,
    /// The members, by data centre, rack and address.
    pub(crate) nodes: Vec<Node>,
    /// The keyspaces; none while they are not known.
    pub(crate) keyspaces: Vec<Keyspace>,
    /// Since when nodes disagree on the schema; none while they agree.
    pub(crate) schema_disagrees_since: Option<Timestamp>,
}

/// A member of the ring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its host id.
    pub(crate) id: NodeId,
    /// Its address with port.
    pub(crate) address: String,
    /// Its data centre.
    pub(crate) data_centre: String,
    /// Its rack.
    pub(crate) rack: String,
    /// `Normal`, or another word for its state in the ring.
    pub(crate) membership: String,
    /// Which process it runs, and whether it can be asked.
    pub(crate) seen: Seen,
}

impl Named for Node {
    fn id(&self) -> &NodeId {
        &self.id
    }

    fn address(&self) -> &str {
        &self.address
    }
}

/// What is seen of a node's process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// Whether it is there.
    pub(crate) presence: Presence,
    /// When it began: the node's own word, kept while it is silent; none when it never said.
    pub(crate) process: Option<Timestamp>,
}

impl World {
    /// Looks at the cluster: the one place of a plan that asks the host.
    ///
    /// # Errors
    /// When the host does not know the cluster yet.
    pub(crate) fn gather() -> Result<Self, Refusal> {
        let states = node_state::states()?;
        let nodes = cluster::nodes()?.into_iter().zip(states);
        Ok(Self {
            now: clock::now(),
            nodes: nodes.map(|(node, state)| member(node, state)).collect(),
            // A restart needs no schema; without it there is less to say.
            keyspaces: cluster::keyspaces().unwrap_or_default(),
            schema_disagrees_since: cluster::schema_disagrees_since()?,
        })
    }
}

fn member(node: cluster::Node, state: State) -> Node {
    Node {
        id: node.id,
        address: node.address,
        data_centre: node.data_centre,
        rack: node.rack,
        seen: Seen::of(&state),
        membership: state.membership,
    }
}

impl Seen {
    /// What the host's last look says of a node's process.
    pub(crate) fn of(state: &State) -> Self {
        Self {
            presence: Presence::of(state),
            process: state.process_started_at,
        }
    }
}
