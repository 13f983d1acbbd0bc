//! Long work on nodes, and hints that wait.

use std::collections::BTreeMap;
use std::thread;

use ringkeeper_cluster::{Cluster as _, NodeErrorKind, NodeId, is_maintenance};
use ringkeeper_lab::{LabNode, wait_until};
use scylla::statement::{Consistency, Statement};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::support::{DEADLINE, Live, endpoint};

const ROWS: i32 = 80;

/// Eight megabytes at one a second are seen by whoever looks.
pub(super) async fn work_that_a_person_began_is_seen_while_it_lasts(live: &Live) {
    let node = &live.nodes()[0];
    fill(live).await;
    for node in live.nodes() {
        assert_eq!(
            live.cluster
                .membership(endpoint(node))
                .await
                .unwrap()
                .work
                .streams,
            []
        );
    }
    block_in_place(|| {
        let nodetool = |arguments: &[&str]| live.lab.nodetool(node, arguments);
        nodetool(&["setcompactionthroughput", "1"]).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| nodetool(&["upgradesstables", "-a", "worked", "items"]));
            wait_until("the upgrade", DEADLINE, || {
                Ok((upgrades(live, node) > 0).then_some(()))
            })
            .unwrap();
            nodetool(&["stop", "UPGRADE_SSTABLES"]).unwrap();
        });
        nodetool(&["setcompactionthroughput", "64"]).unwrap();
        wait_until("its end", DEADLINE, || {
            Ok((upgrades(live, node) == 0).then_some(()))
        })
        .unwrap();
    });
}

async fn fill(live: &Live) {
    let session = live.session().await;
    for statement in [
        "CREATE KEYSPACE worked WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2}",
        "CREATE TABLE worked.items (id int PRIMARY KEY, what text) WITH compression = {'enabled': false}",
    ] {
        session.query_unpaged(statement, ()).await.unwrap();
    }
    write(live, Consistency::LocalQuorum).await;
    for node in live.nodes() {
        live.lab.nodetool(node, &["flush", "worked"]).unwrap();
    }
}

async fn write(live: &Live, consistency: Consistency) {
    let session = live.session().await;
    let mut insert = Statement::new("INSERT INTO worked.items (id, what) VALUES (?, ?)");
    insert.set_consistency(consistency);
    let insert = session.prepare(insert).await.unwrap();
    let what = "x".repeat(100_000);
    for id in 0..ROWS {
        session.execute_unpaged(&insert, (id, &what)).await.unwrap();
    }
}

/// How many upgrades of SSTables the node says are under way.
fn upgrades(live: &Live, node: &LabNode) -> u32 {
    let report = Handle::current()
        .block_on(live.cluster.membership(endpoint(node)))
        .unwrap();
    let tasks = report.work.compactions.get("Upgrade sstables").copied();
    assert!(tasks.is_none() || is_maintenance("Upgrade sstables"));
    tasks.unwrap_or(0)
}

/// After [`super::reports::a_stopped_node_is_seen_down_and_keeps_its_tokens`]: the last node is down.
pub(super) async fn hints_wait_for_a_node_until_it_has_them(live: &Live, is_told: bool) {
    let back = live.nodes().last().unwrap();
    let others = &live.nodes()[..live.nodes().len() - 1];
    if !is_told {
        let error = live.cluster.pending_hints(live.first()).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Unsupported, "{error}");
        return;
    }
    write(live, Consistency::LocalQuorum).await;
    block_in_place(|| {
        back.start().unwrap();
        back.wait_until_ready(DEADLINE).unwrap();
        let id = Handle::current()
            .block_on(live.cluster.membership(endpoint(back)))
            .unwrap()
            .host_id;
        wait_until("hints for the node", DEADLINE, || {
            Ok((waiting(live, others, id) > 0).then_some(()))
        })
        .unwrap();
        wait_until("hints handed over", DEADLINE, || {
            Ok((waiting(live, others, id) == 0).then_some(()))
        })
        .unwrap();
    });
}

fn waiting(live: &Live, at: &[LabNode], node: NodeId) -> u64 {
    at.iter()
        .map(|holder| {
            let hints: BTreeMap<NodeId, u64> = Handle::current()
                .block_on(live.cluster.pending_hints(endpoint(holder)))
                .unwrap();
            hints.get(&node).copied().unwrap_or(0)
        })
        .sum()
}
