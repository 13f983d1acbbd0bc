//! `cluster`: what the cluster is, from the host's last look at it.

use std::collections::BTreeMap;

use ringkeeper_cluster::{KeyspaceView, NodeId, Snapshot, Table};
use ringkeeper_plan::Impact;
use ringkeeper_ring::Replication;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::cluster::{
    self as wit, ClusterFacts, DataCentreReplication, Host, Keyspace, Node, Placement, SchemaVersion,
    add_to_linker,
};
use crate::bindings::ringkeeper::maintenance::types::{Error, TokenRange};
use crate::call_state::{CallState, Refused};
use crate::members::{id_text, members, parse_node};

pub(super) const CAPABILITY: Capability = Capability {
    name: "cluster",
    summary: "sees nodes, tokens, keyspaces, tables and placements",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn describe(&mut self) -> Result<ClusterFacts, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        let (Some(cassandra_name), Some(partitioner)) = (&snapshot.cassandra_name, &snapshot.partitioner)
        else {
            return Err(Error::Unavailable("no node of the cluster has answered yet".into()).into());
        };
        Ok(ClusterFacts {
            name: snapshot.cluster.clone(),
            cassandra_name: cassandra_name.clone(),
            partitioner: partitioner.clone(),
            observed_at: snapshot.observed_at.as_millis(),
            schema_observed_at: snapshot.schema_observed_at.map(|moment| moment.as_millis()),
        })
    }

    fn nodes(&mut self) -> Result<Vec<Node>, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        let nodes = members(snapshot).into_iter().map(|node| Node {
            id: id_text(node.id),
            address: node.endpoint.to_string(),
            data_centre: node.data_centre.clone(),
            rack: node.rack.clone(),
            release_version: node.release_version.clone(),
            token_count: u32::try_from(node.tokens.len()).unwrap_or(u32::MAX),
        });
        Ok(nodes.collect())
    }

    fn tokens(&mut self, node: String) -> Result<Vec<i64>, Refused> {
        let snapshot = self.enter(&CAPABILITY, node.len())?.snapshot()?;
        let node = parse_node(snapshot, &node)?;
        Ok(node.tokens.iter().map(|token| token.value()).collect())
    }

    fn keyspaces(&mut self) -> Result<Vec<Keyspace>, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        Ok(schema(snapshot)?.values().map(keyspace).collect())
    }

    fn tables(&mut self, keyspace: String) -> Result<Vec<wit::Table>, Refused> {
        let snapshot = self.enter(&CAPABILITY, keyspace.len())?.snapshot()?;
        let view = find_keyspace(snapshot, &keyspace)?;
        Ok(view
            .keyspace
            .tables
            .values()
            .map(|value| table(&keyspace, value))
            .collect())
    }

    fn placements(&mut self, keyspace: String) -> Result<Vec<Placement>, Refused> {
        let snapshot = self.enter(&CAPABILITY, keyspace.len())?.snapshot()?;
        placements(&keyspace, find_keyspace(snapshot, &keyspace)?)
    }

    fn schema_versions(&mut self) -> Result<Vec<SchemaVersion>, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        let mut holders: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        for node in snapshot.nodes.values() {
            if let Some(version) = &node.schema_version {
                holders.entry(version).or_default().push(node.id);
            }
        }
        let mut versions: Vec<_> = holders.into_iter().collect();
        versions.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
        let versions = versions.into_iter().map(|(version, nodes)| SchemaVersion {
            version: version.to_owned(),
            nodes: nodes.into_iter().map(id_text).collect(),
        });
        Ok(versions.collect())
    }

    fn schema_disagrees_since(&mut self) -> Result<Option<i64>, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        Ok(snapshot.schema_disagrees_since.map(|moment| moment.as_millis()))
    }
}

fn schema(snapshot: &Snapshot) -> Result<&BTreeMap<String, KeyspaceView>, Refused> {
    match snapshot.schema_observed_at {
        Some(_) => Ok(&snapshot.keyspaces),
        None => Err(Error::Unavailable("the schema could not be read yet".into()).into()),
    }
}

fn find_keyspace<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a KeyspaceView, Refused> {
    match schema(snapshot)?.get(name) {
        Some(view) => Ok(view),
        None => Err(Error::NotFound(format!("there is no keyspace `{name}`")).into()),
    }
}

fn keyspace(view: &KeyspaceView) -> Keyspace {
    Keyspace {
        name: view.keyspace.name.clone(),
        replication: replication(&view.keyspace.replication),
        is_system: view.is_system,
        consistency_level: view.consistency_level.map(|level| level.name().to_owned()),
        placement_map: view.placement_map,
    }
}

fn replication(replication: &Replication) -> wit::Replication {
    match replication {
        Replication::Simple(replicas) => wit::Replication::Simple(replicas.all),
        Replication::NetworkTopology(data_centres) => {
            let data_centres = data_centres
                .iter()
                .map(|(data_centre, replicas)| DataCentreReplication {
                    data_centre: data_centre.clone(),
                    replicas: replicas.all.saturating_sub(replicas.transient),
                    transient: replicas.transient,
                });
            wit::Replication::NetworkTopology(data_centres.collect())
        }
        Replication::Local => wit::Replication::Local,
        Replication::Everywhere => wit::Replication::Everywhere,
        Replication::Unknown { class } => wit::Replication::Unknown(class.clone()),
    }
}

fn table(keyspace: &str, table: &Table) -> wit::Table {
    wit::Table {
        keyspace: keyspace.to_owned(),
        name: table.name.clone(),
        id: table.id.to_string(),
        kind: if table.is_view { "view" } else { "table" }.to_owned(),
        compaction_strategy: table.compaction_strategy.clone(),
        gc_grace_seconds: table.gc_grace_seconds,
    }
}

fn placements(name: &str, view: &KeyspaceView) -> Result<Vec<Placement>, Refused> {
    let Some(map) = &view.placements else {
        return Err(match &view.keyspace.replication {
            Replication::Local => Error::Unsupported(format!("keyspace `{name}` is local to every node")),
            Replication::Unknown { class } => Error::Unsupported(format!(
                "keyspace `{name}` uses `{class}`, which this host does not know"
            )),
            Replication::Simple(_) | Replication::NetworkTopology(_) | Replication::Everywhere => {
                Error::Unavailable(format!("placements of keyspace `{name}` are not known yet"))
            }
        }
        .into());
    };
    let placements = map.placements().iter().map(|placement| Placement {
        replicas: placement.replicas.iter().copied().map(id_text).collect(),
        ranges: placement
            .ranges
            .iter()
            .map(|range| TokenRange {
                start: range.start.value(),
                end: range.end.value(),
            })
            .collect(),
    });
    Ok(placements.collect())
}
