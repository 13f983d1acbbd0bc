//! What was seen of a cluster, judged. Pure.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{
    AgentThreads, Endpoint, Keyspace, MembershipReport, NodeError, NodeErrorKind, Schema, is_system_keyspace,
};
use ringkeeper_ring::{Replicas, Replication};

use super::Check;
use super::nodes::{ClusterSeen, NodeSeen};
use crate::render::quantity::count;

/// The one partitioner whose rings are understood.
const PARTITIONER: &str = "Murmur3Partitioner";
/// Replicas with which one node may be taken down and a quorum is left.
const ENOUGH_REPLICAS: usize = 3;

/// Every check of one cluster.
pub(super) fn cluster(seen: &ClusterSeen) -> Vec<Check> {
    let about = format!("cluster {}", seen.name);
    let contacts = match &seen.contacts {
        Ok(contacts) => contacts,
        Err(error) => {
            let remedy = "correct contact_points, or the name service of this machine";
            return vec![Check::problem(about, error.to_string(), remedy)];
        }
    };
    let mut checks: Vec<_> = contacts
        .iter()
        .filter_map(|contact| Some((contact, seen.nodes.get(contact)?)))
        .flat_map(|(contact, node)| self::contact(&about, *contact, node, seen.by_agents))
        .collect();
    checks.extend(others(&about, contacts, seen));
    let reports: BTreeMap<_, _> = seen
        .nodes
        .iter()
        .filter_map(|(node, seen)| Some((*node, &seen.agent.as_ref().ok()?.1)))
        .collect();
    if !reports.is_empty() {
        checks.push(partitioner(&about, &reports));
        checks.push(schema_agreement(&about, &reports));
        checks.extend(versions(&about, &reports));
    }
    match &seen.schema {
        Ok(schema) => checks.extend(replication(&about, schema, &seen.data_centres)),
        Err(error) => checks.push(Check::problem(
            about,
            format!("the schema cannot be read by CQL: {error}"),
            cql_remedy(error),
        )),
    }
    checks
}

fn contact(about: &str, node: Endpoint, seen: &NodeSeen, by_agents: bool) -> Vec<Check> {
    let mut checks = vec![agent(about, node, seen, by_agents)];
    if let Some(Err(reason)) = &seen.cql {
        let message = format!("{} takes no CQL connection: {reason}", node.ip());
        let remedy = "set cluster.cql.port to native_transport_port, and let this machine reach it";
        checks.push(Check::problem(about, message, remedy));
    }
    checks
}

fn agent(about: &str, node: Endpoint, seen: &NodeSeen, by_agents: bool) -> Check {
    let ip = node.ip();
    let (probe, _) = match &seen.agent {
        Ok(answers) => answers,
        Err(error) => {
            return Check::problem(
                about,
                format!("{ip} does not answer: {error}"),
                agent_remedy(error, by_agents),
            );
        }
    };
    let what = format!(
        "{ip} answers: Cassandra {}, {}",
        probe.release_version, probe.agent
    );
    match probe.threads {
        AgentThreads::Several => Check::ok(about, format!("{what}, several threads")),
        AgentThreads::Unknown => Check::ok(about, format!("{what}, threads unknown")),
        AgentThreads::Single => {
            let remedy =
                "start the agent with executor=fixed,threadNr=4: on one thread a long call blinds the host";
            Check::warning(about, format!("{what}, a single thread"), remedy)
        }
    }
}

/// Members that are no contact points: one line for all that answer, one for each that does not.
fn others(about: &str, contacts: &[Endpoint], seen: &ClusterSeen) -> Vec<Check> {
    let others = seen.nodes.iter().filter(|(node, _)| !contacts.contains(node));
    let (well, troubled): (Vec<_>, Vec<_>) = others
        .map(|(node, at)| agent(about, *node, at, seen.by_agents))
        .partition(|check| check.remedy.is_none());
    let mut checks = Vec::new();
    if !well.is_empty() {
        checks.push(Check::ok(
            about,
            format!(
                "{} found through them answer too",
                count(well.len(), "other node")
            ),
        ));
    }
    checks.extend(troubled);
    checks
}

