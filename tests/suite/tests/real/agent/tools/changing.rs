//! Tools that change something on the running node.

use std::time::Duration;

use ringkeeper_plan::Impact;
use ringkeeper_tool_runs::{Ended, Intent, Manner, Order, RunError};
use ringkeeper_tools::{Line, Rule, catalogue};

use super::scene::Scene;

const STORAGE_SERVICE: &str = "org.apache.cassandra.db:type=StorageService";

/// A snapshot outlives everything but the order to delete it for real.
pub(super) async fn what_can_destroy_is_only_shown_unless_meant(scene: &Scene<'_>) {
    scene
        .run("snapshot", &[("tag", "kept here"), ("keyspaces", "shop")])
        .await;
    let clear = &[("tag", "kept here")];
    for intent in [Intent::Careful, Intent::DryRun] {
        let shown = scene.order("clearsnapshot", clear, intent).await.unwrap();
        assert_eq!(
            (shown.report.manner, shown.report.ended),
            (Manner::Shown, Ended::NotRun)
        );
        assert_eq!(shown.report.words, ["clearsnapshot", "-t", "kept here"]);
        assert_eq!(shown.report.risks.len(), 1);
    }
    let listed = scene.run("listsnapshots", &[]).await;
    assert!(listed.output.contains("kept here"), "{listed:?}");
    scene.run_for_real("clearsnapshot", clear).await;
    let listed = scene.run("listsnapshots", &[]).await;
    assert!(!listed.output.contains("kept here"), "{listed:?}");

    let line = Line::of(scene.lab.settings().version.as_str()).unwrap();
    for tool in catalogue().filter(|tool| tool.since <= line && tool.impact != Impact::Observe) {
        match (scene.order(tool.name, &[], Intent::DryRun).await, tool.rule) {
            (Err(RunError::Instead { operation, .. }), Rule::Instead(expected)) => {
                assert_eq!(operation, expected)
            }
            (Err(RunError::Never { .. }), Rule::Never(_)) => {}
            (Ok(shown), Rule::Freely | Rule::ForReal) if tool.dry_run.is_empty() => {
                assert_eq!(shown.report.manner, Manner::Shown, "{}", tool.name);
            }
            // It needs values, or a copy of something.
            (Err(RunError::Tool(_)), Rule::Freely | Rule::ForReal) => {}
            (other, _) => panic!("{}: {other:?}", tool.name),
        }
    }
}

/// What is set by a tool is what JMX says then.
pub(super) async fn settings_are_set(scene: &Scene<'_>) {
    for (tool, values, attribute, expected) in [
        (
            "setcompactionthroughput",
            ("mib", "17"),
            "CompactionThroughputMbPerSec",
            "17",
        ),
        (
            "setconcurrentcompactors",
            ("count", "3"),
            "ConcurrentCompactors",
            "3",
        ),
        (
            "settraceprobability",
            ("probability", "0.0"),
            "TraceProbability",
            "0.0",
        ),
        (
            "setstreamthroughput",
            ("throughput", "80"),
            "StreamThroughputMbPerSec",
            "80",
        ),
    ] {
        scene.run(tool, &[values]).await;
        assert_eq!(
            scene.ask(STORAGE_SERVICE, attribute).await.to_string(),
            expected,
            "{tool}"
        );
    }
    let timeout = &[("type", "read"), ("ms", "5500")];
    scene.run("settimeout", timeout).await;
    assert_eq!(scene.ask(STORAGE_SERVICE, "ReadRpcTimeout").await, 5500);
    for tool in [
        "disablehandoff",
        "enablehandoff",
        "pausehandoff",
        "resumehandoff",
        "disablebackup",
        "invalidatekeycache",
        "invalidaterowcache",
        "invalidatecountercache",
        "reloadlocalschema",
        "refreshsizeestimates",
        "replaybatchlog",
        "disableautocompaction",
        "enableautocompaction",
    ] {
        scene.run(tool, &[]).await;
    }
    scene
        .run(
            "setlogginglevel",
            &[("logger", "org.apache.cassandra.db"), ("level", "DEBUG")],
        )
        .await;
    let levels = scene.run("getlogginglevels", &[]).await;
    assert!(levels.output.contains("org.apache.cassandra.db "), "{levels:?}");
    scene
        .run(
            "setcompactionthreshold",
            &[
                ("keyspace", "shop"),
                ("table", "orders"),
                ("min", "3"),
                ("max", "9"),
            ],
        )
        .await;
    for (tool, values) in [
        (
            "cleanup",
            &[("keyspace", "shop"), ("tables", "orders"), ("jobs", "1")] as &[(&str, &str)],
        ),
        (
            "garbagecollect",
            &[
                ("keyspace", "shop"),
                ("tables", "orders"),
                ("granularity", "CELL"),
            ],
        ),
        ("scrub", &[("keyspace", "shop"), ("tables", "orders")]),
        (
            "upgradesstables",
            &[("keyspace", "shop"), ("include-all-sstables", "true")],
        ),
        (
            "rebuild_index",
            &[("keyspace", "shop"), ("table", "carts"), ("indexes", "what")],
        ),
        ("truncatehints", &[]),
        ("disablebinary", &[]),
        ("enablebinary", &[]),
    ] {
        scene.run_for_real(tool, values).await;
    }
    assert_eq!(
        scene.rows("orders").await,
        usize::try_from(super::scene::ROWS).unwrap()
    );
}

/// It samples for a minute, and is given a second and a half.
pub(super) async fn nobody_waits_for_a_tool_that_does_not_end(scene: &Scene<'_>) {
    let values = [("keyspace", "shop"), ("table", "orders"), ("ms", "60000")];
    let order = Order {
        tool: "toppartitions".to_owned(),
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        intent: Intent::Careful,
        within: Some(Duration::from_millis(1500)),
    };
    let report = scene.tools.run(&order, None).await.unwrap();
    assert_eq!(report.ended, Ended::TimedOut);
    assert!(scene.is_swept());
}
