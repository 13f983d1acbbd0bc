//! Attaching to Cassandra itself: everything that the host asks is let through, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use ringkeeper_cassandra::{AccessSettings, CassandraCluster, JolokiaAccess};
use ringkeeper_cluster::{AgentThreads, Cluster as _, Endpoint, RepairOrder, RepairParallelism, RepairState};
use ringkeeper_drivers::files::{DataDirectories, Name, NodeFiles as _};
use ringkeeper_drivers::logs::{Level, LogFolder, LogQuestion, SystemLog as _};
use ringkeeper_jvm::{AttachSettings, Jvm as _, Loopback, Problem, Reached, Wanted};
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_seams::Seams;
use serde_json::{Value, json};

use super::{attaching, jar_in, runtime};

const STORAGE_SERVICE: &str = "org.apache.cassandra.db:type=StorageService";
const DEADLINE: Duration = Duration::from_secs(180);

#[test]
fn cassandra_5_0_gets_its_jolokia_while_it_runs() {
    every_question_is_let_through("5.0.5");
}

#[test]
fn cassandra_4_1_gets_its_jolokia_while_it_runs() {
    every_question_is_let_through("4.1.9");
}

/// Two on one machine, started without Jolokia.
fn every_question_is_let_through(version: &str) {
    let _turn = crate::turn::take();
    let lab = Lab::start(LabSettings {
        version: version.parse().unwrap(),
        data_centres: vec![("dc1".to_owned(), 2)],
        jolokia: JolokiaMode::None,
        ..LabSettings::default()
    })
    .unwrap();
    runtime().block_on(async {
        two_are_told_apart(&lab).await;
        let reached = attach(&lab, &lab.nodes()[0]).await;
        attach(&lab, &lab.nodes()[1]).await;
        let cluster = cluster(&lab, &reached.access);
        the_host_works_through_it(&lab, &cluster).await;
        files_and_log_are_seen(&lab.nodes()[0], &cluster).await;
        nothing_else_is_let_through(&lab, &lab.nodes()[0]).await;
        a_restart_is_noticed(&lab, &lab.nodes()[0], &reached).await;
        cluster.drain(endpoint(&lab.nodes()[0])).await.unwrap();
    });
}

fn settings(lab: &Lab, node: &LabNode) -> AttachSettings {
    AttachSettings {
        wanted: Wanted {
            data_directory: Some(node.directory().join("data")),
            listen_address: Some(node.address()),
            pid_file: None,
        },
        jar: jar_in(lab.root()),
        folder: lab.root().join("jolokia").join(node.address().to_string()),
        address: Loopback::new(node.address(), 8778).unwrap(),
        within: DEADLINE,
    }
}

async fn two_are_told_apart(lab: &Lab) {
    let mut either = settings(lab, &lab.nodes()[0]);
    either.wanted = Wanted::default();
    let error = attaching(either).reach().await.unwrap_err();
    let Problem::Ambiguous(candidates) = error.problem else {
        panic!("{error}")
    };
    for node in lab.nodes() {
        let named = candidates
            .iter()
            .find(|candidate| candidate.pid == node.pid().unwrap())
            .unwrap();
        assert!(named.listens_on.contains(&node.address()), "{named}");
        assert_eq!(named.folder.as_deref(), node.directory().to_str());
    }
}

async fn attach(lab: &Lab, node: &LabNode) -> Reached {
    let settings = settings(lab, node);
    let reached = attaching(settings.clone()).reach().await.unwrap();
    assert!(reached.is_new);
    assert_eq!(Some(reached.process.pid), node.pid());
    assert!(!attaching(settings).reach().await.unwrap().is_new);
    reached
}

/// Every call of the seam, on the node that was attached to with this password.
fn cluster(lab: &Lab, access: &JolokiaAccess) -> CassandraCluster {
    let settings = AccessSettings {
        jolokia: JolokiaAccess {
            timeout: Duration::from_secs(30),
            ..access.clone()
        },
        ..AccessSettings::new([lab.nodes()[0].address().to_string()])
    };
    CassandraCluster::new(settings, Seams::production().unwrap()).unwrap()
}

