//! Tools that read and write SSTables.

use std::time::Duration;

use ringkeeper_tool_runs::{Ended, Intent, Manner, RunError};
use ringkeeper_tools::{Ground, Line, catalogue};

use super::scene::{ROWS, Scene};

const DEADLINE: Duration = Duration::from_secs(180);
const ORDERS: &[(&str, &str)] = &[("keyspace", "shop"), ("table", "orders")];
const CARTS: &[(&str, &str)] = &[("keyspace", "shop"), ("table", "carts")];

/// No restart, and not a file touched.
pub(super) async fn sstables_are_read_beside_the_running_node(scene: &Scene<'_>) {
    let process = scene.node().pid();
    let line = Line::of(scene.lab.settings().version.as_str()).unwrap();
    let before = scene.names();
    let sstable = scene.sstables("orders").remove(0);
    let in_data = scene.data().join(&sstable).display().to_string();
    let in_data = in_data.trim_end_matches("-Data.db");
    let (mut seen, mut wrong) = (0, Vec::new());
    for tool in catalogue().filter(|tool| tool.ground == Ground::Copy && tool.since <= line) {
        let named = [("sstables", sstable.as_str())];
        let (values, says): (&[(&str, &str)], &str) = match tool.name {
            "sstablemetadata" => (&named, in_data),
            "sstableutil" => (ORDERS, in_data),
            "sstableexpiredblockers" => (ORDERS, ""),
            "sstableverify" if line >= Line::V4_1 => (
                &[
                    ("keyspace", "shop"),
                    ("table", "orders"),
                    ("extended", "true"),
                    ("force", "true"),
                ],
                "Verify of",
            ),
            "sstableverify" => (ORDERS, "Verify of"),
            "sstabledump" => (&[("sstable", sstable.as_str())], "\"rows\""),
            "sstablepartitions" => (&named, "Processing shop.orders"),
            "sstableloader" => continue,
            other => panic!("{other} is not tried"),
        };
        let ran = scene.order(tool.name, values, Intent::Careful).await.unwrap();
        let said = format!("{}{}", ran.output, ran.complaints);
        if ran.report.ended != Ended::Code(0) || !said.contains(says) {
            wrong.push(format!("{}: {ran:?}", tool.name));
        }
        seen += 1;
    }
    assert!(seen >= 5 && wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(scene.names(), before);
    assert_eq!(scene.node().pid(), process);
    assert!(scene.is_swept());
}

/// Programs that can say what they would do say it of a copy, so that the node may run.
pub(super) async fn a_dry_run_works_on_a_copy(scene: &Scene<'_>) {
    let before = scene.names();
    for (tool, values) in [("sstablescrub", ORDERS), ("sstableofflinerelevel", CARTS)] {
        let ran = scene.order(tool, values, Intent::Careful).await.unwrap();
        assert_eq!(
            (ran.report.manner, ran.report.ended),
            (Manner::DryRun, Ended::Code(0)),
            "{ran:?}"
        );
    }
    assert_eq!(scene.names(), before);
    let missing = [("keyspace", "shop"), ("table", "nothing")];
    let error = scene
        .order("sstableverify", &missing, Intent::Careful)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no table shop.nothing in the data directories"
    );
}

pub(super) async fn what_needs_a_stopped_node_waits_for_it(scene: &Scene<'_>) {
    let pid = scene.node().pid().unwrap();
    let error = scene
        .order("sstablelevelreset", CARTS, Intent::ForReal)
        .await
        .unwrap_err();
    assert!(
        matches!(error, RunError::NodeRuns { pid: found, .. } if found == pid),
        "{error}"
    );
    scene.node().stop().unwrap();
    for (tool, values) in [
        ("sstablelevelreset", CARTS),
        ("sstableofflinerelevel", CARTS),
        ("sstablescrub", ORDERS),
        ("sstableupgrade", ORDERS),
        ("sstableutil-cleanup", ORDERS),
    ] {
        scene.run_for_real(tool, values).await;
    }
    let sstable = scene.sstables("orders").remove(0);
    let marked = [("mark", "is-repaired"), ("sstables", sstable.as_str())];
    scene.run_for_real("sstablerepairedset", &marked).await;
    let shown = scene.run("sstablemetadata", &[("sstables", &sstable)]).await;
    let repaired_at = shown
        .output
        .lines()
        .find(|line| line.starts_with("Repaired at:"))
        .unwrap();
    assert!(!repaired_at.trim_end().ends_with(": 0"), "{repaired_at}");
    scene
        .run_for_real("sstablesplit", &[("size", "1"), ("sstables", &sstable)])
        .await;
}

pub(super) async fn the_node_starts_again_with_every_row(scene: &Scene<'_>) {
    scene.node().start().unwrap();
    scene.node().wait_until_ready(DEADLINE).unwrap();
    for table in ["orders", "carts"] {
        assert_eq!(scene.rows(table).await, usize::try_from(ROWS).unwrap(), "{table}");
    }
    assert!(scene.is_swept());
}
