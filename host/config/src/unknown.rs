//! Names in the file that only a cluster can know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Config, nearest};

/// The names that a cluster has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// Its keyspaces, Cassandra's own included.
    pub keyspaces: BTreeSet<String>,
    /// Its data centres.
    pub data_centres: BTreeSet<String>,
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameOf {
    /// A keyspace.
    Keyspace,
    /// A data centre.
    DataCentre,
}

/// A name in the file that no cluster has which it is about. Its [`fmt::Display`] says so to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The key it stands at, e.g. `window.night.data_centres`.
    pub key: String,
    /// What it is the name of.
    pub of: NameOf,
    /// The name.
    pub name: String,
    /// The cluster it is about; none for every one.
    pub cluster: Option<String>,
    /// The known name it looks like.
    pub nearest: Option<String>,
}

impl NameOf {
    const fn word(self) -> &'static str {
        match self {
            Self::Keyspace => "keyspace",
            Self::DataCentre => "data centre",
        }
    }

    const fn among(self, known: &KnownNames) -> &BTreeSet<String> {
        match self {
            Self::Keyspace => &known.keyspaces,
            Self::DataCentre => &known.data_centres,
        }
    }
}

impl UnknownName {
    /// What to do, as one sentence without a full stop.
    #[must_use]
    pub fn remedy(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("write `{nearest}`"),
            None => "correct the name, or remove it".to_owned(),
        }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, of, name, .. } = self;
        let of = of.word();
        match &self.cluster {
            Some(cluster) => write!(f, "{key}: cluster {cluster} has no {of} `{name}`"),
            None => write!(f, "{key}: no cluster has a {of} `{name}`"),
        }
    }
}

/// Every name in the policy, windows and freezes that none of the clusters has which it is about. `known` has the names of
/// the clusters that could be asked: of what another cluster may have, nothing is said.
#[must_use]
pub fn unknown_names(config: &Config, known: &BTreeMap<String, KnownNames>) -> Vec<UnknownName> {
    let named = named(config);
    named
        .into_iter()
        .filter_map(|named| named.judged(config, known))
        .collect()
}

/// A name in the file.
struct Named<'a> {
    key: String,
    of: NameOf,
    name: &'a str,
    cluster: Option<&'a str>,
}

fn named(config: &Config) -> Vec<Named<'_>> {
    let keyspace = |key: String, name| Named {
        key,
        of: NameOf::Keyspace,
        name,
        cluster: None,
    };
    let data_centre = |key: String, name, cluster| Named {
        key,
        of: NameOf::DataCentre,
        name,
        cluster,
    };
    let policies = config.policy.keyspaces.keys();
    let policies = policies.map(|name| keyspace("policy.keyspaces".to_owned(), name));
    let waivers = config.policy.waivers.iter();
    let waivers = waivers.map(|one| keyspace("policy.waiver".to_owned(), &one.waiver.keyspace));
    let windows = config.windows.iter().flat_map(|one| {
        let window = one.hours.window();
        let key = format!("window.{}.data_centres", window.name);
        let names = window.data_centres.iter();
        names.map(move |name| data_centre(key.clone(), name, window.cluster.as_deref()))
    });
    let freezes = config.freezes.iter().flat_map(|one| {
        let freeze = one.span.freeze();
        let key = format!("freeze.{}.data_centres", freeze.name);
        let names = freeze.data_centres.iter();
        names.map(move |name| data_centre(key.clone(), name, freeze.cluster.as_deref()))
    });
    policies.chain(waivers).chain(windows).chain(freezes).collect()
}

impl Named<'_> {
    fn judged(&self, config: &Config, known: &BTreeMap<String, KnownNames>) -> Option<UnknownName> {
        let concerned = config
            .clusters
            .iter()
            .map(|cluster| cluster.name.as_str())
            .filter(|name| self.cluster.is_none_or(|own| own == *name));
        let sets: Option<Vec<_>> = concerned
            .map(|cluster| known.get(cluster).map(|known| self.of.among(known)))
            .collect();
        let sets = sets?;
        if sets.iter().any(|names| names.contains(self.name)) {
            return None;
        }
        let candidates = sets.iter().flat_map(|names| names.iter().map(String::as_str));
        Some(UnknownName {
            key: self.key.clone(),
            of: self.of,
            name: self.name.to_owned(),
            cluster: self.cluster.map(str::to_owned),
            nearest: nearest(self.name, candidates).map(str::to_owned),
        })
    }
}
