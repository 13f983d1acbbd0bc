//! The host's side of its agents: who may enrol, who is enrolled, who is not known any more.
//!
//! The picture to keep in mind: a **book** that is the fold of one stream of the journal, and four deeds that append to it:
//! make a token, enrol, renew, revoke. An agent is called by the address of its node, and is known by the fingerprints of
//! the certificates it was given; whatever else signs or claims anything is a stranger. Two that use one token at the
//! same moment are told apart by the journal: whoever appends second reads on and is refused.
//!
//! `server` answers agents with it, `cli` a person. What an agent does is asked of the agent itself.

mod agents;
mod book;
mod refused;

pub use agents::{Agents, OpenError};
pub use refused::Refused;
