//! The ring as one node knows it.
//!
//! Three sources, because each alone is not enough. The node's token metadata says who is a member and which tokens
//! are whose. Gossip says data centre, rack and state, but hides the tokens, and after a restart it knows nothing of
//! a peer that has been down since. The snitch remembers data centre and rack of those.

mod gossip;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, NodeError, NodeId, TopologyMember, TopologyReport};
use ringkeeper_ring::Token;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::jolokia::{Answers, Jolokia, Question};
use crate::release::{Release, STORAGE_SERVICE};
use crate::wire::WireEndpoint;
use gossip::GossipState;

const FAILURE_DETECTOR: &str = "org.apache.cassandra.net:type=FailureDetector";
pub(crate) const SNITCH: &str = "org.apache.cassandra.db:type=EndpointSnitchInfo";
/// What the snitch says of a node.
pub(crate) const PLACE: [&str; 2] = ["getDatacenter", "getRack"];
pub(crate) const TOKENS: &str = "getTokens(java.lang.String)";

/// Asks one node for the ring.
pub(crate) async fn ask(jolokia: &Jolokia, via: Endpoint) -> Result<TopologyReport, NodeError> {
    let mut ring = Ring::read(jolokia.ask(via, &questions()).await?)?;
    ring.ask_missing_places(jolokia, via).await?;
    ring.ask_settled_tokens(jolokia, via).await?;
    Ok(ring.into_report())
}

pub(crate) fn questions() -> [Question; 3] {
    [
        Release::question(),
        Question::read(FAILURE_DETECTOR, &["AllEndpointStatesWithPort"]),
        Question::read(
            STORAGE_SERVICE,
            &[
                "EndpointWithPortToHostId",
                "TokenToEndpointWithPortMap",
                "JoiningNodesWithPort",
            ],
        ),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FailureDetector {
    all_endpoint_states_with_port: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TokenMetadata {
    endpoint_with_port_to_host_id: BTreeMap<WireEndpoint, NodeId>,
    token_to_endpoint_with_port_map: BTreeMap<WireToken, WireEndpoint>,
    joining_nodes_with_port: Vec<WireEndpoint>,
}

/// A token in text, as keys of JSON objects are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct WireToken(Token);

impl<'de> Deserialize<'de> for WireToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// What is known of the ring so far.
#[derive(Debug, PartialEq)]
struct Ring {
    /// Who is a member, and where.
    endpoints: BTreeMap<NodeId, Endpoint>,
    states: BTreeMap<Endpoint, GossipState>,
    tokens: BTreeMap<Endpoint, Vec<Token>>,
    joining: BTreeSet<Endpoint>,
}

impl Ring {
    fn read(mut answers: Answers) -> Result<Self, NodeError> {
        Release::take(&mut answers)?;
        let gossip: FailureDetector = answers.take()?;
        let metadata: TokenMetadata = answers.take()?;
        let states = gossip::parse(&gossip.all_endpoint_states_with_port)
            .map_err(|error| answers.nonsense(error.to_string()))?;
        Ok(Self::merge(states, metadata))
    }

    fn merge(states: BTreeMap<Endpoint, GossipState>, metadata: TokenMetadata) -> Self {
        let mut endpoints: BTreeMap<NodeId, Endpoint> = metadata
            .endpoint_with_port_to_host_id
            .into_iter()
            .map(|(WireEndpoint(at), id)| (id, at))
            .collect();
        let placed: BTreeSet<Endpoint> = endpoints.values().copied().collect();
        // Gossip still tells of nodes that left days ago, and of a node's former address; token metadata knows better.
        for (&endpoint, state) in &states {
            if let Some(id) = state.host_id
                && !placed.contains(&endpoint)
                && !state.has_left()
            {
                endpoints.entry(id).or_insert(endpoint);
            }
        }
        let joining: BTreeSet<Endpoint> = metadata
            .joining_nodes_with_port
            .into_iter()
            .map(|WireEndpoint(at)| at)
            .collect();
        let mut tokens: BTreeMap<Endpoint, Vec<Token>> = BTreeMap::new();
        for (WireToken(token), WireEndpoint(owner)) in metadata.token_to_endpoint_with_port_map {
            if !joining.contains(&owner) {
                tokens.entry(owner).or_default().push(token);
            }
        }
        Self {
            endpoints,
            states,
            tokens,
            joining,
        }
    }

    /// Asks the snitch about members whose data centre or rack gossip does not know.
    async fn ask_missing_places(&mut self, jolokia: &Jolokia, via: Endpoint) -> Result<(), NodeError> {
        let unknown: Vec<Endpoint> = self
            .endpoints
            .values()
            .copied()
            .filter(|endpoint| self.states.get(endpoint).is_none_or(|state| !state.has_place()))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let questions: Vec<Question> = unknown
            .iter()
            .flat_map(|endpoint| PLACE.map(|operation| about(SNITCH, operation, *endpoint)))
            .collect();
        let mut answers = jolokia.ask(via, &questions).await?;
        for endpoint in unknown {
            let (data_centre, rack) = (answers.take()?, answers.take()?);
            let state = self.states.entry(endpoint).or_default();
            state.data_centre.get_or_insert(data_centre);
            state.rack.get_or_insert(rack);
        }
        Ok(())
    }

    /// While a node joins, the map of tokens shows its future: one that replaces another already has the other's
    /// tokens there. Then each member is asked about by itself.
    async fn ask_settled_tokens(&mut self, jolokia: &Jolokia, via: Endpoint) -> Result<(), NodeError> {
        if self.joining.is_empty() {
            return Ok(());
        }
        let settled: Vec<Endpoint> = self
            .endpoints
            .values()
            .copied()
            .filter(|endpoint| !self.joining.contains(endpoint))
            .collect();
        let questions: Vec<Question> = settled
            .iter()
            .map(|endpoint| about(STORAGE_SERVICE, TOKENS, *endpoint))
            .collect();
        let mut answers = jolokia.ask(via, &questions).await?;
        for endpoint in settled {
            let mut tokens: Vec<Token> = answers
                .take::<Vec<WireToken>>()?
                .into_iter()
                .map(|WireToken(token)| token)
                .collect();
            tokens.sort_unstable();
            self.tokens.insert(endpoint, tokens);
        }
        Ok(())
    }

    fn into_report(mut self) -> TopologyReport {
        let members = self
            .endpoints
            .into_iter()
            .filter_map(|(id, endpoint)| {
                let state = self.states.remove(&endpoint)?;
                let member = TopologyMember {
                    endpoint,
                    data_centre: state.data_centre?,
                    rack: state.rack?,
                    release_version: state.release_version,
                    schema_version: state.schema_version,
                    gossip_status: state.status,
                    tokens: self.tokens.remove(&endpoint).unwrap_or_default(),
                };
                Some((id, member))
            })
            .collect();
        TopologyReport { members }
    }
}

fn about(mbean: &str, operation: &str, endpoint: Endpoint) -> Question {
    Question::exec(mbean, operation, [Value::String(endpoint.to_string())])
}

#[cfg(test)]
mod tests;
