//! What a guest does to the cluster, and what it is not let do.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringkeeper_bundled::fixtures::WORKER;
use ringkeeper_cluster::{NodeId, RepairOrder, TableName};
use ringkeeper_plan::{Attempt, Failure, Outcome};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Job, JobState, JobStatus, Limits, Plugin, Repaired, RunningRepair,
    ToolWanted, Wait, Work, WorkError,
};
use ringkeeper_seams::Timestamp;
use serde_json::{Value, json};

use crate::support::{context, request, roomy, sandbox, title};

/// A cluster that takes every order and does nothing.
#[derive(Debug, Default)]
pub(crate) struct Obedient {
    /// Repairs it was told to begin.
    pub(crate) orders: Mutex<Vec<RepairOrder>>,
    /// Calls that take nodes away or bring them back, and waits.
    pub(crate) lifecycle: Mutex<Vec<String>>,
    /// Whether a wait never ends.
    pub(crate) waits_for_ever: bool,
}

impl Obedient {
    fn note(&self, call: String) {
        self.lifecycle.lock().unwrap().push(call);
    }
}

#[async_trait]
impl Work for Obedient {
    async fn start_repair(&self, _: NodeId, order: RepairOrder) -> Result<Job, WorkError> {
        let mut orders = self.orders.lock().unwrap();
        orders.push(order);
        Ok(Job {
            id: format!("job-{}", orders.len() - 1),
        })
    }

    async fn flush(&self, _: NodeId, _: &str, _: &[String]) -> Result<(), WorkError> {
        Err(WorkError::Conflict("somebody else flushes".to_owned()))
    }

    async fn drain(&self, node: NodeId) -> Result<Job, WorkError> {
        self.note(format!("drain {node}"));
        Err(WorkError::Conflict(
            "keyspace shop: replicas left 1 (limit 2)".to_owned(),
        ))
    }

    async fn stop(&self, node: NodeId) -> Result<Job, WorkError> {
        self.note(format!("stop {node}"));
        Ok(Job {
            id: "stop-1".to_owned(),
        })
    }

    async fn start(&self, node: NodeId) -> Result<Job, WorkError> {
        self.note(format!("start {node}"));
        Err(WorkError::Unsupported(
            "nobody said how to start a process".to_owned(),
        ))
    }

    async fn run_tool(&self, node: NodeId, wanted: ToolWanted) -> Result<Job, WorkError> {
        self.note(format!("{wanted:?} on {node}"));
        Ok(Job {
            id: "tool-1".to_owned(),
        })
    }

    async fn runs_tools(&self, _: NodeId) -> Result<(), WorkError> {
        Ok(())
    }

    async fn wait_until(&self, wait: Wait) -> Result<(), WorkError> {
        self.note(format!("{wait:?}"));
        if self.waits_for_ever {
            std::future::pending::<()>().await;
        }
        Err(WorkError::TimedOut("still missing: schema".to_owned()))
    }

    async fn job(&self, id: &str) -> Result<JobStatus, WorkError> {
        if id == "job-9" {
            return Err(WorkError::NotFound("there is no job `job-9`".to_owned()));
        }
        Ok(JobStatus {
            state: JobState::Failed,
            message: "some repair failed".to_owned(),
        })
    }

    async fn ledger(&self, _: &TableName, _: &[String]) -> Result<Vec<Repaired>, WorkError> {
        Ok(Vec::new())
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        Err(WorkError::TimedOut("no answer in time".to_owned()))
    }
}

/// All that `worker` asks for.
pub(crate) const GRANTS: [&str; 5] = ["repair", "repair-history", "tables", "node-state", "lifecycle"];

/// The guest that works.
pub(crate) async fn worker(limits: Limits) -> Plugin {
    let grants = Grants::parse(GRANTS).unwrap();
    sandbox().load("fixture", WORKER, &grants, limits).await.unwrap()
}

/// A call on this cluster.
pub(crate) fn at(work: &Arc<Obedient>) -> CallContext {
    CallContext {
        work: work.clone(),
        ..context()
    }
}

