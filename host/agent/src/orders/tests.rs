use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use ringkeeper_cluster::{Order, ProcessState};
use tokio::sync::Semaphore;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// Counts what it did, and does it when it may.
#[derive(Debug)]
pub(crate) struct Counting {
    stops: AtomicU32,
    may: Semaphore,
}

#[async_trait]
impl ProcessDriver for Counting {
    async fn start(&self, _: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        Err(ProcessError {
            kind: ProcessErrorKind::Failed,
            message: "no".to_owned(),
        })
    }

    async fn stop(&self, _: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        self.stops.fetch_add(1, Ordering::SeqCst);
        self.may.acquire().await.unwrap().forget();
        Ok(())
    }

    async fn state(&self, _: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        Ok(ProcessState::Unknown)
    }

    fn limit(&self) -> Duration {
        PATIENCE
    }
}

pub(crate) fn driver(may: usize) -> Arc<Counting> {
    Arc::new(Counting {
        stops: AtomicU32::new(0),
        may: Semaphore::new(may),
    })
}

pub(crate) fn request(number: u64) -> ProcessRequest {
    ProcessRequest {
        protocol: 1,
        order: Order {
            run: "run-1".to_owned(),
            step: "restart".to_owned(),
            number,
        },
        place: ProcessPlace {
            node: "00000000-0000-0000-0000-000000000007".parse().unwrap(),
            endpoint: "10.0.0.1:7000".parse().unwrap(),
            data_centre: "dc1".to_owned(),
            rack: "r1".to_owned(),
        },
        limit_ms: 30_000,
    }
}

/// Has the worker work while something else is done.
pub(crate) async fn beside<T>(worker: Worker, what: impl Future<Output = T>) -> T {
    use futures::future::{Either, select};
    match select(std::pin::pin!(worker.work()), std::pin::pin!(what)).await {
        Either::Right((done, _)) => done,
        Either::Left(_) => unreachable!("it works on"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_is_carried_out_once_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let driver = driver(0);
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    beside(worker, async {
        let soon = Duration::from_secs(1);
        let state = orders.take(Deed::Stop, request(7), soon).await.unwrap();
        assert_eq!(state, OrderState::Running);
        let busy = orders.take(Deed::Start, request(8), soon).await.unwrap_err();
        assert_eq!(busy.message, "order 7 of run run-1, step restart is under way");
        driver.may.add_permits(1);
        let state = orders.take(Deed::Stop, request(7), PATIENCE).await.unwrap();
        assert_eq!(state, OrderState::Done);
        let state = orders.take(Deed::Stop, request(7), PATIENCE).await.unwrap();
        assert_eq!(state, OrderState::Done);
    })
    .await;
    // Nor after a restart of the agent.
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    let again = beside(worker, orders.take(Deed::Stop, request(7), PATIENCE)).await;
    assert_eq!(again.unwrap(), OrderState::Done);
    assert_eq!(driver.stops.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_comes_too_late_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let driver = driver(9);
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    beside(worker, async {
        let failed = orders.take(Deed::Start, request(9), PATIENCE).await.unwrap();
        assert!(matches!(failed, OrderState::Failed { .. }), "{failed:?}");
        let late = orders.take(Deed::Stop, request(8), PATIENCE).await.unwrap_err();
        assert_eq!(late.code, ProblemCode::Refused);
        assert!(late.message.starts_with("order 8 comes too late"), "{late:?}");
        let other = orders.take(Deed::Stop, request(9), PATIENCE).await.unwrap_err();
        assert_eq!(other.message, "order 9 was heard before, as another one");
    })
    .await;
    assert_eq!(driver.stops.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn what_an_agent_was_killed_in_is_in_doubt_and_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let driver = driver(0);
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    let state = beside(
        worker,
        orders.take(Deed::Stop, request(7), Duration::from_secs(1)),
    )
    .await;
    assert_eq!(state.unwrap(), OrderState::Running);
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    let state = beside(worker, orders.take(Deed::Stop, request(7), PATIENCE))
        .await
        .unwrap();
    let OrderState::Failed { error } = state else {
        panic!("{state:?}");
    };
    assert_eq!(error.kind, ProcessErrorKind::TimedOut);
    assert_eq!(driver.stops.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let driver = driver(9);
    let (orders, worker) = open(folder.path(), Arc::clone(&driver) as _).unwrap();
    drop(folder);
    let refused = beside(worker, orders.take(Deed::Stop, request(7), PATIENCE)).await;
    let message = refused.unwrap_err().message;
    assert!(message.ends_with("nothing was done"), "{message}");
    assert_eq!(driver.stops.load(Ordering::SeqCst), 0);
}
