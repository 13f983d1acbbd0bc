//! When a cluster is at rest, and when it is not.

use std::sync::Arc;

use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_sim::{Answers, SimCluster, SimNode};

use super::*;

type Change = fn(&mut SimNode);

/// What the host sees of three nodes, the second of which was changed so.
async fn seen(change: impl FnOnce(&mut SimNode)) -> Arc<Snapshot> {
    let cluster = SimCluster::builder().rack("dc1", "rack1", 3).build();
    let second = cluster.nodes()[1];
    cluster.edit(second, change);
    let seams = Seams::simulation(7, Timestamp::default());
    Observer::new(Arc::new(cluster), ObserverSettings::new("shop"), seams)
        .sweep()
        .await
}

#[tokio::test(start_paused = true)]
async fn nodes_that_are_up_members_answering_and_agreed_are_at_rest() {
    assert!(!is_unsettled(&*seen(|_| {}).await));
}

#[tokio::test(start_paused = true)]
async fn whatever_may_have_to_be_told_of_later_is_unsettled() {
    let troubles: [(&str, Change); 5] = [
        ("down", |node| node.running = false),
        ("silent", |node| node.answers = Answers::Never),
        ("joining", |node| node.mode = "JOINING".to_owned()),
        ("stopped", |node| node.mode = "DRAINED".to_owned()),
        ("schema", |node| node.schema_version = "another".to_owned()),
    ];
    for (trouble, change) in troubles {
        assert!(is_unsettled(&*seen(change).await), "{trouble}");
    }
}
