//! Repairs: taken, run for a while, remembered, and what they repair.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{
    Endpoint, NodeError, NodeErrorKind, NodeId, ProcessIdentity, RepairCommand, RepairOrder,
};
use ringkeeper_seams::{Clock, Timestamp};

use crate::state::State;
use crate::{Happening, SimNode};

/// Longer than any scenario.
pub(crate) const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);

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
    /// Whether its coordinator died while it ran: nobody is left to write down that it ended.
    pub abandoned: bool,
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Repairs {
    pub(crate) clock: Option<Arc<dyn Clock>>,
    /// How long each takes; by the bytes that are read where nothing is said.
    pub(crate) takes: Option<Duration>,
    pub(crate) taken: Vec<SimRepair>,
    /// Places in `taken` of those whose end was not noted yet.
    pub(crate) open: Vec<usize>,
    /// How many commands each process was given.
    pub(crate) numbers: BTreeMap<ProcessIdentity, i32>,
    pub(crate) start_faults: Vec<(NodeId, StartFault)>,
    /// The next so many repairs of a table fail with these words.
    pub(crate) failures: Vec<(String, u32, String)>,
    /// Whether nodes forget at once how a command ended, as after a long time.
    pub(crate) forgetful: bool,
}

impl Repairs {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.as_ref().map(|clock| clock.now()).unwrap_or_default()
    }

    /// Ends with a failure what a dead process took part in. What it led, nobody writes the end of.
    pub(crate) fn node_died(&mut self, node: NodeId) {
        let now = self.now();
        for place in &self.open {
            if let Some(repair) = self.taken.get_mut(*place)
                && repair.coordinator == node
                && repair.ends_at > now
            {
                repair.abandoned = true;
            }
        }
        self.node_lost(node);
    }

    /// Ends with a failure what a process took part in that others cannot reach.
    pub(crate) fn node_lost(&mut self, node: NodeId) {
        self.fail_where(&format!("Endpoint {node} died"), |repair| {
            repair.participants.contains(&node)
        });
    }

    /// Ends with these words what is under way and fits.
    pub(crate) fn fail_where(&mut self, words: &str, fits: impl Fn(&SimRepair) -> bool) {
        let now = self.now();
        for place in &self.open {
            let Some(repair) = self.taken.get_mut(*place) else {
                continue;
            };
            if repair.ends_at > now && fits(repair) {
                repair.ends_at = now;
                repair.failure = Some(words.to_owned());
            }
        }
    }

    fn open(&self) -> impl Iterator<Item = &SimRepair> {
        self.open.iter().filter_map(|place| self.taken.get(*place))
    }
}

impl SimRepair {
    /// Whether it is under way at this moment.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.started_at <= now && now < self.ends_at
    }
}

