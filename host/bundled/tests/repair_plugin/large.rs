//! What a large cluster costs.

use std::time::Duration;

use ringkeeper_ring::Token;
use ringkeeper_sandbox::{Interruption, Limits};
use ringkeeper_sim::SimCluster;
use serde_json::json;

use crate::support::{look, plan_on, plugin, replicas, sizes};

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

/// The figures of docs/benchmarks.md. Its time is that of the machine; its limits are those of every plugin.
#[tokio::test]
#[ignore = "a benchmark: run it with --ignored --nocapture"]
async fn a_thousand_nodes_with_five_hundred_tables_fit_the_limits() {
    let names: Vec<String> = (0..500).map(|table| format!("table_{table:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 334)
        .rack("dc1", "r2", 333)
        .rack("dc1", "r3", 333)
        .keyspace("shop", replicas(&[("dc1", 3)]), &names)
        .build();
    scatter_tokens(&cluster);
    for bytes in [1e9, 1e11] {
        let tables: Vec<(&str, f64)> = names.iter().map(|name| (*name, bytes)).collect();
        sizes(&cluster, "shop", &tables);
        let snapshot = look(&cluster).await;
        // Counted in instructions, one a nanosecond: the same on every machine, and within the limits of every plugin.
        let counted = plan_on(
            &plugin(Interruption::Fuel, Limits::default()).await,
            snapshot.clone(),
            json!({}),
        )
        .await;
        // By the clock, which on a busy machine is another's time too.
        let unhurried = Limits {
            cpu: Duration::from_secs(120),
            plan_wall: Duration::from_secs(240),
            ..Limits::default()
        };
        let timed = plan_on(&plugin(Interruption::Ticks, unhurried).await, snapshot, json!({})).await;
        let plan = counted.result.unwrap().unwrap();
        println!(
            "1,000 nodes x 16 tokens x 500 tables of {bytes:e} bytes a node: {}",
            plan.title
        );
        println!(
            "  cpu {:?} by instructions, {:?} by the clock; memory {} MiB; bodies {} KiB",
            counted.usage.cpu,
            timed.usage.cpu,
            counted.usage.memory_bytes >> 20,
            plan.steps.iter().map(|step| step.body.len()).sum::<usize>() >> 10,
        );
        println!(
            "  longest step {:?} s, of {:?} nodes at most",
            plan.steps.iter().filter_map(|step| step.estimate_seconds).max(),
            plan.steps.iter().map(|step| step.nodes.len()).max(),
        );
        assert_eq!(timed.result.unwrap().unwrap(), plan, "the same plan either way");
    }
}
