//! The cluster in memory behaves as a real one does: the same suite as on a real ring.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{
    Cluster, Endpoint, NodeId, ProcessDriver, ProcessPlace, RepairOrder, RepairParallelism, TableName,
};
use ringkeeper_ring::{Replicas, Replication, Token};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_sim::{LifecycleFault, Load, SimCluster, StartFault};
use ringkeeper_suite::conformance::{Lost, Ring, conforms};

/// 2026-03-01.
const BEGIN: Timestamp = Timestamp::from_millis(1_772_323_200_000);

#[tokio::test(start_paused = true)]
async fn a_cluster_in_memory_behaves_as_a_real_one() {
    let seams = Seams::simulation(7, BEGIN);
    let cluster = SimCluster::builder()
        .rack("dc1", "rack1", 1)
        .rack("dc1", "rack2", 1)
        .rack("dc1", "rack3", 1)
        .clock(Arc::clone(&seams.clock))
        .build();
    cluster.conviction_takes(Duration::from_secs(10));
    cluster.set_load(Some(Load {
        writes_per_second: 0,
        row_bytes: 1024,
        table_bytes: 1 << 20,
        hints: false,
        grows: false,
        disk_bytes: 1 << 40,
    }));
    conforms(&InMemory {
        cluster,
        seams,
        ids: Mutex::default(),
    })
    .await;
}

struct InMemory {
    cluster: SimCluster,
    seams: Seams,
    /// Whose token is whose.
    ids: Mutex<BTreeMap<Token, i32>>,
}

impl InMemory {
    fn id(&self, at: Endpoint) -> NodeId {
        let nodes = self.cluster.nodes().into_iter();
        let mut nodes = nodes.filter(|id| self.cluster.node(*id).unwrap().endpoint == at);
        nodes.next().unwrap()
    }
}

#[async_trait]
impl Ring for InMemory {
    fn cluster(&self) -> &dyn Cluster {
        &self.cluster
    }

    fn losing(&self, node: Endpoint, call: Lost) -> Box<dyn Cluster> {
        let id = self.id(node);
        match call {
            Lost::Repair => self.cluster.fault_next_start(id, StartFault::AnswerLost),
            Lost::Drain => self
                .cluster
                .fault_lifecycle(id, LifecycleFault::DrainAnswerLost, 1),
        }
        Box::new(self.cluster.clone())
    }

    fn driver(&self) -> &dyn ProcessDriver {
        &self.cluster
    }

    fn nodes(&self) -> Vec<ProcessPlace> {
        let node = |id| {
            let node = self.cluster.node(id).unwrap();
            ProcessPlace {
                node: id,
                endpoint: node.endpoint,
                data_centre: node.data_centre,
                rack: node.rack,
            }
        };
        self.cluster.nodes().into_iter().map(node).collect()
    }

    fn now(&self) -> Timestamp {
        self.seams.clock.now()
    }

    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn create(&self, keyspace: &str, tables: &[&str]) {
        let thrice = BTreeMap::from([("dc1".to_owned(), Replicas { all: 3, transient: 0 })]);
        self.cluster
            .create(keyspace, Replication::NetworkTopology(thrice), tables);
    }

    async fn drop_table(&self, table: &TableName) {
        self.cluster.edit_schema(|schema| {
            let keyspace = schema.keyspaces.get_mut(&table.keyspace).unwrap();
            keyspace.tables.remove(&table.table).unwrap();
        });
    }

    async fn write(&self, table: &TableName, ids: Range<i32>) {
        for id in ids {
            let token = token(id);
            self.ids.lock().unwrap().insert(token, id);
            self.cluster.write(table, token);
        }
    }

    async fn read_alone(&self, node: Endpoint, table: &TableName) -> BTreeSet<i32> {
        let ids = self.ids.lock().unwrap();
        let tokens = self.cluster.rows_of(self.id(node), table);
        tokens.iter().map(|token| ids[token]).collect()
    }

    async fn kill(&self, node: Endpoint) {
        // So that nothing was written in the very moment.
        self.pause().await;
        self.cluster.kill(self.id(node));
    }

    async fn repair_by_another_tool(&self, node: Endpoint, keyspace: &str) {
        let tables = self.cluster.schema().await.unwrap().keyspaces[keyspace]
            .tables
            .clone();
        let placements = self.cluster.placements(node, keyspace).await.unwrap();
        let order = RepairOrder {
            keyspace: keyspace.to_owned(),
            tables: tables.into_keys().collect(),
            ranges: placements.into_iter().map(|placement| placement.range).collect(),
            data_centres: Vec::new(),
            parallelism: RepairParallelism::Parallel,
            threads: 1,
        };
        self.cluster
            .repair_by_another_tool(self.id(node), &order)
            .unwrap();
    }
}

/// Somewhere on the ring, spread evenly; where exactly is all the same.
fn token(id: i32) -> Token {
    Token::new(i64::from(id).wrapping_mul(-0x61c8_8646_80b5_83eb))
}
