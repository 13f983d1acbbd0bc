//! What the guard is asked: the book and the newest look at the cluster, put before it with the operator's policy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Snapshot, is_maintenance, levels_in_use};
use ringkeeper_guard::{
    Approval, Block, Foreign, ForeignKind, Frozen, Holder, Lease, LevelUse, Policy, Proposal, Rule,
    Standings, Verdict, World, admit, who_must_be_heard,
};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;

use super::Book;
use super::approval::approval;
use super::foreign::{Said, foreign_repairs, own_schedulers};
use super::run::{Run, StepRecord, is_wide};
use super::touched::kinds;

/// How long a step may hold its nodes; past that it begins nothing more.
pub(super) const LEASE_LIMIT: Duration = Duration::from_secs(6 * 3_600);
/// Requests of so long ago still say which consistency levels are in use.
const LEVELS_WITHIN: Duration = Duration::from_secs(15 * 60);

/// Everything the guard looks at, gathered once.
#[derive(Debug)]
pub(super) struct Facts {
    snapshot: Arc<Snapshot>,
    leases: Vec<Lease>,
    /// The nodes that the steps of each plugin hold.
    by_plugin: BTreeMap<String, BTreeSet<NodeId>>,
    foreign: Vec<Foreign>,
    frozen: Option<Frozen>,
    levels: Vec<LevelUse>,
    now: Timestamp,
    sweep_every: Duration,
}

impl Facts {
    pub(super) fn gather(
        book: &Book,
        snapshot: &Arc<Snapshot>,
        said: &BTreeMap<NodeId, Said>,
        now: Timestamp,
        sweep_every: Duration,
    ) -> Self {
        Self {
            leases: leases(book),
            by_plugin: held_by_plugin(book),
            foreign: foreign(book, snapshot, said),
            frozen: book
                .frozen
                .clone()
                .map(|(since, reason)| Frozen { since, reason }),
            levels: levels_in_use(&snapshot.metrics, now, LEVELS_WITHIN),
            snapshot: Arc::clone(snapshot),
            now,
            sweep_every,
        }
    }

    /// Puts a proposal before the guard.
    pub(super) fn ask(&self, proposal: &Proposal, policy: &Policy) -> Verdict {
        admit(proposal, &self.world(), policy)
    }

    fn world(&self) -> World<'_> {
        World {
            now: self.now,
            snapshot: &self.snapshot,
            sweep_every: self.sweep_every,
            leases: &self.leases,
            foreign: &self.foreign,
            frozen: self.frozen.as_ref(),
            levels: &self.levels,
        }
    }

    /// What the guard has against the start of a step. One that takes its nodes as it goes is asked about each of them
    /// then, and before that only about what holds for all.
    pub(super) fn blocks(
        &self,
        run: &Run,
        record: &StepRecord,
        denied: Option<&String>,
        policy: &Policy,
    ) -> Vec<Block> {
        let outside = denied.is_none().then(|| self.outside_scope(run, record, policy));
        let outside = outside.flatten();
        let mut blocks = self.ask_before_start(
            &proposal(run, record, denied.or(outside.as_ref()), policy),
            policy,
        );
        blocks.extend(self.too_many_nodes(run, record, policy));
        blocks
    }

    /// What of a step goes beyond the scope of its plugin, in words; none where nothing does.
    fn outside_scope(&self, run: &Run, record: &StepRecord, policy: &Policy) -> Option<String> {
        let scope = policy.scopes.get(&run.opened.plugin)?;
        let at_once = record.held_when_started().len();
        let outside = scope.refuses_step(&record.step, at_once, &self.snapshot)?;
        Some(format!("plugin {}: {outside}", run.opened.plugin))
    }

    /// That a step would have its plugin hold more nodes than it may.
    fn too_many_nodes(&self, run: &Run, record: &StepRecord, policy: &Policy) -> Option<Block> {
        let plugin = &run.opened.plugin;
        let none = BTreeSet::new();
        let held = self.by_plugin.get(plugin).unwrap_or(&none);
        let more = record.held_when_started();
        let scope = policy.scopes.get(plugin).filter(|_| !more.is_empty())?;
        scope.holds_too_many(plugin, held, more.iter().copied())
    }

    /// The same of a step that is in no run yet.
    pub(super) fn ask_before_start(&self, proposal: &Proposal, policy: &Policy) -> Vec<Block> {
        let mut blocks = self.ask(proposal, policy).blocks;
        if is_wide(proposal.nodes.len()) {
            blocks.retain(|block| matches!(block.rule, Rule::Windows | Rule::Approval | Rule::Releases));
        }
        blocks
    }

    /// How every node stands towards a proposal.
    pub(super) fn standings(&self, proposal: &Proposal) -> Standings {
        let must_be_heard = match proposal.impact {
            Impact::Disrupt => who_must_be_heard(&proposal.nodes, &self.snapshot),
            Impact::Observe | Impact::Change => BTreeSet::new(),
        };
        Standings::judge(&self.world(), proposal, &must_be_heard)
    }

    /// Counts nodes as held by a step that is about to start.
    pub(super) fn hold(&mut self, run: &Run, record: &StepRecord) {
        let held = self.by_plugin.entry(run.opened.plugin.clone()).or_default();
        held.extend(record.held_when_started());
        self.leases
            .extend(record.held_when_started().iter().map(|node| Lease {
                node: *node,
                holder: holder(run, record),
                work: kinds(&record.step.functions, record.step.impact),
                since: self.now,
                fence: u64::MAX,
                until: self.now.after(LEASE_LIMIT),
            }));
    }
}

