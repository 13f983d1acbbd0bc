//! Who a host and its agents are to each other.
//!
//! The picture to keep in mind: **two authorities**, both kept by the host. One signs agents, the other signs the host. An
//! agent takes requests only from what the host's authority signed, so no agent ever passes for the host, whatever
//! stands in its certificate; and the host talks only to what the agents' authority signed for the node that it means: an
//! agent is called by the address of its node. Private keys never leave the machine they were made on.
//!
//! An agent becomes known by a **token**: it may be used once, within an hour, and carries the fingerprint of the host's
//! authority, so that the agent knows the host before it says anything. [`HostTrust`] is the host's half, [`AgentTrust`] the
//! agent's. Nothing here opens a connection or remembers who was enrolled: `server` and `agent` do the one, `journal` the
//! other.

mod agent;
mod authority;
mod end;
mod error;
mod folder;
mod fresh;
mod host;
mod key;
mod known;
mod pinned;
mod token;
mod words;

pub use agent::{AgentTrust, Enrolment};
pub use end::first_end_of_pem;
pub use error::TrustError;
pub use host::{HostTrust, Signed};
pub use key::NewKey;
pub use known::{AllSigned, KnownAgents};
pub use pinned::enrolling;
pub use token::{Fingerprint, Token, TokenError, TokenHash, fingerprint_of_pem};
pub use words::{in_words, why};

use std::time::Duration;

/// The name in the host's certificate, whatever machine it runs on.
pub const HOST_NAME: &str = "host.ringkeeper";
/// How long a certificate of a host or an agent is good for.
pub const LIFETIME: Duration = Duration::from_secs(30 * 86_400);
/// A certificate with less left than this is renewed.
pub const RENEWED_BEFORE: Duration = Duration::from_secs(20 * 86_400);
/// How far two clocks may be apart: certificates are good from so long before they were made.
pub const CLOCKS_APART: Duration = Duration::from_secs(86_400);
/// How long a token may be used where nothing is said.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
