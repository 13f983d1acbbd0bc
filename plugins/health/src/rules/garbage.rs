//! Nodes that spend too much of their time collecting garbage.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::{duration, percent};
use crate::world::World;

/// Judged by the share of the window that went into collections.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let increase = world.numbers.increase("gc.time_ms", place)?;
        let ratio = increase.by / increase.within as f64;
        if ratio < settings.gc_time_ratio {
            return None;
        }
        let title = format!(
            "{} spends {} of its time collecting garbage.",
            member.name,
            percent(ratio)
        );
        let limit = format!("below {}", percent(settings.gc_time_ratio));
        let finding = about_node(Severity::Warning, "garbage", member, Owner::Configuration, title)
            .beyond(
                format!("garbage collection in {}", duration(increase.within)),
                percent(ratio),
                limit,
            )
            .suggest(
                "Look at the heap's size and at what fills it: large partitions, wide reads, tombstones.",
            );
        Some((place, finding))
    });
    Alike {
        rule: "garbage",
        what: "Garbage collection takes too much time",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(milliseconds: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("gc.time_ms", 0, milliseconds);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_tenth_of_the_time_is_too_much() {
        let found = found(&[1_000.0, 10_000.0, 19_000.0]);
        assert_eq!(
            found[0].title,
            "10.0.1.1 spends 15 % of its time collecting garbage."
        );
        assert_eq!(found[0].evidence[0].name, "garbage collection in 2 min");
    }

    #[test]
    fn less_is_as_it_should_be_and_one_reading_tells_nothing() {
        assert_eq!(found(&[0.0, 500.0, 1_000.0]), []);
        assert_eq!(found(&[3_600_000.0]), []);
    }
}
