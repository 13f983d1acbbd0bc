//! The backend itself: which call asks what.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ringkeeper_cluster::{
    Cluster, Endpoint, MembershipReport, NodeError, NodeId, NodePlacement, Probe, ProcessIdentity,
    RecordedRepair, RepairAnswer, RepairCommand, RepairOrder, Sample, Schema, TableSnapshot, TopologyReport,
};
use ringkeeper_seams::{Runtime, Seams, Timestamp};

use crate::contact::ContactPoint;
use crate::cql::Cql;
use crate::jolokia::Jolokia;
use crate::lane::Lanes;
use crate::probe::KnownOperations;
use crate::{
    AccessError, AccessSettings, contact, drain, flush, hints, membership, metrics, placements, probe,
    process, repair, snapshots, topology,
};

/// A real Cassandra cluster of version 4.0, 4.1 or 5.0.
#[derive(Debug)]
pub struct CassandraCluster {
    contacts: Vec<ContactPoint>,
    jolokia: Jolokia,
    cql: Cql,
    known_operations: KnownOperations,
    lanes: Lanes,
    runtime: Runtime,
}

impl CassandraCluster {
    /// Access with these settings. Reads certificate files; connects to nobody.
    ///
    /// # Errors
    /// When the settings cannot work.
    pub fn new(settings: AccessSettings, seams: Seams) -> Result<Self, AccessError> {
        let contacts: Vec<ContactPoint> = settings
            .contact_points
            .iter()
            .map(|text| ContactPoint::parse(text))
            .collect::<Result<_, _>>()?;
        if contacts.is_empty() {
            return Err(AccessError::NoContactPoint);
        }
        Ok(Self {
            contacts,
            jolokia: Jolokia::new(settings.jolokia, seams.clock)?,
            cql: Cql::new(settings.cql)?,
            known_operations: KnownOperations::default(),
            lanes: Lanes::default(),
            runtime: seams.runtime,
        })
    }
}

impl CassandraCluster {
    /// Which process answers on a node, whether Cassandra is up in it or not.
    ///
    /// # Errors
    /// When its Jolokia cannot be asked.
    pub async fn process(&self, node: Endpoint) -> Result<ProcessIdentity, NodeError> {
        process::take(&mut self.jolokia.ask(node, &[process::question()]).await?)
    }
}

#[async_trait]
impl Cluster for CassandraCluster {
    async fn contact_points(&self) -> Result<Vec<Endpoint>, NodeError> {
        contact::resolve(&self.contacts, &self.runtime).await
    }

    async fn probe(&self, node: Endpoint) -> Result<Probe, NodeError> {
        probe::ask(&self.jolokia, node, &self.known_operations).await
    }

    async fn membership(&self, node: Endpoint) -> Result<MembershipReport, NodeError> {
        membership::report(self.jolokia.ask(node, &membership::questions()).await?)
    }

    async fn topology(&self, via: Endpoint) -> Result<TopologyReport, NodeError> {
        topology::ask(&self.jolokia, via).await
    }

    async fn schema(&self) -> Result<Schema, NodeError> {
        let contacts = self.contact_points().await?;
        self.cql.schema(&contacts).await
    }

    async fn placements(&self, via: Endpoint, keyspace: &str) -> Result<Vec<NodePlacement>, NodeError> {
        placements::ask(&self.jolokia, via, keyspace).await
    }

    async fn node_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        metrics::ask_node(&self.jolokia, node).await
    }

    async fn table_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        metrics::ask_tables(&self.jolokia, node).await
    }

    async fn start_repair(&self, node: Endpoint, order: &RepairOrder) -> Result<RepairCommand, NodeError> {
        repair::start(&self.jolokia, node, order).await
    }

    async fn repair_state(&self, node: Endpoint, command: i32) -> Result<RepairAnswer, NodeError> {
        repair::state(&self.jolokia, node, command).await
    }

    async fn coordinated_repairs(
        &self,
        node: Endpoint,
        since: Timestamp,
    ) -> Result<Vec<RecordedRepair>, NodeError> {
        self.cql.coordinated_repairs(node, since).await
    }

    async fn repair_history(&self, since: Timestamp) -> Result<Vec<RecordedRepair>, NodeError> {
        let contacts = self.contact_points().await?;
        self.cql.repair_history(&contacts, since).await
    }

    async fn terminate_repairs(&self, node: Endpoint) -> Result<(), NodeError> {
        repair::terminate(&self.jolokia, node).await
    }

    async fn flush(&self, node: Endpoint, keyspace: &str, tables: &[String]) -> Result<(), NodeError> {
        flush::ask(&self.jolokia, node, keyspace, tables).await
    }

    async fn drain(&self, node: Endpoint) -> Result<(), NodeError> {
        drain::ask(&self.jolokia, &self.lanes, node).await
    }

    async fn pending_hints(&self, node: Endpoint) -> Result<BTreeMap<NodeId, u64>, NodeError> {
        hints::ask(&self.jolokia, node).await
    }

    async fn take_snapshot(&self, node: Endpoint, tag: &str, keyspaces: &[String]) -> Result<(), NodeError> {
        snapshots::take(&self.jolokia, node, tag, keyspaces).await
    }

    async fn table_snapshots(&self, node: Endpoint) -> Result<Vec<TableSnapshot>, NodeError> {
        snapshots::list(&self.jolokia, node).await
    }

    async fn clear_snapshot(&self, node: Endpoint, tag: &str) -> Result<(), NodeError> {
        snapshots::clear(&self.jolokia, node, tag).await
    }
}
