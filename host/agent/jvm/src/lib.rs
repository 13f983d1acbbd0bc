//! Gives a running Cassandra its Jolokia, without a restart.
//!
//! Everything that the host asks of a node goes through Jolokia, and few clusters have it. The JVM can load it while
//! it runs (the *attach* of HotSpot), for whoever is the same user on the same machine: the agent. The picture to keep in
//! mind: [`Attaching::reach`] looks who runs now, who listens on Jolokia's port, and does what is missing. It remembers
//! nothing, so a restart of Cassandra or of the agent needs no case of its own: what is attached already answers to the
//! password in the agent's file and is taken over; what is not is attached.
//!
//! Jolokia listens on loopback alone, asks for a user and a random password that stand in a file which only
//! Cassandra's user can read, and lets through what the catalogue of `ringkeeper-cassandra` asks for and nothing else.

mod address;
mod attach;
mod attaching;
mod error;
mod files;
mod find;
mod jar;
mod listener;
mod namespace;
mod owner;
mod policy;
mod proc;
mod properties;
mod running;
mod yaml;

pub use address::Loopback;
pub use attaching::{AttachSettings, Attaching, Reached};
pub use error::{AttachError, Candidate, Javaagent, Problem};
pub use find::{StartedWith, Wanted};
pub use jar::{JAR_SHA256, JAR_URL};
pub use policy::policy;
pub use proc::ProcessKey;
pub use running::{Cassandras, Seen};
pub use yaml::{CassandraYaml, MOST_YAML, Yaml, YamlError};

use async_trait::async_trait;

/// Makes sure that the node's Cassandra has its Jolokia.
#[async_trait]
pub trait Jvm: std::fmt::Debug + Send + Sync {
    /// Where the Jolokia of the Cassandra that runs now is, and who may ask it. Attaches it where it is missing.
    ///
    /// # Errors
    /// Why there is none, what to do about it, and how to do without.
    async fn reach(&self) -> Result<Reached, AttachError>;
}
