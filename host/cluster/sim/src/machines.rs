//! The machines below the nodes, answered from memory where the cluster has agents.

use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{Endpoint, Machines, NoMachines, NodeError, NodeErrorKind, Sample};
use ringkeeper_seams::Timestamp;

use crate::answer::LIMIT;
use crate::lifecycle::LifecycleChange;
use crate::state::State;
use crate::{SimCluster, SimNode};

/// Where Cassandra's data and commit log are on each machine.
const MOUNT: &str = "/var/lib/cassandra";
const PROCESSORS: f64 = 8.0;
/// The share of processor time that waits for a slow disk, and for another one.
const SLOW_DISK: f64 = 0.5;
const QUICK_DISK: f64 = 0.01;
const TIB: u64 = 1 << 40;
const HOUR: Duration = Duration::from_secs(3_600);

/// Processor time that waited for disks, added up so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waited {
    until: Timestamp,
    seconds: f64,
}

impl SimCluster {
    /// Whether there is an agent beside each node from now on, and so somebody who tells of its machine; not unless said
    /// otherwise. An agent answers to `machine` in [`SimNode::answers_to`].
    pub fn has_agents(&self, has_agents: bool) {
        self.lock().has_agents = has_agents;
    }
}

#[async_trait]
impl Machines for SimCluster {
    async fn machine(&self, at: Endpoint) -> Result<Vec<Sample>, NodeError> {
        if !self.lock().has_agents {
            return NoMachines.machine(at).await;
        }
        let answers = {
            let mut state = self.lock();
            *state.calls.entry(at).or_default().entry("machine").or_default() += 1;
            let node = state.at(at)?;
            node.answers_to.get("machine").cloned().unwrap_or_default()
        };
        answers.wait(at, LIMIT).await?;
        let mut state = self.lock();
        let node = state.at(at)?.clone();
        Ok(state.machine(&node))
    }
}

impl State {
    /// The node here, whether its process runs or not.
    fn at(&self, at: Endpoint) -> Result<&SimNode, NodeError> {
        let mut nodes = self.nodes.values();
        let no_machine = || NodeError::new(NodeErrorKind::Unreachable, at, "no such machine");
        nodes.find(|node| node.endpoint == at).ok_or_else(no_machine)
    }

    fn machine(&mut self, node: &SimNode) -> Vec<Sample> {
        let (total, free) = self.room(node);
        let flag = |name: &str, is_so: bool| Sample::of_node(name, f64::from(u8::from(is_so)));
        let mut samples = vec![
            Sample::of_node("machine.cpu.count", PROCESSORS),
            Sample::of_node("machine.cpu.iowait_seconds", self.waited(node)),
            Sample::of_node("machine.cpu.steal_seconds", 0.0),
            Sample::of_node("machine.memory.oom_kills", 0.0),
            Sample::of_part("machine.filesystem.total_bytes", MOUNT, total as f64),
            Sample::of_part("machine.filesystem.free_bytes", MOUNT, free as f64),
            Sample::of_part("machine.filesystem.read_only", MOUNT, 0.0),
            Sample::of_part("machine.filesystem.holds_data", MOUNT, 1.0),
            Sample::of_part("machine.filesystem.holds_commitlog", MOUNT, 1.0),
            flag("machine.clock.synchronised", true),
            Sample::of_node(
                "machine.clock.offset_seconds",
                node.clock_ahead_ms as f64 / 1_000.0,
            ),
        ];
        samples.extend(self.process(node));
        for own in &node.machine {
            samples.retain(|sample| (&sample.metric, &sample.part) != (&own.metric, &own.part));
            samples.push(own.clone());
        }
        samples
    }

