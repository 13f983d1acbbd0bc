//! Computed placements held against what the nodes themselves say.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use ringkeeper_cluster::{Answer, Endpoint, NodeError, NodeId, NodePlacement, Snapshot, Warning};
use ringkeeper_ring::{PlacementMap, Replication};

use crate::ask::management;
use crate::keyspaces::difference;
use crate::observer::Watch;
use crate::sweep::Known;

/// How the last comparison of one keyspace went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The computed map it was made with; none where only the nodes can tell.
    map: Option<u64>,
    /// What did not fit.
    pub(crate) warning: Option<Warning>,
}

impl Check {
    pub(crate) fn is_about_placements(warning: &Warning) -> bool {
        warning.about.starts_with("placements/")
    }

    fn warning(keyspace: &str, message: String) -> Warning {
        Warning {
            about: format!("placements/{keyspace}"),
            message,
        }
    }
}

type Claim = (String, Endpoint, Result<Vec<NodePlacement>, NodeError>);

impl Watch {
    /// Compares every keyspace whose map is new or did not fit before, each with another node. Takes placements from
    /// the nodes where only they know the strategy. Answers whether anything of this changed what is published.
    pub(crate) async fn verify_placements(&self, known: &mut Known, snapshot: &Snapshot) -> bool {
        let before = (known.checks.clone(), Arc::clone(&snapshot.keyspaces));
        let schema = &known.schema.schema;
        known.checks.retain(|name, _| schema.keyspaces.contains_key(name));
        let witnesses = witnesses(snapshot);
        let mut turn = witnesses.iter().cycle();
        let mut questions: Vec<BoxFuture<'_, Claim>> = Vec::new();
        for name in known.unchecked() {
            let Some(&via) = turn.next() else { break };
            questions.push(Box::pin(async move {
                let claim = self
                    .asker
                    .limited(management(via), self.asker.cluster.placements(via, &name))
                    .await;
                (name, via, claim)
            }));
        }
        let mut claims = self.asker.all(self.settings.membership_every, questions).await;
        claims.sort_by(|left, right| left.0.cmp(&right.0));
        let ids = known
            .ring
            .members
            .iter()
            .map(|(id, member)| (member.endpoint, *id))
            .collect();
        for (keyspace, via, claim) in claims {
            let check = known.check(&keyspace, via, claim, &ids);
            known.checks.insert(keyspace, check);
        }
        self.view_keyspaces(known);
        before != (known.checks.clone(), Arc::clone(&known.views))
    }
}

/// Normal nodes that answer, in order of their ids.
fn witnesses(snapshot: &Snapshot) -> Vec<Endpoint> {
    let is_normal = |mode: &Option<String>| mode.as_deref() == Some("NORMAL");
    let nodes = snapshot.nodes.values();
    nodes
        .filter(|node| node.answer == Answer::Answered && is_normal(&node.operation_mode))
        .map(|node| node.endpoint)
        .collect()
}

impl Known {
    fn unchecked(&self) -> Vec<String> {
        let is_unchecked = |name: &String, replication: &Replication| match replication {
            Replication::Local => false,
            Replication::Unknown { .. } => true,
            _ => {
                let map = self.maps.of(name, replication).map(|map| map.number);
                let settled = |check: &Check| check.map == map && check.warning.is_none();
                map.is_some() && !self.checks.get(name).is_some_and(settled)
            }
        };
        let keyspaces = self.schema.schema.keyspaces.iter();
        keyspaces
            .filter(|(name, keyspace)| is_unchecked(name, &keyspace.replication))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn check(
        &mut self,
        keyspace: &str,
        via: Endpoint,
        claim: Result<Vec<NodePlacement>, NodeError>,
        ids: &BTreeMap<Endpoint, NodeId>,
    ) -> Check {
        let replication = self
            .schema
            .schema
            .keyspaces
            .get(keyspace)
            .map(|keyspace| &keyspace.replication);
        let computed = match replication {
            Some(
                replication @ (Replication::Simple(_)
                | Replication::NetworkTopology(_)
                | Replication::Everywhere),
            ) => self.maps.of(keyspace, replication).cloned(),
            _ => None,
        };
        let warning = match (&computed, claim) {
            (_, Err(error)) => Some(Check::warning(
                keyspace,
                format!(
                    "{via} could not say where the ranges of keyspace {keyspace} are: {}",
                    error.message
                ),
            )),
            (Some(computed), Ok(claim)) => difference(keyspace, &computed.map, &claim, via, ids),
            (None, Ok(claim)) => match taken_over(&claim, ids) {
                Ok(map) => {
                    self.maps.claim(keyspace, map);
                    None
                }
                Err(problem) => Some(Check::warning(
                    keyspace,
                    format!("{via} gives placements of {keyspace} with {problem}"),
                )),
            },
        };
        Check {
            map: computed.map(|computed| computed.number),
            warning,
        }
    }
}

fn taken_over(
    claim: &[NodePlacement],
    ids: &BTreeMap<Endpoint, NodeId>,
) -> Result<PlacementMap<NodeId>, String> {
    let mut ranges = Vec::with_capacity(claim.len());
    for placement in claim {
        let id = |endpoint: &Endpoint| {
            ids.get(endpoint)
                .copied()
                .ok_or_else(|| format!("{endpoint}, which is no member"))
        };
        ranges.push((
            placement.range,
            placement.replicas.iter().map(id).collect::<Result<_, _>>()?,
        ));
    }
    PlacementMap::from_ranges(ranges).map_err(|_| "ranges that do not make the ring".to_owned())
}
