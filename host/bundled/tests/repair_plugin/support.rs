//! A cluster, a look at it, what the plugin plans, and somebody who does what it orders.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{NodeId, RepairOrder, Sample, Snapshot, TableName};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Attempt, Cause, Failure, Outcome, Plan, Refusal, Request, Step};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Interruption, Job, JobState, JobStatus, Limits, MemoryState, Plugin,
    Repaired, RunningRepair, Sandbox, SandboxSettings, ToolWanted, Wait, Work, WorkError,
};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_sim::SimCluster;
use serde_json::{Value, json};

/// Compiled once for each kind of interruption, kept from run to run.
pub(crate) async fn plugin(interruption: Interruption, limits: Limits) -> Plugin {
    let settings = SandboxSettings {
        cache_dir: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins")),
        compile_limit: Duration::from_secs(300),
        interruption,
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::production().unwrap()).unwrap();
    let grants = Grants::parse(["cluster", "node-state", "metrics", "repair"]).unwrap();
    sandbox
        .load("builtin:repair", ringkeeper_bundled::REPAIR, &grants, limits)
        .await
        .unwrap()
}

/// So many replicas in each data centre.
pub(crate) fn replicas(data_centres: &[(&str, u32)]) -> Replication {
    let replicas = |all| Replicas { all, transient: 0 };
    Replication::NetworkTopology(
        data_centres
            .iter()
            .map(|(name, all)| ((*name).to_owned(), replicas(*all)))
            .collect(),
    )
}

/// Says how many bytes each of these tables of a keyspace has on every node.
pub(crate) fn sizes(cluster: &SimCluster, keyspace: &str, tables: &[(&str, f64)]) {
    let sample = |(table, bytes): &(&str, f64)| Sample {
        part: None,
        metric: "table.disk_bytes".to_owned(),
        table: Some(TableName {
            keyspace: keyspace.to_owned(),
            table: (*table).to_owned(),
        }),
        value: *bytes,
    };
    let samples: Vec<Sample> = tables.iter().map(sample).collect();
    for node in cluster.nodes() {
        cluster.edit(node, |node| node.table_metrics.clone_from(&samples));
    }
}

/// The cluster as an observer sees it.
pub(crate) async fn look(cluster: &SimCluster) -> Arc<Snapshot> {
    let seams = Seams::production().unwrap();
    let mut observer = Observer::new(Arc::new(cluster.clone()), ObserverSettings::new("test"), seams);
    observer.sweep().await;
    observer.read_table_metrics().await;
    observer.sweep().await
}

/// Plans with these parameters.
pub(crate) async fn plan_on(
    plugin: &Plugin,
    snapshot: Arc<Snapshot>,
    parameters: Value,
) -> CallReport<Result<Plan, Refusal>> {
    let request = Request {
        operation: "repair.full".to_owned(),
        parameters,
        settings: json!({}),
        cause: Cause::Person,
        already_done: Vec::new(),
    };
    plugin.plan(context(snapshot), &request).await
}

fn context(snapshot: Arc<Snapshot>) -> CallContext {
    CallContext::new("run-1", Some(snapshot), Arc::new(MemoryState::default()))
}

/// Executes a step once.
pub(crate) async fn execute(
    plugin: &Plugin,
    snapshot: Arc<Snapshot>,
    nodes: &Arc<Nodes>,
    step: &Step,
) -> CallReport<Result<Outcome, Failure>> {
    let mut context = context(snapshot);
    context.work = nodes.clone();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    plugin.execute(context, step, attempt).await
}

/// Nodes that take every order once, and end it well when they are told to.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    orders: Mutex<Vec<(NodeId, RepairOrder, JobState)>>,
}

impl Nodes {
    /// Orders taken so far, with who leads them.
    pub(crate) fn orders(&self) -> Vec<(NodeId, RepairOrder)> {
        let orders = self.orders.lock().unwrap();
        orders
            .iter()
            .map(|(node, order, _)| (*node, order.clone()))
            .collect()
    }

    /// All that runs ends well.
    pub(crate) fn end_well(&self) {
        for (_, _, state) in self.orders.lock().unwrap().iter_mut() {
            *state = JobState::Succeeded;
        }
    }
}

#[async_trait]
impl Work for Nodes {
    async fn start_repair(&self, coordinator: NodeId, order: RepairOrder) -> Result<Job, WorkError> {
        let mut orders = self.orders.lock().unwrap();
        let known = orders
            .iter()
            .position(|(node, known, _)| *node == coordinator && *known == order);
        let number = known.unwrap_or_else(|| {
            orders.push((coordinator, order, JobState::Running));
            orders.len() - 1
        });
        Ok(Job {
            id: format!("job-{number}"),
        })
    }

    async fn flush(&self, _: NodeId, _: &str, _: &[String]) -> Result<(), WorkError> {
        Err(WorkError::Unsupported("no flush here".to_owned()))
    }

    async fn drain(&self, _: NodeId) -> Result<Job, WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn stop(&self, _: NodeId) -> Result<Job, WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn start(&self, _: NodeId) -> Result<Job, WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn run_tool(&self, _: NodeId, _: ToolWanted) -> Result<Job, WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn runs_tools(&self, _: NodeId) -> Result<(), WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn wait_until(&self, _: Wait) -> Result<(), WorkError> {
        Err(WorkError::Unsupported("not in this test".to_owned()))
    }

    async fn job(&self, id: &str) -> Result<JobStatus, WorkError> {
        let number: usize = id.trim_start_matches("job-").parse().unwrap();
        let (_, _, state) = self.orders.lock().unwrap()[number].clone();
        Ok(JobStatus {
            state,
            message: String::new(),
        })
    }

    async fn ledger(&self, _: &TableName, _: &[String]) -> Result<Vec<Repaired>, WorkError> {
        Ok(Vec::new())
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        Ok(Vec::new())
    }
}
