//! Values like those of a cluster with six nodes in two data centres, one of them in trouble.

pub(super) mod windows;
pub(super) mod work;

use ringkeeper_api::{
    CapabilityRow, CheckRow, ClusterStatus, DataCentreStatus, LimitUse, LogRow, MetricValue, NodeDetail,
    NodeSummary, OpenFinding, OperationRow, PeerViewRow, PlanAnswer, PluginState, PluginSummary,
    TransitionRow,
};
use ringkeeper_cluster::{Membership, NodeError, NodeErrorKind, NodeId, PeerStatus, SilentContact, Warning};
use ringkeeper_plan::{Evidence, Finding, Impact, Owner, Plan, Severity, Step, Subject};
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use crate::command::check::EffectiveRow;
use crate::command::doctor::{Check, Verdict};
use crate::screen::Screen;

/// The moment of all samples.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

pub(super) fn screen(width: usize) -> Screen {
    Screen {
        width: Some(width),
        colour: false,
        now: NOW,
    }
}

pub(super) fn seconds_ago(seconds: u64) -> Timestamp {
    NOW.before(std::time::Duration::from_secs(seconds))
}

fn id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(
        0x6f1c_2a3e_58c1_4d0e_9f27_0242_ac11_0000 + (number << 96) + number,
    ))
}

fn summary(number: u8, data_center: &str, rack: &str) -> NodeSummary {
    NodeSummary {
        host_id: id(u128::from(number)),
        address: format!("10.0.{}.{number}:7000", u8::from(data_center == "dc2"))
            .parse()
            .unwrap(),
        data_center: data_center.to_owned(),
        rack: rack.to_owned(),
        status: PeerStatus::Up,
        status_since: seconds_ago(86_400 * 9),
        state: Membership::Normal,
        answers: true,
        answer_error: None,
        last_answered_at: Some(seconds_ago(3)),
        operation_mode: Some("NORMAL".to_owned()),
        process_started_at: Some(seconds_ago(86_400 * 9)),
        release_version: Some("5.0.5".to_owned()),
        schema_version: Some("54e17321-3f2e-37ca-9b08-d91ba7bdd369".to_owned()),
        load_bytes: Some(1_300_000_000 * u64::from(number)),
        size: 16,
        owns_percent: Some(100.0),
        pending_compactions: Some(u64::from(number) * 4),
        heap_used_bytes: Some(3 << 30),
        heap_max_bytes: Some(8 << 30),
        held_by: None,
    }
}

pub(super) fn node(number: u8, data_center: &str, rack: &str) -> NodeSummary {
    summary(number, data_center, rack)
}

pub(super) fn silent_node() -> NodeSummary {
    NodeSummary {
        status: PeerStatus::Down,
        status_since: seconds_ago(720),
        answers: false,
        answer_error: Some("http://10.0.0.3:8778/jolokia/: connection refused".to_owned()),
        last_answered_at: Some(seconds_ago(735)),
        operation_mode: None,
        schema_version: None,
        ..summary(3, "dc1", "r3")
    }
}

pub(super) fn joining_node() -> NodeSummary {
    NodeSummary {
        status: PeerStatus::Disputed,
        state: Membership::Joining,
        size: 0,
        owns_percent: None,
        pending_compactions: None,
        heap_used_bytes: None,
        ..summary(6, "dc2", "r3")
    }
}

pub(super) fn healthy() -> ClusterStatus {
    ClusterStatus {
        name: "analytics".to_owned(),
        cassandra_name: Some("Analytics Cluster".to_owned()),
        partitioner: Some("Murmur3Partitioner".to_owned()),
        timestamp: seconds_ago(3),
        sweep: 812,
        schema_observed_at: Some(seconds_ago(40)),
        schema_versions: 1,
        data_centers: vec![DataCentreStatus {
            name: "dc1".to_owned(),
            nodes: vec![node(1, "dc1", "r1"), node(2, "dc1", "r2"), node(3, "dc1", "r3")],
        }],
        connection_errors: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
        checks: vec![CheckRow {
            operation: "health.check".to_owned(),
            checked_at: seconds_ago(3),
            error: None,
        }],
    }
}

pub(super) fn troubled() -> ClusterStatus {
    let error = NodeError::new(NodeErrorKind::TimedOut, "10.0.1.9:8778", "no answer within 5 s");
    ClusterStatus {
        schema_versions: 2,
        data_centers: vec![
            DataCentreStatus {
                name: "dc1".to_owned(),
                nodes: vec![node(1, "dc1", "r1"), node(2, "dc1", "r2"), silent_node()],
            },
            DataCentreStatus {
                name: "dc2".to_owned(),
                nodes: vec![node(4, "dc2", "r1"), node(5, "dc2", "r2"), joining_node()],
            },
        ],
        connection_errors: vec![SilentContact {
            endpoint: "10.0.1.9:7000".parse().unwrap(),
            since: seconds_ago(7_000),
            error,
        }],
        warnings: vec![Warning {
            about: "placements/shop".to_owned(),
            message: "computed and claimed replicas of 12 ranges differ".to_owned(),
        }],
        findings: findings(),
        ..healthy()
    }
}

