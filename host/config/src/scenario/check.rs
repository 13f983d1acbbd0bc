//! What no key says alone: whether the whole can be.

use super::{FaultConfig, FaultKind, GoalConfig, GoalKind, NodePlace, Scenario, When, keys};
use crate::key::Section;
use crate::kind::show_time_span;
use crate::reading::{Reading, Table};
use crate::{Fault, nearest};

/// No story has more nodes.
const MOST_NODES: usize = 1_000;

/// Notes everything that cannot be.
pub(super) fn all(scenario: &Scenario, root: &Table<'_>, reading: &mut Reading<'_>) {
    topology(scenario, root, reading);
    keyspaces(scenario, root, reading);
    for table in &tables(root, reading, keys::run()) {
        too_late(table, reading, scenario);
    }
    let known = places(scenario);
    for (table, fault) in tables(root, reading, keys::fault()).iter().zip(&scenario.faults) {
        of_fault(fault, table, reading, scenario, &known);
    }
    for (table, goal) in tables(root, reading, keys::goal()).iter().zip(&scenario.goals) {
        of_goal(goal, table, reading);
    }
}

/// The tables of a section; what is wrong with them was told already.
fn tables<'t>(root: &Table<'t>, reading: &mut Reading<'_>, section: &'static Section) -> Vec<Table<'t>> {
    let told = reading.problems.len();
    let found = root.tables(reading, section);
    reading.problems.truncate(told);
    found
}

fn impossible(message: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault::Impossible {
        message: message.into(),
        remedy: remedy.into(),
    }
}

fn topology(scenario: &Scenario, root: &Table<'_>, reading: &mut Reading<'_>) {
    if scenario.data_centres.is_empty() {
        let fault = impossible(
            "a cluster without nodes",
            "add [[data_centre]] with `name` and `racks`",
        );
        root.wrong(reading, "data_centre", fault);
    }
    if scenario.keyspaces.is_empty() {
        let fault = impossible(
            "a cluster without data",
            "add [[keyspace]] with `name`, `replicas` and `tables`",
        );
        root.wrong(reading, "keyspace", fault);
    }
    let nodes: usize = scenario
        .data_centres
        .iter()
        .map(|centre| centre.racks.len() * usize::from(centre.nodes_per_rack))
        .sum();
    if nodes > MOST_NODES {
        let fault = impossible(
            format!("{nodes} nodes, and no story has more than {MOST_NODES}"),
            "take fewer racks or nodes",
        );
        root.wrong(reading, "data_centre", fault);
    }
}

fn keyspaces(scenario: &Scenario, root: &Table<'_>, reading: &mut Reading<'_>) {
    for (table, keyspace) in tables(root, reading, keys::keyspace())
        .iter()
        .zip(&scenario.keyspaces)
    {
        if keyspace.name == "system" || keyspace.name.starts_with("system_") {
            let fault = impossible(
                format!("keyspace {} is Cassandra's own", keyspace.name),
                "choose another name",
            );
            table.wrong(reading, "name", fault);
        }
        for (name, count) in &keyspace.replicas {
            let Some(centre) = scenario.data_centres.iter().find(|centre| centre.name == *name) else {
                let known: Vec<&str> = scenario
                    .data_centres
                    .iter()
                    .map(|centre| centre.name.as_str())
                    .collect();
                let remedy = match nearest(name, known.iter().copied()) {
                    Some(nearest) => format!("write `{nearest}`"),
                    None => format!("choose from: {}", known.join(", ")),
                };
                table.wrong(
                    reading,
                    "replicas",
                    impossible(format!("no data centre is called {name}"), remedy),
                );
                continue;
            };
            let nodes = centre.racks.len() * usize::from(centre.nodes_per_rack);
            if usize::from(*count) > nodes {
                let fault = impossible(
                    format!("{count} replicas in {name}, which has {nodes} nodes"),
                    format!("take {nodes} replicas at most, or add nodes"),
                );
                table.wrong(reading, "replicas", fault);
            }
        }
    }
}

fn too_late(table: &Table<'_>, reading: &mut Reading<'_>, scenario: &Scenario) {
    let told = (reading.problems.len(), reading.effective.len());
    let at = table.optional(reading, &keys::AT);
    reading.problems.truncate(told.0);
    reading.effective.truncate(told.1);
    if let Some(Some(at)) = at
        && at >= scenario.horizon
    {
        let horizon = show_time_span(scenario.horizon);
        let fault = impossible(
            format!("{} is not before the horizon, {horizon}", show_time_span(at)),
            format!("choose a time before {horizon}, or a later horizon"),
        );
        table.wrong(reading, "at", fault);
    }
}

