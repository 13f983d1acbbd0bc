//! Values like those of a cluster whose repair is under way.

use ringkeeper_api::{
    ApprovalRow, AskedNode, BlockRow, BlockedStep, CoverageRow, DeadlineRow, EventRow, ExposedRow,
    FreezeStatus, GoalRow, GuardAnswer, JobRow, LastDue, LeaseRow, PlanAnswer, RunDetail, RunSummary,
    ScheduleRow, StakeRow, StepBlockRow, StepRow, UndoRow,
};
use ringkeeper_cluster::{ConsistencyLevel, TableName};
use ringkeeper_guard::{Block, Rule, Short, WorkKind};
use ringkeeper_journal::{Event, RunEvent, RunId};
use ringkeeper_plan::{Cause, Goal, Impact, Plan, Step};
use ringkeeper_schedule::{Missed, Overlap, Schedule};
use ringkeeper_seams::Timestamp;

use super::{NOW, dry_run_with_steps, seconds_ago};

const DAY: u64 = 86_400;

pub(in crate::render) fn running() -> RunSummary {
    RunSummary {
        id: "shop-812".to_owned(),
        cluster: "shop".to_owned(),
        operation: "repair.full".to_owned(),
        title: "Repair 14 tables of 3 keyspaces over the whole ring".to_owned(),
        state: "Running".to_owned(),
        cause: Cause::Schedule,
        opened_at: seconds_ago(2_820),
        ended_at: None,
        steps: 40,
        steps_done: 15,
        steps_failed: 1,
        progress: 0.3799,
        eta_seconds: Some(4_800),
        blocked_by: vec!["10.0.0.3 is down, and 12 ranges of step 21 have a replica on it".to_owned()],
        summary: String::new(),
        approval: None,
    }
}

/// One that a person must approve.
pub(in crate::render) fn awaiting() -> RunSummary {
    let hash = "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592";
    RunSummary {
        id: "shop-901".to_owned(),
        operation: "patching.restart".to_owned(),
        title: "Restart 3 nodes, rack by rack".to_owned(),
        state: "AwaitingApproval".to_owned(),
        steps: 3,
        steps_done: 0,
        steps_failed: 0,
        progress: 0.0,
        eta_seconds: None,
        blocked_by: vec!["a person's word, until 2026-03-02T11:13:00.000Z".to_owned()],
        approval: Some(ApprovalRow {
            state: "waiting".to_owned(),
            hash: hash.to_owned(),
            reason: "policy.approval.disrupt asks for a person's word: 3 steps disrupt".to_owned(),
            asked_at: Some(seconds_ago(2_820)),
            until: Some(NOW.after(std::time::Duration::from_secs(DAY - 2_820))),
            by: None,
            at: None,
        }),
        ..running()
    }
}

pub(in crate::render) fn failed() -> RunSummary {
    RunSummary {
        id: "shop-455".to_owned(),
        state: "Failed".to_owned(),
        cause: Cause::Person,
        opened_at: seconds_ago(DAY * 3),
        ended_at: Some(seconds_ago(DAY * 3 - 7_300)),
        steps_done: 39,
        progress: 0.975,
        eta_seconds: None,
        blocked_by: Vec::new(),
        summary: "1 of 40 steps failed; shop.orders is repaired over 97.50% of the ring.".to_owned(),
        ..running()
    }
}

pub(in crate::render) fn succeeded() -> RunSummary {
    RunSummary {
        id: "analytics-12".to_owned(),
        cluster: "analytics".to_owned(),
        state: "Succeeded".to_owned(),
        ended_at: Some(seconds_ago(DAY * 7 - 5_000)),
        opened_at: seconds_ago(DAY * 7),
        steps_done: 40,
        steps_failed: 0,
        progress: 1.0,
        summary: "All 14 tables are repaired.".to_owned(),
        ..failed()
    }
}

/// The run that a person must approve, in full.
pub(in crate::render) fn awaiting_detail() -> RunDetail {
    RunDetail {
        run: awaiting(),
        step_rows: vec![step(1, "Blocked"), step(2, "Blocked"), step(3, "Blocked")],
        goals: Vec::new(),
        deadline: None,
        undos: Vec::new(),
        in_doubt: 0,
        repeated: 0,
        parameters: serde_json::json!({}),
        ..detail()
    }
}

