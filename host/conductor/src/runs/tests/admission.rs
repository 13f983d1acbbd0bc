//! Admission is a pure function: whatever the runs, what it admits fits together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use ringkeeper_cluster::NodeId;
use ringkeeper_guard::Policy;
use ringkeeper_journal::{Event, Recorded, RunEvent, RunId, StepEnd, Version};
use ringkeeper_plan::Step;
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use super::super::Book;
use super::super::admission::World;
use super::super::run::StepState;
use super::support::{opened, scene, step};

fn node(number: u8) -> NodeId {
    NodeId::new(Uuid::from_u128(u128::from(number)))
}

/// What happens to a step before admission is asked.
#[derive(Clone, Debug)]
enum Fate {
    Pending,
    Started,
    Done,
    Failed,
    PutOff(i64),
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Pending),
        1 => Just(Fate::Started),
        1 => Just(Fate::Done),
        1 => Just(Fate::Failed),
        1 => (0..200_i64).prop_map(Fate::PutOff),
    ]
}

type Drawn = (Vec<u8>, Option<usize>, Fate);

fn runs() -> impl Strategy<Value = Vec<Vec<Drawn>>> {
    let step = (
        prop::collection::vec(1..7_u8, 1..4),
        prop::option::of(0..5_usize),
        fates(),
    );
    prop::collection::vec(prop::collection::vec(step, 1..6), 1..4)
}

/// The book of these runs. A started step takes its nodes only if they are free, as the host would.
fn book(runs: &[Vec<Drawn>]) -> Book {
    let mut book = Book::default();
    let mut version = 0;
    let mut held = BTreeSet::new();
    let mut write = |book: &mut Book, run: &RunId, what| {
        version += 1;
        let event = Event::Run {
            run: run.clone(),
            what,
        };
        book.apply(
            Version(version),
            Recorded {
                at: Timestamp::from_millis(0),
                event,
            },
        );
    };
    for (number, drawn) in runs.iter().enumerate() {
        let run = RunId(format!("r-{number}"));
        let steps: Vec<Step> = drawn
            .iter()
            .enumerate()
            .map(|(place, (nodes, after, _))| {
                let nodes: Vec<NodeId> = nodes.iter().copied().map(node).collect();
                let mut step = step(&format!("s{place}"), &nodes);
                step.after = after
                    .iter()
                    .filter(|before| **before < place)
                    .map(|before| format!("s{before}"))
                    .collect();
                step
            })
            .collect();
        write(&mut book, &run, opened(&run.0, steps.clone()));
        for (step, (_, _, fate)) in steps.iter().zip(drawn) {
            let start = RunEvent::StepStarted {
                step: step.id.clone(),
                attempt: 1,
                nodes: step.nodes.clone(),
            };
            let end = |end| RunEvent::StepEnded {
                step: step.id.clone(),
                end,
            };
            match fate {
                Fate::Pending => {}
                Fate::Started if step.nodes.iter().any(|node| held.contains(node)) => {}
                Fate::Started => {
                    held.extend(step.nodes.iter().copied());
                    write(&mut book, &run, start);
                }
                Fate::Done => write(
                    &mut book,
                    &run,
                    end(StepEnd::Done {
                        summary: String::new(),
                    }),
                ),
                Fate::Failed => write(
                    &mut book,
                    &run,
                    end(StepEnd::Failed {
                        message: String::new(),
                    }),
                ),
                Fate::PutOff(until) => write(
                    &mut book,
                    &run,
                    end(StepEnd::Postponed {
                        reasons: vec!["later".to_owned()],
                        until: Timestamp::from_millis(*until),
                    }),
                ),
            }
        }
    }
    book
}

proptest! {
    #[test]
    fn what_is_admitted_holds_no_node_twice_and_comes_after_what_it_must(runs in runs(), now in 0..200_i64) {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let snapshot = tokio.block_on(async { scene().await.watched.snapshot().unwrap() });
        let book = book(&runs);
        let mut look = (*snapshot).clone();
        look.observed_at = Timestamp::from_millis(now);
        let look = Arc::new(look);
        let (said, replans, denied) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let policy = Policy::default();
        let world = World {
            book: &book,
            snapshot: Some(&look),
            sweep_every: std::time::Duration::from_secs(15),
            policy: &policy,
            denied: &denied,
            said: &said,
            replans: &replans,
            now: Timestamp::from_millis(now),
            held_until: None,
            graces: &BTreeMap::new(),
            kept: &BTreeMap::new(),
        };
        let admission = world.admit();
        let mut held = book.held();
        for (run, step) in &admission.ready {
            let record = book.run(run).unwrap().step(step).unwrap();
            for node in record.step.nodes.iter().copied().collect::<BTreeSet<_>>() {
                prop_assert!(held.insert(node), "{node} is held twice");
            }
            for before in &record.step.after {
                let before = book.run(run).unwrap().step(before).unwrap();
                prop_assert!(matches!(before.state, StepState::Done(_)), "{step} came before {}", before.step.id);
            }
            if let StepState::Pending { until: Some(until), .. } = &record.state {
                prop_assert!(until.as_millis() <= now);
            }
        }
        // Nothing that could start is left standing without a reason: a free pending step is ready, skipped or waits.
        for run in book.open_runs() {
            for record in &run.steps {
                let StepState::Pending { until, .. } = &record.state else { continue };
                let id = (run.opened.run.clone(), record.step.id.clone());
                let waits = until.is_some_and(|until| until.as_millis() > now)
                    || record.step.after.iter().any(|before| !matches!(run.step(before).unwrap().state, StepState::Done(_)))
                    || record.step.nodes.iter().any(|node| held.contains(node));
                prop_assert!(waits || admission.ready.contains(&id), "{id:?} stands without a reason");
            }
        }
    }
}
