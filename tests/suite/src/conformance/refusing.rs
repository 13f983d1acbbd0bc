//! Repairs that Cassandra refuses: some at once, most as a command that fails.

use ringkeeper_cluster::{NodeErrorKind, RepairOrder, RepairState};
use ringkeeper_ring::TokenRange;

use super::ring::{KEYSPACE, Ring, TABLES, end, order, ranges};

pub(super) async fn what_cannot_be_repaired_is_refused_as_cassandra_does(ring: &dyn Ring) {
    let first = ring.nodes()[0].endpoint;
    let ranges = ranges(ring, KEYSPACE).await;
    let across = TokenRange::new(ranges[1].start.advance(5), ranges[2].start.advance(5));
    for (order, words) in [
        (
            order(KEYSPACE, &["absent"], &ranges[..1]),
            "Unknown keyspace/cf pair (conforming.absent)",
        ),
        (
            order(KEYSPACE, &[TABLES[0]], &[across]),
            "is not fully contained in one",
        ),
    ] {
        let command = ring.cluster().start_repair(first, &order).await.unwrap();
        match end(ring, first, command.number).await {
            RepairState::Failed(reason) => assert!(reason.contains(words), "{reason}"),
            other => assert!(matches!(other, RepairState::Failed(_)), "{other:?} of {order:?}"),
        }
    }

    let since = ring.now();
    let nowhere = order("absent", &[TABLES[0]], &ranges[..1]);
    let elsewhere = RepairOrder {
        data_centres: vec!["dc2".to_owned()],
        ..order(KEYSPACE, &[TABLES[0]], &ranges[..1])
    };
    for (order, words) in [
        (nowhere, "metadata"),
        (elsewhere, "the local data center must be part of the repair"),
    ] {
        let error = ring.cluster().start_repair(first, &order).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Failed, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
    let alone = order("system_auth", &["roles"], &ranges[..1]);
    let command = ring.cluster().start_repair(first, &alone).await.unwrap();
    assert_eq!(command.number, 0, "one replica has nothing to repair");
    let remembered = ring.cluster().coordinated_repairs(first, since).await.unwrap();
    assert_eq!(remembered, [], "nothing was started");

    let unknown = ring.cluster().repair_state(first, 100_000).await.unwrap();
    assert_eq!(unknown.state, RepairState::Unknown);
}
