//! Events as a host writes them, for tests.

use std::net::{Ipv4Addr, SocketAddr};

use ringkeeper_cluster::{
    Endpoint, NodeId, ProcessIdentity, RepairCommand, RepairOrder, RepairParallelism, TableName, ToolCall,
};
use ringkeeper_plan::{Cause, Finding, Goal, Impact, Owner, Severity, Step, Subject};
use ringkeeper_schedule::Schedule;
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use crate::{
    AccessEvent, AgentEvent, Call, EffectId, EffectResult, Event, FrozenPlan, GoalReport, Intent, KeptPlan,
    NotedBlock, OpenedRun, Part, PluginEvent, RunEvent, RunId, RunState, StepEnd, Undo,
};

const OPERATION: &str = "health.check";

pub(crate) fn node(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

pub(crate) fn finding(key: &str) -> Box<Finding> {
    Box::new(Finding {
        key: key.to_owned(),
        severity: Severity::Warning,
        subject: Subject::Cluster,
        owner: Owner::Platform,
        title: "something".to_owned(),
        evidence: Vec::new(),
        suggestion: None,
        suggested_operation: None,
    })
}

pub(crate) fn opened(key: &str) -> Event {
    Event::FindingOpened {
        operation: OPERATION.to_owned(),
        finding: finding(key),
    }
}

pub(crate) fn changed(key: &str) -> Event {
    Event::FindingChanged {
        operation: OPERATION.to_owned(),
        finding: finding(key),
    }
}

pub(crate) fn cleared(key: &str) -> Event {
    Event::FindingCleared {
        operation: OPERATION.to_owned(),
        key: key.to_owned(),
    }
}

pub(crate) fn node_changed(number: u128, after: &str) -> Event {
    Event::NodeChanged {
        node: node(number),
        address: format!("10.0.0.{number}:7000"),
        before: "up".to_owned(),
        after: after.to_owned(),
    }
}

pub(crate) fn run(run: &str, what: RunEvent) -> Event {
    Event::Run {
        run: RunId(run.to_owned()),
        what,
    }
}

pub(crate) fn closed(state: RunState) -> RunEvent {
    RunEvent::Closed {
        state,
        summary: "repaired shop".to_owned(),
        goals: vec![GoalReport {
            goal: goal(),
            hundredths: Some(10_000),
            note: String::new(),
        }],
    }
}

fn goal() -> Goal {
    let table = TableName {
        keyspace: "shop".to_owned(),
        table: "orders".to_owned(),
    };
    Goal::Repaired {
        table,
        data_centres: Vec::new(),
        since: Some(Timestamp::from_millis(1)),
    }
}

pub(crate) fn step(number: usize) -> Step {
    Step {
        id: format!("shop-{number}"),
        title: format!("repair piece {number} of shop with two others"),
        reason: "held by 3 nodes that can differ".to_owned(),
        nodes: vec![node(1), node(2), node(3)],
        impact: Impact::Change,
        functions: vec!["repair.start".to_owned()],
        after: Vec::new(),
        estimate_seconds: Some(300),
        estimate_bytes: Some(1 << 30),
        body: format!("{{\"keyspace\":\"shop\",\"tables\":[\"orders\",\"customers\"],\"piece\":{number}}}"),
    }
}

pub(crate) fn plan(steps: usize) -> FrozenPlan {
    FrozenPlan {
        hash: "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592".to_owned(),
        title: "repair shop".to_owned(),
        basis: crate::Basis::default(),
        findings: vec![*finding("behind")],
        steps: (1..=steps).map(step).collect(),
        goals: vec![goal()],
    }
}

pub(crate) fn opened_run(id: &str, steps: usize) -> RunEvent {
    RunEvent::Opened(Box::new(OpenedRun {
        run: RunId(id.to_owned()),
        operation: "repair.run".to_owned(),
        plugin: "repair".to_owned(),
        digest: "b1946ac92492d2347c6235b4d2611184".to_owned(),
        version: Some("0.1.0".to_owned()),
        signer: None,
        grants: vec!["cluster-view".to_owned(), "repair".to_owned()],
        parameters: serde_json::json!({ "keyspace": "shop" }),
        settings: serde_json::json!({}),
        by: None,
        cause: Cause::Schedule,
        deadline: None,
        plan: plan(steps),
    }))
}

fn kept_plan() -> KeptPlan {
    KeptPlan {
        operation: "repair.run".to_owned(),
        plugin: "repair".to_owned(),
        digest: "b1946ac92492d2347c6235b4d2611184".to_owned(),
        grants: vec!["cluster-view".to_owned(), "repair".to_owned()],
        parameters: serde_json::json!({ "keyspace": "shop" }),
        settings: serde_json::json!({}),
        plan: plan(1),
        until: Timestamp::from_millis(86_400_000),
    }
}

/// What one step of a repair writes: it starts, makes one call that is taken and ends, and is done.
pub(crate) fn step_events(run: &str, number: usize) -> Vec<RunEvent> {
    let effect = EffectId(format!("{run}/{number}"));
    let order = RepairOrder {
        keyspace: "shop".to_owned(),
        tables: vec!["orders".to_owned(), "customers".to_owned()],
        ranges: ranges(number),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    };
    let intent = intent(effect.clone(), number, Call::Repair { order });
    vec![
        RunEvent::StepStarted {
            step: step(number).id,
            attempt: 1,
            nodes: step(number).nodes,
        },
        RunEvent::Intended(Box::new(intent)),
        RunEvent::Taken {
            effect: effect.clone(),
            command: RepairCommand {
                number: i32::try_from(number).unwrap_or(1),
                process: process(),
            },
        },
        RunEvent::Ended {
            effect,
            result: EffectResult::Done {
                message: "Repair command finished".to_owned(),
            },
        },
        RunEvent::StepEnded {
            step: step(number).id,
            end: StepEnd::Done {
                summary: "repaired 5 ranges".to_owned(),
            },
        },
    ]
}

fn ranges(number: usize) -> Vec<ringkeeper_ring::TokenRange> {
    let ring = ringkeeper_ring::TokenRange::WHOLE_RING.split(2_560).unwrap();
    ring.into_iter().skip(number * 5).take(5).collect()
}

/// A call that is about to be made by the step of this number.
fn intent(effect: EffectId, number: usize, call: Call) -> Intent {
    Intent {
        effect,
        step: step(number).id,
        attempt: 1,
        digest: "8277e0910d750195b448797616e091ad8277e0910d750195b448797616e091ad".to_owned(),
        occurrence: 1,
        node: node(1),
        endpoint: Endpoint::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 7000))),
        process: process(),
        call,
        undo: None,
    }
}

