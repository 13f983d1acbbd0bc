//! What happens to a token by which somebody may ask the host over the network.

use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

/// The stream of a host's tokens. No cluster can be called so.
pub const ACCESS: &str = "@access";

/// What can happen to a token. The stored form is JSON; a variant is never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum AccessEvent {
    /// Somebody may ask with it. What was made under its name before is not known any more.
    TokenMade {
        /// The token's id; no secret.
        token: String,
        /// The hash of its secret.
        hash: String,
        /// What may be asked with it: `viewer`, `operator` or `admin`.
        role: String,
        /// Until when; none where it does not end by itself.
        expires: Option<Timestamp>,
        /// Who made it.
        by: String,
    },
    /// It was used. Written once a day at most.
    TokenUsed,
    /// It may not be used any more.
    TokenRevoked {
        /// Why, in a person's words.
        reason: String,
        /// Who revoked it.
        by: String,
    },
}
