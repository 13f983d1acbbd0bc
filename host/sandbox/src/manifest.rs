//! The manifest: what a component says of itself without being run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Name of the custom section that holds it.
pub const MANIFEST_SECTION: &str = "ringkeeper:manifest";
/// Longest manifest, in bytes.
pub(crate) const MANIFEST_BYTES: usize = 64 << 10;

/// A plugin's manifest, JSON in the custom section [`MANIFEST_SECTION`]. Components of other toolchains may have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The plugin's name; the same as in its descriptor.
    pub name: String,
    /// Its semantic version; the same as in its descriptor.
    pub version: String,
    /// One line for a person.
    pub summary: String,
    /// Its licence, as an SPDX expression.
    #[serde(default)]
    pub licence: Option<String>,
    /// Where its source is.
    #[serde(default)]
    pub source: Option<String>,
    /// What it needs besides the base capabilities: names, each with what for, in a sentence for the operator who
    /// grants it.
    #[serde(default)]
    pub capabilities: BTreeMap<String, String>,
}