fn endpoint(node: &LabNode) -> Endpoint {
    Endpoint::new((node.address(), Endpoint::DEFAULT_STORAGE_PORT).into())
}

async fn the_host_works_through_it(lab: &Lab, cluster: &CassandraCluster) {
    let node = endpoint(&lab.nodes()[0]);
    let probe = cluster.probe(node).await.unwrap();
    assert_eq!(probe.threads, AgentThreads::Several);
    assert_eq!(probe.release_version, lab.settings().version.as_str());
    assert_eq!(cluster.membership(node).await.unwrap().live.len(), 2);
    assert_eq!(cluster.topology(node).await.unwrap().members.len(), 2);
    assert!(!cluster.placements(node, "system_auth").await.unwrap().is_empty());
    let metrics = cluster.node_metrics(node).await.unwrap();
    for name in [
        "heap.used_bytes",
        "heap.after_gc_bytes",
        "dropped.other",
        "client.read_p99_ms",
    ] {
        assert!(metrics.iter().any(|sample| sample.metric == name), "{name}");
    }
    assert!(!cluster.table_metrics(node).await.unwrap().is_empty());
    assert!(!cluster.schema().await.unwrap().keyspaces.is_empty());
    cluster.flush(node, "system_auth", &[]).await.unwrap();
    cluster
        .take_snapshot(node, "attached", &["system_auth".to_owned()])
        .await
        .unwrap();
    assert!(
        cluster
            .table_snapshots(node)
            .await
            .unwrap()
            .iter()
            .any(|snapshot| snapshot.tag == "attached")
    );
    cluster.clear_snapshot(node, "attached").await.unwrap();
    cluster.pending_hints(node).await.unwrap();
    repair(cluster, node).await;
    cluster.terminate_repairs(node).await.unwrap();
}

/// What Cassandra writes is what the drivers see.
async fn files_and_log_are_seen(node: &LabNode, cluster: &CassandraCluster) {
    let files = DataDirectories::open([node.directory().join("data")]).unwrap();
    let tables = files.tables().unwrap();
    assert_eq!(tables.refused, Vec::<String>::new());
    let of = |keyspace: &str, table: &str| {
        let mut found = tables.found.iter();
        found.find(|folder| folder.keyspace.as_str() == keyspace && folder.table.as_str() == table)
    };
    let local = of("system", "local").unwrap();
    let tag = Name::new("snapshot", "seen").unwrap();
    cluster
        .take_snapshot(endpoint(node), tag.as_str(), &["system".to_owned()])
        .await
        .unwrap();
    assert!(files.snapshots(local).unwrap().found.contains(&tag));
    let kept = files.components(local, Some(&tag)).unwrap();
    assert!(
        kept.found
            .iter()
            .any(|file| file.name.ends_with("-Data.db") && file.bytes > 0),
        "{kept:?}"
    );
    assert!(kept.refused.is_empty());
    let own = Name::new("snapshot", "own").unwrap();
    files.take_snapshot(local, &own).unwrap();
    // Cassandra takes it for one of its own.
    let listed = cluster.table_snapshots(endpoint(node)).await.unwrap();
    assert!(
        listed
            .iter()
            .any(|snapshot| snapshot.tag == "own" && snapshot.bytes > 0),
        "{listed:?}"
    );
    files.clear_snapshot(local, &own).unwrap();
    cluster
        .clear_snapshot(endpoint(node), tag.as_str())
        .await
        .unwrap();
    assert!(!files.snapshots(local).unwrap().found.contains(&tag));

    let log = LogFolder::at(node.log_path().parent().unwrap());
    let tail = log
        .tail(LogQuestion {
            level: Level::Info,
            entries: 20,
            bytes: 20_000,
        })
        .unwrap();
    assert_eq!((tail.entries.len(), tail.is_cut), (20, true));
    assert!(tail.entries.iter().all(|entry| entry.contains(" - ")), "{tail:?}");
}

