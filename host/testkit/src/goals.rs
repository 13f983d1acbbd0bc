//! What must hold in the end, when everything is mended.

use ringkeeper_conductor::Conductor;
use ringkeeper_config::{GoalConfig, GoalKind, Scenario};
use ringkeeper_journal::{Event, RunEvent, RunState};
use ringkeeper_sim::SimCluster;

use crate::log::{Entry, Line, Log};
use crate::places::Places;

/// The goals of a scenario.
pub(crate) struct Goals {
    list: Vec<GoalConfig>,
}

impl Goals {
    /// Those that are written; that every node serves and every run ends is asked of every scenario.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let always = [GoalKind::AllNodesServe, GoalKind::EveryRunEnded];
        let always = always.map(|kind| GoalConfig {
            kind,
            operation: None,
            count: 1,
            finding: None,
            line: 0,
        });
        Self {
            list: always.into_iter().chain(scenario.goals.iter().cloned()).collect(),
        }
    }

    /// What is not reached, in words.
    pub(crate) fn unreached(
        &self,
        conductor: &Conductor,
        cluster: &SimCluster,
        log: &Log,
        places: &Places,
    ) -> Vec<String> {
        log.read(|lines| self.lacking(conductor, cluster, lines, places))
    }

    fn lacking(
        &self,
        conductor: &Conductor,
        cluster: &SimCluster,
        lines: &[Line],
        places: &Places,
    ) -> Vec<String> {
        self.list
            .iter()
            .filter_map(|goal| {
                let lacking = match goal.kind {
                    GoalKind::AllNodesServe => silent_nodes(cluster, places),
                    GoalKind::EveryRunEnded => open_runs(conductor),
                    GoalKind::RunsSucceeded => too_few_runs(goal, lines),
                    GoalKind::FindingOpened => never_opened(goal, lines),
                    GoalKind::NoOpenFinding => open_findings(goal, conductor),
                    GoalKind::NoDivergence => stale(cluster, places, lines),
                };
                lacking.map(|lacking| format!("{}: {lacking}", goal.kind.name()))
            })
            .collect()
    }
}

fn silent_nodes(cluster: &SimCluster, places: &Places) -> Option<String> {
    let silent: Vec<String> = places
        .nodes()
        .filter(|node| !cluster.node(*node).is_some_and(|node| node.serves()))
        .map(|node| places.name(node))
        .collect();
    (!silent.is_empty()).then(|| silent.join(", "))
}

fn open_runs(conductor: &Conductor) -> Option<String> {
    let runs = conductor.runs(None).unwrap_or_default();
    let open: Vec<String> = runs
        .into_iter()
        .filter(|run| run.ended_at.is_none())
        .map(|run| format!("{} ({}) is {}", run.id, run.operation, run.state))
        .collect();
    (!open.is_empty()).then(|| open.join(", "))
}

fn too_few_runs(goal: &GoalConfig, lines: &[Line]) -> Option<String> {
    let wanted = goal.operation.as_deref().unwrap_or_default();
    let mut of_operation = std::collections::BTreeSet::new();
    let mut succeeded: u32 = 0;
    for line in lines {
        let Some((run, what)) = line.of_run() else {
            continue;
        };
        match what {
            RunEvent::Opened(opened) if opened.operation == wanted => drop(of_operation.insert(run.clone())),
            RunEvent::Closed {
                state: RunState::Succeeded,
                ..
            } if of_operation.contains(run) => succeeded += 1,
            _ => {}
        }
    }
    (succeeded < goal.count)
        .then(|| format!("{succeeded} runs of {wanted} have succeeded, of {}", goal.count))
}

fn never_opened(goal: &GoalConfig, lines: &[Line]) -> Option<String> {
    let wanted = goal.finding.as_deref().unwrap_or_default();
    let was_opened = lines.iter().any(|line| match &line.entry {
        Entry::Journal(_, recorded) => matches!(
            &recorded.event,
            Event::FindingOpened { finding, .. } if finding.key.starts_with(wanted)
        ),
        _ => false,
    });
    (!was_opened).then(|| format!("no finding {wanted} was ever opened"))
}

fn open_findings(goal: &GoalConfig, conductor: &Conductor) -> Option<String> {
    let wanted = goal.finding.as_deref().unwrap_or_default();
    let open: Vec<String> = conductor
        .findings(None)
        .unwrap_or_default()
        .into_iter()
        .filter(|open| open.finding.key.starts_with(wanted))
        .map(|open| open.finding.key)
        .collect();
    (!open.is_empty()).then(|| format!("open: {}", open.join(", ")))
}

fn stale(cluster: &SimCluster, places: &Places, lines: &[Line]) -> Option<String> {
    let healing = lines.iter().find(|line| line.entry == Entry::Healing)?.at;
    let stale = cluster.stale(healing);
    let first = stale.first()?;
    Some(format!(
        "{} of {} lacks writes of {} to {} in {} ranges, and {} more",
        places.name(first.node),
        first.table,
        first.from,
        first.to,
        first.ranges,
        stale.len() - 1
    ))
}
