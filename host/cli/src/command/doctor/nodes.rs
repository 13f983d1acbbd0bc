//! Asks the nodes of one cluster what the doctor must know.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use ringkeeper_cassandra::CassandraCluster;
use ringkeeper_cluster::{
    Cluster as _, Endpoint, MembershipReport, NodeError, Probe, Schema, TopologyMember,
};
use ringkeeper_config::ClusterConfig;
use ringkeeper_seams::Seams;
use tokio::net::TcpStream;

use crate::assembly;
use crate::failure::Failure;

/// What was seen of one cluster.
#[derive(Debug)]
pub(super) struct ClusterSeen {
    pub(super) name: String,
    /// Whether its nodes are reached by agents.
    pub(super) by_agents: bool,
    /// Where the contact points lead, or why nowhere.
    pub(super) contacts: Result<Vec<Endpoint>, NodeError>,
    /// Contact points and all members they know.
    pub(super) nodes: BTreeMap<Endpoint, NodeSeen>,
    /// How many nodes own ranges, by data centre; empty when no node could tell.
    pub(super) data_centres: BTreeMap<String, usize>,
    /// Keyspaces and tables, read by CQL.
    pub(super) schema: Result<Schema, NodeError>,
}

/// What was seen of one node.
#[derive(Debug)]
pub(super) struct NodeSeen {
    /// What its agent is, and what the node says.
    pub(super) agent: Result<(Probe, MembershipReport), NodeError>,
    /// Whether its CQL port takes connections, for contact points; why not.
    pub(super) cql: Option<Result<(), String>>,
}

/// Asks contact points, then the members they know.
pub(super) async fn ask(
    config: &ClusterConfig,
    agents: assembly::ByAgents<'_>,
    seams: &Seams,
) -> Result<ClusterSeen, Failure> {
    let cluster = assembly::cluster(config, agents, seams)?;
    let contacts = cluster.contact_points().await;
    let known = contacts.as_ref().map(Vec::as_slice).unwrap_or_default();
    let (port, limit) = (config.cql.port, config.cql.timeout);
    let mut nodes = ask_all(&cluster, known, config.sweep.concurrency, Some((port, limit))).await;
    let members = members(&cluster, &nodes).await;
    let others: Vec<_> = members
        .iter()
        .map(|member| member.endpoint)
        .filter(|node| !nodes.contains_key(node))
        .collect();
    nodes.extend(ask_all(&cluster, &others, config.sweep.concurrency, None).await);
    let schema = cluster.schema().await;
    Ok(ClusterSeen {
        name: config.name.clone(),
        by_agents: config.agents.is_some(),
        contacts,
        nodes,
        data_centres: sizes(&members),
        schema,
    })
}

async fn ask_all(
    cluster: &CassandraCluster,
    nodes: &[Endpoint],
    concurrency: usize,
    cql: Option<(u16, Duration)>,
) -> BTreeMap<Endpoint, NodeSeen> {
    let each = nodes.iter().map(|node| async move {
        let cql = match cql {
            Some((port, limit)) => Some(connect(*node, port, limit).await),
            None => None,
        };
        (
            *node,
            NodeSeen {
                agent: agent(cluster, *node).await,
                cql,
            },
        )
    });
    stream::iter(each).buffer_unordered(concurrency).collect().await
}

async fn agent(cluster: &CassandraCluster, node: Endpoint) -> Result<(Probe, MembershipReport), NodeError> {
    Ok((cluster.probe(node).await?, cluster.membership(node).await?))
}

async fn connect(node: Endpoint, port: u16, limit: Duration) -> Result<(), String> {
    match tokio::time::timeout(limit, TcpStream::connect((node.ip(), port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no connection within {} s", limit.as_secs_f32())),
    }
}

/// Every member that the first node which answers knows.
async fn members(cluster: &CassandraCluster, nodes: &BTreeMap<Endpoint, NodeSeen>) -> Vec<TopologyMember> {
    for (via, _) in nodes.iter().filter(|(_, seen)| seen.agent.is_ok()) {
        if let Ok(topology) = cluster.topology(*via).await {
            let members = topology.members.into_values();
            return members.filter(|member| !member.has_left()).collect();
        }
    }
    Vec::new()
}

fn sizes(members: &[TopologyMember]) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    for member in members.iter().filter(|member| !member.tokens.is_empty()) {
        *sizes.entry(member.data_centre.clone()).or_default() += 1;
    }
    sizes
}
