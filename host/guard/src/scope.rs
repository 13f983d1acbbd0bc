//! How far a plugin's grants reach: where it may change something, to what, how much of it and how hard.

mod pattern;
#[cfg(test)]
mod tests;

pub use pattern::Pattern;

use std::collections::BTreeSet;
use std::fmt;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_plan::{Goal, Impact, Step};
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Block, Rule};

/// The time over which calls are counted.
const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

/// How far a plugin's grants reach. What is none sets no bound. It binds what a plugin changes, not what it reads: who is to
/// judge whether a node may go away must see the whole ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Every node that a call touches is in one of these data centres.
    pub data_centres: Option<Vec<Pattern>>,
    /// Every call is about one of these keyspaces. What is about a whole node is about all its keyspaces.
    pub keyspaces: Option<Vec<Pattern>>,
    /// Every table of a call is one of these, as `keyspace.table`. What is about a whole keyspace is about all its tables.
    pub tables: Option<Vec<Pattern>>,
    /// Nodes that all its steps together hold at most in one cluster.
    pub nodes_at_once: Option<u32>,
    /// Calls that change something that it makes at most in one cluster within 60 s.
    pub calls_per_minute: Option<u32>,
    /// The strongest impact of what it does.
    pub impact: Option<Impact>,
}

/// A call that changes something, as the host sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedCall<'a> {
    /// `interface.function`.
    pub function: &'a str,
    /// What it does to the cluster.
    pub impact: Impact,
    /// The nodes it touches.
    pub nodes: &'a BTreeSet<NodeId>,
    /// What it is about; none for whole nodes.
    pub about: Option<&'a About>,
}

/// The tables that a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Their keyspace.
    pub keyspace: String,
    /// All of them; none of the keyspace has no table at all.
    pub tables: Vec<String>,
}

/// Something a plugin may not do, as its scope does not reach so far. Its [`fmt::Display`] says what, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfScope {
    /// What it may not do, behind "may not".
    pub what: String,
    /// The key of its scope that is in the way.
    pub key: &'static str,
    /// What that key says.
    pub limit: String,
}

impl fmt::Display for OutOfScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, key, limit } = self;
        write!(
            f,
            "it may not {what}: its scope has {key} = {limit}; to let it, widen `{key}` in [plugin.scope]"
        )
    }
}

