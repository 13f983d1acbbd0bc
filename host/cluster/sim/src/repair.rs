//! Repairs: taken, run for a while, remembered. Nothing is repaired, for there are no rows; what counts is who did what when.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{
    Endpoint, NodeError, NodeErrorKind, NodeId, ProcessIdentity, RecordedRepair, RepairAnswer, RepairCommand,
    RepairOrder, RepairState,
};
use ringkeeper_ring::{PlacementMap, RingMember};
use ringkeeper_seams::{Clock, Timestamp};
use uuid::Uuid;

use crate::SimNode;
use crate::state::State;

/// A repair that a node took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimRepair {
    /// Who leads it.
    pub coordinator: NodeId,
    /// The process that took it.
    pub process: ProcessIdentity,
    /// Its number there.
    pub number: i32,
    /// What it is to do.
    pub order: RepairOrder,
    /// Everyone who takes part.
    pub participants: BTreeSet<NodeId>,
    /// When it began; a queued one begins later than it was taken.
    pub started_at: Timestamp,
    /// When it ends or ended.
    pub ends_at: Timestamp,
    /// Why it fails; none where it does not.
    pub failure: Option<String>,
}

/// What happens to the next call that starts a repair at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartFault {
    /// The call arrives, its answer does not.
    AnswerLost,
    /// The call does not arrive, and the caller cannot tell.
    CallLost,
    /// The call waits in the node's queue for so long, and the caller has gone meanwhile.
    Queued(Duration),
}

/// Every repair of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Repairs {
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) takes: Duration,
    pub(crate) taken: Vec<SimRepair>,
    pub(crate) start_faults: Vec<(NodeId, StartFault)>,
    /// The next so many repairs of a table fail with these words.
    pub(crate) failures: Vec<(String, u32, String)>,
    /// Whether nodes forget at once how a command ended, as after a long time.
    pub(crate) forgetful: bool,
}

impl Default for Repairs {
    fn default() -> Self {
        Self {
            clock: None,
            takes: Duration::from_secs(10),
            taken: Vec::new(),
            start_faults: Vec::new(),
            failures: Vec::new(),
            forgetful: false,
        }
    }
}

impl Repairs {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.as_ref().map(|clock| clock.now()).unwrap_or_default()
    }

    /// Ends with a failure what a dead process took part in.
    pub(crate) fn node_died(&mut self, node: NodeId) {
        let now = self.now();
        for repair in &mut self.taken {
            if repair.ends_at > now && repair.participants.contains(&node) {
                repair.ends_at = now;
                repair.failure = Some(format!("Endpoint {node} died"));
            }
        }
    }
}

impl SimRepair {
    fn is_running(&self, now: Timestamp) -> bool {
        self.started_at <= now && now < self.ends_at
    }

    fn recorded(&self, now: Timestamp, with_number: bool) -> RecordedRepair {
        let ended = self.ends_at <= now;
        let failed = ended && self.failure.is_some();
        RecordedRepair {
            id: Uuid::from_u128(
                u128::try_from(self.number).unwrap_or(0) << 64 | self.coordinator.as_uuid().as_u128(),
            ),
            command: with_number.then_some(self.number),
            keyspace: self.order.keyspace.clone(),
            tables: self.order.tables.iter().cloned().collect(),
            ranges: self.order.ranges.clone(),
            repaired: if ended && !failed {
                self.order.ranges.clone()
            } else {
                Vec::new()
            },
            started_at: self.started_at,
            ended_at: ended.then_some(self.ends_at),
            failure: if failed { self.failure.clone() } else { None },
            whole: self.order.data_centres.is_empty(),
            data_centres: self.order.data_centres.iter().cloned().collect(),
        }
    }
}

impl State {
    /// Numbers of the commands a node leads now.
    pub(crate) fn repair_commands(&self, node: &SimNode) -> BTreeSet<i32> {
        let now = self.repairs.now();
        let own = self.repairs.taken.iter().filter(|repair| {
            repair.coordinator == node.id && repair.process == node.process && repair.is_running(now)
        });
        own.map(|repair| repair.number).collect()
    }

    pub(crate) fn start_repair(
        &mut self,
        at: Endpoint,
        order: &RepairOrder,
    ) -> Result<RepairCommand, NodeError> {
        let node = self.listening(at)?.clone();
        let lost = || NodeError::new(NodeErrorKind::TimedOut, at, "no answer in time");
        let fault = self
            .repairs
            .start_faults
            .iter()
            .position(|(of, _)| *of == node.id);
        let fault = fault.map(|place| self.repairs.start_faults.remove(place).1);
        if fault == Some(StartFault::CallLost) {
            return Err(lost());
        }
        let delay = match fault {
            Some(StartFault::Queued(delay)) => delay,
            _ => Duration::ZERO,
        };
        let command = self.take_repair(&node, order, delay)?;
        if fault.is_some() { Err(lost()) } else { Ok(command) }
    }