fn process() -> ProcessIdentity {
    ProcessIdentity {
        name: "4242@node-1".to_owned(),
        started_at: Timestamp::from_millis(1_700_000_000_000),
    }
}

/// A tool that is about to be run.
fn tool(effect: &EffectId) -> Intent {
    let order = ToolCall {
        tool: "cleanup".to_owned(),
        values: vec![("keyspace".to_owned(), "shop".to_owned())],
        dry_run: false,
    };
    intent(effect.clone(), 3, Call::Tool { order })
}

/// Every kind of event, and every kind of run event.
pub(crate) fn one_of_each() -> Vec<Event> {
    let effect = EffectId("shop-7/1".to_owned());
    let run_events = [
        opened_run("shop-7", 2),
        RunEvent::State {
            state: RunState::Paused,
            reason: "asked by a person".to_owned(),
            by: Some("anna (uid 1000)".to_owned()),
        },
        RunEvent::ApprovalAsked {
            hash: plan(1).hash,
            reason: "the policy asks for it".to_owned(),
            until: Timestamp::from_millis(9),
        },
        RunEvent::Approved {
            hash: plan(1).hash,
            by: "alice".to_owned(),
        },
        RunEvent::Rejected {
            by: None,
            reason: "nobody approved it in time".to_owned(),
        },
        RunEvent::Replanned {
            digest: "7d793037a0760186574b0282f2f435e77d793037a0760186574b0282f2f435e7".to_owned(),
            version: Some("0.2.0".to_owned()),
            signer: Some("release (0123456789ABCDEF)".to_owned()),
            reason: "a node joined".to_owned(),
            plan: Box::new(plan(1)),
        },
        RunEvent::Extended { steps: vec![step(3)] },
        RunEvent::InDoubt {
            effect: effect.clone(),
            reason: "no answer within 10 s".to_owned(),
        },
        RunEvent::Ended {
            effect: effect.clone(),
            result: EffectResult::Cancelled,
        },
        RunEvent::Intended(Box::new(tool(&effect))),
        RunEvent::Calling {
            effect: effect.clone(),
            part: Part::Tool,
        },
        RunEvent::Intended(Box::new(Intent {
            undo: Some(Undo::Serve {
                data_centre: "dc1".to_owned(),
                rack: "rack1".to_owned(),
                release_version: Some("5.0.5".to_owned()),
            }),
            ..intent(effect.clone(), 2, Call::Stop)
        })),
        RunEvent::Calling {
            effect: effect.clone(),
            part: Part::Drain,
        },
        RunEvent::UndoFails {
            effect: effect.clone(),
            reason: "the start command ended with exit code 1".to_owned(),
        },
        RunEvent::Undone {
            effect,
            how: "it serves again".to_owned(),
        },
        RunEvent::Blocked {
            step: step(2).id,
            blocks: vec![NotedBlock {
                rule: "availability".to_owned(),
                subject: "keyspace shop".to_owned(),
                text: "12 ranges would keep 1 of the 2 replicas they need".to_owned(),
            }],
        },
        RunEvent::Overstepped {
            step: step(2).id,
            reason: "`repair.start` would touch a node that the step does not hold".to_owned(),
        },
        RunEvent::Broke {
            step: step(2).id,
            reason: "crashed: wasm trap: unreachable".to_owned(),
        },
        RunEvent::NodesTaken {
            step: step(2).id,
            nodes: vec![node(4)],
        },
        RunEvent::NodesLeft {
            step: step(2).id,
            nodes: vec![node(4)],
        },
        RunEvent::StepEnded {
            step: step(2).id,
            end: StepEnd::Postponed {
                reasons: vec!["node 2 is down".to_owned()],
                until: Timestamp::from_millis(9),
            },
        },
        closed(RunState::Succeeded),
    ];
    let mut events = vec![
        opened("down/10.0.0.1"),
        changed("down/10.0.0.1"),
        cleared("down/10.0.0.1"),
        node_changed(1, "down"),
        Event::PlanKept {
            plan: Box::new(kept_plan()),
        },
        Event::ScheduleChanged {
            operation: "repair.run".to_owned(),
            schedule: Some(Schedule::at("0 3 * * SAT")),
            by: None,
        },
        Event::ScheduleChanged {
            operation: "repair.run".to_owned(),
            schedule: None,
            by: None,
        },
        Event::ScheduleDue {
            operation: "repair.run".to_owned(),
            due: Timestamp::from_millis(5),
            run: Some(RunId("shop-7".to_owned())),
            note: String::new(),
        },
        Event::Frozen {
            reason: "sale".to_owned(),
            by: None,
        },
        Event::Unfrozen { by: None },
        Event::HostStarted {
            version: "0.1.0".to_owned(),
        },
    ];
    events.extend(agent_events().map(|what| Event::Agent {
        node: Ipv4Addr::new(10, 0, 0, 7).into(),
        what: Box::new(what),
    }));
    events.extend(access_events().map(|what| Event::Access {
        token: "ci".to_owned(),
        what: Box::new(what),
    }));
    events.extend(plugin_events().map(|what| Event::Plugin {
        plugin: "repair".to_owned(),
        what: Box::new(what),
    }));
    let steps = step_events("shop-7", 1);
    events.extend(
        run_events
            .into_iter()
            .chain(steps)
            .map(|what| run("shop-7", what)),
    );
    events
}

