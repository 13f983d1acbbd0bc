//! What must never happen, each a small checker over the log, always on.

mod approved;
mod findings;
mod frozen;
mod grants;
mod journaled;
mod leases;
mod one_rack;
mod overlap;
mod patience;
mod quorum;
mod repaired;
mod rest;
mod taken;

use std::fmt;

use ringkeeper_config::Scenario;
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::SimCluster;
use serde::{Deserialize, Serialize};

use crate::atlas::Atlas;
use crate::log::Line;
use crate::places::Places;
pub(crate) use taken::Taken;

/// Something happened that must never happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The invariant's name.
    pub invariant: String,
    /// When it was seen.
    pub at: Timestamp,
    /// The least that shows it.
    pub evidence: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.invariant, self.at, self.evidence)
    }
}

/// Every invariant with what it says, in the order they are asked.
pub const INVARIANTS: [(&str, &str); 12] = [
    (
        quorum::NAME,
        "no range falls below its consistency level because of us",
    ),
    (
        one_rack::NAME,
        "never two racks of a data centre are down by our action",
    ),
    (
        rest::NAME,
        "no ended run or step leaves a node down, and no node is stopped twice at once",
    ),
    (
        overlap::NAME,
        "no two repairs of ours are about one range of a table at one time",
    ),
    (
        leases::NAME,
        "no node is held twice by work that does not go together",
    ),
    (
        journaled::NAME,
        "nothing is called that was not written down before",
    ),
    (grants::NAME, "nothing is called outside of what was granted"),
    (
        approved::NAME,
        "nothing that needs a person's word is done without it",
    ),
    (
        frozen::NAME,
        "nothing begins in a freeze or outside of its windows",
    ),
    (
        patience::NAME,
        "nothing begins beside other tools, under pressure, or while the schema is disputed",
    ),
    (
        findings::NAME,
        "no finding is opened that is open, or cleared that is not",
    ),
    (repaired::NAME, "every range is repaired within gc_grace"),
];

/// What a checker may look at beside the line.
pub(crate) struct Scene<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) cluster: &'a SimCluster,
    pub(crate) places: &'a Places,
    pub(crate) atlas: &'a Atlas,
    pub(crate) taken: &'a Taken,
    pub(crate) begin: Timestamp,
}

/// Looks at every line, and says what must not be.
pub(crate) trait Checker {
    /// The invariant's name.
    fn name(&self) -> &'static str;

    /// What is wrong with this line, after those before.
    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String>;

    /// What is wrong at this moment, asked once a virtual day and at the end.
    fn at(&mut self, now: Timestamp, scene: &Scene<'_>) -> Option<String> {
        let _ = (now, scene);
        None
    }
}

/// All checkers, and what they share.
pub(crate) struct Checkers {
    taken: Taken,
    all: Vec<Box<dyn Checker>>,
}

impl Checkers {
    pub(crate) fn new() -> Self {
        Self {
            taken: Taken::default(),
            all: vec![
                Box::new(quorum::Quorum),
                Box::new(one_rack::OneRack),
                Box::new(rest::Rest::default()),
                Box::new(overlap::Overlap::default()),
                Box::new(leases::Leases::default()),
                Box::new(journaled::Journaled::default()),
                Box::new(grants::Granted::default()),
                Box::new(approved::Approved::default()),
                Box::new(frozen::Frozen),
                Box::new(patience::Patience::default()),
                Box::new(findings::Findings::default()),
                Box::new(repaired::Repaired),
            ],
        }
    }

    /// The first thing that must not be.
    pub(crate) fn see(&mut self, line: &Line, ground: &Looks<'_>) -> Option<Violation> {
        self.taken.see(line, ground.places, ground.cluster);
        let scene = ground.scene(&self.taken);
        self.all.iter_mut().find_map(|checker| {
            let evidence = checker.see(line, &scene)?;
            Some(violation(checker.name(), line.at, evidence))
        })
    }

    pub(crate) fn at(&mut self, now: Timestamp, ground: &Looks<'_>) -> Option<Violation> {
        let scene = ground.scene(&self.taken);
        self.all.iter_mut().find_map(|checker| {
            let evidence = checker.at(now, &scene)?;
            Some(violation(checker.name(), now, evidence))
        })
    }
}

/// What all checkers are shown.
pub(crate) struct Looks<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) cluster: &'a SimCluster,
    pub(crate) places: &'a Places,
    pub(crate) atlas: &'a Atlas,
    pub(crate) begin: Timestamp,
}

impl<'a> Looks<'a> {
    fn scene(&'a self, taken: &'a Taken) -> Scene<'a> {
        Scene {
            scenario: self.scenario,
            cluster: self.cluster,
            places: self.places,
            atlas: self.atlas,
            taken,
            begin: self.begin,
        }
    }
}

fn violation(invariant: &str, at: Timestamp, evidence: String) -> Violation {
    Violation {
        invariant: invariant.to_owned(),
        at,
        evidence,
    }
}
