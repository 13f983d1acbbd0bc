//! Which nodes a call touches, and how hard: computed from the call, never taken on a plugin's word. The one table of it.

use std::collections::BTreeSet;

use ringkeeper_cluster::{KeyspaceView, NodeId, RepairOrder, Snapshot, ToolCall};
use ringkeeper_guard::{About, WorkKind};
use ringkeeper_journal::Call;
use ringkeeper_plan::Impact;
use ringkeeper_sandbox::{ToolIntent, ToolWanted, WorkError};
use ringkeeper_tools::{Line, Rule, find};

/// A changing function of the contract.
struct Function {
    name: &'static str,
    /// The kind of work it belongs to.
    kind: WorkKind,
    impact: Impact,
    /// What is at risk while it is carried out, for who is to approve it.
    risk: &'static str,
    /// What undoes it.
    undo: &'static str,
}

const FUNCTIONS: [Function; 6] = [
    Function {
        name: "repair.start",
        kind: WorkKind::Repair,
        impact: Impact::Change,
        risk: "its replicas read and stream: latency and disk space while it runs, compactions afterwards",
        undo: "nothing to undo; `ringkeeper runs cancel RUN --now` ends a piece that runs",
    },
    Function {
        name: "tables.flush",
        kind: WorkKind::Tables,
        impact: Impact::Change,
        risk: "a burst of writes to the disk of its node",
        undo: "nothing to undo",
    },
    Function {
        name: "lifecycle.drain",
        kind: WorkKind::Disrupt,
        impact: Impact::Disrupt,
        risk: "its node serves nobody until it was restarted: its ranges have one replica less, and one more that fails \
               can make them unavailable",
        undo: "the host restarts the node, however the run ends",
    },
    Function {
        name: "lifecycle.stop",
        kind: WorkKind::Disrupt,
        impact: Impact::Disrupt,
        risk: "its node is away until it was started: its ranges have one replica less, and one more that fails can make \
               them unavailable; what it misses for longer than hints are kept, a repair must bring",
        undo: "the host starts the node, however the run ends",
    },
    Function {
        name: "lifecycle.start",
        kind: WorkKind::BringBack,
        impact: Impact::Change,
        risk: "its node reads its commit log and catches up with hints: more load on it and its peers for a while",
        undo: "nothing to undo",
    },
    Function {
        name: "tools.run",
        kind: WorkKind::Other,
        impact: Impact::Change,
        risk: "what the tool can break stands with the plan; `ringkeeper tool explain` says more",
        undo: "nothing is undone: what a tool did stays",
    },
];

/// Impact, risk and undo of a function. What nobody knows here is refused when it is called.
pub(super) fn stake(function: &str) -> (Impact, &'static str, &'static str) {
    let known = FUNCTIONS.iter().find(|known| known.name == function);
    known.map_or(
        (
            Impact::Observe,
            "none: the host knows no such function, and refuses it",
            "nothing to undo",
        ),
        |known| (known.impact, known.risk, known.undo),
    )
}

/// The kinds of work that a step with these functions and impact may do.
pub(super) fn kinds(functions: &[String], impact: Impact) -> BTreeSet<WorkKind> {
    let kind = |function: &String| {
        FUNCTIONS
            .iter()
            .find(|known| known.name == function)
            .map_or(WorkKind::Other, |known| known.kind)
    };
    let mut kinds: BTreeSet<WorkKind> = functions.iter().map(kind).collect();
    match impact {
        Impact::Observe => BTreeSet::from([WorkKind::Observe]),
        Impact::Disrupt => {
            // Whatever it lists, it said that it takes nodes away. To bring them back is part of that.
            kinds.insert(WorkKind::Disrupt);
            kinds.remove(&WorkKind::BringBack);
            kinds
        }
        Impact::Change if kinds.is_empty() => BTreeSet::from([WorkKind::Other]),
        Impact::Change => kinds,
    }
}

/// What a call touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) nodes: BTreeSet<NodeId>,
    pub(super) impact: Impact,
    /// The tables it is about; none where it is about whole nodes.
    pub(super) about: Option<About>,
}

/// A repair touches its coordinator and every replica of its ranges in the data centres chosen.
pub(super) fn by_repair(
    snapshot: &Snapshot,
    coordinator: NodeId,
    order: &RepairOrder,
) -> Result<Touched, WorkError> {
    let view = keyspace(snapshot, &order.keyspace, &order.tables)?;
    let placements = view.placements.as_ref().ok_or_else(|| {
        WorkError::Unavailable(format!(
            "the placements of keyspace {} are not known",
            order.keyspace
        ))
    })?;
    let centres: BTreeSet<&str> = snapshot
        .nodes
        .values()
        .map(|node| node.data_centre.as_str())
        .collect();
    if let Some(unknown) = order
        .data_centres
        .iter()
        .find(|name| !centres.contains(name.as_str()))
    {
        return Err(WorkError::NotFound(format!(
            "no data centre is called `{unknown}`; there are: {}",
            centres.into_iter().collect::<Vec<_>>().join(", ")
        )));
    }
    let takes_part = |node: &NodeId| {
        order.data_centres.is_empty()
            || snapshot
                .nodes
                .get(node)
                .is_some_and(|node| order.data_centres.contains(&node.data_centre))
    };
    let mut nodes = BTreeSet::from([coordinator]);
    for range in &order.ranges {
        let placement = placements.placement_of(range.end).filter(|placement| {
            placement.ranges.iter().any(|whole| {
                whole
                    .intersection(*range)
                    .iter()
                    .map(|part| part.width())
                    .sum::<u128>()
                    == range.width()
            })
        });
        let Some(placement) = placement else {
            return Err(WorkError::Invalid(format!(
                "{range} lies in more than one range of keyspace {}",
                order.keyspace
            )));
        };
        let replicas = || placement.replicas.iter().chain(&placement.transient);
        if !replicas().any(|replica| *replica == coordinator) {
            return Err(WorkError::Invalid(format!(
                "node {coordinator} is no replica of {range}"
            )));
        }
        nodes.extend(replicas().copied().filter(takes_part));
    }
    Ok(Touched {
        nodes,
        impact: Impact::Change,
        about: Some(about(view, &order.keyspace, &order.tables)),
    })
}