/// Everything that can happen to the versions of a plugin.
fn plugin_events() -> [PluginEvent; 5] {
    let (digest, by) = ("ab".repeat(32), "anna (uid 1000)".to_owned());
    [
        PluginEvent::Installed {
            digest: digest.clone(),
            version: "0.2.0".to_owned(),
            signer: Some("release (0123456789ABCDEF)".to_owned()),
            by: by.clone(),
            more: vec!["it asks for `lifecycle`".to_owned()],
        },
        PluginEvent::Approved {
            digest: digest.clone(),
            by: by.clone(),
        },
        PluginEvent::Parked {
            digest: Some(digest.clone()),
            reason: "crashed".to_owned(),
        },
        PluginEvent::RolledBack {
            digest: digest.clone(),
            by: None,
        },
        PluginEvent::Resumed {
            digest: Some(digest),
            by,
        },
    ]
}

/// Everything that can happen to an agent.
fn agent_events() -> [AgentEvent; 4] {
    let expires = Timestamp::from_millis(9);
    let fingerprint = "AAAA".to_owned();
    let version = "0.1.0".to_owned();
    [
        AgentEvent::TokenMade {
            token: "00ff".to_owned(),
            hash: "BBBB".to_owned(),
            expires,
        },
        AgentEvent::Enrolled {
            token: "00ff".to_owned(),
            fingerprint: fingerprint.clone(),
            expires,
            machine: "db-7".to_owned(),
            version: version.clone(),
        },
        AgentEvent::Renewed {
            fingerprint,
            expires,
            version,
        },
        AgentEvent::Revoked {
            reason: "sold".to_owned(),
        },
    ]
}

/// Everything that can happen to a token for the network.
fn access_events() -> [AccessEvent; 3] {
    [
        AccessEvent::TokenMade {
            token: "00ff".to_owned(),
            hash: "BBBB".to_owned(),
            role: "operator".to_owned(),
            expires: Some(Timestamp::from_millis(9)),
            by: "root (uid 0)".to_owned(),
        },
        AccessEvent::TokenUsed,
        AccessEvent::TokenRevoked {
            reason: "left".to_owned(),
            by: "root (uid 0)".to_owned(),
        },
    ]
}