async fn repair(cluster: &CassandraCluster, node: Endpoint) {
    let order = RepairOrder {
        keyspace: "system_traces".to_owned(),
        tables: vec!["events".to_owned()],
        ranges: vec![cluster.placements(node, "system_traces").await.unwrap()[0].range],
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    };
    let command = cluster.start_repair(node, &order).await.unwrap();
    loop {
        match cluster.repair_state(node, command.number).await.unwrap().state {
            RepairState::Running => tokio::time::sleep(Duration::from_millis(100)).await,
            RepairState::Completed(_) => return,
            other => panic!("{other:?}"),
        }
    }
}

/// Asks past the backend, with the right password.
async fn ask(lab: &Lab, node: &LabNode, question: Value) -> Value {
    let text = fs::read_to_string(settings(lab, node).folder.join("jolokia.properties")).unwrap();
    let properties: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let url = format!("http://{}:8778/jolokia/", node.address());
    let asked = reqwest::Client::new()
        .post(&url)
        .basic_auth(properties["user"], Some(properties["password"]))
        .json(&question)
        .send()
        .await
        .unwrap();
    asked.json().await.unwrap()
}

async fn nothing_else_is_let_through(lab: &Lab, node: &LabNode) {
    let allowed = json!({"type": "read", "mbean": STORAGE_SERVICE, "attribute": "ClusterName"});
    assert_eq!(ask(lab, node, allowed).await["value"], "lab");
    for forbidden in [
        json!({"type": "exec", "mbean": STORAGE_SERVICE, "operation": "decommission(boolean)", "arguments": [true]}),
        json!({"type": "exec", "mbean": STORAGE_SERVICE, "operation": "truncate", "arguments": ["a", "b"]}),
        json!({"type": "exec", "mbean": STORAGE_SERVICE, "operation": "drain", "arguments": []}),
        json!({"type": "read", "mbean": STORAGE_SERVICE, "attribute": "LoadString"}),
        json!({"type": "read", "mbean": STORAGE_SERVICE}),
        json!({"type": "write", "mbean": STORAGE_SERVICE, "attribute": "IncrementalBackupsEnabled", "value": true}),
        json!({"type": "read", "mbean": "java.lang:type=Runtime", "attribute": "SystemProperties"}),
        json!({"type": "read", "mbean": "java.lang:type=*", "attribute": "InputArguments"}),
        json!({"type": "exec", "mbean": "com.sun.management:type=DiagnosticCommand", "operation": "vmCommandLine"}),
        json!({"type": "read", "mbean": "jolokia:type=Config", "attribute": "HistorySize"}),
    ] {
        let answer = ask(lab, node, forbidden.clone()).await;
        let is_empty = answer["value"].as_object().is_some_and(serde_json::Map::is_empty);
        assert!(answer["status"] == 403 || is_empty, "{forbidden}: {answer}");
    }
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let url = format!("http://{}:8778/jolokia/version", node.address());
    let without_password = reqwest::get(&url).await.unwrap();
    assert_eq!(without_password.status(), 401);
}

async fn a_restart_is_noticed(lab: &Lab, node: &LabNode, before: &Reached) {
    node.stop().unwrap();
    let stopped = attaching(settings(lab, node)).reach().await.unwrap_err();
    assert!(matches!(stopped.problem, Problem::NotRunning { .. }), "{stopped}");
    node.start().unwrap();
    node.wait_until_ready(DEADLINE).unwrap();
    let after = attaching(settings(lab, node)).reach().await.unwrap();
    assert!(after.is_new);
    assert_ne!(after.process, before.process);
    assert_eq!(after.access, before.access);
    wait_until("both nodes in the ring again", DEADLINE, || {
        Ok(lab.wait_until_all_see_all(DEADLINE).ok())
    })
    .unwrap();
}
