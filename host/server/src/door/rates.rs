//! How often something is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_seams::Timestamp;

/// Whom it is counted for at most; whoever may ask soonest is forgotten first.
const MOST: usize = 4_096;

/// So many at once, and then one every so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) at_once: u32,
    pub(crate) every: Duration,
}

/// Counts for each who asks. Of each there is one moment: when all that was asked would be paid off at the steady rate
/// (the generic cell rate algorithm, ITU-T I.371).
#[derive(Debug)]
pub(crate) struct Rates<K> {
    rate: Rate,
    paid_off: BTreeMap<K, Timestamp>,
}

impl<K: Clone + Ord> Rates<K> {
    pub(crate) const fn new(rate: Rate) -> Self {
        let paid_off = BTreeMap::new();
        Self { rate, paid_off }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// When it is too much; how long to wait.
    pub(crate) fn ask(&mut self, who: K, now: Timestamp) -> Result<(), Duration> {
        let Rate { at_once, every } = self.rate;
        let most = now.after(every * at_once);
        // A clock that was set back makes nobody wait for longer than all of it takes.
        let paid_off = self.paid_off.get(&who).map_or(now, |at| (*at).clamp(now, most));
        let next = paid_off.after(every);
        if next > most {
            self.paid_off.insert(who, paid_off);
            return Err(next.since(most));
        }
        if self.paid_off.len() >= MOST && !self.paid_off.contains_key(&who) {
            self.forget(now);
        }
        self.paid_off.insert(who, next);
        Ok(())
    }

    /// Forgets all who may ask as if they never had, and one at least.
    fn forget(&mut self, now: Timestamp) {
        self.paid_off.retain(|_, at| *at > now);
        if self.paid_off.len() >= MOST {
            let soonest = self.paid_off.iter().min_by_key(|(_, at)| **at);
            if let Some(who) = soonest.map(|(who, _)| who.clone()) {
                self.paid_off.remove(&who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rates() -> Rates<u32> {
        Rates::new(Rate {
            at_once: 3,
            every: SECOND,
        })
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_770_000_000_000 + millis)
    }

    #[test]
    fn some_at_once_and_then_one_every_so_often() {
        let mut rates = rates();
        for _ in 0..3 {
            assert_eq!(rates.ask(1, at(0)), Ok(()));
        }
        assert_eq!(rates.ask(1, at(0)), Err(SECOND));
        assert_eq!(rates.ask(1, at(400)), Err(Duration::from_millis(600)));
        assert_eq!(rates.ask(1, at(1_000)), Ok(()));
        assert_eq!(rates.ask(1, at(1_000)), Err(SECOND));
        assert_eq!(rates.ask(2, at(1_000)), Ok(()));
    }

    #[test]
    fn whoever_waited_long_may_ask_no_more_at_once_than_at_first() {
        let mut rates = rates();
        assert_eq!(rates.ask(1, at(0)), Ok(()));
        let asked = (0..5).filter(|_| rates.ask(1, at(3_600_000)).is_ok()).count();
        assert_eq!(asked, 3);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let mut rates = rates();
        for _ in 0..3 {
            rates.ask(1, at(3_600_000)).unwrap();
        }
        assert_eq!(rates.ask(1, at(0)), Err(SECOND));
        assert_eq!(rates.ask(1, at(1_000)), Ok(()));
    }

    #[test]
    fn many_strangers_take_bounded_memory_and_forget_the_most_eager_last() {
        let mut rates = rates();
        for _ in 0..3 {
            rates.ask(0, at(0)).unwrap();
        }
        for who in 1..3 * MOST {
            rates.ask(u32::try_from(who).unwrap(), at(0)).unwrap();
        }
        assert_eq!(rates.paid_off.len(), MOST);
        assert!(rates.ask(0, at(0)).is_err());
    }
}
