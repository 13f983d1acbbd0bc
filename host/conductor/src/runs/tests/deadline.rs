//! By when a repair must be done, and which of two runs that want a node comes first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{Snapshot, TableName};
use ringkeeper_guard::Policy;
use ringkeeper_journal::{Event, Recorded, RunEvent, RunId, Version};
use ringkeeper_plan::{Deadline, Goal, Step};
use ringkeeper_seams::Timestamp;

use super::super::Book;
use super::super::admission::{Admission, World};
use super::super::deadline::{Grace, first_to_reach, row};
use super::super::ledger::{Mark, Record, replicated};
use super::super::turns::Kept;
use super::support::{opened, scene, step};

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn table(name: &str) -> TableName {
    let (keyspace, table) = name.split_once('.').unwrap();
    TableName {
        keyspace: keyspace.to_owned(),
        table: table.to_owned(),
    }
}

fn goals(tables: &[&str]) -> Vec<Goal> {
    let goal = |name: &&str| Goal::Repaired {
        table: table(name),
        data_centres: Vec::new(),
        since: None,
    };
    tables.iter().map(goal).collect()
}

/// A repair of all of a table's ranges, or of all but the first.
fn repaired(look: &Snapshot, name: &str, at: Timestamp, all: bool) -> Record {
    let table = table(name);
    let ranges = replicated(look, &table.keyspace, &[]).unwrap();
    Record {
        keyspace: table.keyspace,
        tables: [table.table].into(),
        ranges: ranges.ranges().skip(usize::from(!all)).collect(),
        data_centres: [].into(),
        mark: Mark { at, ours: false },
    }
}

/// The look at a cluster with tables that keep what was deleted for 10 days (`orders.lines`), 5 (`orders.carts`), and not at
/// all (`orders.cache`).
async fn look() -> Snapshot {
    let scene = scene().await;
    scene.cluster.edit_schema(|schema| {
        let tables = &mut schema.keyspaces.get_mut("orders").unwrap().tables;
        for (number, (name, days)) in (1_u128..).zip([("lines", 10), ("carts", 5), ("cache", 0)]) {
            let mut table = tables["lines"].clone();
            table.name = name.to_owned();
            table.id = uuid::Uuid::from_u128(900 + number);
            table.gc_grace_seconds = days * DAY.as_secs();
            tables.insert(name.to_owned(), table);
        }
    });
    tokio::time::sleep(Duration::from_secs(90)).await;
    (*scene.watched.snapshot().unwrap()).clone()
}

#[tokio::test(start_paused = true)]
async fn a_repair_is_due_when_the_first_of_its_tables_reaches_gc_grace() {
    let look = look().await;
    let now = look.observed_at;
    let records = [
        repaired(&look, "orders.lines", now.before(DAY), true),
        repaired(&look, "orders.carts", now.before(DAY * 2), true),
        repaired(&look, "orders.cache", now.before(DAY * 20), true),
    ];
    let first = |tables: &[&str]| first_to_reach(&goals(tables), &look, &records, true, now);
    let grace = |name: &str, days: u32| Grace {
        at: now.after(DAY * days),
        table: table(name),
        is_known: true,
    };
    assert_eq!(first(&["orders.lines"]), Some(grace("orders.lines", 9)));
    assert_eq!(
        first(&["orders.lines", "orders.carts", "orders.cache"]),
        Some(grace("orders.carts", 3))
    );
    assert_eq!(
        first(&["orders.cache"]),
        None,
        "no repair of it ever comes in time"
    );
    assert_eq!(first(&["orders.gone"]), None);
}

#[tokio::test(start_paused = true)]
async fn a_table_counts_from_the_repair_of_its_range_that_waits_longest() {
    let look = look().await;
    let now = look.observed_at;
    let records = [
        repaired(&look, "orders.lines", now.before(DAY * 12), true),
        repaired(&look, "orders.lines", now.before(DAY), false),
    ];
    let grace = first_to_reach(&goals(&["orders.lines"]), &look, &records, true, now).unwrap();
    assert_eq!(
        (grace.at, grace.is_known),
        (now.before(DAY * 2), true),
        "it is overdue"
    );
}