pub(super) fn findings() -> Vec<OpenFinding> {
    vec![
        open(node_down(), 720),
        open(
            Finding {
                key: "compaction/backlog".to_owned(),
                severity: Severity::Advice,
                subject: Subject::Table {
                    keyspace: "shop".to_owned(),
                    table: "orders".to_owned(),
                },
                owner: Owner::Configuration,
                title: "shop.orders uses SizeTieredCompactionStrategy although all its rows expire"
                    .to_owned(),
                evidence: vec![evidence("default_time_to_live", "86400 s", None)],
                suggestion: Some("Consider TimeWindowCompactionStrategy.".to_owned()),
                suggested_operation: None,
            },
            86_400 * 3,
        ),
    ]
}

fn open(finding: Finding, age: u64) -> OpenFinding {
    OpenFinding {
        cluster: "analytics".to_owned(),
        operation: "health.check".to_owned(),
        opened_at: seconds_ago(age),
        changed_at: seconds_ago(age / 2),
        seen_at: seconds_ago(3),
        finding,
    }
}

fn node_down() -> Finding {
    Finding {
        key: "node-down/3".to_owned(),
        severity: Severity::Severe,
        subject: Subject::Node { id: id(3) },
        owner: Owner::Platform,
        title: "10.0.0.3 is down: ranges of keyspace shop in dc1 have no replica to spare at LOCAL_QUORUM".to_owned(),
        evidence: vec![
            evidence("seen down by", "5 of 5 nodes", Some("0")),
            evidence("ranges that lose quorum with one more node", "256 of 256", Some("0")),
        ],
        suggestion: Some("Start Cassandra on 10.0.0.3, or replace the node if its disks are lost; until then take no other node of dc1 down.".to_owned()),
        suggested_operation: Some("health.check".to_owned()),
    }
}

fn evidence(name: &str, value: &str, limit: Option<&str>) -> Evidence {
    Evidence {
        name: name.to_owned(),
        value: value.to_owned(),
        limit: limit.map(str::to_owned),
    }
}

pub(super) fn detail() -> NodeDetail {
    let view = |number: u8, dc: &str, sees_up| {
        let peer = summary(number, dc, "r1");
        PeerViewRow {
            observer: peer.host_id,
            address: peer.address,
            sees_up,
        }
    };
    let metric = |name: &str, unit: &str, value| MetricValue {
        name: name.to_owned(),
        unit: unit.to_owned(),
        value,
        at: seconds_ago(30),
    };
    NodeDetail {
        summary: silent_node(),
        tokens: vec![
            i64::MIN,
            -3_074_457_345_618_258_603,
            3_074_457_345_618_258_602,
            i64::MAX,
        ],
        gossip_running: None,
        native_transport_running: Some(false),
        agent: Some("Jolokia 2.2.9, several threads".to_owned()),
        views: vec![
            view(1, "dc1", Some(false)),
            view(2, "dc1", Some(true)),
            view(4, "dc2", None),
        ],
        transitions: vec![TransitionRow {
            at: seconds_ago(720),
            before: "up".to_owned(),
            after: "down".to_owned(),
        }],
        metrics: vec![
            metric("heap.used_bytes", "bytes", 3_221_225_472.0),
            metric("gc.time_ms", "ms", 73_211.0),
            metric("client.read_p99_ms", "ms", 1.931),
            metric("process.cpu_ratio", "ratio", 0.137),
            metric("compaction.pending_tasks", "count", 12.0),
            MetricValue {
                at: seconds_ago(400),
                ..metric("hints.in_progress", "count", 0.0)
            },
        ],
        installed: None,
    }
}

pub(super) fn limits() -> Vec<LimitUse> {
    let limit = |name: &str, used, limit| LimitUse {
        name: name.to_owned(),
        used,
        limit,
    };
    vec![
        limit("memory_bytes", 2_359_296, 64 << 20),
        limit("cpu_ms", 20, 5_000),
        limit("wall_ms", 26_000, 30_000),
        limit("host_call_bytes", 18_433, 8 << 20),
        limit("log_bytes", 0, 64 << 10),
    ]
}