fn agent_remedy(error: &NodeError, by_agents: bool) -> &'static str {
    match error.kind {
        NodeErrorKind::Unreachable if by_agents => {
            "run the node's agent, enrolled with this host; `ringkeeper agents list` says which are heard"
        }
        NodeErrorKind::Unreachable => {
            "start the Jolokia agent on the node, listening where cluster.jolokia.url says, and let this machine reach it"
        }
        NodeErrorKind::TimedOut => {
            "see whether the node is overloaded or a firewall drops packets; or raise cluster.jolokia.timeout"
        }
        NodeErrorKind::Unauthorised => {
            "set cluster.jolokia.username and password_file to what the agent wants"
        }
        NodeErrorKind::Nonsense => {
            "correct cluster.jolokia.url: what answers there is no Jolokia agent of Cassandra"
        }
        NodeErrorKind::TooLarge => "raise cluster.jolokia.max_response",
        NodeErrorKind::Unsupported => "upgrade the cluster, or remove it from the configuration",
        NodeErrorKind::Failed => {
            "try again; if it stays, see the log of the node, or of a proxy in front of its agent"
        }
    }
}

fn cql_remedy(error: &NodeError) -> &'static str {
    match error.kind {
        NodeErrorKind::Unauthorised => {
            "set cluster.cql.username and password_file to a role that may read system_schema"
        }
        _ => "check cluster.cql: port, username, password and tls",
    }
}

type Reports<'a> = BTreeMap<Endpoint, &'a MembershipReport>;

fn partitioner(about: &str, reports: &Reports<'_>) -> Check {
    let used: BTreeSet<_> = reports
        .values()
        .map(|report| report.partitioner.as_str())
        .collect();
    let used: Vec<_> = used.into_iter().collect();
    if used == [PARTITIONER] {
        return Check::ok(about, format!("partitioner {PARTITIONER}"));
    }
    let remedy = format!("only {PARTITIONER} is understood; remove this cluster from the configuration");
    Check::problem(about, format!("partitioner {}", used.join(", ")), remedy)
}

fn schema_agreement(about: &str, reports: &Reports<'_>) -> Check {
    let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (node, report) in reports {
        versions
            .entry(&report.schema_version)
            .or_default()
            .push(node.ip().to_string());
    }
    if versions.len() == 1 {
        return Check::ok(about, "the nodes agree on the schema");
    }
    let groups: Vec<_> = versions
        .iter()
        .map(|(version, nodes)| format!("{version}: {}", nodes.join(", ")))
        .collect();
    let remedy = "wait a minute and look again; if it stays, compare `nodetool describecluster` on a node of each group, and restart the nodes of the smaller one, if one is smaller, one at a time";
    Check::problem(
        about,
        format!("the nodes disagree on the schema ({})", groups.join("; ")),
        remedy,
    )
}

fn versions(about: &str, reports: &Reports<'_>) -> Option<Check> {
    let used: BTreeSet<_> = reports
        .values()
        .map(|report| report.release_version.as_str())
        .collect();
    let used: Vec<_> = used.into_iter().collect();
    (used.len() > 1).then(|| {
        let remedy = "finish the upgrade; until then no repair and no schema change";
        Check::warning(
            about,
            format!("nodes of several Cassandra versions: {}", used.join(", ")),
            remedy,
        )
    })
}

/// Nodes that own ranges, by data centre.
type Sizes = BTreeMap<String, usize>;

fn replication(about: &str, schema: &Schema, sizes: &Sizes) -> Vec<Check> {
    let watched = schema
        .keyspaces
        .values()
        .filter(|keyspace| !is_system_keyspace(&keyspace.name) || keyspace.name == "system_auth");
    let (mut checks, mut sound) = (Vec::new(), Vec::new());
    for keyspace in watched {
        match weakness(keyspace, sizes) {
            Some((message, remedy)) => checks.push(Check::warning(about, message, remedy)),
            None => sound.push(keyspace.name.as_str()),
        }
    }
    if !sound.is_empty() {
        checks.push(Check::ok(
            about,
            format!("replicated well enough to lose a node: {}", sound.join(", ")),
        ));
    }
    checks
}

