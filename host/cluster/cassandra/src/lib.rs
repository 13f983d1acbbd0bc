//! A real Cassandra cluster: Jolokia and CQL.
//!
//! The one room of the house that speaks to live nodes. It turns each question of the seam
//! ([`ringkeeper_cluster::Cluster`]) into one request, or as few as can be, and each answer into a report; it merges
//! nothing and remembers nothing that a node could say differently tomorrow. The picture to keep in mind: everything
//! about nodes and ring comes from each node's Jolokia agent, as one HTTP POST with several questions, and every call
//! that changes something goes the same way; the schema and what is remembered of repairs come over CQL. Parsers of what nodes print are pure modules of their own, and no text makes them
//! panic.
//!
//! The CQL driver logs each failure itself, under targets that begin with `scylla`. Whoever sets up logging should
//! silence those ([`DRIVER_LOG_TARGET`]): this crate hands every failure to its caller.

mod catalogue;
mod cluster;
mod contact;
mod cql;
mod drain;
mod error;
mod flush;
mod hints;
mod jolokia;
mod lane;
mod membership;
mod metrics;
mod placements;
mod probe;
mod process;
mod release;
mod repair;
mod secret;
mod settings;
mod snapshots;
mod tls;
mod topology;
mod url;
mod wire;

pub use catalogue::{Asked, asked};
pub use cluster::CassandraCluster;
pub use error::AccessError;
pub use secret::Secret;
pub use settings::{AccessSettings, CqlAccess, JolokiaAccess, TlsSettings, ToAgents};
pub use url::UrlError;

/// The beginning of the log targets of the CQL driver.
pub const DRIVER_LOG_TARGET: &str = "scylla";

/// A user with its password, or neither.
fn credentials(
    protocol: &'static str,
    username: Option<String>,
    password: Option<Secret>,
) -> Result<Option<(String, Secret)>, AccessError> {
    match (username, password) {
        (Some(username), Some(password)) => Ok(Some((username, password))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(AccessError::HalfCredentials {
            protocol,
            given: "user name",
            missing: "password",
        }),
        (None, Some(_)) => Err(AccessError::HalfCredentials {
            protocol,
            given: "password",
            missing: "user name",
        }),
    }
}
