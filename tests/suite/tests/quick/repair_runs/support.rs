//! What the stories about repair share.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_conductor::{FaultPoint, Faults};
use ringkeeper_journal::EffectId;
use ringkeeper_ring::TokenRange;
use ringkeeper_sim::SimRepair;
use ringkeeper_suite::SimHost;
use serde_json::json;

/// Asks for a repair of `orders`.
pub(super) fn request() -> RunRequest {
    let parameters = json!({ "keyspaces": ["orders"] });
    RunRequest {
        operation: "repair.full".to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        approve: None,
        deadline: None,
        security: false,
    }
}

/// Opens a run as soon as the host has looked, and answers its id.
pub(super) async fn open(host: &SimHost) -> String {
    host.pass(20).await;
    host.conductor.open_run(&request()).await.unwrap().id
}

/// Lets time pass until the run has ended.
pub(super) async fn end(host: &SimHost, run: &str, within_seconds: u64) -> RunDetail {
    let mut detail = host.conductor.run(run).unwrap();
    for _ in 0..within_seconds {
        if detail.run.ended_at.is_some() {
            break;
        }
        host.pass(1).await;
        detail = host.conductor.run(run).unwrap();
    }
    assert!(
        detail.run.ended_at.is_some(),
        "the run did not end in time: {detail:#?}"
    );
    detail
}

/// Every two repairs in which some node repaired the same range of the same table at one time.
pub(super) fn overlaps(repairs: &[SimRepair]) -> Vec<(SimRepair, SimRepair)> {
    let mut found = Vec::new();
    for (place, one) in repairs.iter().enumerate() {
        for other in repairs.iter().skip(place + 1) {
            let at_one_time = one.started_at < other.ends_at && other.started_at < one.ends_at;
            let same_table = one.order.keyspace == other.order.keyspace
                && one
                    .order
                    .tables
                    .iter()
                    .any(|table| other.order.tables.contains(table));
            let same_range = one
                .order
                .ranges
                .iter()
                .any(|range| other.order.ranges.iter().any(|its| range.overlaps(*its)));
            if at_one_time && same_table && same_range {
                found.push((one.clone(), other.clone()));
            }
        }
    }
    found
}

/// Whether every node took part in one repair at a time.
pub(super) fn no_node_repairs_twice_at_one_time(repairs: &[SimRepair]) -> bool {
    repairs.iter().enumerate().all(|(place, one)| {
        repairs.iter().skip(place + 1).all(|other| {
            one.started_at >= other.ends_at
                || other.started_at >= one.ends_at
                || one.participants.is_disjoint(&other.participants)
        })
    })
}

/// How often each range of a table was repaired to the end.
pub(super) fn times_repaired(repairs: &[SimRepair], table: &str) -> BTreeMap<TokenRange, u32> {
    let mut times = BTreeMap::new();
    for repair in repairs.iter().filter(|repair| repair.failure.is_none()) {
        if repair.order.tables.iter().any(|name| name == table) {
            for range in &repair.order.ranges {
                *times.entry(*range).or_insert(0) += 1;
            }
        }
    }
    times
}

/// Stops the host for good at the n-th time that an effect passes a point.
#[derive(Debug)]
pub(crate) struct StopAt {
    point: FaultPoint,
    left: Mutex<u32>,
    /// Whether it stopped.
    stopped: tokio::sync::watch::Sender<bool>,
}

impl StopAt {
    pub(crate) fn new(point: FaultPoint, nth: u32) -> Self {
        Self {
            point,
            left: Mutex::new(nth),
            stopped: tokio::sync::watch::Sender::new(false),
        }
    }

    /// Waits until the host stands still.
    pub(crate) async fn stopped(&self) {
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }
}

#[async_trait]
impl Faults for StopAt {
    async fn reach(&self, point: FaultPoint, _: &EffectId) {
        let stops = {
            let mut left = self.left.lock().unwrap();
            if point != self.point || *left == 0 {
                false
            } else {
                *left -= 1;
                *left == 0
            }
        };
        if stops {
            self.stopped.send_replace(true);
            std::future::pending::<()>().await;
        }
    }
}
