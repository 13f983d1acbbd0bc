//! What is asked about: keyspaces, levels, nodes to be taken away.

use ringkeeper_cluster::ConsistencyLevel as Level;
use scylla::statement::Consistency;

/// Names of keyspaces, and how they are replicated.
pub(super) const KEYSPACES: [(&str, &str); 6] = [
    (
        "three_and_one",
        "'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 1",
    ),
    (
        "three_and_two",
        "'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2",
    ),
    (
        "two_and_one",
        "'class': 'NetworkTopologyStrategy', 'dc1': 2, 'dc2': 1",
    ),
    (
        "one_and_two",
        "'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 2",
    ),
    ("three_alone", "'class': 'NetworkTopologyStrategy', 'dc1': 3"),
    ("simple", "'class': 'SimpleStrategy', 'replication_factor': 3"),
];

/// Positions of the nodes that are away: 0 to 2 are dc1, 3 and 4 are dc2. Each of a row is the one before with more nodes;
/// between two rows all come back.
pub(super) const AWAY: [&[&[usize]]; 3] = [&[&[0], &[0, 1]], &[&[2], &[2, 4]], &[&[3], &[3, 4]]];

/// Whether a level counts only replicas of the coordinator's data centre.
pub(super) const fn is_local(level: Level) -> bool {
    matches!(level, Level::LocalQuorum | Level::LocalSerial)
}

/// The level as the driver has it.
pub(super) const fn in_cql(level: Level) -> Consistency {
    match level {
        Level::One => Consistency::One,
        Level::Two => Consistency::Two,
        Level::Three => Consistency::Three,
        Level::Quorum => Consistency::Quorum,
        Level::LocalQuorum => Consistency::LocalQuorum,
        Level::EachQuorum => Consistency::EachQuorum,
        Level::All => Consistency::All,
        Level::Serial => Consistency::Serial,
        Level::LocalSerial => Consistency::LocalSerial,
    }
}
