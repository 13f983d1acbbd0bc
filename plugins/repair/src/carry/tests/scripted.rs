//! A host that answers from a script, and the same to the same call, as the real one does within an attempt.

use std::collections::BTreeMap;

use ringkeeper_sdk::TokenRange;
use ringkeeper_sdk::cluster::{Placement, Table};
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::repair::Order;

use crate::body::{Body, Piece, Tables};
use crate::carry::carry_out;
use crate::carry::host::{Host, Member};
use crate::digest::of_table;
use crate::testing::{NOW, id, table_id};

/// The script.
pub(super) struct Scripted {
    pub(super) tables: Option<Vec<Table>>,
    pub(super) placements: Vec<Placement>,
    pub(super) cancelled: bool,
    /// How often the step waited for a job.
    pub(super) waits: usize,
    down: BTreeMap<NodeId, Timestamp>,
    down_later: BTreeMap<NodeId, Timestamp>,
    refusals: BTreeMap<NodeId, Error>,
    /// What the next new job comes to.
    next: Option<(State, String)>,
    most_tables: Option<(usize, String)>,
    broken: Option<(String, String)>,
    running_first: bool,
    jobs: Vec<(Order, Standing)>,
}

impl Scripted {
    /// Three nodes that hold the two ranges of [`step`], and a keyspace with these tables. Jobs end well.
    pub(super) fn new(names: &[&str]) -> Self {
        let range = |start, end| TokenRange { start, end };
        Self {
            tables: Some(tables(names)),
            placements: vec![Placement {
                replicas: (0..3).map(id).collect(),
                ranges: vec![range(0, 100), range(200, 300)],
            }],
            cancelled: false,
            waits: 0,
            down: BTreeMap::new(),
            down_later: BTreeMap::new(),
            refusals: BTreeMap::new(),
            next: None,
            most_tables: None,
            broken: None,
            running_first: false,
            jobs: Vec::new(),
        }
    }

    /// What the next new job comes to.
    pub(super) fn ends(&mut self, state: State, message: &str) {
        self.next = Some((state, message.to_owned()));
    }

    /// Every job runs until it is waited for.
    pub(super) fn ends_all_running_first(&mut self) {
        self.running_first = true;
    }

    /// Commands with more tables than this fail.
    pub(super) fn fails_with_more_than(&mut self, tables: usize, message: &str) {
        self.most_tables = Some((tables, message.to_owned()));
    }

    /// Every command with this table fails.
    pub(super) fn breaks(&mut self, table: &str, message: &str) {
        self.broken = Some((table.to_owned(), message.to_owned()));
    }

    pub(super) fn down(&mut self, place: usize, since: Timestamp) {
        self.down.insert(id(place), since);
    }

    pub(super) fn goes_down_after_a_start(&mut self, place: usize, since: Timestamp) {
        self.down_later.insert(id(place), since);
    }

    /// This node takes no command.
    pub(super) fn refuses(&mut self, node: &str, error: Error) {
        self.refusals.insert(node.to_owned(), error);
    }

    /// Orders that were taken, each once.
    pub(super) fn started(&self) -> Vec<&Order> {
        self.jobs.iter().map(|(order, _)| order).collect()
    }

    /// Executes the step as the host does, until it waits for nothing more.
    pub(super) fn run_to_its_end(&mut self, step: &Step<Body>) -> Result<Outcome, Failure> {
        loop {
            match carry_out(self, step, 1)? {
                Outcome::WaitFor(ids) => {
                    self.waits += 1;
                    for (_, job) in self.jobs.iter_mut().filter(|(_, job)| ids.contains(&job.id)) {
                        job.state = State::Succeeded;
                    }
                }
                outcome => return Ok(outcome),
            }
        }
    }

    fn verdict(&mut self, order: &Order) -> (State, String) {
        if let Some(next) = self.next.take() {
            return next;
        }
        let failed = |message: &String| (State::Failed, message.clone());
        match (&self.most_tables, &self.broken) {
            (Some((most, message)), _) if order.tables.len() > *most => failed(message),
            (_, Some((table, message))) if order.tables.contains(table) => failed(message),
            _ if self.running_first => (State::Running, String::new()),
            _ => (State::Succeeded, String::new()),
        }
    }
}

impl Host for Scripted {
    fn members(&self) -> Result<Vec<Member>, Error> {
        let member = |place| Member {
            id: id(place),
            address: format!("10.0.0.{}:7000", place + 1),
            data_centre: "dc1".to_owned(),
            not_up_since: self.down.get(&id(place)).copied(),
        };
        Ok((0..3).map(member).collect())
    }

    fn tables(&self, keyspace: &str) -> Result<Vec<Table>, Error> {
        let gone = || Error::NotFound(format!("there is no keyspace `{keyspace}`"));
        self.tables.clone().ok_or_else(gone)
    }

    fn placements(&self, _: &str) -> Result<Vec<Placement>, Error> {
        Ok(self.placements.clone())
    }

    fn start(&mut self, order: &Order) -> Result<Standing, Error> {
        if let Some(error) = self.refusals.get(&order.coordinator) {
            return Err(error.clone());
        }
        if let Some((_, job)) = self.jobs.iter().find(|(known, _)| known == order) {
            return Ok(job.clone());
        }
        let (state, message) = self.verdict(order);
        self.down.append(&mut self.down_later);
        let job = Standing {
            id: format!("job-{}", self.jobs.len() + 1),
            state,
            message,
        };
        self.jobs.push((order.clone(), job.clone()));
        Ok(job)
    }

    fn cancelled(&self) -> bool {
        self.cancelled
    }

    fn progress(&self, fraction: f64, _: &str) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A step of `shop` with its tables `orders` and `carts` on two ranges of three nodes.
pub(super) fn step() -> Step<Body> {
    step_of(&["orders", "carts"])
}

/// The same with these tables.
pub(super) fn step_of(names: &[&str]) -> Step<Body> {
    let digests = names.iter().map(|name| of_table(name, &table_id(name)));
    let body = Body {
        pieces: vec![Piece {
            keyspace: "shop".to_owned(),
            tables: Tables::Except(Vec::new()),
            count: u32::try_from(names.len()).unwrap(),
            digest: digests.fold(0, u64::wrapping_add),
            ranges: vec![[0, 100], [200, 250]],
            commands: 1,
        }],
        data_centres: Vec::new(),
        include: Vec::new(),
        exclude: Vec::new(),
        parallelism: crate::parameters::Parallelism::Parallel,
        threads: 1,
    };
    Step::new("shop-1", "repairs", "a test", body).touching((0..3).map(id))
}

/// Tables of `shop`.
pub(super) fn tables(names: &[&str]) -> Vec<Table> {
    let table = |name: &&str| Table {
        keyspace: "shop".to_owned(),
        name: (*name).to_owned(),
        id: table_id(name),
        kind: "table".to_owned(),
        compaction_strategy: "SizeTieredCompactionStrategy".to_owned(),
        gc_grace_seconds: 864_000,
    };
    names.iter().map(table).collect()
}