impl Scope {
    /// Whether it sets no bound at all.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        *self == Self::default()
    }

    /// The bounds as they stand in a configuration file, `key = value` each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lists = [
            ("data_centres", &self.data_centres),
            ("keyspaces", &self.keyspaces),
            ("tables", &self.tables),
        ];
        let lists = lists
            .into_iter()
            .filter_map(|(key, list)| Some(format!("{key} = {}", listed(list.as_ref()?))));
        let counts = [
            ("nodes_at_once", self.nodes_at_once),
            ("calls_per_minute", self.calls_per_minute),
        ];
        let counts = counts
            .into_iter()
            .filter_map(|(key, count)| Some(format!("{key} = {}", count?)));
        let impact = self.impact.map(|impact| format!("impact = \"{impact}\""));
        lists.chain(counts).chain(impact).collect()
    }

    /// What a plan is for and may not do.
    #[must_use]
    pub fn refuses_goals(&self, goals: &[Goal]) -> Option<OutOfScope> {
        goals.iter().find_map(|Goal::Repaired { table, .. }| {
            let about = About {
                keyspace: table.keyspace.clone(),
                tables: vec![table.table.clone()],
            };
            self.refuses_tables(&about, &format!("repair {}.{}", table.keyspace, table.table))
        })
    }

    /// What of a step could never be done. `at_once` is how many of its nodes it holds from its start on.
    #[must_use]
    pub fn refuses_step(&self, step: &Step, at_once: usize, snapshot: &Snapshot) -> Option<OutOfScope> {
        if step.impact == Impact::Observe {
            return None;
        }
        let what = format!("do step `{}`", step.id);
        let nodes: BTreeSet<NodeId> = step.nodes.iter().copied().collect();
        self.refuses_impact(step.impact, &what)
            .or_else(|| self.refuses_nodes(&nodes, snapshot, &what))
            .or_else(|| self.refuses_number(at_once, &what))
    }

    /// Why a call is not made; none where it may be.
    #[must_use]
    pub fn refuses(&self, call: &ScopedCall<'_>, snapshot: &Snapshot) -> Option<OutOfScope> {
        let what = format!("call `{}`", call.function);
        let about = || match call.about {
            Some(about) => self.refuses_tables(about, &format!("{what} on {}", about.keyspace)),
            None => self.refuses_whole_nodes(&what),
        };
        self.refuses_impact(call.impact, &what)
            .or_else(|| self.refuses_nodes(call.nodes, snapshot, &what))
            .or_else(|| self.refuses_number(call.nodes.len(), &what))
            .or_else(about)
    }

    /// What stands in the way of taking more nodes to those that the plugin's steps hold; none where nothing does.
    #[must_use]
    pub fn holds_too_many(
        &self,
        plugin: &str,
        held: &BTreeSet<NodeId>,
        more: impl IntoIterator<Item = NodeId>,
    ) -> Option<Block> {
        let most = self.nodes_at_once?;
        let mut all = held.clone();
        all.extend(more);
        (all.len() > number(most)).then(|| {
            let nodes = if held.len() == 1 { "node" } else { "nodes" };
            let value = format!("{} {nodes}, and would hold {}", held.len(), all.len());
            Block::new(Rule::Approval, format!("plugin {plugin}"), "holds", value)
                .limit(most.to_string())
                .lifted_by(
                    "lifted when its other steps end, or by a larger `nodes_at_once` in [plugin.scope]",
                )
        })
    }

    /// When the next call may be made, given when calls were made; none where it may be made now.
    #[must_use]
    pub fn next_call_at(
        &self,
        made: impl IntoIterator<Item = Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let most = number(self.calls_per_minute?);
        let mut recent: Vec<Timestamp> = made
            .into_iter()
            .filter(|at| *at <= now && now.since(*at) < MINUTE)
            .collect();
        recent.sort_unstable();
        // Once this one is a minute old, one less than allowed is left.
        let place = recent.len().checked_sub(most)?;
        Some(recent.get(place)?.after(MINUTE))
    }

    fn refuses_impact(&self, impact: Impact, what: &str) -> Option<OutOfScope> {
        let most = self.impact.filter(|most| impact > *most)?;
        Some(OutOfScope {
            what: format!("{what}, which is of impact {impact}"),
            key: "impact",
            limit: format!("\"{most}\""),
        })
    }

    fn refuses_nodes(&self, nodes: &BTreeSet<NodeId>, snapshot: &Snapshot, what: &str) -> Option<OutOfScope> {
        let allowed = self.data_centres.as_ref()?;
        nodes.iter().find_map(|node| {
            let view = snapshot.nodes.get(node);
            let centre = view.map(|view| view.data_centre.as_str());
            if centre.is_some_and(|centre| is_any(allowed, centre)) {
                return None;
            }
            let place = match view {
                Some(view) => format!("node {} of data centre {}", view.endpoint.ip(), view.data_centre),
                None => format!("node {node}, whose data centre is not known"),
            };
            Some(OutOfScope {
                what: format!("{what} on {place}"),
                key: "data_centres",
                limit: listed(allowed),
            })
        })
    }

    fn refuses_number(&self, nodes: usize, what: &str) -> Option<OutOfScope> {
        let most = self.nodes_at_once.filter(|most| nodes > number(*most))?;
        Some(OutOfScope {
            what: format!("{what} on {nodes} nodes at once"),
            key: "nodes_at_once",
            limit: most.to_string(),
        })
    }

    fn refuses_tables(&self, about: &About, what: &str) -> Option<OutOfScope> {
        let refused = |key, list: &[Pattern], what: String| {
            Some(OutOfScope {
                what,
                key,
                limit: listed(list),
            })
        };
        if let Some(allowed) = &self.keyspaces
            && !is_any(allowed, &about.keyspace)
        {
            return refused("keyspaces", allowed, what.to_owned());
        }
        let allowed = self.tables.as_ref()?;
        let names = about
            .tables
            .iter()
            .map(|table| format!("{}.{table}", about.keyspace));
        let other = names.into_iter().find(|name| !is_any(allowed, name));
        match other {
            Some(name) if what.ends_with(&name) => refused("tables", allowed, what.to_owned()),
            Some(name) => refused("tables", allowed, format!("{what}, table {name}")),
            None => None,
        }
    }

    fn refuses_whole_nodes(&self, what: &str) -> Option<OutOfScope> {
        let (key, list) = match (&self.keyspaces, &self.tables) {
            (Some(list), _) => ("keyspaces", list),
            (None, Some(list)) => ("tables", list),
            (None, None) => return None,
        };
        Some(OutOfScope {
            what: format!("{what}, which is about all keyspaces of a node"),
            key,
            limit: listed(list),
        })
    }
}

fn is_any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}

fn listed(patterns: &[Pattern]) -> String {
    let each: Vec<String> = patterns.iter().map(|pattern| format!("\"{pattern}\"")).collect();
    format!("[{}]", each.join(", "))
}

fn number(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
