//! What clients get.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::ConsistencyLevel as Level;
use ringkeeper_lab::{Lab, LabNode};
use ringkeeper_rows::{Client, Served};

use super::cases::{KEYSPACES, in_cql, is_local};

/// What was served to clients of every data centre that has a node, at every level in every keyspace.
pub(super) struct Truth(BTreeMap<(&'static str, Level, String), Served>);

/// Rows that clients of a data centre cannot read or write any more, by data centre; none where nothing is harmed.
pub(super) type Harm = BTreeMap<String, BTreeSet<i32>>;

impl Truth {
    /// Tries every row in every keyspace at every level, through nodes of each data centre.
    pub(super) fn of(lab: &Lab, rows: &BTreeSet<i32>) -> Self {
        let mut by_centre: BTreeMap<&str, Vec<&LabNode>> = BTreeMap::new();
        for node in lab.nodes().iter().filter(|node| node.is_running()) {
            by_centre.entry(node.data_centre()).or_default().push(node);
        }
        let mut truth = BTreeMap::new();
        for (centre, coordinators) in by_centre {
            let client = Client::of(coordinators.into_iter().map(LabNode::cql)).unwrap();
            for (name, _) in KEYSPACES {
                let requests = client.requests_of(&format!("{name}.rows")).unwrap();
                for level in Level::EVERY {
                    let served = client.served(&requests, in_cql(level), rows).unwrap();
                    truth.insert((name, level, centre.to_owned()), served);
                }
            }
        }
        Self(truth)
    }

    /// What was served before and is not now. Whose data centre has no node left asks nodes of another one, unless the level
    /// is about their own.
    pub(super) fn harm(&self, now: &Self, keyspace: &'static str, level: Level) -> Harm {
        let mut harm = Harm::new();
        for ((_, _, centre), before) in self.about(keyspace, level) {
            let same = now.0.get(&(keyspace, level, centre.clone()));
            let elsewhere = now.about(keyspace, level).map(|(_, served)| served).next();
            let served = same
                .or_else(|| elsewhere.filter(|_| !is_local(level)))
                .cloned()
                .unwrap_or_default();
            let mut lost = &before.read - &served.read;
            lost.extend(&before.written - &served.written);
            if !lost.is_empty() {
                harm.insert(centre.clone(), lost);
            }
        }
        harm
    }

    /// How many requests were made, and how many of them were served.
    pub(super) fn count(&self, rows: usize) -> (usize, usize) {
        let made = |level: Level| match level {
            Level::Serial | Level::LocalSerial => rows,
            _ => 2 * rows,
        };
        let made = self.0.keys().map(|(_, level, _)| made(*level)).sum();
        let served = self
            .0
            .values()
            .map(|served| served.read.len() + served.written.len())
            .sum();
        (made, served)
    }

    fn about(
        &self,
        keyspace: &'static str,
        level: Level,
    ) -> impl Iterator<Item = (&(&'static str, Level, String), &Served)> {
        self.0
            .iter()
            .filter(move |((name, at, _), _)| *name == keyspace && *at == level)
    }
}

impl PartialEq for Truth {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
