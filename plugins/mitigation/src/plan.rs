//! From a look at the cluster to one step a node, or to a refusal with the evidence.

use ringkeeper_sdk::Cause;
use ringkeeper_sdk::naming;
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::words::{count, duration, list_of};

use crate::world::{FileSystem, Machine, Node, Presence, World};

/// A disk with less than this part of it free is full: Cassandra needs room to replay its commit log and to compact.
const FREE_PERCENT: u64 = 3;
/// Starts within an hour after which one more is a restart loop.
const MOST_STARTS: u32 = 3;
/// Seconds that a small node takes to start.
const START_SECONDS: u64 = 30;
/// Reasons shown at a time.
const MOST_SHOWN: usize = 5;

/// Which nodes to start, and how. Without any parameter: every node whose process is dead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Only these nodes: addresses, with or without port, or beginnings of host ids (four characters at least).
    pub(crate) nodes: Vec<String>,
    /// For how many seconds a node must stay as wanted after its start.
    #[schemars(range(max = 300))]
    pub(crate) soak_seconds: u32,
    /// How many seconds a node that was started may take to be as wanted and stay so.
    #[schemars(range(min = 1, max = 540))]
    pub(crate) wait_seconds: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            soak_seconds: 15,
            wait_seconds: 300,
        }
    }
}

/// What a step keeps for its execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The node's host id.
    pub(crate) node: NodeId,
    /// Its address as planned, for people.
    pub(crate) address: String,
    /// For how long it must stay as wanted, in seconds.
    pub(crate) soak_seconds: u32,
    /// How long it may take to be as wanted and stay so, in seconds.
    pub(crate) wait_seconds: u32,
}

/// Plans the start of the dead nodes that the parameters mean.
///
/// # Errors
/// When a node does not exist, or none may be started; with what stands against each.
pub(crate) fn plan(
    world: &World,
    parameters: &Parameters,
    cause: Cause,
    already_done: &[String],
) -> Result<Plan<Body>, Refusal> {
    if parameters.soak_seconds >= parameters.wait_seconds {
        return Err(Refusal::new(
            Fault::InvalidParameters,
            format!(
                "`soak_seconds` is {} and is waited for within `wait_seconds`, which is {} and must be greater.",
                parameters.soak_seconds, parameters.wait_seconds
            ),
        ));
    }
    let mut steps = Vec::new();
    let mut against = Vec::new();
    for node in chosen(world, parameters)? {
        let away_since = match &node.presence {
            Presence::Answers => continue,
            Presence::Down(since) => *since,
            // Its machine knows it before its peers do.
            Presence::Silent(_) if node.machine.runs == Some(false) => world.now,
            Presence::Silent(why) => {
                // Only who names a node that may well run is told about it.
                if !parameters.nodes.is_empty() {
                    let silent = "not all of its peers see it down, so it may run";
                    against.push(format!("{}: {silent} ({why})", node.address));
                }
                continue;
            }
        };
        let reasons = reasons(world, &node.machine, away_since, cause);
        match reasons.is_empty() {
            true => steps.push(step(node, reason(world, node), parameters)),
            false => against.push(format!("{}: {}", node.address, reasons.join("; "))),
        }
    }
    steps.retain(|step| !already_done.contains(&step.id));
    if steps.is_empty() && !against.is_empty() {
        let message = format!("No node is started. {}.", list_of(&against, MOST_SHOWN));
        return Err(Refusal::new(Fault::Precondition, message));
    }
    let mut findings = Vec::new();
    if !against.is_empty() {
        findings.push(
            Finding::new(
                Severity::Warning,
                "start-refused",
                "Not every dead node is started.",
            )
            .about(Subject::Cluster, Owner::Platform)
            .seen("why", list_of(&against, MOST_SHOWN)),
        );
    }
    Ok(Plan {
        title: match steps.len() {
            0 => "no node is dead".to_owned(),
            number => format!("start Cassandra on {}", count(number, "node")),
        },
        findings,
        steps,
        goals: Vec::new(),
    })
}

