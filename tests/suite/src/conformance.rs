//! One suite of behaviours for every cluster behind the seam: what it says of a cluster in memory it says, word for word, of
//! a real one. Where the two differ, the one in memory is wrong.
//!
//! A [`Ring`] is what the behaviours need beside the seam itself: rows, power cuts, lost answers, another tool. They run in
//! order on one ring of three nodes, and each leaves it as whole as it found it.

mod dropping;
mod nodes;
mod refusing;
mod repairing;
mod ring;
mod snapshots;
mod topology;

pub use ring::{KEYSPACE, Lost, MANY, Ring, TABLES};

use crate::conformance::ring::settle;

/// Every behaviour, one after the other, on a ring of three nodes in three racks of `dc1` that keeps no hints.
///
/// # Panics
/// When the ring behaves differently.
pub async fn conforms(ring: &dyn Ring) {
    ring.create(KEYSPACE, &TABLES).await;
    ring.create(MANY, &ring::many_tables()).await;
    settle(ring).await;
    topology::every_node_tells_the_same_ring(ring).await;
    topology::placements_are_those_the_ring_computes(ring).await;
    snapshots::snapshots_are_taken_listed_and_cleared(ring).await;
    repairing::only_repair_brings_what_a_node_missed_range_by_range_and_table_by_table(ring).await;
    repairing::a_repair_whose_answer_is_lost_runs_all_the_same(ring).await;
    refusing::what_cannot_be_repaired_is_refused_as_cassandra_does(ring).await;
    dropping::repairs_of_another_tool_are_seen_and_remembered(ring).await;
    dropping::a_repair_never_succeeds_whose_table_is_dropped(ring).await;
    nodes::a_drained_node_is_gone_for_its_peers_and_comes_back_as_another_process(ring).await;
    nodes::a_repair_fails_with_a_node_that_takes_part(ring).await;
    nodes::the_end_of_a_repair_whose_coordinator_dies_is_never_told(ring).await;
}
