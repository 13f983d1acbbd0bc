//! The calls that each plugin made of late.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ringkeeper_seams::Timestamp;

/// Older calls are forgotten: grants bound calls by the minute.
const OF_LATE: Duration = Duration::from_secs(60);

/// When each plugin made its calls, oldest first, as far back as anybody asks.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentCalls(BTreeMap<String, VecDeque<Timestamp>>);

impl RecentCalls {
    /// One more call of a plugin.
    pub(super) fn note(&mut self, plugin: &str, at: Timestamp) {
        let calls = self.0.entry(plugin.to_owned()).or_default();
        while calls.front().is_some_and(|first| at.since(*first) >= OF_LATE) {
            calls.pop_front();
        }
        calls.push_back(at);
    }

    /// The calls of a plugin of the last minute, and maybe older ones.
    pub(super) fn of(&self, plugin: &str) -> impl Iterator<Item = Timestamp> {
        self.0.get(plugin).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_remembered_for_a_minute_and_by_plugin() {
        let mut calls = RecentCalls::default();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        for (plugin, seconds) in [
            ("repair", 0),
            ("repair", 30),
            ("tools", 31),
            ("repair", 59),
            ("repair", 60),
        ] {
            calls.note(plugin, at(seconds));
        }
        assert_eq!(calls.of("repair").collect::<Vec<_>>(), [at(30), at(59), at(60)]);
        assert_eq!(calls.of("tools").collect::<Vec<_>>(), [at(31)]);
        assert_eq!(calls.of("health").count(), 0);
        // Many calls leave those of its last minute.
        for minutes in 2..1_000 {
            calls.note("repair", at(minutes * 60));
        }
        assert_eq!(calls.of("repair").count(), 1);
    }
}