fn step(number: usize, state: &str) -> StepRow {
    let begun = !matches!(state, "Pending" | "Blocked");
    StepRow {
        id: format!("r{number}"),
        title: format!(
            "Repair shop.orders and 3 more tables, ranges {} to {}",
            number * 16 - 15,
            number * 16
        ),
        reason: "3 nodes hold these ranges and can differ; small enough there to go together".to_owned(),
        state: state.to_owned(),
        impact: Impact::Change,
        nodes: vec![
            "10.0.0.1".to_owned(),
            "10.0.0.2".to_owned(),
            "10.0.0.3".to_owned(),
        ],
        functions: vec!["repair.start".to_owned()],
        attempt: u32::from(begun),
        started_at: begun.then(|| seconds_ago(200)),
        ended_at: matches!(state, "Done" | "Failed").then(|| seconds_ago(20)),
        estimate_seconds: Some(420),
        message: String::new(),
        blocks: Vec::new(),
        blocked_since: None,
        jobs: Vec::new(),
    }
}

/// Step by step: 15 done, then one of each kind of trouble, then what is to come.
pub(in crate::render) fn detail() -> RunDetail {
    let job = |state: &str, message: &str| JobRow {
        id: "shop-812/31".to_owned(),
        call: "repair shop.orders and 3 more, 16 ranges, coordinator 10.0.0.1".to_owned(),
        state: state.to_owned(),
        intended_at: seconds_ago(200),
        ended_at: None,
        message: message.to_owned(),
    };
    let mut steps: Vec<_> = (1..=15).map(|number| step(number, "Done")).collect();
    steps.push(StepRow {
        message: "10.0.0.2 answered: Sync failed between /10.0.0.1:7000 and /10.0.0.2:7000".to_owned(),
        attempt: 3,
        jobs: vec![
            job("Done", ""),
            job("Failed", "Sync failed between /10.0.0.1:7000 and /10.0.0.2:7000"),
        ],
        ..step(16, "Failed")
    });
    steps.push(StepRow {
        jobs: vec![job("Running", "repair command 7")],
        ..step(17, "Waiting")
    });
    steps.push(StepRow {
        message: "it is being found out whether 10.0.0.1 took the call".to_owned(),
        jobs: vec![job("InDoubt", "the connection was reset")],
        ..step(18, "InDoubt")
    });
    steps.push(StepRow {
        blocks: vec![
            StepBlockRow {
                rule: "availability".to_owned(),
                subject: "keyspace shop".to_owned(),
                text: "keyspace shop: 12 ranges in dc1 would keep 1 of the 2 replicas that LOCAL_QUORUM needs; lifted when \
                       10.0.0.3 (down since 2026-03-01T11:58:20.000Z) serves again, or by a waiver for shop in [policy]"
                    .to_owned(),
            },
            StepBlockRow {
                rule: "leases".to_owned(),
                subject: "10.0.0.2".to_owned(),
                text: "10.0.0.2: lease held by step r17 of run shop-811 for repair since 2026-03-01T11:56:40.000Z; \
                       lifted when that step is done and at rest, until 2026-03-01T17:56:40.000Z at most"
                    .to_owned(),
            },
        ],
        blocked_since: Some(seconds_ago(100)),
        ..step(19, "Blocked")
    });
    steps.extend((20..=40).map(|number| step(number, "Pending")));
    RunDetail {
        run: running(),
        plugin: "repair".to_owned(),
        digest: "8f3c0e0d2c6c1d0b".repeat(4),
        plan_hash: "5a2e4f7d9b1a3c5e".repeat(4),
        parameters: serde_json::json!({ "keyspaces": ["shop"], "parallelism": "dc-parallel" }),
        step_rows: steps,
        stakes: Vec::new(),
        goals: vec![goal("shop.orders", None, ""), goal("shop.carts", None, "")],
        deadline: Some(DeadlineRow {
            at: NOW.after(std::time::Duration::from_secs(3 * DAY)),
            security: false,
            reason: "table shop.orders reaches gc_grace".to_owned(),
        }),
        undos: vec![
            undo(
                2,
                "done",
                "it is NORMAL and all its peers see it up, at 2026-03-01T11:58:00.000Z",
            ),
            undo(
                3,
                "failing",
                "the start command ended with 1: no space left on device",
            ),
            undo(4, "open", ""),
        ],
        in_doubt: 1,
        repeated: 0,
    }
}

