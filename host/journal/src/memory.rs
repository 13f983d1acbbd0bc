//! A journal that lasts as long as the process: for simulations and tests.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::retention::Aged;
use crate::topic::Topic;
use crate::{
    Checked, Delivery, Journal, JournalError, Outbox, Recorded, Retention, RunId, StateEntry, StatePut,
    Stored, Version,
};

mod audit;

use audit::Audit;

type StateKey = (String, String, String);

#[derive(Debug, Default)]
struct Kept {
    streams: BTreeMap<String, Stream>,
    checks: BTreeMap<(String, String), Checked>,
    state: BTreeMap<StateKey, StateEntry>,
    audit: Audit,
    deliveries: BTreeMap<(String, String), Delivery>,
}

#[derive(Debug, Default)]
struct Stream {
    last: Version,
    events: BTreeMap<Version, Recorded>,
}

impl Stream {
    fn after(
        &self,
        after: Version,
        limit: usize,
        wanted: impl Fn(&Recorded) -> bool,
    ) -> Vec<(Version, Recorded)> {
        let later = self
            .events
            .range((Bound::Excluded(after), Bound::Unbounded))
            .filter(|(_, recorded)| wanted(recorded));
        later
            .take(limit)
            .map(|(version, recorded)| (*version, recorded.clone()))
            .collect()
    }

    fn prune(&mut self, retention: &Retention) -> u64 {
        let mut topics: BTreeMap<Topic, Vec<Aged>> = BTreeMap::new();
        for (version, recorded) in &self.events {
            topics.entry(recorded.event.topic()).or_default().push(Aged {
                version: *version,
                at: recorded.at,
                closes: recorded.event.closes(),
            });
        }
        let before = self.events.len();
        for (topic, events) in &topics {
            for version in retention.doomed(topic, events) {
                self.events.remove(&version);
            }
        }
        (before - self.events.len()) as u64
    }
}

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    kept: Mutex<Kept>,
}

impl MemoryJournal {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn state_key(plugin: &str, cluster: &str, key: &str) -> StateKey {
    (plugin.to_owned(), cluster.to_owned(), key.to_owned())
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        let kept = &mut *self.kept();
        let stream = kept.streams.entry(cluster.to_owned()).or_default();
        if stream.last != expected {
            return Err(JournalError::Conflict {
                expected: expected.0,
                actual: stream.last.0,
            });
        }
        kept.audit.append(cluster, expected, events)?;
        for recorded in events {
            stream.last.0 += 1;
            stream.events.insert(stream.last, recorded.clone());
        }
        Ok(stream.last)
    }

    async fn last(&self, cluster: &str) -> Result<Version, JournalError> {
        Ok(self
            .kept()
            .streams
            .get(cluster)
            .map(|stream| stream.last)
            .unwrap_or_default())
    }

    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        let kept = self.kept();
        let stream = kept.streams.get(cluster);
        Ok(stream
            .map(|stream| stream.after(after, limit, |_| true))
            .unwrap_or_default())
    }

    async fn read_run(
        &self,
        cluster: &str,
        run: &RunId,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        let topic = Topic::of_run(run);
        let kept = self.kept();
        let stream = kept.streams.get(cluster);
        Ok(stream
            .map(|stream| stream.after(after, limit, |recorded| recorded.event.topic() == topic))
            .unwrap_or_default())
    }

    async fn prune(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError> {
        let mut kept = self.kept();
        let stream = kept.streams.get_mut(cluster);
        Ok(stream.map_or(0, |stream| stream.prune(retention)))
    }

    async fn back_up(&self, _file: &Path) -> Result<u64, JournalError> {
        Err(JournalError::NothingToBackUp)
    }

    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        self.kept()
            .checks
            .insert((cluster.to_owned(), checked.operation.clone()), checked.clone());
        Ok(())
    }

    async fn checks(&self, cluster: &str) -> Result<Vec<Checked>, JournalError> {
        let kept = self.kept();
        Ok(kept
            .checks
            .iter()
            .filter(|((of, _), _)| of == cluster)
            .map(|(_, checked)| checked.clone())
            .collect())
    }

    async fn state_get(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
    ) -> Result<Option<StateEntry>, JournalError> {
        Ok(self.kept().state.get(&state_key(plugin, cluster, key)).cloned())
    }

    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError> {
        let kept = self.kept();
        let own = kept
            .state
            .keys()
            .filter(|(p, c, _)| p == plugin && c == cluster)
            .map(|(_, _, key)| key);
        Ok(own
            .filter(|key| after.is_none_or(|after| key.as_str() > after))
            .take(limit)
            .cloned()
            .collect())
    }

    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError> {
        let mut kept = self.kept();
        let key = state_key(put.plugin, put.cluster, put.key);
        let actual = kept.state.get(&key).map_or(0, |entry| entry.version);
        if actual != put.expected {
            return Err(JournalError::Conflict {
                expected: put.expected,
                actual,
            });
        }
        let others = kept
            .state
            .iter()
            .filter(|(other, _)| other.0 == key.0 && other.1 == key.1 && **other != key);
        let taken: usize = others
            .map(|(other, entry)| other.2.len() + entry.value.len())
            .sum();
        let needed = (taken + put.key.len() + put.value.len()) as u64;
        if needed > put.room {
            return Err(JournalError::NoRoom {
                needed,
                room: put.room,
            });
        }
        kept.state.insert(
            key,
            StateEntry {
                value: put.value.to_vec(),
                version: actual + 1,
            },
        );
        Ok(Stored {
            version: actual + 1,
            total_bytes: needed,
        })
    }

    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError> {
        let mut kept = self.kept();
        let at = state_key(plugin, cluster, key);
        match kept.state.get(&at).map(|entry| entry.version) {
            None => Err(JournalError::NoEntry { key: key.to_owned() }),
            Some(actual) if actual != expected => Err(JournalError::Conflict { expected, actual }),
            Some(_) => {
                kept.state.remove(&at);
                let left = kept
                    .state
                    .iter()
                    .filter(|(other, _)| other.0 == at.0 && other.1 == at.1);
                Ok(left
                    .map(|(other, entry)| (other.2.len() + entry.value.len()) as u64)
                    .sum())
            }
        }
    }
}

#[async_trait]
impl Outbox for MemoryJournal {
    async fn delivery(&self, target: &str, cluster: &str) -> Result<Option<Delivery>, JournalError> {
        let place = (target.to_owned(), cluster.to_owned());
        Ok(self.kept().deliveries.get(&place).copied())
    }

    async fn note_delivery(
        &self,
        target: &str,
        cluster: &str,
        delivery: &Delivery,
    ) -> Result<(), JournalError> {
        let place = (target.to_owned(), cluster.to_owned());
        self.kept().deliveries.insert(place, *delivery);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn conforms() {
        crate::conformance::check(&MemoryJournal::default()).await;
    }
}
