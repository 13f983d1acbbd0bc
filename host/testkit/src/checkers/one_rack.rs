//! Never two racks of a data centre are down by our action.

use ringkeeper_sim::Happening;

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "one-rack";

#[derive(Debug)]
pub(super) struct OneRack;

impl Checker for OneRack {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        let Entry::Cluster(Happening::Down(node)) = &line.entry else {
            return None;
        };
        scene.taken.ours.get(node)?;
        let place = scene.places.place(*node)?;
        let other = scene.taken.ours.keys().find(|other| {
            scene.taken.down.contains_key(other)
                && scene
                    .places
                    .place(**other)
                    .is_some_and(|other| other.data_centre == place.data_centre && other.rack != place.rack)
        })?;
        Some(format!(
            "{} and {} are down by us together",
            scene.places.name(*other),
            scene.places.name(*node)
        ))
    }
}
