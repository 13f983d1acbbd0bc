//! How virtual time keeps step with the wall clock.

use std::time::Duration;

use crate::MOST_SPEED;

/// Wall time between two looks.
const FRAME: Duration = Duration::from_millis(100);

/// A speed, and since when it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    speed: u32,
    paused: bool,
    /// A moment by the wall clock, and the virtual time then.
    anchor: (Duration, Duration),
}

impl Pace {
    /// That speed from this moment by the wall clock, at which no virtual time has passed yet.
    pub(crate) fn new(speed: u32, wall: Duration) -> Self {
        Self {
            speed: speed.clamp(1, MOST_SPEED),
            paused: false,
            anchor: (wall, Duration::ZERO),
        }
    }

    pub(crate) const fn speed(&self) -> u32 {
        self.speed
    }

    pub(crate) const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Virtual time until the next look.
    pub(crate) fn frame(&self) -> Duration {
        FRAME * self.speed
    }

    /// How long to wait until virtual time may go on from `told`. Where telling takes longer than it should, what was
    /// lost is not made up for.
    pub(crate) fn wait(&mut self, wall: Duration, told: Duration) -> Duration {
        if self.paused {
            self.anchor = (wall, told);
            return FRAME;
        }
        let due = self.anchor.0 + told.saturating_sub(self.anchor.1) / self.speed;
        if wall > due + FRAME {
            self.anchor = (wall, told);
        }
        due.saturating_sub(wall)
    }

    /// Stands still, or goes on.
    pub(crate) fn pause(&mut self, wall: Duration, told: Duration) {
        self.paused = !self.paused;
        self.anchor = (wall, told);
    }

    /// Twice as fast, or half.
    pub(crate) fn change(&mut self, faster: bool, wall: Duration, told: Duration) {
        let speed = if faster { self.speed * 2 } else { self.speed / 2 };
        self.speed = speed.clamp(1, MOST_SPEED);
        self.anchor = (wall, told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn virtual_time_waits_for_the_wall_clock() {
        let mut pace = Pace::new(200, s(10));
        assert_eq!(pace.frame(), s(20));
        assert_eq!(pace.wait(s(10), s(200)), s(1));
        assert_eq!(pace.wait(s(11), s(200)), Duration::ZERO);
    }

    #[test]
    fn what_was_lost_is_not_made_up_for() {
        let mut pace = Pace::new(10, s(0));
        assert_eq!(pace.wait(s(100), s(10)), Duration::ZERO);
        assert_eq!(pace.wait(s(100), s(20)), s(1));
    }

    #[test]
    fn it_stands_still_while_paused_and_goes_on_from_there() {
        let mut pace = Pace::new(10, s(0));
        pace.pause(s(1), s(10));
        assert_eq!(pace.wait(s(50), s(10)), FRAME);
        pace.pause(s(60), s(10));
        assert_eq!(pace.wait(s(60), s(20)), s(1));
    }

    #[test]
    fn the_speed_stays_within_its_limits() {
        let mut pace = Pace::new(2, s(0));
        for _ in 0..5 {
            pace.change(false, s(0), s(0));
        }
        assert_eq!(pace.speed(), 1);
        for _ in 0..20 {
            pace.change(true, s(0), s(0));
        }
        assert_eq!(pace.speed(), MOST_SPEED);
    }
}