#[tokio::test(start_paused = true)]
async fn a_table_that_was_never_repaired_is_due_when_its_run_is_opened() {
    let look = look().await;
    let opened_at = look.observed_at.before(DAY);
    let records = [repaired(&look, "orders.lines", opened_at, false)];
    let tables = goals(&["orders.lines"]);
    let never = first_to_reach(&tables, &look, &records, true, opened_at).unwrap();
    assert_eq!((never.at, never.is_known), (opened_at, false));
    assert_eq!(
        first_to_reach(&tables, &look, &records, false, opened_at),
        None,
        "where not all repairs are known, nothing shows that it was never repaired"
    );
}

/// Two runs that want the same node, opened one after the other, and what is known of them.
struct Two {
    look: Arc<Snapshot>,
    book: Book,
    graces: BTreeMap<RunId, Grace>,
    kept: BTreeMap<RunId, Kept>,
}

fn id(run: &str) -> RunId {
    RunId(run.to_owned())
}

impl Two {
    async fn runs(deadlines: [Option<Deadline>; 2], steps: impl Fn(&Snapshot) -> Vec<Step>) -> Self {
        let look = Arc::new(look().await);
        let mut two = Self {
            book: Book::default(),
            graces: BTreeMap::new(),
            kept: BTreeMap::new(),
            look,
        };
        for (number, (run, deadline)) in (1..).zip(["first", "second"].into_iter().zip(deadlines)) {
            let RunEvent::Opened(mut opened) = opened(run, steps(&two.look)) else {
                unreachable!("it is opened")
            };
            opened.deadline = deadline;
            two.write(number, run, RunEvent::Opened(opened));
        }
        two
    }

    fn write(&mut self, version: u64, run: &str, what: RunEvent) {
        let event = Event::Run { run: id(run), what };
        let at = self.look.observed_at;
        self.book.apply(Version(version), Recorded { at, event });
    }

    fn reaches_gc_grace(&mut self, run: &str, at: Timestamp) {
        let grace = Grace {
            at,
            table: table("orders.lines"),
            is_known: true,
        };
        self.graces.insert(id(run), grace);
    }

    fn admit(&mut self) -> Admission {
        let (said, replans, denied) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let world = World {
            book: &self.book,
            snapshot: Some(&self.look),
            sweep_every: Duration::from_secs(15),
            policy: &Policy::default(),
            denied: &denied,
            said: &said,
            replans: &replans,
            now: self.look.observed_at,
            held_until: None,
            graces: &self.graces,
            kept: &self.kept,
        };
        let admission = world.admit();
        self.kept.clone_from(&admission.kept);
        admission
    }

    fn ready(&mut self) -> Vec<(String, String)> {
        let ready = self.admit().ready.into_iter();
        ready.map(|(run, step)| (run.0, step)).collect()
    }

    fn pass(&mut self, time: Duration) {
        let mut look = (*self.look).clone();
        look.observed_at = look.observed_at.after(time);
        self.look = Arc::new(look);
    }
}

fn on_one_node(steps: usize) -> impl Fn(&Snapshot) -> Vec<Step> {
    move |look| {
        let node = *look.nodes.keys().next().unwrap();
        (1..=steps)
            .map(|number| step(&format!("s{number}"), &[node]))
            .collect()
    }
}

fn at(at: Timestamp, is_security: bool) -> Option<Deadline> {
    Some(Deadline { at, is_security })
}

