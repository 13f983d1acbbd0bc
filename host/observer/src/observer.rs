//! The observer: three beats in one task, and what follows a sweep in which nodes were silent.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, join4, select};
use ringkeeper_cluster::{Answer, Cluster, Machines, NodeId, NodeView, SeriesKey, Snapshot, Tier};
use ringkeeper_seams::{Runtime, Seams};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::ObserverSettings;
use crate::ask::Asker;
use crate::looks::{self, LOOK_LIMIT, Looker, Looks};
use crate::sweep::Known;

/// Watches one cluster.
#[derive(Debug)]
pub struct Observer {
    watch: Watch,
    known: Known,
    looks: Looks,
}

/// What all tiers share. They run in one task, so nothing happens between reading the latest snapshot and publishing
/// the next one without an await.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) asker: Asker,
    pub(crate) settings: ObserverSettings,
    pub(crate) runtime: Runtime,
    pub(crate) published: watch::Sender<Option<Arc<Snapshot>>>,
}

impl Observer {
    /// An observer that has seen nothing yet. It asks nobody until it runs or sweeps.
    #[must_use]
    pub fn new(cluster: Arc<dyn Cluster>, settings: ObserverSettings, seams: Seams) -> Self {
        let asker = Asker::new(cluster, seams.clock, &settings);
        let published = watch::Sender::new(None);
        Self {
            watch: Watch {
                asker,
                settings,
                runtime: seams.runtime,
                published,
            },
            known: Known::default(),
            looks: Looks::default(),
        }
    }

    /// Has the machines below the nodes asked as well, of whom nobody is asked otherwise.
    #[must_use]
    pub fn with_machines(mut self, machines: Arc<dyn Machines>) -> Self {
        self.watch.asker.machines = machines;
        self
    }

    /// The newest snapshot, and notice of every new one; none before the first sweep has ended.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<Option<Arc<Snapshot>>> {
        self.watch.published.subscribe()
    }

    /// A handle with which others have it look at once.
    #[must_use]
    pub fn looker(&self) -> Looker {
        self.looks.looker()
    }

    /// Watches until the task is aborted. Each tier keeps its own beat: a slow one skips beats, and delays no other.
    pub async fn run(self) {
        let Self {
            watch,
            mut known,
            mut looks,
        } = self;
        let membership = async {
            let mut beats = beats(watch.settings.membership_every);
            loop {
                let askers = match select(pin!(looks.asked()), pin!(beats.tick())).await {
                    Either::Left((askers, _)) => askers,
                    Either::Right(_) => Vec::new(),
                };
                let limit = if askers.is_empty() {
                    watch.asker.limit
                } else {
                    watch.asker.limit.min(LOOK_LIMIT)
                };
                let snapshot = watch.sweep(&mut known, limit).await;
                looks::answer(askers, &snapshot);
            }
        };
        let nodes = watch.follow(Tier::Node, watch.settings.node_metrics_every);
        let tables = watch.follow(Tier::Table, watch.settings.table_metrics_every);
        let silent = watch.follow_silent();
        join4(membership, nodes, tables, silent).await;
    }

    /// Sweeps once: membership from every node, ring and schema where they may have changed, placements where they
    /// did. Takes a few times the limit of one node at most, however many do not answer.
    pub async fn sweep(&mut self) -> Arc<Snapshot> {
        self.watch.sweep(&mut self.known, self.watch.asker.limit).await
    }

    /// Reads the numbers about nodes once, from those that answered at the last sweep, and those of all machines.
    pub async fn read_node_metrics(&mut self) {
        self.watch.read_metrics(Tier::Node).await;
    }

    /// Reads the numbers of the machines of those nodes that did not answer at the last sweep.
    pub async fn read_silent_machines(&mut self) {
        self.watch.read_silent_machines().await;
    }

    /// Reads the numbers about tables once, from the nodes that answered at the last sweep.
    pub async fn read_table_metrics(&mut self) {
        self.watch.read_metrics(Tier::Table).await;
    }
}

impl Watch {
    pub(crate) fn latest(&self) -> Option<Arc<Snapshot>> {
        self.published.borrow().clone()
    }

    pub(crate) fn publish(&self, mut next: Snapshot) -> Arc<Snapshot> {
        let before = self.latest();
        if before
            .as_ref()
            .is_some_and(|before| series_can_end(before, &next))
        {
            let Snapshot {
                nodes,
                keyspaces,
                metrics,
                ..
            } = &mut next;
            Arc::make_mut(metrics).retain(|key: &SeriesKey| {
                let has_table = |name: &ringkeeper_cluster::TableName| {
                    keyspaces
                        .get(&name.keyspace)
                        .is_some_and(|view| view.keyspace.tables.contains_key(&name.table))
                };
                nodes.contains_key(&key.node) && key.table.as_ref().is_none_or(has_table)
            });
        }
        let unread = unread(before.as_deref(), &next);
        if !unread.is_empty() {
            Arc::make_mut(&mut next.metrics).forget_asked(&unread);
        }
        log_changes(before.as_deref(), &next);
        let next = Arc::new(next);
        self.published.send_replace(Some(Arc::clone(&next)));
        next
    }

    async fn follow(&self, tier: Tier, every: Duration) {
        let mut snapshots = self.published.subscribe();
        // The sender lives in `self`, so this ends with the first sweep.
        if snapshots.wait_for(Option::is_some).await.is_err() {
            return;
        }
        let mut beats = beats(every);
        loop {
            beats.tick().await;
            self.read_metrics(tier).await;
        }
    }
}

/// The first at once; a beat that is missed is left out, so that they never pile up.
fn beats(every: Duration) -> Interval {
    let mut beats = interval(every.max(Duration::from_millis(1)));
    beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
    beats
}

/// Whether a node or table is gone, so that its numbers are to be forgotten.
fn series_can_end(before: &Snapshot, next: &Snapshot) -> bool {
    let tables = |snapshot: &Snapshot| -> Vec<(String, String)> {
        let views = snapshot.keyspaces.values();
        views
            .flat_map(|view| {
                view.keyspace
                    .tables
                    .keys()
                    .map(|table| (view.keyspace.name.clone(), table.clone()))
            })
            .collect()
    };
    let same_tables = || Arc::ptr_eq(&before.keyspaces, &next.keyspaces) || tables(before) == tables(next);
    !before.nodes.keys().eq(next.nodes.keys()) || !same_tables()
}

/// Nodes whose numbers are not about the process that answers, or of which none does.
fn unread(before: Option<&Snapshot>, next: &Snapshot) -> Vec<NodeId> {
    let is_another = |node: &NodeView| {
        let old = before.and_then(|before| before.nodes.get(&node.id));
        old.is_some_and(|old| old.process != node.process)
    };
    let nodes = next.nodes.values();
    nodes
        .filter(|node| node.answer != Answer::Answered || is_another(node))
        .map(|node| node.id)
        .filter(|node| next.metrics.was_asked(*node))
        .collect()
}

fn log_changes(before: Option<&Snapshot>, next: &Snapshot) {
    let cluster = next.cluster.as_str();
    for warning in &next.warnings {
        if before.is_none_or(|before| !before.warnings.contains(warning)) {
            tracing::warn!(cluster, about = warning.about, "{}", warning.message);
        }
    }
    for (id, node) in &next.nodes {
        let old = before.and_then(|before| before.nodes.get(id));
        if let Some(old) = old
            && (old.status, old.membership) != (node.status, node.membership)
        {
            let (status, membership) = (node.status.name(), node.membership.name());
            tracing::info!(cluster, node = %node.endpoint, status, membership, "node changed");
        }
    }
}