fn undo(number: u8, state: &str, message: &str) -> UndoRow {
    UndoRow {
        job: format!("shop-812/{number}"),
        step: "r17".to_owned(),
        node: format!("6f1c2a3e-0000-0000-0000-00000000000{number}"),
        address: format!("10.0.0.{number}:7000").parse().unwrap(),
        what: "start it again".to_owned(),
        since: seconds_ago(300),
        state: state.to_owned(),
        message: message.to_owned(),
    }
}

fn goal(table: &str, percent: Option<f64>, note: &str) -> GoalRow {
    GoalRow {
        goal: format!("{table} repaired over the whole ring"),
        percent,
        note: note.to_owned(),
    }
}

/// A short run that ended without reaching one of its goals.
pub(in crate::render) fn failed_detail() -> RunDetail {
    RunDetail {
        run: failed(),
        step_rows: vec![step(1, "Done"), step(2, "Failed"), step(3, "Skipped")],
        goals: vec![
            goal("shop.carts", Some(100.0), ""),
            goal("shop.orders", Some(97.499), "6 ranges were not repaired"),
            goal("shop.old", None, "the table was dropped meanwhile"),
        ],
        deadline: None,
        undos: Vec::new(),
        in_doubt: 2,
        repeated: 1,
        parameters: serde_json::json!({}),
        ..detail()
    }
}

pub(in crate::render) fn coverage() -> Vec<CoverageRow> {
    let row = |table: &str, covered_percent, repaired_at: Option<u64>, left_seconds| CoverageRow {
        keyspace: "shop".to_owned(),
        table: table.to_owned(),
        covered_percent,
        repaired_at: repaired_at.map(seconds_ago),
        last_repair_at: Some(seconds_ago(DAY)),
        repaired_by: vec!["ringkeeper".to_owned()],
        gc_grace_seconds: 10 * DAY,
        left_seconds,
        oldest_range: Some("(-9223372036854775808, -8646911284551352321]".to_owned()),
    };
    vec![
        CoverageRow {
            last_repair_at: None,
            repaired_by: Vec::new(),
            ..row("carts", 0.0, None, None)
        },
        row("orders", 98.46, Some(13 * DAY), Some(-3 * 86_400)),
        CoverageRow {
            repaired_by: vec!["other".to_owned(), "ringkeeper".to_owned()],
            ..row("customers", 100.0, Some(9 * DAY), Some(86_400))
        },
        row("items", 99.99, Some(2 * DAY), Some(8 * 86_400)),
    ]
}

pub(in crate::render) fn schedules() -> Vec<ScheduleRow> {
    let schedule = Schedule {
        cron: "0 2 * * SUN".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        jitter_seconds: 600,
        overlap: Overlap::Skip,
        missed: Missed::RunOnce,
        enabled: true,
        parameters: serde_json::Map::new(),
    };
    // 2026-03-08T01:00:00Z, and each week after; the clocks change on 29 March.
    let first = Timestamp::from_millis(1_772_931_600_000);
    let weeks = [0_u64, 7, 14].map(|days| first.after(std::time::Duration::from_secs(DAY * days)));
    let summer = first.after(std::time::Duration::from_secs(DAY * 28 - 3_600));
    vec![
        ScheduleRow {
            cluster: "shop".to_owned(),
            operation: "repair.full".to_owned(),
            schedule: schedule.clone(),
            origin: "set at run time".to_owned(),
            next: weeks.into_iter().chain([summer]).collect(),
            last: Some(LastDue {
                due: seconds_ago(39_600),
                run: Some("shop-812".to_owned()),
                note: String::new(),
            }),
        },
        ScheduleRow {
            cluster: "shop".to_owned(),
            operation: "health.check".to_owned(),
            schedule: Schedule {
                cron: "*/5 * * * *".to_owned(),
                zone: "UTC".to_owned(),
                enabled: false,
                jitter_seconds: 0,
                ..schedule
            },
            origin: "the plugin".to_owned(),
            next: Vec::new(),
            last: None,
        },
    ]
}