#[tokio::test(start_paused = true)]
async fn the_run_whose_tables_reach_gc_grace_first_comes_first() {
    let mut two = Two::runs([None, None], on_one_node(1)).await;
    assert_eq!(two.ready(), [("first".to_owned(), "s1".to_owned())]);
    let now = two.look.observed_at;
    two.reaches_gc_grace("first", now.after(DAY * 3));
    two.reaches_gc_grace("second", now.after(DAY * 2));
    assert_eq!(two.ready(), [("second".to_owned(), "s1".to_owned())]);
    two.reaches_gc_grace("first", now.before(DAY));
    assert_eq!(two.ready(), [("first".to_owned(), "s1".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_that_is_due_earlier_comes_before_gc_grace_and_security_before_both() {
    let soon = Timestamp::from_millis(1_772_366_400_000).after(DAY);
    let mut two = Two::runs([None, at(soon, false)], on_one_node(1)).await;
    two.reaches_gc_grace("first", soon.after(DAY));
    assert_eq!(two.ready(), [("second".to_owned(), "s1".to_owned())]);
    two.reaches_gc_grace("first", soon.before(DAY * 9));
    assert_eq!(two.ready(), [("first".to_owned(), "s1".to_owned())]);

    let late = at(soon.after(DAY * 30), true);
    let mut two = Two::runs([None, late], on_one_node(1)).await;
    two.reaches_gc_grace("first", soon.before(DAY * 9));
    assert_eq!(two.ready(), [("second".to_owned(), "s1".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_others_kept_from_a_node_for_long_has_a_turn_and_then_they_go_on() {
    let mut two = Two::runs([None, None], on_one_node(3)).await;
    let overdue = two.look.observed_at.before(DAY);
    two.reaches_gc_grace("first", overdue);
    let node = *two.look.nodes.keys().next().unwrap();
    let start = |two: &mut Two, version, run: &str, step: &str| {
        let step = step.to_owned();
        let nodes = vec![node];
        two.write(
            version,
            run,
            RunEvent::StepStarted {
                step,
                attempt: 1,
                nodes,
            },
        );
    };
    let done = |two: &mut Two, version, run: &str, step: &str| {
        let step = step.to_owned();
        let end = ringkeeper_journal::StepEnd::Done {
            summary: String::new(),
        };
        two.write(version, run, RunEvent::StepEnded { step, end });
    };
    start(&mut two, 3, "first", "s1");
    assert!(two.ready().is_empty());
    two.pass(Duration::from_secs(20 * 60));
    done(&mut two, 4, "first", "s1");
    assert_eq!(
        two.ready(),
        [("first".to_owned(), "s2".to_owned())],
        "not long yet"
    );
    start(&mut two, 5, "first", "s2");
    assert!(two.ready().is_empty());
    two.pass(Duration::from_secs(20 * 60));
    assert!(two.ready().is_empty());
    done(&mut two, 6, "first", "s2");
    let admission = two.admit();
    assert_eq!(admission.ready, [(id("second"), "s1".to_owned())]);
    let why = &admission.blocked[&id("first")][0];
    assert!(why.contains("step s1 of second comes first"), "{why}");
    start(&mut two, 7, "second", "s1");
    assert!(two.ready().is_empty());
    two.pass(Duration::from_secs(20 * 60));
    done(&mut two, 8, "second", "s1");
    assert_eq!(two.ready(), [("first".to_owned(), "s3".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn no_turn_is_kept_for_a_step_that_waits_for_something_else() {
    let mut two = Two::runs([None, None], on_one_node(1)).await;
    let node = *two.look.nodes.keys().next().unwrap();
    two.reaches_gc_grace("first", two.look.observed_at);
    let kept = Kept {
        step: "s1".to_owned(),
        since: two.look.observed_at.before(DAY),
    };
    two.kept.insert(id("second"), kept.clone());
    assert_eq!(two.ready(), [("second".to_owned(), "s1".to_owned())]);
    let mut look = (*two.look).clone();
    look.nodes.get_mut(&node).unwrap().work.auto_repair = Some(true);
    two.look = Arc::new(look);
    two.kept.insert(id("second"), kept);
    let admission = two.admit();
    assert!(admission.ready.is_empty());
    assert!(
        admission
            .blocked
            .values()
            .flatten()
            .all(|why| !why.contains("comes first")),
        "{:?}",
        admission.blocked
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_says_by_when_it_must_be_done_and_why() {
    let soon = Timestamp::from_millis(1_772_366_400_000).after(DAY);
    let mut two = Two::runs([at(soon, false), at(soon, true)], on_one_node(1)).await;
    two.reaches_gc_grace("first", soon.before(Duration::from_secs(3_600)));
    two.reaches_gc_grace("second", soon.before(Duration::from_secs(3_600)));
    let told = |two: &Two, run: &str, now| {
        let told = row(two.book.run(&id(run)).unwrap(), two.graces.get(&id(run)), now);
        told.map(|told| (told.at, told.security, told.reason)).unwrap()
    };
    let reached = soon.before(Duration::from_secs(3_600));
    assert_eq!(
        told(&two, "first", soon.before(DAY)),
        (reached, false, "table orders.lines reaches gc_grace".to_owned())
    );
    assert_eq!(
        told(&two, "first", soon),
        (
            reached,
            false,
            "table orders.lines has reached gc_grace".to_owned()
        )
    );
    assert_eq!(
        told(&two, "second", soon),
        (soon, true, "it is about security".to_owned())
    );
    two.graces.clear();
    assert_eq!(
        told(&two, "first", soon),
        (soon, false, "whoever asked for it said so".to_owned())
    );
}