/// What a step wants to do, before it starts.
pub(super) fn proposal(run: &Run, record: &StepRecord, denied: Option<&String>, policy: &Policy) -> Proposal {
    Proposal {
        holder: Some(holder(run, record)),
        work: kinds(&record.step.functions, record.step.impact),
        impact: record.step.impact,
        nodes: record.step.nodes.iter().copied().collect(),
        deadline: run.opened.deadline,
        approval: match denied {
            Some(reason) => Approval::Denied {
                reason: reason.clone(),
            },
            None => approval(run, record, policy),
        },
    }
}

/// What a call of a step wants to do.
pub(super) fn call_proposal(
    run: &Run,
    record: &StepRecord,
    impact: Impact,
    nodes: BTreeSet<NodeId>,
    policy: &Policy,
) -> Proposal {
    Proposal {
        impact,
        nodes,
        ..proposal(run, record, None, policy)
    }
}

fn holder(run: &Run, record: &StepRecord) -> Holder {
    Holder {
        run: run.opened.run.0.clone(),
        step: record.step.id.clone(),
    }
}

/// The nodes that the steps of each plugin hold.
pub(super) fn held_by_plugin(book: &Book) -> BTreeMap<String, BTreeSet<NodeId>> {
    let mut held: BTreeMap<String, BTreeSet<NodeId>> = BTreeMap::new();
    for lease in book.leases() {
        let plugin = lease.run.opened.plugin.clone();
        held.entry(plugin).or_default().insert(lease.node);
    }
    held
}

/// Every node that is held, as the guard sees it.
pub(super) fn leases(book: &Book) -> Vec<Lease> {
    let lease = |lease: super::book::Lease<'_>| {
        let since = lease.step.started_at.unwrap_or_default();
        Lease {
            node: lease.node,
            holder: holder(lease.run, lease.step),
            work: kinds(&lease.step.step.functions, lease.step.step.impact),
            since,
            fence: lease.fence,
            until: since.after(LEASE_LIMIT),
        }
    };
    book.leases().map(lease).collect()
}

/// Maintenance that is not ours: repairs of other tools, Cassandra's own repair scheduler, and work on tables that a person
/// or tool began.
fn foreign(book: &Book, snapshot: &Snapshot, said: &BTreeMap<NodeId, Said>) -> Vec<Foreign> {
    let repairs = foreign_repairs(book, snapshot, said)
        .into_iter()
        .map(|repair| Foreign {
            node: repair.leader,
            kind: ForeignKind::Repair,
            what: format!("repair command {}", repair.commands),
            touches: repair.touches,
        });
    let schedulers = own_schedulers(snapshot)
        .into_iter()
        .map(|(node, touches)| Foreign {
            node,
            kind: ForeignKind::AutoRepair,
            what: "repair scheduler".to_owned(),
            touches,
        });
    let tables = snapshot.nodes.values().flat_map(|view| {
        let begun = |(kind, tasks): (&String, &u32)| {
            is_maintenance(kind).then(|| Foreign {
                node: view.id,
                kind: ForeignKind::Compaction,
                what: format!("{tasks} × {kind}"),
                touches: BTreeSet::from([view.id]),
            })
        };
        view.work.compactions.iter().filter_map(begun)
    });
    repairs.chain(schedulers).chain(tables).collect()
}
