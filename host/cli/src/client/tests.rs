//! The client against a real host with a cluster in memory.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_access::Access;
use ringkeeper_api::{NodeSummary, WindowState};
use ringkeeper_cluster::PeerStatus;
use ringkeeper_conductor::{ClusterParts, Conductor, Parts};
use ringkeeper_config::Config;
use ringkeeper_journal::MemoryJournal;
use ringkeeper_observer::ObserverSettings;
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};
use ringkeeper_sim::SimCluster;
use serde_json::Map;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;

use super::*;
use crate::render;
use crate::screen::Screen;

/// A host that listens, until dropped.
struct Host {
    _folder: TempDir,
    _tasks: TaskGroup,
    cluster: SimCluster,
    client: Client,
}

impl Host {
    /// A host that watches three nodes and has looked once.
    async fn start() -> Self {
        let centres = [("dc1".to_owned(), Replicas { all: 3, transient: 0 })];
        let cluster = SimCluster::builder()
            .rack("dc1", "r1", 1)
            .rack("dc1", "r2", 1)
            .rack("dc1", "r3", 1)
            .keyspace("shop", Replication::NetworkTopology(centres.into()), &["orders"])
            .build();
        let folder = tempfile::tempdir().unwrap();
        let socket: PathBuf = folder.path().join("host.sock");
        let mut tasks = TaskGroup::new();
        let conductor = Conductor::start(parts(&cluster), &mut tasks).await.unwrap();
        let listener = ringkeeper_server::bind(&socket).unwrap();
        let serving = Arc::clone(&conductor);
        let journal = Arc::new(MemoryJournal::default());
        let access = Access::open(journal, Seams::production().unwrap()).await.unwrap();
        tasks.spawn(async move {
            let forever = std::future::pending();
            let _ = ringkeeper_server::serve(listener.into(), serving, None, access, forever).await;
        });
        let host = Self {
            _folder: folder,
            _tasks: tasks,
            cluster,
            client: Client::new(&socket).unwrap(),
        };
        host.wait_for(|status| !status.checks.is_empty()).await;
        host
    }

