//! A plugin that breaks again and again is called more and more rarely, and at last not any more.

use std::time::Duration;

use ringkeeper_seams::Timestamp;

/// Calls in a row that a version of a plugin may break in before it is parked.
pub(crate) const MOST_BREAKS: u32 = 5;
/// The first wait after a break; it doubles with each.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// What answered for so long after it broke is healthy again.
const HEALTHY_AFTER: Duration = Duration::from_secs(10);

/// How a version of a plugin has answered of late when it was called for one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    /// How often it broke without being healthy in between.
    breaks: u32,
    /// It is not called before.
    not_before: Option<Timestamp>,
    /// Since when it answers; none where it broke last.
    well_since: Option<Timestamp>,
}

impl Health {
    /// It answered.
    pub(crate) fn note_well(&mut self, now: Timestamp) {
        let since = *self.well_since.get_or_insert(now);
        if now.since(since) >= HEALTHY_AFTER {
            self.breaks = 0;
        }
    }

    /// It broke; answers whether it has broken often enough to be parked.
    pub(crate) fn note_break(&mut self, now: Timestamp) -> bool {
        if self
            .well_since
            .take()
            .is_some_and(|since| now.since(since) >= HEALTHY_AFTER)
        {
            self.breaks = 0;
        }
        self.breaks += 1;
        let doubled = SHORTEST_WAIT * 2_u32.saturating_pow(self.breaks.min(16) - 1);
        self.not_before = Some(now.after(doubled.min(LONGEST_WAIT)));
        self.breaks >= MOST_BREAKS
    }

    /// Why it is not called now, in words; none where it may be.
    pub(crate) fn waits(&self, now: Timestamp) -> Option<String> {
        let until = self.not_before.filter(|until| now < *until)?;
        Some(format!(
            "it broke {} times in a row, and is not called before {until}",
            self.breaks
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    #[test]
    fn the_wait_doubles_from_a_second_to_half_a_minute() {
        let mut health = Health::default();
        let mut now = 0;
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            health.note_break(at(now));
            assert!(health.waits(at(now + wait - 1)).is_some(), "{wait}");
            assert_eq!(health.waits(at(now + wait)), None, "{wait}");
            now += wait;
        }
    }

    #[test]
    fn the_fifth_break_in_a_row_is_one_too_many() {
        let mut health = Health::default();
        let parked: Vec<bool> = (0..5).map(|call| health.note_break(at(call * 40))).collect();
        assert_eq!(parked, [false, false, false, false, true]);
    }

    #[test]
    fn ten_seconds_of_health_wipe_the_slate_and_less_do_not() {
        for (well, parked) in [(9, true), (10, false)] {
            let mut health = Health::default();
            for call in 0..4 {
                health.note_break(at(call * 40));
            }
            health.note_well(at(200));
            health.note_well(at(205));
            assert_eq!(health.note_break(at(200 + well)), parked, "{well}");
        }
    }

    #[test]
    fn what_answers_on_is_healthy_also_before_it_breaks_again() {
        let mut health = Health::default();
        health.note_break(at(0));
        health.note_well(at(10));
        health.note_well(at(20));
        assert_eq!(health.breaks, 0);
    }
}