/// A flush touches its node.
pub(super) fn by_flush(
    snapshot: &Snapshot,
    node: NodeId,
    name: &str,
    tables: &[String],
) -> Result<Touched, WorkError> {
    let view = keyspace(snapshot, name, tables)?;
    Ok(Touched {
        nodes: BTreeSet::from([node]),
        impact: Impact::Change,
        about: Some(about(view, name, tables)),
    })
}

/// A drain, stop or start touches its node. A start takes nothing away.
pub(super) fn by_lifecycle(snapshot: &Snapshot, node: NodeId, call: &Call) -> Result<Touched, WorkError> {
    if !snapshot.nodes.contains_key(&node) {
        return Err(WorkError::NotFound(format!("no node has the host id {node}")));
    }
    Ok(Touched {
        nodes: BTreeSet::from([node]),
        impact: match call {
            Call::Start => Impact::Change,
            _ => Impact::Disrupt,
        },
        about: None,
    })
}

/// What is run where a plugin wants this: checked against the catalogue, for the release of the node.
pub(super) fn tool_call(
    snapshot: &Snapshot,
    node: NodeId,
    wanted: &ToolWanted,
) -> Result<ToolCall, WorkError> {
    let view = snapshot
        .nodes
        .get(&node)
        .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))?;
    let tool = find(&wanted.tool).map_err(|error| WorkError::NotFound(error.to_string()))?;
    match tool.rule {
        Rule::Freely | Rule::ForReal => {}
        Rule::Instead(operation) => {
            return Err(WorkError::Unsupported(format!(
                "{} is not run here; the operation {operation} does it",
                tool.name
            )));
        }
        Rule::Never(reason) => {
            return Err(WorkError::Unsupported(format!(
                "{} is not run here: {reason}",
                tool.name
            )));
        }
    }
    let release = view.release_version.as_deref().unwrap_or("of an unknown release");
    let line = Line::of(release)
        .ok_or_else(|| WorkError::Unavailable(format!("the tools of Cassandra {release} are not known")))?;
    let command = tool
        .command(line, &wanted.values, false)
        .map_err(|error| WorkError::Invalid(error.to_string()))?;
    let dry_run = match wanted.intent {
        ToolIntent::DryRun => true,
        ToolIntent::ForReal => false,
        ToolIntent::Careful if !command.is_for_real_only() => false,
        ToolIntent::Careful if !tool.dry_run.is_empty() => true,
        ToolIntent::Careful => {
            return Err(WorkError::Invalid(format!(
                "{} can destroy something and has no dry run: it is run only for real",
                tool.name
            )));
        }
    };
    Ok(ToolCall {
        tool: tool.name.to_owned(),
        values: wanted.values.clone(),
        dry_run,
    })
}

/// What a tool does at most: looking, where it only says what it would do.
pub(super) fn impact_of_tool(call: &ToolCall) -> Impact {
    match find(&call.tool) {
        Ok(_) if call.dry_run => Impact::Observe,
        Ok(tool) => tool.impact,
        // None that could be begun.
        Err(_) => Impact::Disrupt,
    }
}

/// A tool touches the node it is run beside, as the catalogue says. The host does not tell tables from other values, so a
/// tool is about all of the node.
pub(super) fn by_tool(node: NodeId, call: &ToolCall) -> Touched {
    Touched {
        nodes: BTreeSet::from([node]),
        impact: impact_of_tool(call),
        about: None,
    }
}

/// The tables meant: all of the keyspace where none is named.
fn about(view: &KeyspaceView, keyspace: &str, tables: &[String]) -> About {
    let tables = match tables {
        [] => view.keyspace.tables.keys().cloned().collect(),
        named => named.to_vec(),
    };
    About {
        keyspace: keyspace.to_owned(),
        tables,
    }
}

fn keyspace<'a>(
    snapshot: &'a Snapshot,
    name: &str,
    tables: &[String],
) -> Result<&'a KeyspaceView, WorkError> {
    let view = snapshot
        .keyspaces
        .get(name)
        .ok_or_else(|| WorkError::NotFound(format!("there is no keyspace `{name}`")))?;
    match tables
        .iter()
        .find(|table| !view.keyspace.tables.contains_key(*table))
    {
        Some(table) => Err(WorkError::NotFound(format!(
            "keyspace `{name}` has no table `{table}`"
        ))),
        None => Ok(view),
    }
}
