//! What happens to an agent: who may enrol, who is enrolled.

use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

/// The stream of a host's agents. No cluster can be called so.
pub const AGENTS: &str = "@agents";

/// What can happen to the agent of a node. The stored form is JSON; a variant is never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum AgentEvent {
    /// Somebody may enrol it.
    TokenMade {
        /// The token's id; no secret.
        token: String,
        /// The hash of its secret.
        hash: String,
        /// Until when it may be used.
        expires: Timestamp,
    },
    /// It was enrolled. What was enrolled for the node before is not known any more.
    Enrolled {
        /// By which token, which cannot be used again.
        token: String,
        /// The fingerprint of its certificate.
        fingerprint: String,
        /// When that ends.
        expires: Timestamp,
        /// What its machine calls itself.
        machine: String,
        /// The agent's version.
        version: String,
    },
    /// It has another certificate. Those before it stay good until they end.
    Renewed {
        /// The fingerprint of its certificate.
        fingerprint: String,
        /// When that ends.
        expires: Timestamp,
        /// The agent's version.
        version: String,
    },
    /// It is not known any more, nor is any token for it.
    Revoked {
        /// Why, in a person's words.
        reason: String,
    },
}