pub(in crate::render) fn leases() -> Vec<LeaseRow> {
    let lease = |number: u8| LeaseRow {
        cluster: "shop".to_owned(),
        address: format!("10.0.0.{number}:7000").parse().unwrap(),
        node: format!("6f1c2a3e-0000-0000-0000-00000000000{number}"),
        run: "shop-812".to_owned(),
        step: "r17".to_owned(),
        title: "Repair shop.orders, ranges 257 to 272".to_owned(),
        operation: "repair.full".to_owned(),
        work: vec!["repair".to_owned()],
        since: seconds_ago(200),
        time_limit: Some(seconds_ago(0).after(std::time::Duration::from_secs(21_400))),
        overdue: false,
        fence: 817,
        until: "repair command 7 on 10.0.0.1 has ended".to_owned(),
    };
    let overdue = LeaseRow {
        run: "shop-790".to_owned(),
        step: "restart".to_owned(),
        title: "Restart 10.0.0.3".to_owned(),
        operation: "node.restart".to_owned(),
        work: vec!["disruption".to_owned()],
        since: seconds_ago(22_000),
        time_limit: Some(seconds_ago(400)),
        overdue: true,
        until: "10.0.0.3 serves again".to_owned(),
        ..lease(3)
    };
    vec![lease(1), lease(2), overdue]
}

pub(in crate::render) fn freezes() -> Vec<FreezeStatus> {
    let frozen = FreezeStatus {
        cluster: "shop".to_owned(),
        frozen: true,
        since: Some(seconds_ago(3_600)),
        reason: "Black Friday".to_owned(),
    };
    let free = FreezeStatus {
        cluster: "analytics".to_owned(),
        frozen: false,
        since: None,
        reason: String::new(),
    };
    vec![frozen, free]
}

/// A plan of more steps than anybody reads.
pub(in crate::render) fn long_plan() -> PlanAnswer {
    let answer = dry_run_with_steps();
    let pattern = answer.plan.steps.first().unwrap().clone();
    let steps = (1..=512).map(|number| Step {
        id: format!("r{number}"),
        title: format!(
            "Repair shop.orders, ranges {} to {}",
            number * 16 - 15,
            number * 16
        ),
        estimate_seconds: Some(65),
        estimate_bytes: Some(9 << 20),
        ..pattern.clone()
    });
    let goal = |table: &str, data_centres: &[&str], since| Goal::Repaired {
        table: TableName {
            keyspace: "shop".to_owned(),
            table: table.to_owned(),
        },
        data_centres: data_centres.iter().map(|name| (*name).to_owned()).collect(),
        since,
    };
    PlanAnswer {
        plan: Plan {
            steps: steps.collect(),
            goals: vec![
                goal("orders", &[], None),
                goal("carts", &["dc1"], None),
                goal("items", &["dc1", "dc2"], Some(NOW)),
            ],
            ..answer.plan
        },
        log: Vec::new(),
        ..answer
    }
}

/// A plan that a run waits with.
pub(in crate::render) fn awaited_plan() -> PlanAnswer {
    let answer = dry_run_with_steps();
    let stake = |function: &str, risk: &str, undo: &str| StakeRow {
        function: function.to_owned(),
        impact: Impact::Disrupt,
        steps: 3,
        risk: risk.to_owned(),
        undo: undo.to_owned(),
    };
    let exposed = |step: &str, keyspace: &str, left| ExposedRow {
        step: step.to_owned(),
        keyspace: keyspace.to_owned(),
        data_center: "dc1".to_owned(),
        replicas: 3,
        left,
    };
    PlanAnswer {
        exposed: vec![
            exposed("shop.orders", "shop", 2),
            exposed("shop.orders", "system_auth", 2),
            exposed("shop.carts", "shop", 2),
            exposed("shop.carts", "system_auth", 2),
        ],
        run: Some(awaiting().id),
        consent: "ask".to_owned(),
        consent_reason: awaiting().approval.unwrap().reason,
        valid_until: Some(seconds_ago(0).after(std::time::Duration::from_secs(80_000))),
        stakes: vec![
            stake(
                "lifecycle.start",
                "more load on it and its peers for a while",
                "nothing to undo",
            ),
            stake(
                "lifecycle.stop",
                "its node is away until it was started: its ranges have one replica less, and one more that fails can \
                 make them unavailable",
                "the host starts the node, however the run ends",
            ),
        ],
        limits: Vec::new(),
        log: Vec::new(),
        ..answer
    }
}

