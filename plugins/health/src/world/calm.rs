//! The stretch of time through which no member was missed. What clients and coordinators suffered before it is the
//! consequence of a node that was away, and no finding of its own.

use ringkeeper_sdk::Timestamp;
use ringkeeper_sdk::node_state::PeerStatus;

use super::{Member, World};
use crate::settings::Settings;

const MINUTE: i64 = 60_000;

/// This part of the window must be calm before its numbers are judged.
const ENOUGH_OF_WINDOW: i64 = 3;

/// The end of the window, through which every member was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calm {
    /// Its first moment.
    pub(crate) since: Timestamp,
    /// How long it lasts.
    pub(crate) minutes: i64,
}

impl World {
    /// The calm part of `window_minutes` up to now; none while a member is down or disputed, and for a third of the
    /// window afterwards.
    pub(crate) fn calm(&self, settings: &Settings) -> Option<Calm> {
        let window = i64::from(settings.window_minutes) * MINUTE;
        let mut since = self.now - window;
        for member in &self.members {
            match member.missed() {
                Missed::Never => {}
                Missed::Until(back) => since = since.max(back),
                Missed::Now => return None,
            }
        }
        let lasts = self.now - since;
        (lasts * ENOUGH_OF_WINDOW >= window).then_some(Calm {
            since,
            minutes: lasts / MINUTE,
        })
    }
}

/// When a peer last missed a member, as far as the host remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missed {
    Never,
    Until(Timestamp),
    Now,
}

impl Member {
    /// One that was missed stays so until it is seen up again, also while nobody can be asked.
    fn missed(&self) -> Missed {
        let mut away = false;
        let mut missed = Missed::Never;
        for change in &self.transitions {
            let gone = |word: &str| matches!(word, "down" | "disputed");
            away |= gone(&change.before);
            if away {
                missed = Missed::Until(change.at);
            }
            match change.after.as_str() {
                "up" => away = false,
                after => away |= gone(after),
            }
        }
        match self.state.status {
            PeerStatus::Down | PeerStatus::Disputed => Missed::Now,
            PeerStatus::Unknown if away => Missed::Now,
            PeerStatus::Unknown | PeerStatus::Up => missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use ringkeeper_sdk::node_state::Transition;

    use super::*;
    use crate::testing::{NOW, Ring};

    fn calm(ring: &Ring) -> Option<Calm> {
        ring.world.calm(&Settings::default())
    }

    #[test]
    fn the_whole_window_is_calm_where_nobody_was_missed() {
        let since = NOW - 15 * MINUTE;
        let mut ring = Ring::of(&[("dc1", 3)]);
        assert_eq!(calm(&ring), Some(Calm { since, minutes: 15 }));
        ring.back(1, 20);
        assert_eq!(calm(&ring), Some(Calm { since, minutes: 15 }));
    }

    #[test]
    fn calm_begins_with_the_last_return_and_must_last_a_third_of_the_window() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.back(0, 12).back(1, 5);
        let since = NOW - 5 * MINUTE;
        assert_eq!(calm(&ring), Some(Calm { since, minutes: 5 }));
        ring.back(2, 4);
        assert_eq!(calm(&ring), None);
    }

    #[test]
    fn a_member_that_is_missed_now_leaves_no_calm() {
        let mut down = Ring::of(&[("dc1", 3)]);
        down.down(1);
        assert_eq!(calm(&down), None);
        let mut disputed = Ring::of(&[("dc1", 3)]);
        disputed.seen_down_by(1, &[0]);
        assert_eq!(calm(&disputed), None);
    }

    #[test]
    fn a_host_that_could_not_see_ends_no_calm_but_no_absence_either() {
        let unseen = |words: &[(i64, &str, &str)]| {
            let mut ring = Ring::of(&[("dc1", 3)]);
            let change = |(minutes, before, after): &(i64, &str, &str)| Transition {
                at: NOW - minutes * MINUTE,
                before: (*before).into(),
                after: (*after).into(),
            };
            ring.member(0).transitions = words.iter().map(change).collect();
            calm(&ring).map(|calm| calm.minutes)
        };
        assert_eq!(unseen(&[(9, "up", "unknown"), (6, "unknown", "up")]), Some(15));
        assert_eq!(unseen(&[(9, "down", "unknown"), (6, "unknown", "up")]), Some(6));
        assert_eq!(unseen(&[(9, "Joining", "Normal")]), Some(15));
    }
}