    fn process(&self, node: &SimNode) -> Vec<Sample> {
        let now = self.lifecycle.now();
        let since = match self.lifecycle.processes.get(&node.id) {
            Some((_, since)) => *since,
            None => node.process.started_at,
        };
        let own = || self.lifecycle.events.iter().filter(|event| event.node == node.id);
        let starts = own()
            .filter(|event| event.what == LifecycleChange::Started && now.since(event.at) < HOUR)
            .count();
        let mut samples = vec![
            Sample::of_node("process.running", f64::from(u8::from(node.running))),
            Sample::of_node("process.state_seconds", now.since(since).as_secs_f64()),
            Sample::of_node("process.starts_last_hour", starts as f64),
        ];
        if !node.running {
            // One that is killed leaves no event.
            let stopped = own()
                .next_back()
                .is_some_and(|event| event.what == LifecycleChange::Stopped && event.at >= since);
            samples.push(Sample::of_node(
                "process.stopped_on_purpose",
                f64::from(u8::from(stopped)),
            ));
        }
        samples
    }

    /// Bytes of the data disk, and those of them that are free.
    fn room(&self, node: &SimNode) -> (u64, u64) {
        let limited = self.rows.load.as_ref().filter(|load| load.grows);
        let (total, used) = match limited {
            Some(load) => (load.disk_bytes, self.bytes_on(node.id)),
            None => (TIB, TIB / 4),
        };
        match node.disk_full {
            true => (total, 0),
            false => (total, total.saturating_sub(used)),
        }
    }

    /// Counts on at the rate of now, since it was last asked.
    fn waited(&mut self, node: &SimNode) -> f64 {
        let now = self.lifecycle.now();
        let waited = self.waited.entry(node.id).or_insert(Waited {
            until: now,
            seconds: 0.0,
        });
        let share = if node.disk_slow { SLOW_DISK } else { QUICK_DISK };
        waited.seconds += now.since(waited.until).as_secs_f64() * PROCESSORS * share;
        waited.until = now;
        waited.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answers, Load};

    async fn told(cluster: &SimCluster, metric: &str) -> Option<f64> {
        let at = cluster.node(cluster.nodes()[0]).unwrap().endpoint;
        let samples = cluster.machine(at).await.unwrap();
        let found = samples.iter().find(|sample| sample.metric == metric);
        found.map(|sample| sample.value)
    }

    fn cluster() -> SimCluster {
        let cluster = SimCluster::builder().rack("dc1", "r1", 1).build();
        cluster.has_agents(true);
        cluster
    }

    #[tokio::test]
    async fn without_agents_nobody_tells() {
        let cluster = SimCluster::builder().rack("dc1", "r1", 1).build();
        let at = cluster.node(cluster.nodes()[0]).unwrap().endpoint;
        let error = cluster.machine(at).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Unsupported);
    }

    #[tokio::test]
    async fn a_machine_tells_that_its_process_died_and_how_the_node_is() {
        let cluster = cluster();
        let node = cluster.nodes()[0];
        assert_eq!(told(&cluster, "process.running").await, Some(1.0));
        assert_eq!(told(&cluster, "process.stopped_on_purpose").await, None);
        cluster.kill(node);
        cluster.edit(node, |node| node.clock_ahead_ms = 1_500);
        assert_eq!(told(&cluster, "process.running").await, Some(0.0));
        assert_eq!(told(&cluster, "process.stopped_on_purpose").await, Some(0.0));
        assert_eq!(told(&cluster, "machine.clock.offset_seconds").await, Some(1.5));
    }

    #[tokio::test]
    async fn a_disk_has_the_room_that_the_load_leaves() {
        let cluster = cluster();
        let node = cluster.nodes()[0];
        cluster.set_load(Some(Load {
            writes_per_second: 0,
            row_bytes: 1,
            table_bytes: 0,
            hints: false,
            grows: true,
            disk_bytes: 1_000,
        }));
        assert_eq!(
            told(&cluster, "machine.filesystem.free_bytes").await,
            Some(1_000.0)
        );
        cluster.edit(node, |node| node.disk_full = true);
        assert_eq!(told(&cluster, "machine.filesystem.free_bytes").await, Some(0.0));
    }

    #[tokio::test]
    async fn an_agent_may_say_nothing() {
        let cluster = cluster();
        let node = cluster.nodes()[0];
        let gone = NodeError::new(NodeErrorKind::Unreachable, "agent", "connection refused");
        cluster.edit(node, |node| {
            node.answers_to.insert("machine", Answers::Fails(gone));
        });
        let at = cluster.node(node).unwrap().endpoint;
        assert!(cluster.machine(at).await.is_err());
    }
}
