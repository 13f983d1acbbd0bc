//! No two repairs of ours are about one range of a table at one time.

use std::collections::BTreeSet;

use ringkeeper_sim::{Happening, SimRepair};

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "overlap";

#[derive(Debug, Default)]
pub(super) struct Overlap {
    open: BTreeSet<usize>,
}

impl Checker for Overlap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Cluster(Happening::RepairBegan(place)) if !scene.taken.foreign.contains(place) => {
                let began = scene.cluster.repair_at(*place)?;
                let other = self.open.iter().find_map(|open| {
                    let other = scene.cluster.repair_at(*open)?;
                    // One whose end is not noted yet may have ended all the same.
                    (other.ends_at > began.started_at && overlap(&began, &other)).then_some(other)
                });
                self.open.insert(*place);
                let other = other?;
                Some(format!(
                    "{} begins a repair of {}.{} whose ranges overlap with command {} of {}, begun {} and under way",
                    scene.places.name(began.coordinator),
                    began.order.keyspace,
                    began.order.tables.join(", "),
                    other.number,
                    scene.places.name(other.coordinator),
                    other.started_at,
                ))
            }
            Entry::Cluster(Happening::RepairEnded(place)) => {
                self.open.remove(place);
                None
            }
            _ => None,
        }
    }
}

fn overlap(one: &SimRepair, other: &SimRepair) -> bool {
    one.order.keyspace == other.order.keyspace
        && one
            .order
            .tables
            .iter()
            .any(|table| other.order.tables.contains(table))
        && one
            .order
            .ranges
            .iter()
            .any(|range| other.order.ranges.iter().any(|theirs| range.overlaps(*theirs)))
}