/// Why a keyspace could not stand the loss of a node at LOCAL_QUORUM, and what to do.
fn weakness(keyspace: &Keyspace, sizes: &Sizes) -> Option<(String, String)> {
    let name = &keyspace.name;
    match &keyspace.replication {
        Replication::Simple(replicas) => Some((
            format!(
                "keyspace {name} uses SimpleStrategy with {}, which knows no racks and data centres",
                count(replicas.all as usize, "replica")
            ),
            spread(name, sizes),
        )),
        Replication::NetworkTopology(centres) => {
            let few: Vec<_> = centres
                .iter()
                .map(|(centre, replicas)| {
                    let full = replicas.all.saturating_sub(replicas.transient);
                    (centre.as_str(), full as usize)
                })
                .filter(|(_, replicas)| *replicas < ENOUGH_REPLICAS)
                .collect();
            let told: Vec<_> = few
                .iter()
                .map(|(centre, replicas)| format!("{} in {centre}", count(*replicas, "replica")))
                .collect();
            (!few.is_empty()).then(|| {
                (
                    format!(
                        "keyspace {name} has {}: it loses LOCAL_QUORUM with one node",
                        told.join(", ")
                    ),
                    more_replicas(name, centres, &few, sizes),
                )
            })
        }
        Replication::Unknown { class } => Some((
            format!("keyspace {name} uses {class}, whose replicas cannot be told"),
            "its availability is not watched; set it to `unwatched` in [policy.keyspaces]".to_owned(),
        )),
        Replication::Local | Replication::Everywhere => None,
    }
}

/// What to do about data centres with so few replicas of a keyspace: replicas up to what their nodes can hold, and
/// nodes where all there are hold one already.
fn more_replicas(
    keyspace: &str,
    centres: &BTreeMap<String, Replicas>,
    few: &[(&str, usize)],
    sizes: &Sizes,
) -> String {
    let (mut altered, mut full) = (BTreeMap::new(), Vec::new());
    for (centre, replicas) in few {
        let wanted = sizes.get(*centre).map_or(ENOUGH_REPLICAS, |nodes| enough(*nodes));
        if *replicas < wanted {
            altered.insert(*centre, wanted);
        } else {
            full.push(*centre);
        }
    }
    // The statement says how it shall be everywhere: a data centre left out would lose its replicas.
    let all = centres.iter().map(|(centre, replicas)| {
        let full = altered.get(centre.as_str()).copied();
        let full = full.unwrap_or_else(|| replicas.all.saturating_sub(replicas.transient) as usize);
        let room = sizes
            .get(centre)
            .map_or(usize::MAX, |nodes| nodes.saturating_sub(full));
        (centre.as_str(), full, room.min(replicas.transient as usize))
    });
    let alter = alter(keyspace, all);
    let grow = format!(
        "add nodes to {}: {ENOUGH_REPLICAS} replicas need {ENOUGH_REPLICAS} nodes",
        full.join(", ")
    );
    match (altered.is_empty(), full.is_empty()) {
        (false, true) => alter,
        (true, _) => grow,
        (false, false) => format!("{alter}; {grow}"),
    }
}

/// What to do about a keyspace that knows no data centres.
fn spread(keyspace: &str, sizes: &Sizes) -> String {
    if sizes.is_empty() {
        let example = alter(keyspace, [("DATA_CENTRE", ENOUGH_REPLICAS, 0)]);
        return format!("{example}; name every data centre in it");
    }
    let centres = sizes
        .iter()
        .map(|(centre, nodes)| (centre.as_str(), enough(*nodes), 0));
    alter(keyspace, centres)
}

/// Replicas that so many nodes can hold, and no more than are needed.
fn enough(nodes: usize) -> usize {
    nodes.min(ENOUGH_REPLICAS)
}

/// The CQL that gives a keyspace so many full and transient replicas in each data centre.
fn alter<'a>(keyspace: &str, centres: impl IntoIterator<Item = (&'a str, usize, usize)>) -> String {
    let is_plain = keyspace.starts_with(|c: char| c.is_ascii_lowercase())
        && keyspace
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let name = if is_plain {
        keyspace.to_owned()
    } else {
        format!("\"{keyspace}\"")
    };
    let replicas = centres.into_iter().map(|(centre, full, transient)| {
        let centre = centre.replace('\'', "''");
        match transient {
            0 => format!(", '{centre}': '{full}'"),
            _ => format!(", '{centre}': '{}/{transient}'", full + transient),
        }
    });
    let replicas: String = replicas.collect();
    format!(
        "run `ALTER KEYSPACE {name} WITH replication = {{'class': 'NetworkTopologyStrategy'{replicas}}};`, then repair it"
    )
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
