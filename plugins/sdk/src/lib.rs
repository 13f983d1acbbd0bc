//! What a plugin for Ringkeeper, written in Rust, builds on.
//!
//! A plugin is a type with settings and operations. An operation is a function: it looks at the cluster through the
//! interfaces re-exported here ([`cluster`], [`node_state`], [`metrics`], …) and answers what it sees, as
//! [findings](Finding), and what it would do, as [steps](Step). JSON, schemas and WebAssembly stay inside this crate.
//! What a plugin calls is what it imports, and so what the operator is asked to grant.
//!
//! ```
//! use ringkeeper_sdk::prelude::*;
//!
//! /// Says so when a cluster has too few nodes.
//! struct Census;
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! #[serde(default, deny_unknown_fields)]
//! struct Settings {
//!     /// Fewer nodes than this are worth a word.
//!     fewest_nodes: usize,
//! }
//!
//! impl Default for Settings {
//!     fn default() -> Self {
//!         Self { fewest_nodes: 3 }
//!     }
//! }
//!
//! impl Plugin for Census {
//!     const ABOUT: About = about!();
//!     type Settings = Settings;
//!
//!     fn operations() -> Vec<Operation<Settings>> {
//!         vec![Operation::observing("census.count", "Counts the nodes.", count)]
//!     }
//! }
//!
//! fn count(request: Request<NoParameters, Settings>) -> Result<Diagnosis, Refusal> {
//!     let nodes = ringkeeper_sdk::cluster::nodes()?.len();
//!     let findings = few_nodes(nodes, &request.settings).into_iter().collect();
//!     Ok(Diagnosis { title: format!("{nodes} nodes"), findings })
//! }
//!
//! /// The rule, apart from every import, so that a test on any machine can call it.
//! fn few_nodes(nodes: usize, settings: &Settings) -> Option<Finding> {
//!     (nodes < settings.fewest_nodes).then(|| {
//!         Finding::new(Severity::Advice, "few-nodes", format!("The cluster has only {nodes} nodes."))
//!             .about(Subject::Cluster, Owner::Configuration)
//!             .beyond("nodes", nodes, settings.fewest_nodes)
//!             .suggest("Add nodes, so that one may fail.")
//!     })
//! }
//!
//! ringkeeper_sdk::export!(Census);
//! # fn main() {}
//! ```
//!
//! Calls of the interfaces work only inside the host; elsewhere they panic. So gather first, then decide in functions
//! over plain values, and test those.

mod adapter;
#[doc(hidden)]
pub mod bindings;
mod error;
mod finding;
pub mod jobs;
pub mod log;
pub mod naming;
pub mod node_state;
mod operation;
mod plugin;
pub mod state;
mod step;
mod text;
pub mod words;

pub use bindings::exports::ringkeeper::maintenance::maintenance::{
    Attempt, Cause, Failure, Fault, Goal, Outcome, Postponement, Refusal, RepairGoal,
};
pub use bindings::ringkeeper::maintenance::types::{
    Error, Evidence, Finding, Impact, NodeId, Owner, Severity, Subject, TableName, Timestamp, Token,
    TokenRange,
};
pub use bindings::ringkeeper::maintenance::{
    clock, cluster, lifecycle, metrics, random, repair, repair_history, run, tables, telemetry,
    tool_catalogue, tools,
};
pub use operation::{Diagnosis, NoParameters, Operation, Plan, Request};
pub use plugin::{About, Plugin};
pub use step::Step;

#[doc(hidden)]
pub use adapter::Adapter;
#[doc(hidden)]
pub use {schemars, serde};

/// The plugin on the author's page, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/plugins.md")]
struct AuthorsPage;

/// What nearly every plugin names.
pub mod prelude {
    pub use crate::{
        About, Attempt, Diagnosis, Error, Failure, Fault, Finding, Goal, Impact, NoParameters, NodeId,
        Operation, Outcome, Owner, Plan, Plugin, Refusal, Request, Severity, Step, Subject, Timestamp, about,
    };
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
}

/// Makes a type that is a [`Plugin`] the component's export. Once in a crate.
#[macro_export]
macro_rules! export {
    ($plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::Adapter<$plugin>;
    $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        };
        // Elsewhere there is nobody to export to; the types are checked all the same.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = $crate::Adapter::<$plugin>::check;
    };
}

/// An [`About`] with name, version and summary of the crate that calls this, from its Cargo.toml.
#[macro_export]
macro_rules! about {
    () => {
        $crate::About::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
            ::core::env!("CARGO_PKG_DESCRIPTION"),
        )
    };
}
