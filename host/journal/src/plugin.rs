//! What happens to the versions of a plugin.

use serde::{Deserialize, Serialize};

/// The stream of a host's plugins. No cluster can be called so.
pub const PLUGINS: &str = "@plugins";

/// What can happen to the versions of a plugin. The stored form is JSON; a variant is never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum PluginEvent {
    /// A version was handed to the host.
    Installed {
        /// BLAKE3 of the component.
        digest: String,
        /// What it calls itself.
        version: String,
        /// Who signed it; none where nobody did.
        signer: Option<String>,
        /// Who handed it over.
        by: String,
        /// How it asks for more than the version before it, each in a sentence. It is in force at once where it does not.
        more: Vec<String>,
    },
    /// A version that asks for more is in force, by a person's word.
    Approved {
        /// Which.
        digest: String,
        /// By whose.
        by: String,
    },
    /// The version before it is in force again.
    RolledBack {
        /// Which is not any more.
        digest: String,
        /// By whose word; none where the host did it.
        by: Option<String>,
    },
    /// It broke again and again, and is not called any more.
    Parked {
        /// Which version; none where it is that of the configuration.
        digest: Option<String>,
        /// How it broke the last time.
        reason: String,
    },
    /// It is called again, by a person's word.
    Resumed {
        /// Which version; none where it is that of the configuration.
        digest: Option<String>,
        /// By whose.
        by: String,
    },
}
