//! Two hands on one stream: whatever they try in whatever order, the journal holds no two admissions that fail together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_guard::Policy;
use ringkeeper_journal::{Event, Journal, JournalError, MemoryJournal, RunEvent, RunId, StepEnd, Version};
use ringkeeper_plan::{Impact, Step};
use ringkeeper_seams::Timestamp;

use super::super::Book;
use super::super::guarding::LEASE_LIMIT;
use super::super::run::StepState;
use super::super::starting::Ground;
use super::support::{opened, scene, step};
use crate::stream::Stream;

const RUN: &str = "shop-1";
const CLUSTER: &str = "shop";

/// What one hand tries.
#[derive(Clone, Copy, Debug)]
enum Try {
    Start(usize),
    End(usize),
    /// Time passes, beyond every lease's limit, while calls are in flight.
    Sleep,
}

fn tries() -> impl Strategy<Value = Vec<(bool, Try)>> {
    let one = prop_oneof![
        6 => (0..12_usize).prop_map(Try::Start),
        3 => (0..12_usize).prop_map(Try::End),
        1 => Just(Try::Sleep),
    ];
    prop::collection::vec((any::<bool>(), one), 1..60)
}

/// Six restarts and six repairs.
fn steps(snapshot: &Snapshot) -> Vec<Step> {
    let nodes: Vec<NodeId> = snapshot.nodes.keys().copied().collect();
    let restart = |(number, node): (usize, &NodeId)| Step {
        impact: Impact::Disrupt,
        functions: vec!["lifecycle.stop".to_owned()],
        ..step(&format!("restart-{number}"), &[*node])
    };
    let map = snapshot.keyspaces["orders"].placements.clone().unwrap();
    let repairs = map.placements().iter().take(6).enumerate();
    let repairs = repairs.map(|(number, placement)| step(&format!("repair-{number}"), &placement.replicas));
    nodes.iter().enumerate().map(restart).chain(repairs).collect()
}

#[derive(Debug, Default)]
struct Counts {
    started: usize,
    refused: usize,
    conflicts: usize,
}

/// A ring, a journal, and two hands on it.
struct Table {
    journal: Arc<dyn Journal>,
    hands: [Stream; 2],
    snapshot: Arc<Snapshot>,
    steps: Vec<Step>,
    now: Timestamp,
    counts: Counts,
}

impl Table {
    async fn set(snapshot: &Arc<Snapshot>) -> Self {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let hands = [(); 2].map(|()| Stream::at(Version(0), Book::default()));
        let steps = steps(snapshot);
        let table = Self {
            journal,
            hands,
            snapshot: Arc::clone(snapshot),
            now: snapshot.observed_at,
            counts: Counts::default(),
            steps,
        };
        table.write(0, opened(RUN, table.steps.clone())).await.unwrap();
        table
    }

    async fn write(&self, hand: usize, what: RunEvent) -> Result<(), JournalError> {
        let event = Event::Run {
            run: RunId(RUN.to_owned()),
            what,
        };
        self.hands[hand]
            .commit(CLUSTER, &self.journal, self.now, |_, _| {
                Ok::<_, JournalError>(vec![event])
            })
            .await
    }

    /// Starts a step as the loop of a host does: decided on what this hand knows, once more when it knew too little.
    async fn start(&mut self, hand: usize, step: usize) -> bool {
        let name = self.steps[step].id.clone();
        let run = RunId(RUN.to_owned());
        for _ in 0..3 {
            let (said, policy) = (BTreeMap::new(), Policy::default());
            let mut decided = false;
            let decide = |_, book: &Book| {
                let ground = Ground {
                    snapshot: &self.snapshot,
                    said: &said,
                    now: self.now,
                    sweep_every: Duration::from_secs(15),
                    policy: &policy,
                };
                let what = ground.start(book, &run, &name);
                decided = what.is_some();
                let event = what.map(|what| Event::Run {
                    run: run.clone(),
                    what,
                });
                Ok::<_, JournalError>(event.into_iter().collect())
            };
            match self.hands[hand]
                .commit(CLUSTER, &self.journal, self.now, decide)
                .await
            {
                Ok(()) if decided => {
                    self.counts.started += 1;
                    return true;
                }
                Ok(()) => {
                    self.counts.refused += 1;
                    // As the loop does with what it holds up: the other hand may have let go.
                    self.hands[hand].refresh(CLUSTER, &self.journal).await.unwrap();
                    continue;
                }
                Err(JournalError::Conflict { .. }) => self.counts.conflicts += 1,
                Err(other) => panic!("{other}"),
            }
        }
        false
    }

