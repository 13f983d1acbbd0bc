//! Values like those of a cluster whose repair is under way.

use ringkeeper_api::{
    CoverageRow, EventRow, FreezeStatus, GoalRow, JobRow, LastDue, LeaseRow, PlanAnswer, RunDetail,
    RunSummary, ScheduleRow, StepRow,
};
use ringkeeper_cluster::TableName;
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

fn step(number: usize, state: &str) -> StepRow {
    let begun = !matches!(state, "Pending" | "Blocked");
    StepRow {
        id: format!("r{number}"),
        title: format!(
            "Repair shop.orders and 3 more tables, ranges {} to {}",
            number * 16 - 15,
            number * 16
        ),
        state: state.to_owned(),
        impact: Impact::Change,
        nodes: vec![
            "10.0.0.1".to_owned(),
            "10.0.0.2".to_owned(),
            "10.0.0.3".to_owned(),
        ],
        attempt: u32::from(begun),
        started_at: begun.then(|| seconds_ago(200)),
        ended_at: matches!(state, "Done" | "Failed").then(|| seconds_ago(20)),
        estimate_seconds: Some(420),
        message: String::new(),
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
        message: "10.0.0.3 is down, and 12 ranges of step 21 have a replica on it".to_owned(),
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
        goals: vec![goal("shop.orders", None, ""), goal("shop.carts", None, "")],
        in_doubt: 1,
        repeated: 0,
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
        since: seconds_ago(200),
        until: "repair command 7 on 10.0.0.1 has ended".to_owned(),
    };
    vec![lease(1), lease(2)]
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
