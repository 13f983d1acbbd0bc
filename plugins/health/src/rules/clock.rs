//! Clocks that are wrong: by them Cassandra decides which of two writes is the later one.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::duration;
use crate::world::World;

/// Judged by what the machine's own time service says.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let name = &member.name;
        let followed = world.numbers.latest("machine.clock.synchronised", place);
        let Some(offset) = world.numbers.latest("machine.clock.offset_seconds", place) else {
            if followed? > 0.0 {
                return None;
            }
            let title = format!("The clock of {name} follows no source.");
            let finding = about_node(Severity::Advice, "clock", member, Owner::Platform, title)
                .beyond("follows a source", "no", "yes")
                .suggest(SUGGESTION);
            return Some((place, finding));
        };
        let off_ms = offset.abs() * 1_000.0;
        let severity = match off_ms {
            _ if off_ms >= f64::from(settings.clock_offset_severe_ms) => Severity::Severe,
            _ if off_ms >= f64::from(settings.clock_offset_ms) => Severity::Warning,
            _ => return None,
        };
        let side = if offset > 0.0 { "ahead" } else { "behind" };
        let off = match off_ms < 10_000.0 {
            true => format!("{off_ms:.0} ms"),
            false => duration(off_ms as i64),
        };
        let title = format!("The clock of {name} is {off} {side}.");
        let finding = about_node(severity, "clock", member, Owner::Platform, title).beyond(
            "off its source",
            off,
            format!("below {} ms", settings.clock_offset_ms),
        );
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "clock",
        what: "Clocks are wrong",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "See that chrony, or another time service, runs there and reaches its sources (chronyc sources). A \
    clock that is ahead makes writes win over later ones; set it back slowly.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(metric: &'static str, value: f64) -> Vec<(Severity, String)> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric(metric, 0, &[value]);
        let found = judge(&ring.world, &Settings::default());
        found
            .into_iter()
            .map(|finding| (finding.severity, finding.title))
            .collect()
    }

    #[test]
    fn a_clock_is_told_by_how_far_it_is_off_either_way() {
        const OFFSET: &str = "machine.clock.offset_seconds";
        assert_eq!(found(OFFSET, 0.05), []);
        assert_eq!(
            found(OFFSET, -0.25),
            [(
                Severity::Warning,
                "The clock of 10.0.1.1 is 250 ms behind.".to_owned()
            )]
        );
        assert_eq!(
            found(OFFSET, 0.5),
            [(
                Severity::Severe,
                "The clock of 10.0.1.1 is 500 ms ahead.".to_owned()
            )]
        );
        assert_eq!(found(OFFSET, 300.0)[0].1, "The clock of 10.0.1.1 is 5 min ahead.");
    }

    #[test]
    fn a_clock_that_follows_nothing_is_advice() {
        const FOLLOWS: &str = "machine.clock.synchronised";
        assert_eq!(found(FOLLOWS, 1.0), []);
        assert_eq!(found(FOLLOWS, 0.0)[0].0, Severity::Advice);
        assert_eq!(judge(&Ring::of(&[("dc1", 1)]).world, &Settings::default()), []);
    }
}