/// An event of the run, as the host tells it.
pub(in crate::render) fn event(version: u64, what: RunEvent, text: &str) -> EventRow {
    let run = RunId("shop-812".to_owned());
    let event = Event::Run {
        run: run.clone(),
        what,
    };
    EventRow {
        cluster: "shop".to_owned(),
        version,
        at: NOW,
        run: Some(run.0),
        text: text.to_owned(),
        event: serde_json::to_value(event).unwrap(),
    }
}

/// Two restarts of a plan that the guard would hold up.
pub(in crate::render) fn blocked_plan() -> PlanAnswer {
    let answer = dry_run_with_steps();
    let first = answer.plan.steps.first().unwrap().id.clone();
    PlanAnswer {
        blocked: vec![BlockedStep {
            step: first,
            blocks: guard_blocks(),
        }],
        log: Vec::new(),
        ..answer
    }
}

fn guard_blocks() -> Vec<BlockRow> {
    let block = |rule, subject: &str, signal: &str, value: &str, lifted_by: &str| Block {
        rule,
        subject: subject.to_owned(),
        signal: signal.to_owned(),
        value: value.to_owned(),
        limit: None,
        since: None,
        lifted_by: lifted_by.to_owned(),
        until: None,
        short: None,
    };
    let short = Short {
        keyspace: "shop".to_owned(),
        level: ConsistencyLevel::LocalQuorum,
        evidence: None,
        data_centre: Some("dc1".to_owned()),
        ranges: 12,
        first: Vec::new(),
        left: 1,
        needed: 2,
        absent: Vec::new(),
    };
    let shortage = Block {
        limit: Some("2".to_owned()),
        since: Some(seconds_ago(700)),
        short: Some(short),
        ..block(
            Rule::Availability,
            "keyspace shop",
            "replicas left",
            "1",
            "lifted when 10.0.0.3 (down since 2026-03-01T11:48:20.000Z) serves again, or by a waiver for shop in [policy]",
        )
    };
    let window = Block {
        until: Some(NOW.after(std::time::Duration::from_secs(36_000))),
        ..block(
            Rule::Windows,
            "data centre dc1",
            "no window is open for work that would",
            "disrupt it: nights",
            "lifted when the next one opens, at 2026-03-01T22:00:00.000Z",
        )
    };
    vec![shortage.into(), window.into()]
}

fn asked(number: u8, standing: &str) -> AskedNode {
    AskedNode {
        id: super::id(u128::from(number)),
        address: format!("10.0.0.{number}:7000").parse().unwrap(),
        data_center: "dc1".to_owned(),
        rack: format!("rack{number}"),
        standing: standing.to_owned(),
    }
}

/// A node that may not go away now.
pub(in crate::render) fn blocked_answer() -> GuardAnswer {
    GuardAnswer {
        cluster: "shop".to_owned(),
        nodes: vec![asked(1, "serves")],
        impact: Impact::Disrupt,
        work: WorkKind::Disrupt,
        admitted: false,
        blocks: guard_blocks(),
        observed_at: seconds_ago(1),
        note: "Nothing was changed.".to_owned(),
    }
}

/// Two nodes that may be worked on.
pub(in crate::render) fn admitted_answer() -> GuardAnswer {
    GuardAnswer {
        nodes: vec![
            asked(1, "serves"),
            asked(2, "down since 2026-03-01T11:48:20.000Z"),
        ],
        impact: Impact::Change,
        work: WorkKind::Repair,
        admitted: true,
        blocks: Vec::new(),
        ..blocked_answer()
    }
}