    /// The cluster once it is as `wanted`, or as it is after ten seconds.
    async fn wait_for(&self, wanted: impl Fn(&ClusterStatus) -> bool) -> ClusterStatus {
        for _ in 0..200 {
            if let Ok(status) = self.client.cluster("analytics").await
                && wanted(&status)
            {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.client.cluster("analytics").await.unwrap()
    }
}

const FILE: &str = r#"
[[cluster]]
name = "analytics"
contact_points = ["10.0.0.1"]

[[window]]
name = "always"
impacts = ["change"]
from = "00:00"
to = "24:00"

[[freeze]]
name = "long-ago"
from = "2019-12-20T00:00"
to = "2020-01-06T00:00"
reason = "Christmas trade"
"#;

fn parts(cluster: &SimCluster) -> Parts {
    let seams = Seams::production().unwrap();
    let config = Config::parse(FILE, std::path::Path::new("ringkeeper.toml")).unwrap();
    let observer = ObserverSettings {
        membership_every: Duration::from_millis(100),
        ..ObserverSettings::new("analytics")
    };
    Parts {
        journal: Arc::new(MemoryJournal::default()),
        sandbox: Sandbox::new(SandboxSettings::default(), seams.clone()).unwrap(),
        clusters: vec![ClusterParts {
            name: "analytics".to_owned(),
            cluster: Arc::new(cluster.clone()),
            process: Arc::new(cluster.clone()),
            machines: Arc::new(cluster.clone()),
            tools: Arc::new(cluster.clone()),
            observer,
            check_every: Duration::from_millis(100),
            call_limit: Duration::from_secs(5),
            policy: ringkeeper_guard::Policy::default(),
            mitigations: Vec::new(),
        }],
        plugins: ringkeeper_assembly::plugins(&config.plugins, &config.trust, seams.clock.now()).unwrap(),
        trust: config.trust.clone(),
        components: Arc::new(ringkeeper_journal::MemoryComponents::default()),
        schedules: Vec::new(),
        windows: config.windows.iter().map(|window| window.hours.clone()).collect(),
        freezes: config.freezes.iter().map(|freeze| freeze.span.clone()).collect(),
        faults: Arc::new(ringkeeper_conductor::NoFaults),
        seams,
    }
}

fn screen() -> Screen {
    Screen {
        width: Some(120),
        colour: false,
        now: Timestamp::default(),
    }
}

fn ask(operation: &str) -> PlanRequest {
    PlanRequest {
        operation: operation.to_owned(),
        cluster: None,
        parameters: Map::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_answered_and_can_be_drawn() {
    let host = Host::start().await;
    let clusters = host.client.clusters().await.unwrap();
    assert_eq!(
        clusters.iter().map(|cluster| cluster.nodes).collect::<Vec<_>>(),
        [3]
    );

    let status = host.client.cluster("analytics").await.unwrap();
    assert_eq!(
        render::status::status(&status, &screen())
            .matches("\nUN  ")
            .count(),
        3
    );

    let address = status.data_centers[0].nodes[0].address;
    let node = host
        .client
        .node("analytics", &address.ip().to_string())
        .await
        .unwrap();
    assert_eq!(node.summary.address, address);
    assert!(render::node::node(&node, &screen()).contains("How its peers see it: 2 up, 0 down"));

    let plugins = host.client.plugins().await.unwrap();
    assert!(render::plugins::plugins(&plugins, &screen()).contains("health.check"));

    let plan = host.client.plan(&ask("health.check")).await.unwrap();
    assert!(
        render::plan::plan(
            &plan,
            render::plan::Asked::default(),
            &Default::default(),
            &screen()
        )
        .contains("Steps: none")
    );

    let windows = host.client.windows(Some("analytics")).await.unwrap();
    let states: Vec<_> = windows.iter().map(|row| (row.name.as_str(), row.state)).collect();
    assert_eq!(
        states,
        [("always", WindowState::Open), ("long-ago", WindowState::Over)]
    );
    assert!(render::windows::list(&windows, &screen()).contains("always"));
    let unknown = host.client.windows(Some("analitics")).await.unwrap_err();
    assert!(unknown.to_string().contains("analitics"), "{unknown}");

    let question = |node: &str| ringkeeper_api::GuardQuestion {
        cluster: None,
        nodes: vec![node.to_owned()],
        racks: Vec::new(),
        impact: ringkeeper_plan::Impact::Disrupt,
        work: None,
    };
    let known = host.cluster.node(host.cluster.nodes()[0]).unwrap().endpoint;
    let answer = host.client.explain(&question(&known.to_string())).await.unwrap();
    let first = if answer.admitted {
        "admitted: "
    } else {
        "blocked: "
    };
    assert!(render::guard::answer(&answer, &screen()).starts_with(first));
    let stranger = host.client.explain(&question("10.9.9.9")).await.unwrap_err();
    assert_eq!(stranger.exit, crate::exit::Exit::NotFound);

    // The parameter that `plan --help` shows.
    let mut narrowed = ask("health.check");
    narrowed
        .parameters
        .insert("keyspaces".to_owned(), serde_json::json!(["system_auth"]));
    let answer = host.client.plan(&narrowed).await;
    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_down_becomes_a_finding() {
    let host = Host::start().await;
    host.cluster.kill(host.cluster.nodes()[0]);
    let down = |node: &NodeSummary| node.status == PeerStatus::Down;
    let seen = |status: &ClusterStatus| {
        status
            .data_centers
            .iter()
            .flat_map(|centre| &centre.nodes)
            .any(down)
    };
    let status = host
        .wait_for(|status| seen(status) && !status.findings.is_empty())
        .await;
    let text = render::status::status(&status, &screen());
    assert!(text.contains("\nDN  "), "{text}");
    let findings = host.client.findings(Some("analytics")).await.unwrap();
    assert!(!findings.is_empty());
    assert!(render::findings::findings(&findings, &Default::default(), &screen()).contains("To do: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_ends_with_4_and_what_is_wrong_with_2() {
    let host = Host::start().await;
    assert_eq!(
        host.client.cluster("nowhere").await.unwrap_err().exit,
        Exit::NotFound
    );
    assert_eq!(
        host.client.node("analytics", "10.9.9.9").await.unwrap_err().exit,
        Exit::NotFound
    );
    assert_eq!(
        host.client.findings(Some("nowhere")).await.unwrap_err().exit,
        Exit::NotFound
    );
    assert_eq!(
        host.client.plan(&ask("repair.nothing")).await.unwrap_err().exit,
        Exit::NotFound
    );
    let mut odd = ask("health.check");
    odd.parameters
        .insert("no_such_parameter".to_owned(), serde_json::json!(1));
    assert_eq!(host.client.plan(&odd).await.unwrap_err().exit, Exit::Usage);
}

#[test]
fn names_are_escaped() {
    let url = url(&["clusters", "a/b ?", "nodes", "::1"]).unwrap();
    assert_eq!(
        url.as_str(),
        "http://ringkeeper/api/v1/clusters/a%2Fb%20%3F/nodes/::1"
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_unreachable() {
    let client = Client::new(Path::new("/nonexistent/ringkeeper.sock")).unwrap();
    let failure = client.clusters().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Unreachable);
    insta::assert_snapshot!(failure);
}

/// Stands before a host, and passes on what it is asked: of the first connection the answer gets lost.
async fn lose_the_first_answer(before: tokio::net::UnixListener, host: PathBuf) {
    // A client may keep one connection and open another.
    let mut others = TaskGroup::new();
    for connection in 0.. {
        let (mut client, _) = before.accept().await.unwrap();
        let mut host = tokio::net::UnixStream::connect(&host).await.unwrap();
        if connection == 0 {
            let (mut asked, mut answered) = (client.split().0, host.split());
            let mut piece = [0; 4_096];
            let ask = tokio::io::copy(&mut asked, &mut answered.1);
            // Once the host begins to answer, the change was made.
            let answer = answered.0.read(&mut piece);
            futures::future::select(pin!(ask), pin!(answer)).await;
            continue;
        }
        others.spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut host).await;
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_got_lost_is_made_once_and_answered() {
    let host = Host::start().await;
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.sock");
    let listener = tokio::net::UnixListener::bind(&before).unwrap();
    let mut tasks = TaskGroup::new();
    tasks.spawn(lose_the_first_answer(
        listener,
        host._folder.path().join("host.sock"),
    ));
    let client = Client::new(&before).unwrap();
    let request = ringkeeper_api::AccessTokenRequest {
        name: "ci".to_owned(),
        role: ringkeeper_api::Role::Viewer,
        lifetime_seconds: None,
    };
    // A second token of this name is refused: so what is answered is the first.
    let made = client.create_token(&request).await.unwrap();
    assert!(made.token.starts_with("rka1."), "{}", made.name);
    let refused = client.create_token(&request).await.unwrap_err();
    assert!(
        refused.message.contains("there is a token `ci` already"),
        "{refused}"
    );
}
