//! No range falls below its consistency level because of us.

use std::time::Duration;

use ringkeeper_sim::Happening;

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "quorum";
/// A node that fell silent so lately may not be known to anybody: Cassandra's failure detector takes 10 s, and a look
/// of the host may be 5 s old.
const GRACE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Quorum;

impl Checker for Quorum {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        let Entry::Cluster(Happening::Down(node)) = &line.entry else {
            return None;
        };
        let run = scene.taken.ours.get(node)?;
        let mut away = scene.taken.away(line.at, GRACE);
        away.insert(*node);
        let below = scene.atlas.below(scene.places, *node, &away)?;
        let others: Vec<String> = away
            .iter()
            .filter(|other| *other != node)
            .map(|other| scene.places.name(*other))
            .collect();
        Some(format!(
            "run {run} took {} away while {} did not serve: keyspace {} at {}{} has {} replicas left of {} for range {}",
            scene.places.name(*node),
            others.join(", "),
            below.keyspace,
            below.level,
            below
                .data_centre
                .map(|centre| format!(" in {centre}"))
                .unwrap_or_default(),
            below.left,
            below.needed,
            below.range,
        ))
    }
}