    /// Ends a step that goes on, as whoever carries it out does.
    async fn end(&mut self, hand: usize, step: usize) {
        let name = &self.steps[step].id;
        let goes_on = |book: &Book| {
            let record = book.run(&RunId(RUN.to_owned())).and_then(|run| run.step(name));
            record.is_some_and(|record| matches!(record.state, StepState::Started { .. }))
        };
        if !goes_on(&self.hands[hand].book()) {
            // The other hand may have started it.
            self.hands[hand].refresh(CLUSTER, &self.journal).await.unwrap();
        }
        for _ in 0..3 {
            let decide = |_, book: &Book| {
                let what = RunEvent::StepEnded {
                    step: name.clone(),
                    end: StepEnd::Postponed {
                        reasons: Vec::new(),
                        until: self.now,
                    },
                };
                let event = goes_on(book).then(|| Event::Run {
                    run: RunId(RUN.to_owned()),
                    what,
                });
                Ok::<_, JournalError>(event.into_iter().collect())
            };
            match self.hands[hand]
                .commit(CLUSTER, &self.journal, self.now, decide)
                .await
            {
                Err(JournalError::Conflict { .. }) => self.counts.conflicts += 1,
                other => return other.unwrap(),
            }
        }
    }

    /// Time passes; the ring is looked at again.
    fn sleep(&mut self) {
        self.now = self.now.after(LEASE_LIMIT + Duration::from_secs(60));
        let mut look = (*self.snapshot).clone();
        look.observed_at = self.now;
        for node in look.nodes.values_mut() {
            node.last_answered_at = Some(self.now);
        }
        self.snapshot = Arc::new(look);
    }

    /// Holds every moment of the journal against what must never be.
    async fn never_failed_together(&self) {
        let mut book = Book::default();
        for (version, recorded) in self.journal.read(CLUSTER, Version(0), 10_000).await.unwrap() {
            book.apply(version, recorded);
            let held: Vec<NodeId> = book.leases().map(|lease| lease.node).collect();
            assert_eq!(
                held.len(),
                held.iter().collect::<BTreeSet<_>>().len(),
                "held twice: {held:?}"
            );
            let gone: BTreeSet<NodeId> = book
                .leases()
                .filter(|lease| lease.step.step.impact == Impact::Disrupt)
                .map(|lease| lease.node)
                .collect();
            let racks: BTreeSet<&str> = gone
                .iter()
                .map(|node| self.snapshot.nodes[node].rack.as_str())
                .collect();
            assert!(racks.len() <= 1, "two racks: {racks:?}");
            for name in ["orders", "system_auth"] {
                let map = self.snapshot.keyspaces[name].placements.clone().unwrap();
                for (range, placement) in map.ranges() {
                    let left = placement
                        .replicas
                        .iter()
                        .filter(|node| !gone.contains(node))
                        .count();
                    assert!(left >= 2, "{name} {range}: {left} left");
                }
            }
        }
    }

    /// Everything that goes on ends, then each step can still be done in its turn.
    async fn no_deadlock_and_no_lost_release(&mut self) {
        for step in 0..self.steps.len() {
            self.end(step % 2, step).await;
        }
        for step in 0..self.steps.len() {
            assert!(
                self.start(step % 2, step).await,
                "{} never starts",
                self.steps[step].id
            );
            self.end((step + 1) % 2, step).await;
        }
        for hand in 0..2 {
            self.hands[hand].refresh(CLUSTER, &self.journal).await.unwrap();
            assert!(self.hands[hand].book().held().is_empty());
        }
    }
}

#[test]
fn two_hands_never_admit_what_fails_together() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let snapshot = runtime.block_on(async { scene().await.watched.look().await.unwrap() });
    let mut all = Counts::default();
    let mut runner = TestRunner::new(Config {
        cases: 400,
        max_shrink_iters: 50,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = std::cell::RefCell::new(&mut all);
    runner
        .run(&tries(), |tries| {
            runtime.block_on(async {
                let mut table = Table::set(&snapshot).await;
                for (hand, one) in tries {
                    let hand = usize::from(hand);
                    match one {
                        Try::Start(step) => {
                            table.start(hand, step).await;
                        }
                        Try::End(step) => table.end(hand, step).await,
                        Try::Sleep => table.sleep(),
                    }
                }
                table.no_deadlock_and_no_lost_release().await;
                table.never_failed_together().await;
                let mut all = outcome.borrow_mut();
                all.started += table.counts.started;
                all.refused += table.counts.refused;
                all.conflicts += table.counts.conflicts;
            });
            Ok(())
        })
        .unwrap();
    println!("{all:?}");
    // A model in which nothing was ever refused or contended shows nothing.
    assert!(
        all.started > 1_000 && all.refused > 500 && all.conflicts > 200,
        "{all:?}"
    );
}
