//! What nodes and the cluster remember of repairs.

use std::time::Duration;

use ringkeeper_cluster::{RecordedRepair, RepairAnswer, RepairState};
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use crate::state::State;
use crate::{SimNode, SimRepair};

/// No call waits longer in a node's queue; no clock is further ahead or behind.
const LONGEST_QUEUE: Duration = Duration::from_secs(86_400);

impl SimRepair {
    fn recorded(&self, now: Timestamp, with_number: bool) -> RecordedRepair {
        let ended = self.ends_at <= now && !self.abandoned;
        let failed = ended && self.failure.is_some();
        let mut ranges = self.order.ranges.clone();
        ranges.sort_unstable();
        RecordedRepair {
            id: Uuid::from_u128(
                u128::try_from(self.number).unwrap_or(0) << 64 | self.coordinator.as_uuid().as_u128(),
            ),
            command: with_number.then_some(self.number),
            keyspace: self.order.keyspace.clone(),
            tables: self.order.tables.iter().cloned().collect(),
            repaired: if ended && !failed {
                ranges.clone()
            } else {
                Vec::new()
            },
            ranges,
            started_at: self.started_at,
            ended_at: ended.then_some(self.ends_at),
            failure: if failed { self.failure.clone() } else { None },
            whole: self.order.data_centres.is_empty(),
            data_centres: self.order.data_centres.iter().cloned().collect(),
        }
    }
}

impl State {
    pub(crate) fn repair_state(&self, node: &SimNode, command: i32) -> RepairAnswer {
        let now = self.repairs.now();
        let found = self.repairs.taken.iter().find(|repair| {
            repair.coordinator == node.id && repair.process == node.process && repair.number == command
        });
        let state = match found {
            Some(repair) if now < repair.started_at => RepairState::Unknown,
            Some(repair) if repair.is_running(now) => RepairState::Running,
            Some(_) if self.repairs.forgetful => RepairState::Unknown,
            Some(repair) => match &repair.failure {
                Some(words) => RepairState::Failed(words.clone()),
                None => RepairState::Completed("Repair completed successfully".to_owned()),
            },
            None => RepairState::Unknown,
        };
        RepairAnswer {
            process: node.process.clone(),
            state,
        }
    }

    /// What a node remembers, by its own clock. Releases before 4.1 have no such memory and answer from the cluster's.
    pub(crate) fn coordinated_repairs(&self, node: &SimNode, since: Timestamp) -> Vec<RecordedRepair> {
        let has_memory = !node.release_version.starts_with("4.0");
        self.recorded(since, has_memory, |repair| {
            let own = repair.coordinator == node.id && repair.process == node.process;
            own || !has_memory
        })
    }

    pub(crate) fn repair_history(&self, since: Timestamp) -> Vec<RecordedRepair> {
        self.recorded(since, false, |_| true)
    }

    fn recorded(
        &self,
        since: Timestamp,
        with_number: bool,
        fits: impl Fn(&SimRepair) -> bool,
    ) -> Vec<RecordedRepair> {
        let now = self.repairs.now();
        let mut found = Vec::new();
        // Newest first, as they are many: they were taken in the order they began, but for those that were queued.
        for repair in self.repairs.taken.iter().rev() {
            if repair.started_at.after(LONGEST_QUEUE) < since {
                break;
            }
            if repair.started_at > now || !fits(repair) {
                continue;
            }
            let mut record = repair.recorded(now, with_number);
            if let Some(leader) = self.nodes.get(&repair.coordinator) {
                record.started_at = leader.by_its_clock(record.started_at);
                record.ended_at = record.ended_at.map(|at| leader.by_its_clock(at));
            }
            if record.started_at >= since {
                found.push(record);
            }
        }
        found.reverse();
        found
    }
}