fn places(scenario: &Scenario) -> Vec<String> {
    let places = scenario.data_centres.iter().flat_map(|centre| {
        centre.racks.iter().flat_map(move |rack| {
            (1..=centre.nodes_per_rack).map(move |number| format!("{}/{rack}/{number}", centre.name))
        })
    });
    places.collect()
}

fn of_fault(
    fault: &FaultConfig,
    table: &Table<'_>,
    reading: &mut Reading<'_>,
    scenario: &Scenario,
    known: &[String],
) {
    too_late(table, reading, scenario);
    let kind = fault.kind;
    let is_of_host = matches!(kind, FaultKind::HostKill | FaultKind::GrantRevoked);
    if let Some(NodePlace {
        data_centre,
        rack,
        number,
    }) = &fault.node
    {
        let name = format!("{data_centre}/{rack}/{number}");
        if is_of_host {
            let fault = impossible(
                format!("`{}` is about the host, not about a node", kind.name()),
                "remove `node`",
            );
            table.wrong(reading, "node", fault);
        } else if !known.contains(&name) {
            let remedy = match nearest(&name, known.iter().map(String::as_str)) {
                Some(nearest) => format!("write \"{nearest}\""),
                None => format!("choose from: {}", known.join(", ")),
            };
            table.wrong(
                reading,
                "node",
                impossible(format!("there is no node {name}"), remedy),
            );
        }
    }
    if fault.by.is_some() && !matches!(kind, FaultKind::Slow | FaultKind::ClockSkew) {
        misplaced("by", "slow` and `clock-skew", kind, table, reading);
    }
    if table.has("nth") && !matches!(fault.when, When::On { .. }) {
        let fault = impossible(
            "`nth` counts events, and there is no `on`",
            "remove `nth`, or give `on`",
        );
        table.wrong(reading, "nth", fault);
    }
    let is_revoked = kind == FaultKind::GrantRevoked;
    for (key, value) in [("plugin", &fault.plugin), ("grant", &fault.grant)] {
        match value {
            Some(_) if !is_revoked => misplaced(key, "grant-revoked", kind, table, reading),
            None if is_revoked => {
                let fault = impossible(
                    "`grant-revoked` does not say what is revoked",
                    format!("add `{key}`"),
                );
                table.wrong(reading, "kind", fault);
            }
            _ => {}
        }
    }
    revoked(fault, table, reading, scenario);
}

fn misplaced(key: &str, of: &str, kind: FaultKind, table: &Table<'_>, reading: &mut Reading<'_>) {
    let fault = impossible(
        format!("`{key}` means nothing for `{}`; it is for `{of}`", kind.name()),
        format!("remove `{key}`"),
    );
    table.wrong(reading, key, fault);
}

fn revoked(fault: &FaultConfig, table: &Table<'_>, reading: &mut Reading<'_>, scenario: &Scenario) {
    let (Some(name), Some(grant)) = (&fault.plugin, &fault.grant) else {
        return;
    };
    let known = || scenario.plugins.iter().map(|plugin| plugin.name.as_str());
    let Some(plugin) = scenario.plugins.iter().find(|plugin| plugin.name == *name) else {
        let remedy = match nearest(name, known()) {
            Some(nearest) => format!("write \"{nearest}\""),
            None => format!("choose from: {}", known().collect::<Vec<_>>().join(", ")),
        };
        table.wrong(
            reading,
            "plugin",
            impossible(format!("there is no plugin {name}"), remedy),
        );
        return;
    };
    if !plugin.grants.contains(grant) {
        let fault = impossible(
            format!("plugin {name} has no grant `{grant}` that it could lose"),
            format!("choose from: {}", plugin.grants.join(", ")),
        );
        table.wrong(reading, "grant", fault);
    }
}

fn of_goal(goal: &GoalConfig, table: &Table<'_>, reading: &mut Reading<'_>) {
    let is_of_runs = goal.kind == GoalKind::RunsSucceeded;
    let is_of_findings = matches!(goal.kind, GoalKind::FindingOpened | GoalKind::NoOpenFinding);
    let name = goal.kind.name();
    if is_of_runs && goal.operation.is_none() {
        let fault = impossible(
            format!("`{name}` does not say of which operation"),
            "add `operation`",
        );
        table.wrong(reading, "kind", fault);
    }
    if goal.kind == GoalKind::FindingOpened && goal.finding.is_none() {
        let fault = impossible(format!("`{name}` does not say which"), "add `finding`");
        table.wrong(reading, "kind", fault);
    }
    for (key, fits) in [
        ("operation", is_of_runs),
        ("count", is_of_runs),
        ("finding", is_of_findings),
    ] {
        if table.has(key) && !fits {
            let fault = impossible(
                format!("`{key}` means nothing for `{name}`"),
                format!("remove `{key}`"),
            );
            table.wrong(reading, key, fault);
        }
    }
}
