//! Machines whose processors other guests of the same host take.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::percent;
use crate::world::World;

/// Judged by all processors' time within the window.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let share = world.processor_share("machine.cpu.steal_seconds", place, settings)?;
        if share < settings.steal_ratio {
            return None;
        }
        let title = format!("{} of the processor time of {} goes to others.", percent(share), member.name);
        let finding = about_node(Severity::Warning, "steal", member, Owner::Platform, title).beyond(
            format!("processor time stolen in {} min", settings.window_minutes),
            percent(share),
            format!("below {}", percent(settings.steal_ratio)),
        );
        Some((place, finding.suggest(
            "Its host has more guests than processors, or it has used up a burst allowance: move it, or give it a size \
             with processors of its own.",
        )))
    });
    Alike {
        rule: "steal",
        what: "Processor time goes to other guests",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(seconds: f64) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let stolen: Vec<f64> = (0..16).map(|minute| seconds * f64::from(minute)).collect();
        ring.metric("machine.cpu.count", 0, &[4.0])
            .metric("machine.cpu.steal_seconds", 0, &stolen);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn stolen_time_is_told_from_its_limit_on() {
        assert_eq!(found(23.0), []);
        assert_eq!(
            found(36.0)[0].title,
            "15 % of the processor time of 10.0.1.1 goes to others."
        );
    }
}