pub(super) fn dry_run() -> PlanAnswer {
    PlanAnswer {
        cluster: "analytics".to_owned(),
        plugin: "health 0.1.0".to_owned(),
        operation: "health.check".to_owned(),
        run: None,
        hash: "8f3c0e0d2c6c1d0b5a2e4f7d9b1a3c5e7f90112233445566778899aabbccddee".to_owned(),
        blocked: Vec::new(),
        consent: "auto".to_owned(),
        consent_reason: String::new(),
        valid_until: None,
        stakes: Vec::new(),
        exposed: Vec::new(),
        plan: Plan {
            title: "6 nodes, 1 down; 1 severe finding".to_owned(),
            findings: vec![node_down()],
            steps: Vec::new(),
            goals: Vec::new(),
        },
        limits: limits(),
        log: Vec::new(),
    }
}

pub(super) fn dry_run_with_steps() -> PlanAnswer {
    let step = |name: &str, impact, after: &[&str]| Step {
        id: name.to_owned(),
        title: format!("Repair the primary ranges of {name}"),
        reason: "3 nodes hold these ranges and can differ; too large there to go with other tables"
            .to_owned(),
        nodes: vec![id(1), id(2), id(99)],
        impact,
        functions: vec!["repair.start".to_owned()],
        after: after.iter().map(|id| (*id).to_owned()).collect(),
        estimate_seconds: Some(5_400),
        estimate_bytes: Some(40 << 30),
        body: "{}".to_owned(),
    };
    let plan = Plan {
        title: "Repair keyspace shop".to_owned(),
        findings: Vec::new(),
        steps: vec![
            step("shop.orders", Impact::Change, &[]),
            step("shop.carts", Impact::Disrupt, &["shop.orders"]),
        ],
        goals: Vec::new(),
    };
    let log = vec![LogRow {
        level: "warn".to_owned(),
        message: "shop.carts has never been repaired".to_owned(),
    }];
    PlanAnswer {
        operation: "repair.full".to_owned(),
        plugin: "repair 0.1.0".to_owned(),
        plan,
        log,
        ..dry_run()
    }
}

pub(super) fn plugins() -> Vec<PluginSummary> {
    let capability = |name: &str, granted| CapabilityRow {
        name: name.to_owned(),
        granted,
        why: None,
    };
    vec![
        PluginSummary {
            name: "health".to_owned(),
            source: "builtin:health".to_owned(),
            state: PluginState::Loaded,
            version: Some("0.1.0".to_owned()),
            summary: Some("Says what is wrong with a cluster, with evidence".to_owned()),
            digest: Some("8f3c0e0d2c6c1d0b".repeat(4)),
            signer: Some("release (0123456789ABCDEF)".to_owned()),
            operations: vec![OperationRow {
                name: "health.check".to_owned(),
                summary: "Look at every node and range".to_owned(),
                impact: Impact::Observe,
                default_schedule: Some("*/5 * * * *".to_owned()),
            }],
            capabilities: vec![
                capability("cluster", true),
                capability("metrics", true),
                capability("telemetry", false),
            ],
            scope: Vec::new(),
            limits: limits(),
            versions: Vec::new(),
        },
        PluginSummary {
            name: "hybrid-repair".to_owned(),
            source: "/srv/plugins/repair.wasm".to_owned(),
            state: PluginState::Refused(
                "it uses `cluster`, not granted to it; to grant: grants = [\"cluster\"]".to_owned(),
            ),
            version: None,
            summary: None,
            digest: None,
            signer: None,
            operations: Vec::new(),
            capabilities: Vec::new(),
            scope: Vec::new(),
            limits: Vec::new(),
            versions: Vec::new(),
        },
    ]
}

pub(super) fn checks() -> Vec<Check> {
    let check = |verdict, about: &str, message: &str, remedy: Option<&str>| Check {
        verdict,
        about: about.to_owned(),
        message: message.to_owned(),
        remedy: remedy.map(str::to_owned),
    };
    vec![
        check(Verdict::Ok, "configuration", "ringkeeper.toml is sound", None),
        check(
            Verdict::Warning,
            "host",
            "no host answers at /var/lib/ringkeeper/ringkeeper.sock: No such file or directory",
            Some("start it with `ringkeeper serve` once the rest is in order"),
        ),
        check(
            Verdict::Problem,
            "cluster analytics",
            "10.0.0.3 does not answer: 10.0.0.3:8778: connection refused",
            Some(
                "start the Jolokia agent on the node, listening where cluster.jolokia.url says, and let this machine reach it",
            ),
        ),
        check(
            Verdict::Unwatched,
            "clocks",
            "how far they are off, in analytics for want of agents",
            None,
        ),
    ]
}

pub(super) fn effective() -> Vec<EffectiveRow> {
    let row = |key: &str, value: &str, origin: &str| EffectiveRow {
        key: key.to_owned(),
        value: value.to_owned(),
        origin: origin.to_owned(),
    };
    vec![
        row("host.data_directory", "\"/srv/ringkeeper\"", "ringkeeper.toml:2"),
        row("cluster.analytics.cql.username", "none", "default"),
        row("cluster.analytics.cql.port", "9042", "default"),
    ]
}
