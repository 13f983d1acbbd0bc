//! Requests and answers that get lost on the wire: what is said of them is true, and what they did is found again.

use std::net::SocketAddr;
use std::time::Duration;

use ringkeeper_cassandra::CassandraCluster;
use ringkeeper_cluster::{Cluster as _, NodeErrorKind};
use ringkeeper_lab::{Ending, Fault, LabNode, WireProxy};
use ringkeeper_seams::{Clock as _, Seams, SystemClock};

use super::repairs::{has_view, is_of, order, ranges, until};
use super::support::{Live, access};

/// Beside the agent's own, on the same address.
const PORT: u16 = 8779;
/// More than starting a repair takes, and soon over where there is no answer.
const TIME_LIMIT: Duration = Duration::from_secs(10);

pub(super) async fn a_repair_whose_answer_is_lost_is_in_doubt_and_found_again(live: &Live) {
    let (proxy, cluster) = behind_a_proxy(live);
    let node = live.first();
    // So that there is a kept connection, on which a request could be sent again.
    cluster.membership(node).await.unwrap();
    let ranges = ranges(live).await;
    for (number, ending) in [Ending::Cut, Ending::Hang].into_iter().enumerate() {
        let since = SystemClock.now();
        let order = order(&["orders"], &ranges[number..=number]);
        proxy.on_next("repairAsync", Fault::SwallowAnswer(ending));
        let error = cluster.start_repair(node, &order).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::TimedOut, "{error}");
        assert_eq!(proxy.delivered("repairAsync"), number + 1, "sent once");

        let found = until("the repair in the node's memory", async || {
            let repairs = cluster.coordinated_repairs(node, since).await.unwrap();
            let mut ended = repairs.into_iter().filter(|repair| repair.ended_at.is_some());
            ended.find(|repair| is_of(repair, &order))
        })
        .await;
        assert_eq!((&found.repaired, &found.failure), (&order.ranges, &None));
        assert_eq!(found.command.is_some(), has_view(live));
    }
}

pub(super) async fn a_repair_that_never_arrived_is_in_doubt_and_not_found(live: &Live) {
    let (proxy, cluster) = behind_a_proxy(live);
    let (node, since) = (live.first(), SystemClock.now());
    let order = order(&["orders"], &ranges(live).await[2..3]);
    proxy.on_next("repairAsync", Fault::DropRequest(Ending::Cut));
    let error = cluster.start_repair(node, &order).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut, "{error}");
    assert_eq!(proxy.delivered("repairAsync"), 0);
    assert_eq!(cluster.coordinated_repairs(node, since).await.unwrap(), []);
}

/// The first node's agent behind a wire, and a backend that speaks to it there.
fn behind_a_proxy(live: &Live) -> (WireProxy, CassandraCluster) {
    let node: &LabNode = &live.nodes()[0];
    let proxy = WireProxy::start(SocketAddr::new(node.address(), PORT), node.jolokia()).unwrap();
    let mut access = access(&live.lab);
    access.jolokia.url = format!("http://{{address}}:{PORT}/jolokia/");
    access.jolokia.timeout = TIME_LIMIT;
    let cluster = CassandraCluster::new(access, Seams::production().unwrap()).unwrap();
    (proxy, cluster)
}
