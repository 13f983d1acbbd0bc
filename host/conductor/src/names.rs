//! Names in the operator's policy that no cluster has: what is said of them holds nowhere, and nobody would notice.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{KeyspaceView, Snapshot, is_system_keyspace};
use ringkeeper_guard::{Pattern, Policy};
use ringkeeper_plan::{Evidence, Finding, Owner, Severity, Subject};
use ringkeeper_seams::Timestamp;

use crate::Conductor;
use crate::conductor::Watched;
use crate::findings::HOST_OPERATION;
use crate::runs::MitigationParts;

/// Names that are shown of those there are.
const MOST_SHOWN: usize = 10;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NameOf {
    Keyspace,
    DataCentre,
    /// A table with its keyspace.
    Table,
    /// An operation, or all of a plugin's.
    Operation,
}

impl NameOf {
    const fn word(self) -> &'static str {
        match self {
            Self::Keyspace => "keyspace",
            Self::DataCentre => "data centre",
            Self::Table => "table",
            Self::Operation => "operation",
        }
    }
}

/// A name in the policy that a cluster is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    of: NameOf,
    name: String,
    /// Whether it is about this cluster alone; else any cluster may have it.
    is_own: bool,
    /// Where it stands, in words: `window night`.
    place: String,
}

/// The names that a cluster has.
#[derive(Clone, Debug, Default)]
struct Known {
    keyspaces: BTreeSet<String>,
    data_centres: BTreeSet<String>,
    tables: BTreeSet<String>,
    /// Those of the plugins that are loaded, whatever the cluster.
    operations: BTreeSet<String>,
}

impl Known {
    /// None before topology and schema are known.
    fn of(snapshot: &Snapshot, operations: &BTreeSet<String>) -> Option<Self> {
        (snapshot.schema_observed_at.is_some() && !snapshot.nodes.is_empty()).then(|| Self {
            keyspaces: snapshot.keyspaces.keys().cloned().collect(),
            data_centres: snapshot
                .nodes
                .values()
                .map(|node| node.data_centre.clone())
                .collect(),
            tables: snapshot.keyspaces.iter().flat_map(tables_of).collect(),
            operations: operations.clone(),
        })
    }

    fn has(&self, of: NameOf, name: &str) -> bool {
        match name.strip_suffix('*') {
            Some(plugin) if of == NameOf::Operation => self
                .operations
                .iter()
                .any(|operation| operation.starts_with(plugin)),
            // No name of Cassandra has a star in it: with one, it is a pattern of a scope.
            _ if name.contains('*') => {
                let pattern = Pattern::new(name);
                self.names(of).iter().any(|known| pattern.matches(known))
            }
            _ => self.names(of).contains(name),
        }
    }

    const fn names(&self, of: NameOf) -> &BTreeSet<String> {
        match of {
            NameOf::Keyspace => &self.keyspaces,
            NameOf::DataCentre => &self.data_centres,
            NameOf::Table => &self.tables,
            NameOf::Operation => &self.operations,
        }
    }
}

/// The tables of a keyspace, as `keyspace.table`.
fn tables_of((keyspace, view): (&String, &KeyspaceView)) -> Vec<String> {
    let tables = view.keyspace.tables.keys();
    tables.map(|table| format!("{keyspace}.{table}")).collect()
}

/// Every name in a policy that is not over at this moment, every keyspace with a level of its own, and every operation
/// that is to begin by itself.
fn named(
    policy: &Policy,
    mitigations: &[MitigationParts],
    levels: &BTreeSet<String>,
    now: Timestamp,
) -> Vec<Named> {
    let keyspace = |name: &String, place: &str| Named {
        of: NameOf::Keyspace,
        name: name.clone(),
        is_own: false,
        place: place.to_owned(),
    };
    let data_centre = |name: &String, cluster: &Option<String>, place: String| Named {
        of: NameOf::DataCentre,
        name: name.clone(),
        is_own: cluster.is_some(),
        place,
    };
    let levels = levels
        .iter()
        .map(|name| keyspace(name, "the keyspaces of the policy"));
    let waivers = policy.waivers.iter().filter(|waiver| now < waiver.until);
    let waivers = waivers.map(|waiver| keyspace(&waiver.keyspace, "a waiver"));
    let windows = policy.windows.iter().flat_map(|hours| {
        let window = hours.window();
        let names = window.data_centres.iter();
        names.map(move |name| data_centre(name, &window.cluster, format!("window {}", window.name)))
    });
    let freezes = policy.freezes.iter().filter(|span| now < span.to());
    let freezes = freezes.flat_map(|span| {
        let freeze = span.freeze();
        let names = freeze.data_centres.iter();
        names.map(move |name| data_centre(name, &freeze.cluster, format!("freeze {}", freeze.name)))
    });
    let operation = |name: &String, place: &str| Named {
        of: NameOf::Operation,
        name: name.clone(),
        is_own: true,
        place: place.to_owned(),
    };
    let approvals = policy.approval.operations.keys();
    let approvals = approvals.map(|name| operation(name, "policy.approval"));
    let mitigations = mitigations
        .iter()
        .map(|mitigation| operation(&mitigation.operation, "policy.mitigation"));
    let scopes = policy.scopes.iter().flat_map(|(plugin, scope)| {
        let place = format!("the scope of plugin {plugin}");
        let lists = [
            (NameOf::DataCentre, &scope.data_centres),
            (NameOf::Keyspace, &scope.keyspaces),
            (NameOf::Table, &scope.tables),
        ];
        lists.into_iter().flat_map(move |(of, list)| {
            let place = place.clone();
            let each = list.iter().flatten();
            each.map(move |pattern| Named {
                of,
                name: pattern.to_string(),
                is_own: false,
                place: place.clone(),
            })
        })
    });
    levels
        .chain(scopes)
        .chain(waivers)
        .chain(windows)
        .chain(freezes)
        .chain(approvals)
        .chain(mitigations)
        .collect()
}

