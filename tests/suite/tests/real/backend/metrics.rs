//! Metrics of nodes and tables, and what asking costs.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Cluster as _, METRICS, Sample, Tier};
use ringkeeper_seams::{Clock as _, SystemClock};
use scylla::statement::{Consistency, SerialConsistency, Statement};

use super::support::{Live, endpoint};

const ROWS: i32 = 200;
const AT_EACH_LEVEL: i32 = 7;

/// After every part of a node that counts something has been used once.
pub(super) async fn every_metric_of_the_registry_is_read(live: &Live) {
    use_every_part(live).await;
    for node in live.nodes() {
        let samples = live.cluster.node_metrics(endpoint(node)).await.unwrap();
        let values: BTreeMap<&str, f64> = samples
            .iter()
            .map(|sample| (sample.metric.as_str(), sample.value))
            .collect();
        assert_eq!(values.len(), samples.len(), "each metric once");
        assert_eq!(values.keys().copied().collect::<BTreeSet<_>>(), names(Tier::Node));
        for metric in [
            "heap.used_bytes",
            "process.uptime_ms",
            "process.open_files",
            "storage.load_bytes",
            "gc.collections",
        ] {
            assert!(values[metric] > 0.0, "{metric} of {}", node.address());
        }
        assert!(values["heap.used_bytes"] <= values["heap.max_bytes"]);
        assert!(values["process.cpu_ratio"] <= 1.0);
    }
    let reads: f64 = of_all_nodes(live, "client.reads").await;
    assert!(reads >= f64::from(ROWS), "{reads} reads");
    for (metric, requests) in [
        ("client.writes_at_all", AT_EACH_LEVEL),
        ("client.writes_at_each_quorum", AT_EACH_LEVEL),
        ("client.writes_at_serial", AT_EACH_LEVEL),
        ("client.writes_at_three", AT_EACH_LEVEL),
        ("client.writes_at_two", AT_EACH_LEVEL),
        ("client.reads_at_all", 0),
    ] {
        let counted = of_all_nodes(live, metric).await;
        assert_eq!(counted, f64::from(requests), "{metric}");
    }
    let slowest = of_all_nodes(live, "client.read_p99_ms").await;
    assert!(
        slowest > 0.0 && slowest < 60_000.0,
        "a percentile in milliseconds: {slowest}"
    );

    let tables = live.cluster.table_metrics(live.first()).await.unwrap();
    let of_items: Vec<&Sample> = tables
        .iter()
        .filter(|sample| is_table(sample, "counted.items"))
        .collect();
    assert_eq!(
        of_items
            .iter()
            .map(|sample| sample.metric.as_str())
            .collect::<BTreeSet<_>>(),
        names(Tier::Table)
    );
    assert!(
        of_items
            .iter()
            .any(|sample| sample.metric == "table.disk_bytes" && sample.value > 0.0)
    );
    assert!(!tables.iter().any(|sample| is_table(sample, "system.local")));
    assert!(tables.iter().any(|sample| is_table(sample, "system_auth.roles")));
}

/// 200 calls in a row, against the process's own count of its CPU time.
pub(super) async fn a_membership_call_costs_the_node_little(live: &Live) {
    const CALLS: u32 = 200;
    let ticks = || cpu_ticks(live.nodes()[0].pid().unwrap());
    let (before, started) = (ticks(), SystemClock.monotonic());
    for _ in 0..CALLS {
        live.cluster.membership(live.first()).await.unwrap();
    }
    let millis = f64::from(ticks() - before) * 10.0 / f64::from(CALLS);
    let wall = (SystemClock.monotonic() - started) / CALLS;
    println!("a membership call: {millis:.1} ms of the node's CPU, {wall:.1?} in all");
    assert!(millis <= 20.0, "{millis} ms of the node's CPU a call");
}

/// User and system time of a process, in hundredths of a second (Linux's USER_HZ).
fn cpu_ticks(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    fields[11].parse::<u32>().unwrap() + fields[12].parse::<u32>().unwrap()
}

async fn use_every_part(live: &Live) {
    let session = live.session().await;
    for statement in [
        "CREATE KEYSPACE counted WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2}",
        "CREATE TABLE counted.items (id int PRIMARY KEY, what text)",
    ] {
        session.query_unpaged(statement, ()).await.unwrap();
    }
    let insert = session
        .prepare("INSERT INTO counted.items (id, what) VALUES (?, 'thing')")
        .await
        .unwrap();
    let select = session
        .prepare("SELECT what FROM counted.items WHERE id = ?")
        .await
        .unwrap();
    for id in 0..ROWS {
        session.execute_unpaged(&insert, (id,)).await.unwrap();
    }
    for id in 0..ROWS {
        session.execute_unpaged(&select, (id,)).await.unwrap();
    }
    for level in [
        Consistency::All,
        Consistency::EachQuorum,
        Consistency::Three,
        Consistency::Two,
    ] {
        let mut insert = Statement::new("INSERT INTO counted.items (id, what) VALUES (?, 'thing')");
        insert.set_consistency(level);
        for id in 0..AT_EACH_LEVEL {
            session.query_unpaged(insert.clone(), (id,)).await.unwrap();
        }
    }
    let mut once = Statement::new("INSERT INTO counted.items (id, what) VALUES (?, 'thing') IF NOT EXISTS");
    once.set_serial_consistency(Some(SerialConsistency::Serial));
    for id in 0..AT_EACH_LEVEL {
        session.query_unpaged(once.clone(), (id,)).await.unwrap();
    }
    for node in live.nodes() {
        live.lab.nodetool(node, &["flush", "counted"]).unwrap();
    }
}

async fn of_all_nodes(live: &Live, metric: &str) -> f64 {
    let mut sum = 0.0;
    for node in live.nodes() {
        let samples = live.cluster.node_metrics(endpoint(node)).await.unwrap();
        sum += samples
            .iter()
            .filter(|sample| sample.metric == metric)
            .map(|sample| sample.value)
            .sum::<f64>();
    }
    sum
}

fn names(tier: Tier) -> BTreeSet<&'static str> {
    METRICS
        .iter()
        .filter(|metric| metric.tier == tier)
        .map(|metric| metric.name)
        .collect()
}

fn is_table(sample: &Sample, name: &str) -> bool {
    sample
        .table
        .as_ref()
        .is_some_and(|table| table.to_string() == name)
}