/// Has it do so in a step.
pub(crate) async fn in_a_step(
    work: &Arc<Obedient>,
    deed: Value,
    limits: Limits,
) -> CallReport<Result<Outcome, Failure>> {
    let plugin = worker(limits).await;
    let request = request("worker.work", json!({ "deed": deed, "in_a_step": true }));
    let plan = plugin.plan(at(work), &request).await.result.unwrap().unwrap();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    plugin.execute(at(work), &plan.steps[0], attempt).await
}

/// What it says of what it did in a step.
pub(crate) async fn summary(work: &Arc<Obedient>, deed: Value) -> String {
    match in_a_step(work, deed, roomy()).await.result.unwrap().unwrap() {
        Outcome::Done(summary) => summary,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_plan_starts_nothing_and_reads_all_the_same() {
    let work = Arc::new(Obedient::default());
    let request = request("worker.work", json!({ "deed": "everything" }));
    let report = worker(roomy()).await.plan(at(&work), &request).await;
    insta::assert_snapshot!(title(&report), @"start Error::AccessDenied (`repair` changes something, and a plan changes nothing); state none; find ok; find another Error::NotFound (there is no job `job-9`); flush Error::AccessDenied (`tables` changes something, and a plan changes nothing); ledger ok; running Error::TimedOut (no answer in time)");
    assert_eq!(*work.orders.lock().unwrap(), []);
}

#[tokio::test]
async fn a_step_starts_repairs_and_is_told_what_became_of_them() {
    let work = Arc::new(Obedient::default());
    insta::assert_snapshot!(summary(&work, json!("everything")).await, @r#"start ok; state Ok(State::Failed), Ok("some repair failed"); find ok; find another Error::NotFound (there is no job `job-9`); flush Error::Conflict (somebody else flushes); ledger ok; running Error::TimedOut (no answer in time)"#);
    let orders = work.orders.lock().unwrap();
    assert_eq!(orders.len(), 1);
    assert_eq!(
        (orders[0].keyspace.as_str(), orders[0].tables.as_slice()),
        ("shop", &["orders".to_owned()][..])
    );
}

#[tokio::test]
async fn a_step_can_wait_for_what_it_started() {
    let report = in_a_step(&Arc::default(), json!("repair"), roomy()).await;
    assert_eq!(report.usage.handles, 1);
    let outcome = report.result.unwrap().unwrap();
    assert_eq!(outcome, Outcome::WaitFor(vec!["job-0".to_owned()]));
}

#[tokio::test]
async fn an_order_that_makes_no_sense_reaches_nobody() {
    let work = Arc::new(Obedient::default());
    insta::assert_snapshot!(summary(&work, json!("bad-orders")).await);
    assert_eq!(*work.orders.lock().unwrap(), []);
}

#[tokio::test]
async fn without_a_cluster_behind_it_nothing_is_pretended() {
    let plugin = worker(roomy()).await;
    let request = request("worker.work", json!({ "deed": "repair", "in_a_step": true }));
    let plan = plugin.plan(context(), &request).await.result.unwrap().unwrap();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    let report = plugin.execute(context(), &plan.steps[0], attempt).await;
    let failure = report.result.unwrap().unwrap_err();
    assert_eq!(failure.message, "this call has no cluster behind it");
}

#[tokio::test]
async fn a_guest_that_hoards_jobs_is_ended_and_one_that_lets_go_is_not() {
    let limits = Limits {
        handles: 5,
        ..roomy()
    };
    let report = in_a_step(&Arc::default(), json!({ "hoard": 6 }), limits).await;
    insta::assert_snapshot!(report.result.unwrap_err(), @"held more than 5 handles at once");
    assert_eq!(report.usage.handles, 5);
    let report = in_a_step(&Arc::default(), json!({ "hoard": 5 }), limits).await;
    assert_eq!(report.result.unwrap(), Ok(Outcome::Done("held 5".to_owned())));
    let report = in_a_step(&Arc::default(), json!({ "one-by-one": 50 }), limits).await;
    assert_eq!(report.result.unwrap(), Ok(Outcome::Done("started 50".to_owned())));
    assert_eq!(report.usage.handles, 1);
}

#[tokio::test]
async fn what_is_not_granted_is_not_loaded() {
    let grants = Grants::parse(["repair-history", "tables", "node-state", "lifecycle"]).unwrap();
    let error = sandbox()
        .load("fixture", WORKER, &grants, roomy())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error);
}
