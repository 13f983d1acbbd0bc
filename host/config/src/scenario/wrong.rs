//! What can be wrong with a scenario beyond what can be wrong with any file.

use std::time::Duration;

use thiserror::Error;

use crate::NodePlace;
use crate::kind::show_time_span;

use super::topology::MOST_NODES;

/// What is wrong with a scenario. Displays as a fragment; [`ScenarioFault::remedy`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScenarioFault {
    /// There are no nodes.
    #[error("there is no data centre")]
    NoDataCentre,
    /// There is nothing that could be missed.
    #[error("there is no keyspace")]
    NoKeyspace,
    /// There are more nodes than can be simulated.
    #[error(
        "{nodes} nodes, with those of earlier data centres, are more than the {MOST_NODES} that can be simulated"
    )]
    TooManyNodes {
        /// How many up to there.
        nodes: u64,
    },
    /// A data centre that the scenario does not have.
    #[error("there is no data centre `{name}`")]
    NoSuchDataCentre {
        /// What was asked for.
        name: String,
        /// The data centre it looks like.
        nearest: Option<String>,
        /// The data centres of the scenario.
        known: Vec<String>,
    },
    /// A node that the scenario does not have.
    #[error("there is no node `{place}`")]
    NoSuchNode {
        /// What was asked for.
        place: NodePlace,
        /// The node it looks like; else the first one.
        nearest: NodePlace,
    },
    /// More replicas than nodes.
    #[error("{replicas} replicas in data centre {data_centre}, which has {nodes} nodes")]
    TooManyReplicas {
        /// Where.
        data_centre: String,
        /// How many replicas.
        replicas: u8,
        /// How many nodes.
        nodes: u64,
    },
    /// A keyspace that Cassandra makes itself.
    #[error("`{name}` is a keyspace of Cassandra's own")]
    SystemKeyspace {
        /// Its name.
        name: String,
    },
    /// Something that would begin when all is over.
    #[error("{} is not before the horizon, which is {}", show_time_span(*at), show_time_span(*horizon))]
    BeyondHorizon {
        /// When it would begin.
        at: Duration,
        /// The horizon.
        horizon: Duration,
    },
    /// A fault that never happens.
    #[error("nothing says when it happens")]
    NoTime,
    /// A fault that happens in two ways.
    #[error("both `{first}` and `{second}` say when it happens")]
    TwoTimes {
        /// One key.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A key that says nothing about this kind.
    #[error("`{key}` means nothing for `{kind}`")]
    UnfitKey {
        /// The key.
        key: &'static str,
        /// The word of the kind.
        kind: &'static str,
        /// The kinds it means something for.
        fits: Vec<&'static str>,
    },
    /// A key that this kind cannot do without.
    #[error("`{kind}` has no `{key}`")]
    LackingKey {
        /// The key.
        key: &'static str,
        /// The word of the kind.
        kind: &'static str,
        /// What its value must be.
        expects: String,
    },
    /// A plugin that is not loaded in the scenario.
    #[error("no plugin `{name}` is loaded")]
    NoSuchPlugin {
        /// What was asked for.
        name: String,
        /// The plugin it looks like.
        nearest: Option<String>,
        /// The plugins that are loaded.
        known: Vec<String>,
    },
    /// A grant that a plugin cannot lose, as it has none of it.
    #[error("plugin `{plugin}` is not granted `{grant}`")]
    NoSuchGrant {
        /// The plugin.
        plugin: String,
        /// The grant.
        grant: String,
        /// The grant it looks like.
        nearest: Option<String>,
        /// What it is granted.
        known: Vec<String>,
    },
}

impl ScenarioFault {
    /// What to do about it, as one sentence without a full stop.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoDataCentre => "add [[data_centre]] with `name` and `racks`".to_owned(),
            Self::NoKeyspace => "add [[keyspace]] with `name`, `replicas` and `tables`".to_owned(),
            Self::TooManyNodes { .. } => "take away nodes, racks or data centres".to_owned(),
            Self::NoSuchNode { nearest, .. } => {
                format!(
                    "write \"{nearest}\"; a place is data centre, rack, and which of the rack, counted from 1"
                )
            }
            Self::TooManyReplicas { nodes, .. } => format!("ask for {nodes} at most, or add nodes"),
            Self::SystemKeyspace { .. } => {
                "choose another name; Cassandra's own keyspaces are there by themselves".to_owned()
            }
            Self::BeyondHorizon { .. } => "let it begin earlier, or lengthen `horizon`".to_owned(),
            Self::NoTime => "add one of `at`, `on` and `per_day`".to_owned(),
            Self::TwoTimes { .. } => "keep one of the two".to_owned(),
            Self::UnfitKey { fits, .. } if fits.len() <= 3 => {
                format!("remove it; it is for {}", fits.join(", "))
            }
            Self::UnfitKey { .. } => "remove it".to_owned(),
            Self::LackingKey { key, expects, .. } => format!("add `{key}`: {expects}"),
            Self::NoSuchDataCentre { nearest, known, .. }
            | Self::NoSuchPlugin { nearest, known, .. }
            | Self::NoSuchGrant { nearest, known, .. } => one_of(nearest.as_deref(), known),
        }
    }
}

fn one_of(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("write \"{nearest}\""),
        None if known.is_empty() => "remove it; there is none".to_owned(),
        None => format!("write one of: {}", known.join(", ")),
    }
}
