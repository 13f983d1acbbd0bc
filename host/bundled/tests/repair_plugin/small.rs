//! Small clusters, repaired from plan to last job.

use std::collections::BTreeMap;

use ringkeeper_plan::{Fault, Goal, Impact, Outcome};
use ringkeeper_ring::RangeSet;
use ringkeeper_sandbox::{Interruption, Limits};
use ringkeeper_sim::SimCluster;
use serde_json::json;

use crate::support::{Nodes, execute, look, plan_on, plugin, replicas, sizes};

fn cluster(nodes: u16) -> SimCluster {
    SimCluster::builder()
        .rack("dc1", "r1", nodes)
        .rack("dc1", "r2", nodes)
        .rack("dc1", "r3", nodes)
        .keyspace("shop", replicas(&[("dc1", 3)]), &["orders", "carts"])
        .build()
}

#[tokio::test]
async fn a_plan_carried_out_repairs_every_range_of_every_table() {
    let cluster = cluster(2);
    sizes(&cluster, "shop", &[("orders", 100e9), ("carts", 1e6)]);
    let snapshot = look(&cluster).await;
    let plugin = plugin(Interruption::Ticks, Limits::default()).await;
    let report = plan_on(&plugin, snapshot.clone(), json!({})).await;
    let plan = report.result.unwrap().unwrap();
    assert!(
        plan.steps.len() > 10,
        "the large table is in pieces: {}",
        plan.title
    );
    assert!(plan.steps.iter().all(|step| step.impact == Impact::Change));
    assert_eq!(plan.goals.len(), 2, "of system_auth nothing has a second replica");

    let nodes = std::sync::Arc::new(Nodes::default());
    for step in &plan.steps {
        let started = execute(&plugin, snapshot.clone(), &nodes, step)
            .await
            .result
            .unwrap();
        assert!(matches!(started, Ok(Outcome::WaitFor(_))), "{started:?}");
        nodes.end_well();
        let ended = execute(&plugin, snapshot.clone(), &nodes, step)
            .await
            .result
            .unwrap();
        assert!(matches!(ended, Ok(Outcome::Done(_))), "{ended:?}");
    }
    let mut repaired = BTreeMap::<String, RangeSet>::new();
    for (coordinator, order) in nodes.orders() {
        let map = snapshot.keyspaces["shop"].placements.as_ref().unwrap();
        for range in &order.ranges {
            assert!(
                map.replicas_of(range.end).contains(&coordinator),
                "a replica leads"
            );
        }
        for table in order.tables {
            repaired
                .entry(table)
                .or_default()
                .extend(order.ranges.iter().copied());
        }
    }
    for table in ["orders", "carts"] {
        assert_eq!(repaired[table].width(), 1 << 64, "{table}");
    }
}

#[tokio::test]
async fn forty_small_tables_are_one_command() {
    let names: Vec<String> = (0..40).map(|table| format!("t{table}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 3)
        .keyspace("r40", replicas(&[("dc1", 3)]), &names)
        .build();
    let snapshot = look(&cluster).await;
    let plugin = plugin(Interruption::Ticks, Limits::default()).await;
    let plan = plan_on(&plugin, snapshot.clone(), json!({ "keyspaces": ["r40"] })).await;
    let plan = plan.result.unwrap().unwrap();
    assert_eq!(plan.steps.len(), 1, "{}", plan.title);
    assert_eq!(plan.goals.len(), 40);
    let Goal::Repaired {
        table,
        data_centres,
        since,
    } = &plan.goals[0];
    assert_eq!((table.keyspace.as_str(), table.table.as_str()), ("r40", "t0"));
    assert_eq!((data_centres.len(), *since), (0, None));

    let nodes = std::sync::Arc::new(Nodes::default());
    let report = execute(&plugin, snapshot, &nodes, &plan.steps[0]).await;
    assert_eq!(report.usage.handles, 1);
    let orders = nodes.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].1.tables.len(), orders[0].1.ranges.len()), (40, 48));
}

#[tokio::test]
async fn a_dead_replica_is_told_in_the_plan_and_waited_for_in_the_step() {
    let cluster = cluster(1);
    cluster.kill(cluster.nodes()[1]);
    let snapshot = look(&cluster).await;
    let plugin = plugin(Interruption::Ticks, Limits::default()).await;
    let plan = plan_on(&plugin, snapshot.clone(), json!({}))
        .await
        .result
        .unwrap()
        .unwrap();
    assert_eq!(
        plan.findings[0].title,
        "10.0.0.3:7000 is not up; 1 of 1 step wait until it is."
    );
    let nodes = std::sync::Arc::new(Nodes::default());
    let report = execute(&plugin, snapshot, &nodes, &plan.steps[0]).await;
    let outcome = report.result.unwrap().unwrap();
    let Outcome::Postpone {
        reasons,
        retry_after_seconds,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(
        reasons[0].starts_with("10.0.0.3:7000 has not been up for"),
        "{reasons:?}"
    );
    assert_eq!(retry_after_seconds, 30);
    assert_eq!(nodes.orders(), []);
}

#[tokio::test]
async fn an_unknown_table_is_refused_with_the_nearest_one() {
    let snapshot = look(&cluster(1)).await;
    let plugin = plugin(Interruption::Ticks, Limits::default()).await;
    let report = plan_on(&plugin, snapshot, json!({ "tables": ["shop.order"] })).await;
    let refusal = report.result.unwrap().unwrap_err();
    assert_eq!(refusal.kind, Fault::InvalidParameters);
    assert!(
        refusal.message.contains("Did you mean `shop.orders`?"),
        "{}",
        refusal.message
    );
}