fn chosen<'w>(world: &'w World, parameters: &Parameters) -> Result<Vec<&'w Node>, Refusal> {
    if parameters.nodes.is_empty() {
        return Ok(world.nodes.iter().collect());
    }
    let one = |name: &String| naming::node(&world.nodes, name);
    parameters.nodes.iter().map(one).collect()
}

/// What stands against starting a node that is down; nothing where it may be started.
fn reasons(world: &World, machine: &Machine, since: Timestamp, cause: Cause) -> Vec<String> {
    let mut reasons = Vec::new();
    if machine.runs == Some(true) {
        reasons.push("its process runs: it starts, or hangs".to_owned());
    }
    reasons.extend(machine.file_systems.iter().filter_map(unfit));
    if let Some(starts) = machine.starts.filter(|starts| *starts >= MOST_STARTS) {
        reasons.push(format!(
            "it was started {starts} times within the last hour, and died again: see its log"
        ));
    }
    let away = world.now.saturating_sub(since).max(0);
    let grace = world
        .shortest_gc_grace
        .map(|seconds| i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX));
    if let Some(grace) = grace.filter(|grace| away >= *grace) {
        reasons.push(format!(
            "it was away for {}, and the shortest gc_grace_seconds of a table is {}: what was deleted meanwhile could \
             come back with it; replace it, or remove its data",
            duration(away),
            duration(grace)
        ));
    }
    // A person knows what was done by hand, and may start what nobody tells about.
    if cause == Cause::Person {
        return reasons;
    }
    if machine.stopped_on_purpose == Some(true) {
        reasons.push("it was stopped on purpose".to_owned());
    }
    if machine.runs.is_none() {
        reasons.push("nobody tells whether its process runs: its agent does not answer".to_owned());
    }
    if machine.file_systems.is_empty() {
        reasons.push("nobody tells whether its disks are full".to_owned());
    }
    reasons
}

fn unfit(disk: &FileSystem) -> Option<String> {
    let FileSystem {
        mount,
        read_only,
        free,
        total,
    } = disk;
    if *read_only {
        return Some(format!("{mount} is mounted read-only"));
    }
    let (free, total) = ((*free)?, (*total)?);
    let is_full = free.saturating_mul(100) < total.saturating_mul(FREE_PERCENT);
    is_full.then(|| {
        let permille = free.saturating_mul(1_000) / total.max(1);
        format!(
            "{mount} is full: {}.{} % are free, and {FREE_PERCENT} % are needed",
            permille / 10,
            permille % 10
        )
    })
}

/// What is known of a dead node that may be started.
fn reason(world: &World, node: &Node) -> String {
    let mut facts = Vec::new();
    if let Presence::Down(since) = node.presence {
        let away = duration(world.now.saturating_sub(since));
        facts.push(format!("its peers see it down for {away}"));
    }
    facts.push(match node.machine.runs {
        Some(_) => "its machine answers, and no Cassandra runs there".to_owned(),
        None => "nobody tells whether its process runs".to_owned(),
    });
    if let Some(starts) = node.machine.starts.filter(|starts| *starts > 0) {
        let times = count(starts as usize, "time");
        facts.push(format!("it was started {times} within the last hour"));
    }
    facts.join("; ")
}

fn step(node: &Node, reason: String, parameters: &Parameters) -> Step<Body> {
    let body = Body {
        node: node.id.clone(),
        address: node.address.clone(),
        soak_seconds: parameters.soak_seconds,
        wait_seconds: parameters.wait_seconds,
    };
    let title = format!("start Cassandra on {}", node.address);
    let mut step = Step::new(format!("start-{}", node.id), title, reason, body)
        .touching([node.id.clone()])
        .calling("lifecycle.start", Impact::Change);
    step.estimate_seconds = Some(START_SECONDS + u64::from(parameters.soak_seconds));
    step
}

#[cfg(test)]
mod tests;
