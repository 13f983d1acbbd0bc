//! What a large cluster costs.

use std::time::Duration;

use ringkeeper_ring::Token;
use ringkeeper_sandbox::Interruption;
use ringkeeper_sim::SimCluster;
use serde_json::json;

use crate::support::{check_on, cluster, look, nth, plugin, say};

/// Tokens as random as those of nodes that chose them themselves, so that nearly no two ranges share their replicas.
fn scatter_tokens(cluster: &SimCluster) {
    let mut seed = 1_u64;
    for node in cluster.nodes() {
        cluster.edit(node, |node| {
            for token in &mut node.tokens {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *token = Token::new(seed.cast_signed());
            }
            node.tokens.sort_unstable();
        });
    }
}

/// Five dead nodes among a thousand, so that placements are read, with numbers of every node.
#[tokio::test]
async fn a_thousand_nodes_take_less_than_half_a_second() {
    let cluster = cluster(334);
    scatter_tokens(&cluster);
    for node in cluster.nodes() {
        for metric in [
            "heap.max_bytes",
            "heap.used_bytes",
            "gc.time_ms",
            "dropped.read",
            "client.reads",
            "hints.written",
        ] {
            say(&cluster, node, metric, 50.0);
        }
    }
    for index in [1, 2, 400, 401, 900] {
        cluster.kill(nth(&cluster, index));
    }
    let snapshot = look(&cluster).await;
    let ranges = snapshot.keyspaces["shop"]
        .placements
        .as_ref()
        .map(|map| map.placements().len());
    assert!(ranges > Some(15_000), "{ranges:?}");
    // Counted in instructions, one a nanosecond: the same on every machine.
    let plugin = plugin(Interruption::Fuel).await;
    let report = check_on(plugin, Some(snapshot), json!({})).await;
    assert!(report.result.unwrap().unwrap().findings.len() >= 5);
    assert!(
        report.usage.cpu < Duration::from_millis(500),
        "{:?}",
        report.usage
    );
}
