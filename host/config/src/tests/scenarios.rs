//! What is read from scenario files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::documents::{FULL_SCENARIO, SMALLEST_SCENARIO};
use crate::{ConfigError, FaultEvent, FaultKind, GoalKind, NodePlace, Scenario, When};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

fn scenario(text: &str) -> Scenario {
    Scenario::parse(text, Path::new("some/storm.toml")).unwrap()
}

/// Those that the repository ships.
fn shipped() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_shipped_scenario_is_read_and_says_what_it_shows() {
    let files = shipped();
    let names: Vec<_> = files.iter().map(|file| file.file_stem().unwrap()).collect();
    for name in ["demo", "quiet", "storm"] {
        assert!(names.iter().any(|known| *known == name), "{names:?}");
    }
    for file in &files {
        let scenario = Scenario::load(file).unwrap_or_else(|error| panic!("{error}"));
        assert!(!scenario.about.is_empty(), "{}", scenario.name);
        assert_eq!(Some(scenario.name.as_ref()), file.file_stem());
    }
}

#[test]
fn the_storm_has_every_kind_of_fault() {
    let storm = shipped().into_iter().find(|file| file.ends_with("storm.toml"));
    let storm = Scenario::load(&storm.unwrap()).unwrap();
    for kind in FaultKind::EVERY {
        assert!(storm.faults.iter().any(|fault| fault.kind == kind), "{kind:?}");
    }
}

#[test]
fn runs_are_in_the_order_of_their_times() {
    let run = |at: &str| format!("[[run]]\nat = \"{at}\"\noperation = \"repair.full\"\n");
    let scenario = scenario(&format!("{SMALLEST_SCENARIO}{}{}", run("5h"), run("1h")));
    let times: Vec<_> = scenario.runs.iter().map(|run| run.at).collect();
    assert_eq!(times, [HOUR, 5 * HOUR]);
}

#[test]
fn what_a_scenario_leaves_out_has_a_default() {
    let scenario = scenario(SMALLEST_SCENARIO);
    assert_eq!(scenario.name, "storm");
    assert_eq!(scenario.about, "");
    assert_eq!(scenario.begin.to_string(), "2026-03-02T00:00:00.000Z");
    assert_eq!((scenario.horizon, scenario.healing), (DAY, DAY));
    assert_eq!((scenario.tokens, scenario.version.as_str()), (16, "5.0.5"));
    assert_eq!(scenario.data_centres[0].nodes_per_rack, 1);
    let load = &scenario.load;
    assert_eq!((load.writes_per_second, load.row_bytes), (100, 1_024));
    assert_eq!((load.table_bytes, load.hints), (64 << 20, true));
    let plugins: Vec<_> = scenario.plugins.iter().map(|plugin| &plugin.name).collect();
    assert_eq!(plugins, ["health", "mitigation", "patching", "repair", "tools"]);
    assert!(!scenario.agents);
    assert!(scenario.runs.is_empty() && scenario.faults.is_empty() && scenario.goals.is_empty());
}

#[test]
fn everything_that_a_scenario_says_is_read() {
    let scenario = scenario(FULL_SCENARIO);
    assert_eq!(scenario.name, "everything");
    assert_eq!(scenario.begin.to_string(), "2026-05-04T06:00:00.000Z");
    assert_eq!(scenario.healing, 60 * HOUR);
    assert_eq!((scenario.tokens, scenario.version.as_str()), (8, "4.1.7"));
    assert!(scenario.agents);
    assert_eq!(scenario.data_centres[0].racks, ["a", "b", "c"]);
    assert_eq!(scenario.data_centres[0].nodes_per_rack, 2);
    let orders = &scenario.keyspaces[0];
    assert_eq!((orders.replicas["dc1"], orders.replicas["dc2"]), (3, 1));
    assert_eq!(orders.tables, ["lines", "customers"]);
    assert_eq!(orders.gc_grace, 5 * DAY);
    assert!(!scenario.load.hints);
    assert_eq!(
        (scenario.load.row_bytes, scenario.load.table_bytes),
        (2_048, 1 << 30)
    );
    let run = &scenario.runs[0];
    assert_eq!((run.at, run.operation.as_str()), (2 * HOUR, "repair.full"));
    assert_eq!(run.parameters["threads"], 2);
    assert_eq!(scenario.schedules[0].cluster.as_deref(), Some("simulated"));
    assert_eq!((scenario.windows.len(), scenario.freezes.len()), (1, 1));
    assert!(!scenario.plugins[0].enabled);
}

#[test]
fn faults_and_goals_are_read_with_their_lines() {
    let scenario = scenario(FULL_SCENARIO);
    let line_of = |nth: usize, heading: &str| {
        let lines = FULL_SCENARIO.lines().zip(1..);
        lines
            .filter(|(line, _)| *line == heading)
            .nth(nth)
            .map(|(_, number)| number)
    };
    let [slow, kill, crash, grant] = &scenario.faults[..] else {
        panic!("{:?}", scenario.faults)
    };
    let place = NodePlace {
        data_centre: "dc1".to_owned(),
        rack: "b".to_owned(),
        number: 2,
    };
    assert_eq!((slow.kind, slow.node.as_ref()), (FaultKind::Slow, Some(&place)));
    assert_eq!(place.to_string(), "dc1/b/2");
    assert_eq!(slow.when, When::At(HOUR * 3 / 2));
    assert_eq!(
        (slow.lasts, slow.by),
        (Some(HOUR / 3), Some(Duration::from_secs(4)))
    );
    let third_call = When::On {
        event: FaultEvent::BeforeCall,
        nth: 3,
    };
    assert_eq!((kill.kind, &kill.when), (FaultKind::HostKill, &third_call));
    assert_eq!((crash.node.as_ref(), crash.lasts), (None, None));
    assert_eq!(crash.when, When::PerDay(0.25));
    assert_eq!(
        (grant.plugin.as_deref(), grant.grant.as_deref()),
        (Some("repair"), Some("metrics"))
    );
    let first_repair = When::On {
        event: FaultEvent::RepairBegan,
        nth: 1,
    };
    assert_eq!(grant.when, first_repair);
    for (nth, fault) in scenario.faults.iter().enumerate() {
        assert_eq!(Some(fault.line), line_of(nth, "[[fault]]"));
    }
    let [runs, finding] = &scenario.goals[..] else {
        panic!("{:?}", scenario.goals)
    };
    assert_eq!((runs.kind, runs.count), (GoalKind::RunsSucceeded, 3));
    assert_eq!((finding.count, finding.finding.as_deref()), (1, Some("down")));
    assert_eq!(Some(finding.line), line_of(1, "[[goal]]"));
}

#[test]
fn a_scenario_that_is_not_there_cannot_be_read() {
    let error = Scenario::load(Path::new("/nonexistent/storm.toml")).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }));
}
