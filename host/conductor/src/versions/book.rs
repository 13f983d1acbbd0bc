//! The versions of plugins as their stream tells them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_journal::{Event, Fold, PluginEvent, Recorded};
use ringkeeper_seams::Timestamp;

/// Components of a plugin that are kept: the newest, and those that were in force last.
pub(crate) const KEPT: usize = 5;

/// A version that was handed to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) digest: String,
    pub(crate) version: String,
    pub(crate) signer: Option<String>,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    /// How it asks for more than the version before it.
    pub(crate) more: Vec<String>,
}

/// The versions of one plugin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    /// All that were handed over, the newest last.
    pub(crate) installed: Vec<Installed>,
    /// Those in force one after another, the newest last; below the first is the configuration's.
    in_force: Vec<String>,
    /// The one that waits for a person's word.
    pub(crate) waiting: Option<String>,
    /// Versions that are not called any more, and how each broke; none stands for the configuration's.
    pub(crate) parked: BTreeMap<Option<String>, String>,
}

impl Versions {
    /// The version in force; none where it is the configuration's.
    pub(crate) fn in_force(&self) -> Option<&String> {
        self.in_force.last()
    }

    /// Whether there is a version before the one in force, and which; none within for the configuration's.
    pub(crate) fn before(&self) -> Option<Option<&String>> {
        let place = self.in_force.len().checked_sub(1)?;
        Some(place.checked_sub(1).and_then(|place| self.in_force.get(place)))
    }

    /// How the version in force broke, if it is parked.
    pub(crate) fn parked_in_force(&self) -> Option<&String> {
        self.parked.get(&self.in_force().cloned())
    }

    /// What was handed over under a digest, or under the beginning of one.
    pub(crate) fn named(&self, digest: &str) -> Option<&Installed> {
        let mut named = self
            .installed
            .iter()
            .rev()
            .filter(|installed| !digest.is_empty() && installed.digest.starts_with(digest));
        let first = named.next()?;
        named.all(|other| other.digest == first.digest).then_some(first)
    }

    /// Digests of what was handed over and is of no use any more: all but what waits, what is parked, and the last few of
    /// those in force one after another and of all.
    pub(crate) fn over(&self) -> BTreeSet<&str> {
        let all = || self.installed.iter().map(|installed| installed.digest.as_str());
        let mut kept = first_few(self.in_force.iter().rev().map(String::as_str));
        kept.extend(first_few(all().rev()));
        kept.extend(self.waiting.as_deref());
        kept.extend(self.parked.keys().filter_map(Option::as_deref));
        all().filter(|digest| !kept.contains(digest)).collect()
    }

    fn put_in_force(&mut self, digest: String) {
        self.waiting = None;
        // Somebody has seen to what broke.
        self.parked.clear();
        self.in_force.push(digest);
    }

    fn apply(&mut self, at: Timestamp, event: PluginEvent) {
        match event {
            PluginEvent::Installed {
                digest,
                version,
                signer,
                by,
                more,
            } => {
                match more.is_empty() {
                    true => self.put_in_force(digest.clone()),
                    false => self.waiting = Some(digest.clone()),
                }
                self.installed.push(Installed {
                    digest,
                    version,
                    signer,
                    by,
                    at,
                    more,
                });
            }
            PluginEvent::Approved { digest, .. } => self.put_in_force(digest),
            PluginEvent::RolledBack { .. } => {
                self.in_force.pop();
            }
            PluginEvent::Parked { digest, reason } => {
                self.parked.insert(digest, reason);
            }
            PluginEvent::Resumed { digest, .. } => {
                self.parked.remove(&digest);
                if let Some(digest) = digest
                    && self.in_force() != Some(&digest)
                {
                    self.in_force.push(digest);
                }
            }
        }
    }
}

/// The first of these that differ, as many as are kept.
fn first_few<'a>(digests: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut few = BTreeSet::new();
    for digest in digests {
        if few.len() == KEPT {
            break;
        }
        few.insert(digest);
    }
    few
}

/// The versions of all plugins.
#[derive(Clone, Debug, Default)]
pub(crate) struct VersionBook {
    plugins: BTreeMap<String, Versions>,
}

impl Fold for VersionBook {
    fn note(&mut self, recorded: Recorded) {
        if let Event::Plugin { plugin, what } = recorded.event {
            self.plugins.entry(plugin).or_default().apply(recorded.at, *what);
        }
    }
}

impl VersionBook {
    /// The versions of a plugin; none where there never was another than the configuration's.
    pub(crate) fn of(&self, plugin: &str) -> Option<&Versions> {
        self.plugins.get(plugin)
    }

    /// All plugins that ever had another version or were parked.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Versions)> {
        self.plugins.iter()
    }
}