/// How a name stands among what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Known,
    Unknown,
    /// A cluster that may have it has not told all its names.
    Undecided,
}

fn stands(named: &Named, own: Option<&Known>, others: &[Option<Known>]) -> Stands {
    let others = others.iter().map(Option::as_ref).filter(|_| !named.is_own);
    let mut asked = std::iter::once(own).chain(others);
    let has_it = |known: &Known| known.has(named.of, &named.name);
    if asked.clone().flatten().any(has_it) {
        Stands::Known
    } else if asked.any(|known| known.is_none()) {
        Stands::Undecided
    } else {
        Stands::Unknown
    }
}

fn key(of: NameOf, name: &str) -> String {
    format!("unknown-name/{}/{name}", of.word().replace(' ', "-"))
}

fn finding(of: NameOf, name: &str, places: &[String], known: &Known) -> Finding {
    let word = of.word();
    let evidence = |name: &str, value: String| Evidence {
        name: name.to_owned(),
        value,
        limit: None,
    };
    let there_are: Vec<&str> = known
        .names(of)
        .iter()
        .map(String::as_str)
        .filter(|name| of != NameOf::Keyspace || !is_system_keyspace(name))
        .collect();
    let mut listed = there_are
        .iter()
        .take(MOST_SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if there_are.len() > MOST_SHOWN {
        listed += &format!(" and {} more", there_are.len() - MOST_SHOWN);
    }
    let mut all = vec![evidence("named in", places.join(", "))];
    if !listed.is_empty() {
        all.push(evidence("there are", listed));
    }
    Finding {
        key: key(of, name),
        severity: Severity::Warning,
        subject: Subject::Cluster,
        owner: Owner::Configuration,
        title: format!(
            "There is no {word} `{name}`, although the policy is about it: what is said of it holds nowhere."
        ),
        evidence: all,
        suggestion: Some(format!(
            "Correct the name where it stands, or remove it. The finding is cleared when there is such a {word}, or nothing names it."
        )),
        suggested_operation: None,
    }
}

impl Conductor {
    /// A finding for every name in the policy of a cluster that no cluster has which it is about. Where that cannot be
    /// told now, as one of them has not told its names yet, what was open stays open.
    pub(crate) fn unknown_names(&self, cluster: &Watched, snapshot: &Snapshot) -> Vec<Finding> {
        let now = self.seams().clock.now();
        let operations = self.plugins().operation_names().map(str::to_owned).collect();
        let own = Known::of(snapshot, &operations);
        let others = self.watched().filter(|other| other.name != cluster.name);
        let others: Vec<Option<Known>> = others
            .map(|other| Known::of(other.snapshot().as_deref()?, &operations))
            .collect();
        let mut unknown: BTreeMap<(NameOf, String), Vec<String>> = BTreeMap::new();
        let mut undecided = BTreeSet::new();
        for named in named(&cluster.policy, &cluster.mitigations, &cluster.levels, now) {
            match stands(&named, own.as_ref(), &others) {
                Stands::Known => {}
                Stands::Unknown => {
                    let places = unknown.entry((named.of, named.name)).or_default();
                    if !places.contains(&named.place) {
                        places.push(named.place);
                    }
                }
                Stands::Undecided => {
                    undecided.insert(key(named.of, &named.name));
                }
            }
        }
        let known = own.unwrap_or_default();
        let mut found: Vec<Finding> = unknown
            .iter()
            .map(|((of, name), places)| finding(*of, name, places, &known))
            .collect();
        let still = cluster.findings().into_iter().filter(|open| {
            open.operation == HOST_OPERATION
                && undecided.contains(&open.finding.key)
                && !found.iter().any(|finding| finding.key == open.finding.key)
        });
        let still: Vec<Finding> = still.map(|open| open.finding).collect();
        found.extend(still);
        found
    }
}

#[cfg(test)]
mod tests;