    /// Takes a repair as the node would, whoever asks.
    pub(crate) fn take_repair(
        &mut self,
        node: &SimNode,
        order: &RepairOrder,
        delay: Duration,
    ) -> Result<RepairCommand, NodeError> {
        let failed = |message: String| NodeError::new(NodeErrorKind::Failed, node.endpoint, message);
        let keyspace = self.schema.keyspaces.get(&order.keyspace);
        let keyspace =
            keyspace.ok_or_else(|| failed(format!("Keyspace \"{}\" does not exist", order.keyspace)))?;
        if let Some(table) = order
            .tables
            .iter()
            .find(|table| !keyspace.tables.contains_key(*table))
        {
            return Err(failed(format!(
                "Unknown keyspace/cf pair ({}.{table})",
                order.keyspace
            )));
        }
        let participants = self.participants(node, order).map_err(failed)?;
        let down = participants
            .iter()
            .find(|id| !self.nodes.get(*id).is_some_and(SimNode::is_heard));
        let mut failure = down.map(|id| format!("Did not get positive replies from all endpoints: {id}"));
        let planned = self
            .repairs
            .failures
            .iter_mut()
            .find(|(table, left, _)| *left > 0 && order.tables.contains(table));
        if let Some((_, left, words)) = planned {
            *left -= 1;
            failure.get_or_insert_with(|| words.clone());
        }
        let of_process = self
            .repairs
            .taken
            .iter()
            .filter(|repair| repair.process == node.process);
        let number = 1 + i32::try_from(of_process.count()).unwrap_or(0);
        let started_at = self.repairs.now().after(delay);
        let takes = if down.is_some() {
            Duration::from_millis(100)
        } else {
            self.repairs.takes
        };
        self.repairs.taken.push(SimRepair {
            coordinator: node.id,
            process: node.process.clone(),
            number,
            order: order.clone(),
            participants,
            started_at,
            ends_at: started_at.after(takes),
            failure,
        });
        Ok(RepairCommand {
            number,
            process: node.process.clone(),
        })
    }

    /// Every replica of the ranges, or why the node refuses them.
    fn participants(&self, node: &SimNode, order: &RepairOrder) -> Result<BTreeSet<NodeId>, String> {
        let members = self
            .nodes
            .values()
            .filter(|other| other.mode != "JOINING")
            .map(|other| {
                let member = RingMember {
                    data_centre: other.data_centre.clone(),
                    rack: other.rack.clone(),
                    tokens: other.tokens.clone(),
                };
                (other.id, member)
            });
        let replication = self
            .schema
            .keyspaces
            .get(&order.keyspace)
            .map(|keyspace| &keyspace.replication);
        let replication = replication.ok_or("no such keyspace")?;
        let map =
            PlacementMap::compute(&members.collect(), replication).map_err(|error| error.to_string())?;
        let mut all = BTreeSet::from([node.id]);
        for range in &order.ranges {
            let placement = map.placement_of(range.end).ok_or("no placement")?;
            let whole = placement.ranges.iter().any(|outer| {
                outer
                    .intersection(*range)
                    .iter()
                    .map(|part| part.width())
                    .sum::<u128>()
                    == range.width()
            });
            if !whole || !placement.replicas.contains(&node.id) {
                return Err(format!(
                    "Requested range {range} intersects a local range but is not fully contained in one"
                ));
            }
            all.extend(placement.replicas.iter().copied().filter(|id| {
                order.data_centres.is_empty()
                    || self
                        .nodes
                        .get(id)
                        .is_some_and(|node| order.data_centres.contains(&node.data_centre))
            }));
        }
        Ok(all)
    }

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

    /// What a node remembers. Releases before 4.1 have no such memory and answer from the cluster's.
    pub(crate) fn coordinated_repairs(&self, node: &SimNode, since: Timestamp) -> Vec<RecordedRepair> {
        let has_memory = !node.release_version.starts_with("4.0");
        let now = self.repairs.now();
        let visible = self.repairs.taken.iter().filter(|repair| {
            let own = repair.coordinator == node.id && repair.process == node.process;
            (own || !has_memory) && repair.started_at >= since && repair.started_at <= now
        });
        visible.map(|repair| repair.recorded(now, has_memory)).collect()
    }

    pub(crate) fn repair_history(&self, since: Timestamp) -> Vec<RecordedRepair> {
        let now = self.repairs.now();
        let begun = self
            .repairs
            .taken
            .iter()
            .filter(|repair| repair.started_at >= since && repair.started_at <= now);
        begun.map(|repair| repair.recorded(now, false)).collect()
    }

    /// Ends all repairs of a node.
    pub(crate) fn terminate_repairs(&mut self, node: NodeId) {
        let now = self.repairs.now();
        for repair in &mut self.repairs.taken {
            if repair.coordinator == node && repair.is_running(now) {
                repair.ends_at = now;
                repair.failure = Some("Some repair failed: terminated".to_owned());
            }
        }
    }
}
