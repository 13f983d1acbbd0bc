//! Why a component is not loaded.

use std::time::Duration;

use thiserror::Error;

use crate::call_error::CallError;
use crate::grants::Grants;
use crate::import::RefusedImport;
use crate::text;

/// Longest name of an import or export that is told, in bytes.
pub(crate) const NAME_BYTES: usize = 200;
/// Longest reason of another's making that is told, in bytes.
pub(crate) const REASON_BYTES: usize = 1_000;
/// Imports or exports that are told at once.
const MOST_TOLD: usize = 20;

/// Why a component is not loaded. Nothing of it has run, except for [`LoadError::Describe`] and
/// [`LoadError::Descriptor`], where `describe` has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// The file is too large.
    #[error("the file has {}; the limit is {}", text::bytes(*.size_bytes), text::bytes(*.limit_bytes))]
    TooLarge {
        /// What it has.
        size_bytes: u64,
        /// What it may have.
        limit_bytes: u64,
    },
    /// The file is something else.
    #[error("the file is not WebAssembly")]
    NotWasm,
    /// The file is a module, not a component.
    #[error("the file is a WebAssembly module, not a component; `wasm-tools component new` makes one of it")]
    CoreModule,
    /// The file is damaged: cut off, or not valid.
    #[error("the file is damaged or not valid at byte {offset}: {message}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// It would take too much to compile.
    #[error("it has {found} {what}; {limit} are allowed")]
    TooMuchCode {
        /// Of what.
        what: &'static str,
        /// How many it has; at least, as counting ends there.
        found: u64,
        /// How many it may have.
        limit: u64,
    },
    /// The manifest cannot be read, or says something else than the component.
    #[error("the manifest {0}")]
    Manifest(String),
    /// It imports what this host never gives.
    #[error("it imports what this host does not give: {}", some(refused.iter().map(|import| format!("`{}` {}", text::cut(&import.name, NAME_BYTES), import.reason)), "; "))]
    Imports {
        /// Which, and why not.
        refused: Vec<RefusedImport>,
    },
    /// It imports what is not granted.
    #[error("it uses {}, not granted to it; to grant: {needed}", list(missing))]
    Ungranted {
        /// Capabilities that need a grant.
        missing: Vec<&'static str>,
        /// The grants with which it would be loaded.
        needed: Grants,
    },
    /// It does not export what a plugin exports.
    #[error("it is not a plugin for this host: {0}")]
    WrongWorld(String),
    /// It could not be compiled.
    #[error("it cannot be compiled: {0}")]
    Compile(String),
    /// Compiling took too long.
    #[error("compiling it took longer than {limit:?}")]
    CompileTime {
        /// How long it may take.
        limit: Duration,
    },
    /// It could not say what it is.
    #[error("it could not describe itself: {0}")]
    Describe(CallError),
    /// What it says of itself is not allowed, or differs from its manifest.
    #[error("its descriptor is not valid: `{field}` {reason}")]
    Descriptor {
        /// Where, e.g. `operations[1].name`.
        field: String,
        /// What is wrong, as a fragment that follows the field's name.
        reason: String,
    },
    /// The host itself failed.
    #[error("the host could not load it: {0}")]
    Host(String),
}

/// The first few of what may be very many, and how many more there are.
pub(crate) fn some(texts: impl ExactSizeIterator<Item = String>, between: &str) -> String {
    let more = texts.len().saturating_sub(MOST_TOLD);
    let told: Vec<String> = texts.take(MOST_TOLD).collect();
    match (told.join(between), more) {
        (told, 0) => told,
        (told, more) => format!("{told}{between}and {more} more"),
    }
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
