//! Puts a cluster together.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use ringkeeper_cluster::{Endpoint, Keyspace, NodeId, Schema, Table};
use ringkeeper_ring::{Replicas, Replication, Token};
use ringkeeper_seams::{Clock, Timestamp, VirtualClock};
use uuid::Uuid;

use crate::happened::Happened;
use crate::lifecycle::Lifecycle;
use crate::repair::Repairs;
use crate::rows::Rows;
use crate::state::State;
use crate::tools::Tools;
use crate::{Answers, SimCluster, SimNode};

/// What a cluster shall be.
#[derive(Clone, Debug)]
pub struct Builder {
    name: String,
    racks: Vec<(String, String, u16)>,
    tokens_per_node: u16,
    keyspaces: BTreeMap<String, Keyspace>,
    clock: Option<Arc<dyn Clock>>,
}

impl Default for Builder {
    /// No nodes, 16 tokens on each, and the keyspaces of a fresh Cassandra 5.0.
    fn default() -> Self {
        let simple = |all| Replication::Simple(Replicas { all, transient: 0 });
        let builder = Self {
            name: "simulated".to_owned(),
            racks: Vec::new(),
            tokens_per_node: 16,
            keyspaces: BTreeMap::new(),
            clock: None,
        };
        builder
            .keyspace("system", Replication::Local, &["local", "peers_v2"])
            .keyspace("system_schema", Replication::Local, &["tables"])
            .keyspace("system_auth", simple(1), &["roles"])
            .keyspace("system_distributed", simple(3), &["repair_history"])
            .keyspace("system_traces", simple(2), &["events"])
    }
}

impl Builder {
    /// Its name; `simulated` unless said otherwise.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The clock by which its repairs go; without one they never end. Nodes are drained, stopped and started by it too,
    /// without one by tokio's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Adds nodes in a rack. The n-th node of the cluster, from 1, has host id n and endpoint 10.0.(n / 250).(n % 250
    /// + 1):7000.
    #[must_use]
    pub fn rack(mut self, data_centre: &str, rack: &str, nodes: u16) -> Self {
        self.racks.push((data_centre.to_owned(), rack.to_owned(), nodes));
        self
    }

    /// How many tokens each node owns.
    #[must_use]
    pub const fn tokens_per_node(mut self, tokens: u16) -> Self {
        self.tokens_per_node = tokens;
        self
    }

    /// Adds a keyspace with tables.
    #[must_use]
    pub fn keyspace(mut self, name: &str, replication: Replication, tables: &[&str]) -> Self {
        let keyspace = new_keyspace(self.keyspaces.len(), name, replication, tables);
        self.keyspaces.insert(name.to_owned(), keyspace);
        self
    }

    /// Starts it: every node up, tokens spread evenly over the ring and dealt to the nodes in turn. The contact point
    /// is the first node.
    #[must_use]
    pub fn build(self) -> SimCluster {
        let places = self
            .racks
            .iter()
            .flat_map(|(centre, rack, nodes)| (0..*nodes).map(move |_| (centre, rack)));
        let mut nodes: BTreeMap<NodeId, SimNode> = (1_u16..)
            .zip(places)
            .map(|(number, (centre, rack))| {
                let id = NodeId::new(Uuid::from_u128(u128::from(number)));
                (
                    id,
                    SimNode::normal(id, endpoint(number), centre, rack, &self.name),
                )
            })
            .collect();
        let tokens = nodes.len() as u128 * u128::from(self.tokens_per_node);
        let mut owners: Vec<&mut SimNode> = nodes.values_mut().collect();
        for at in 0..tokens {
            let turn = usize::try_from(at).unwrap_or(0) % owners.len().max(1);
            let steps = u64::try_from((at << 64) / tokens).unwrap_or(0);
            if let Some(owner) = owners.get_mut(turn) {
                owner.tokens.push(Token::MIN.advance(steps + 1));
            }
        }
        let lifecycle_clock: Arc<dyn Clock> = match &self.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(VirtualClock::starting_at(Timestamp::default())),
        };
        let contact_points = nodes.values().take(1).map(|node| node.endpoint).collect();
        SimCluster {
            state: Arc::new(Mutex::new(State {
                nodes,
                schema: Schema {
                    keyspaces: self.keyspaces,
                    authenticator: None,
                },
                schema_changes: 0,
                schema_answers: Answers::Now,
                contact_points: Ok(contact_points),
                claimed_placements: BTreeMap::new(),
                repairs: Repairs {
                    clock: self.clock,
                    ..Repairs::default()
                },
                lifecycle: Lifecycle::new(lifecycle_clock),
                rows: Rows::default(),
                tools: Tools::default(),
                happened: Happened::default(),
                calls: BTreeMap::new(),
                has_agents: false,
                waited: BTreeMap::new(),
            })),
        }
    }
}

impl SimCluster {
    /// Adds a keyspace with tables while the cluster runs.
    pub fn create(&self, name: &str, replication: Replication, tables: &[&str]) {
        self.edit_schema(|schema| {
            let keyspace = new_keyspace(schema.keyspaces.len(), name, replication, tables);
            schema.keyspaces.insert(name.to_owned(), keyspace);
        });
    }
}

/// The keyspace that is made when there are so many others.
fn new_keyspace(others: usize, name: &str, replication: Replication, tables: &[&str]) -> Keyspace {
    let number = others as u128 + 1;
    let table = |(at, table): (u128, &&str)| {
        let id = Uuid::from_u128(number << 32 | at);
        ((*table).to_owned(), compacted_by_size(id, table))
    };
    Keyspace {
        name: name.to_owned(),
        replication,
        durable_writes: true,
        tables: (1..).zip(tables).map(table).collect(),
    }
}

fn endpoint(number: u16) -> Endpoint {
    let [third, fourth] = [number / 250, number % 250 + 1].map(|part| u8::try_from(part).unwrap_or(u8::MAX));
    Endpoint::new(SocketAddr::from((
        Ipv4Addr::new(10, 0, third, fourth),
        Endpoint::DEFAULT_STORAGE_PORT,
    )))
}

fn compacted_by_size(id: Uuid, name: &str) -> Table {
    Table {
        id,
        name: name.to_owned(),
        is_view: false,
        compaction_strategy: "SizeTieredCompactionStrategy".to_owned(),
        gc_grace_seconds: 864_000,
    }
}
