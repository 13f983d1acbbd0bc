//! What is in force, and where it comes from.

use std::fmt;
use std::path::PathBuf;

/// One value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveValue {
    /// The key with its section, e.g. `cluster.analytics.jolokia.timeout`.
    pub key: String,
    /// The value as it would stand in the file; never a secret, `none` where nothing is set.
    pub value: String,
    /// Who said so.
    pub origin: Origin,
}

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file, at this line.
    File {
        /// The file, as it was named.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Nobody; it is the documented default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}
