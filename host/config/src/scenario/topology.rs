//! `[[data_centre]]`: where the nodes are.

use std::collections::BTreeMap;
use std::fmt;

use crate::cluster::read_named;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, Listed, Text};
use crate::reading::{Reading, Table};
use crate::{DataCentreConfig, NodePlace, nearest};

use super::ScenarioFault;

/// The most nodes of a simulated cluster.
pub(super) const MOST_NODES: u32 = 1_000;

pub(super) static SECTION: Section = Section {
    path: "data_centre",
    repeated: true,
    meaning: "Nodes in one place. At least one, 1,000 nodes in all; repeat the table for more. A node is named by its place, \
              such as `dc1/r1/1`: data centre, rack, and which of the rack, counted from 1.",
    keys: &[&NAME, &RACKS, &NODES_PER_RACK],
    sections: &[],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Required,
    meaning: "What it is called. Unique.",
};

static RACKS: Key<Listed> = Key {
    name: "racks",
    kind: Listed {
        one: Text::NAME,
        expects: "a list of names, at least one, such as [\"r1\", \"r2\", \"r3\"]",
    },
    absent: Absent::Required,
    meaning: "Its racks.",
};

static NODES_PER_RACK: Key<Count> = Key {
    name: "nodes_per_rack",
    kind: Count {
        least: 1,
        most: MOST_NODES,
    },
    absent: Absent::Default("1"),
    meaning: "Nodes in each of its racks.",
};

impl fmt::Display for NodePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.data_centre, self.rack, self.number)
    }
}

impl DataCentreConfig {
    pub(super) fn read_all(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Vec<Self>> {
        let problems_before = reading.problems.len();
        let mut nodes = 0;
        let centres = read_named(root, reading, &SECTION, |table, reading| {
            let centre = Self::read(table, reading)?;
            nodes += centre.nodes();
            if nodes > u64::from(MOST_NODES) {
                let fault = ScenarioFault::TooManyNodes { nodes };
                table.wrong(reading, NODES_PER_RACK.name, fault.into());
                return None;
            }
            Some(centre)
        })?;
        if centres.is_empty() {
            if reading.problems.len() == problems_before {
                reading.wrong("", None, ScenarioFault::NoDataCentre.into());
            }
            return None;
        }
        Some(centres)
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let name = table.value(reading, &NAME);
        let racks = table.value(reading, &RACKS);
        let nodes_per_rack = table.value(reading, &NODES_PER_RACK);
        Some(Self {
            name: name?,
            racks: racks?,
            nodes_per_rack: u16::try_from(nodes_per_rack?).ok()?,
        })
    }

    /// Its nodes' places: rack by rack.
    pub fn places(&self) -> impl Iterator<Item = NodePlace> {
        self.racks.iter().flat_map(|rack| {
            (1..=self.nodes_per_rack).map(|number| NodePlace {
                data_centre: self.name.clone(),
                rack: rack.clone(),
                number,
            })
        })
    }

    /// How many nodes it has.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        u64::try_from(self.racks.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(self.nodes_per_rack.into())
    }
}

/// The nodes of a scenario.
#[derive(Clone, Copy)]
pub(super) struct Topology<'a>(pub(super) &'a [DataCentreConfig]);

impl Topology<'_> {
    fn places(self) -> impl Iterator<Item = NodePlace> {
        self.0.iter().flat_map(DataCentreConfig::places)
    }

    /// What is wrong with a node that is named, if anything is.
    pub(super) fn judge_place(self, place: &NodePlace) -> Result<(), ScenarioFault> {
        let mut first = None;
        let mut names = Vec::new();
        for known in self.places() {
            if known == *place {
                return Ok(());
            }
            names.push(known.to_string());
            first.get_or_insert(known);
        }
        let asked = place.to_string();
        let near = nearest(&asked, names.iter().map(String::as_str));
        let near = self
            .places()
            .find(|known| near == Some(known.to_string().as_str()));
        match near.or(first) {
            Some(nearest) => Err(ScenarioFault::NoSuchNode {
                place: place.clone(),
                nearest,
            }),
            None => Err(ScenarioFault::NoDataCentre),
        }
    }

    /// Everything that is wrong with where a keyspace has its replicas.
    pub(super) fn judge_replicas(self, replicas: &BTreeMap<String, u8>) -> Vec<ScenarioFault> {
        let judged = replicas.iter().filter_map(|(name, replicas)| {
            let Some(centre) = self.0.iter().find(|centre| centre.name == *name) else {
                let known: Vec<_> = self.0.iter().map(|centre| centre.name.clone()).collect();
                return Some(ScenarioFault::NoSuchDataCentre {
                    name: name.clone(),
                    nearest: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
                    known,
                });
            };
            (u64::from(*replicas) > centre.nodes()).then(|| ScenarioFault::TooManyReplicas {
                data_centre: name.clone(),
                replicas: *replicas,
                nodes: centre.nodes(),
            })
        });
        judged.collect()
    }
}
