//! How many replicas a level needs, and among which.

use ringkeeper_cluster::{ConsistencyLevel, KeyspaceView};
use ringkeeper_ring::Replication;

/// How many of `replicas` must answer.
pub(super) const fn needed(level: ConsistencyLevel, replicas: usize) -> usize {
    use ConsistencyLevel as Level;
    match level {
        Level::One => 1,
        Level::Two => 2,
        Level::Three => 3,
        Level::Quorum | Level::LocalQuorum | Level::EachQuorum | Level::Serial | Level::LocalSerial => {
            replicas / 2 + 1
        }
        Level::All => replicas,
    }
}

/// Among which replicas a level counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// Among all of them.
    pub(super) whole: bool,
    /// In each data centre that has some: in those that lose one, in all, or in none.
    pub(super) centres: Centres,
}

/// Which data centres are counted by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Centres {
    /// None.
    None,
    /// Those that lose a replica: a client elsewhere does not notice.
    Losing,
    /// The same for a strategy that does not know data centres. Cassandra then wants a majority of all replicas from the
    /// coordinator's data centre, which only some of them have.
    LosingMajority,
    /// All that have replicas: each must keep its own.
    All,
}

impl Scope {
    /// By the level, and by whether the strategy knows data centres. Of a strategy that is not known, both ways of
    /// counting must hold.
    pub(super) const fn of(level: ConsistencyLevel, replication: &Replication) -> Self {
        use ConsistencyLevel as Level;
        let centres = match level {
            Level::LocalQuorum | Level::LocalSerial => Centres::Losing,
            Level::EachQuorum => Centres::All,
            Level::One | Level::Two | Level::Three | Level::Quorum | Level::Serial | Level::All => {
                Centres::None
            }
        };
        match (centres, replication) {
            (Centres::Losing, Replication::Simple(_) | Replication::Everywhere) => Self {
                whole: false,
                centres: Centres::LosingMajority,
            },
            (Centres::None, _)
            | (_, Replication::Simple(_) | Replication::Everywhere | Replication::Local) => Self {
                whole: true,
                centres: Centres::None,
            },
            (_, Replication::NetworkTopology(_)) => Self {
                whole: false,
                centres,
            },
            (_, Replication::Unknown { .. }) => Self { whole: true, centres },
        }
    }
}

/// Replicas by the options, in one data centre; none where the options do not say.
pub(super) fn wanted_in(replication: &Replication, centre: &str) -> usize {
    match replication {
        Replication::NetworkTopology(wanted) => {
            wanted.get(centre).map_or(0, |replicas| replicas.all as usize)
        }
        _ => 0,
    }
}

/// Replicas by the options, in total; none where the options do not say. Cassandra counts also those of data centres that
/// have no nodes.
pub(super) fn wanted_in_all(replication: &Replication) -> usize {
    match replication {
        Replication::Simple(replicas) => replicas.all as usize,
        Replication::NetworkTopology(wanted) => wanted.values().map(|replicas| replicas.all as usize).sum(),
        Replication::Local | Replication::Everywhere | Replication::Unknown { .. } => 0,
    }
}

/// Whether its rows are on the node itself alone.
pub(super) fn is_local(keyspace: &KeyspaceView) -> bool {
    keyspace.keyspace.replication == Replication::Local
}