impl State {
    /// Numbers of the commands a node leads now.
    pub(crate) fn repair_commands(&self, node: &SimNode) -> BTreeSet<i32> {
        let now = self.repairs.now();
        let own = self.repairs.open().filter(|repair| {
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
        let fault = match fault {
            Some(place) => Some(self.repairs.start_faults.remove(place).1),
            None => self
                .lifecycle
                .lost_answers
                .remove(&node.id)
                .then_some(StartFault::AnswerLost),
        };
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
        let refusal = |message: String| NodeError::new(NodeErrorKind::Failed, node.endpoint, message);
        let map = self.placement_map(&order.keyspace);
        let map =
            map.map_err(|words| refusal(format!("no metadata of keyspace {}: {words}", order.keyspace)))?;
        if !order.data_centres.is_empty() && !order.data_centres.contains(&node.data_centre) {
            return Err(refusal(
                "the local data center must be part of the repair".to_owned(),
            ));
        }
        if map.ranges().all(|(_, placement)| placement.replicas.len() < 2) {
            return Ok(RepairCommand {
                number: 0,
                process: node.process.clone(),
            });
        }
        // What Cassandra refuses beyond that, it takes first: the command gets its number, and fails.
        let (participants, refused) = match self.unknown_table(order) {
            Some(words) => (BTreeSet::from([node.id]), Some(words)),
            None => match self.participants(node, order) {
                Ok(participants) => (participants, None),
                Err(words) => (BTreeSet::from([node.id]), Some(words)),
            },
        };
        let down = participants
            .iter()
            .find(|id| !self.nodes.get(*id).is_some_and(SimNode::is_heard));
        let is_refused = refused.is_some() || down.is_some();
        let down = down.map(|id| format!("Did not get positive replies from all endpoints: {id}"));
        let mut failure = refused.or(down);
        let planned = self
            .repairs
            .failures
            .iter_mut()
            .find(|(table, left, _)| *left > 0 && order.tables.contains(table));
        if let Some((_, left, words)) = planned {
            *left -= 1;
            failure.get_or_insert_with(|| words.clone());
        }
        let failing = participants
            .iter()
            .filter_map(|id| self.nodes.get(id))
            .find_map(|node| node.fails_repairs());
        if let Some(words) = failing {
            failure.get_or_insert(words);
        }
        let number = self.repairs.numbers.entry(node.process.clone()).or_default();
        *number += 1;
        let number = *number;
        let started_at = self.repairs.now().after(delay);
        let takes = if is_refused {
            Duration::from_millis(100)
        } else if node.repairs_hang {
            NEVER
        } else {
            self.repairs
                .takes
                .unwrap_or_else(|| self.time_of_repair(order, &participants))
        };
        self.repairs.open.push(self.repairs.taken.len());
        self.happened
            .push(started_at, Happening::RepairBegan(self.repairs.taken.len()));
        self.repairs.taken.push(SimRepair {
            coordinator: node.id,
            process: node.process.clone(),
            number,
            order: order.clone(),
            participants,
            started_at,
            ends_at: started_at.after(takes),
            failure,
            abandoned: false,
        });
        Ok(RepairCommand {
            number,
            process: node.process.clone(),
        })
    }

    /// Notes the repairs that have ended by `at`, and what they repaired.
    pub(crate) fn end_repairs(&mut self, at: Timestamp) {
        // Without a clock none ends.
        if self.repairs.clock.is_none() {
            return;
        }
        let taken = &self.repairs.taken;
        let mut ended: Vec<usize> = Vec::new();
        self.repairs.open.retain(|place| {
            let is_over = taken.get(*place).is_none_or(|repair| repair.ends_at <= at);
            if is_over {
                ended.push(*place);
            }
            !is_over
        });
        ended.sort_by_key(|place| self.repairs.taken.get(*place).map(|repair| repair.ends_at));
        for place in ended {
            let Some(repair) = self.repairs.taken.get(place).cloned() else {
                continue;
            };
            if repair.failure.is_none() {
                self.arrive(&repair);
                self.rows.repair(&repair);
            }
            self.happened.push(repair.ends_at, Happening::RepairEnded(place));
        }
    }

    /// What a node says of the first table that there is not.
    fn unknown_table(&self, order: &RepairOrder) -> Option<String> {
        let keyspace = self.schema.keyspaces.get(&order.keyspace)?;
        let mut tables = order.tables.iter();
        let unknown = tables.find(|table| !keyspace.tables.contains_key(*table))?;
        Some(format!("Unknown keyspace/cf pair ({}.{unknown})", order.keyspace))
    }

    /// Ends what repairs a table that there is no more.
    pub(crate) fn end_repairs_of_dropped_tables(&mut self) {
        let schema = &self.schema;
        let is_there = |keyspace: &str, table: &String| {
            let keyspace = schema.keyspaces.get(keyspace);
            keyspace.is_some_and(|keyspace| keyspace.tables.contains_key(table))
        };
        self.repairs
            .fail_where("Repair session failed: a table was dropped", |repair| {
                let mut tables = repair.order.tables.iter();
                !tables.all(|table| is_there(&repair.order.keyspace, table))
            });
    }

    /// Every replica of the ranges, or why the node refuses them.
    fn participants(&self, node: &SimNode, order: &RepairOrder) -> Result<BTreeSet<NodeId>, String> {
        let map = self.placement_map(&order.keyspace)?;
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

    /// Ends all repairs of a node.
    pub(crate) fn terminate_repairs(&mut self, node: NodeId) {
        self.repairs
            .fail_where("Some repair failed: terminated", |repair| {
                repair.coordinator == node
            });
    }
}

impl SimNode {
    /// Why repairs fail in which it takes part.
    fn fails_repairs(&self) -> Option<String> {
        if self.disk_full {
            return Some(format!(
                "Repair failed on {}: No space left on device",
                self.endpoint
            ));
        }
        self.streams_fail
            .then(|| format!("Stream with {} failed: Connection reset by peer", self.endpoint))
    }
}
