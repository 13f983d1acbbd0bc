//! Names of nodes: who one is, and where it is.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// A node's host id: who it is, over restarts and changes of address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct NodeId(#[schemars(with = "String")] Uuid);

impl NodeId {
    /// The node with this host id.
    #[must_use]
    pub const fn new(host_id: Uuid) -> Self {
        Self(host_id)
    }

    /// The host id.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for NodeId {
    type Err = ParseNodeIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| ParseNodeIdError(text.to_owned()))
    }
}

/// A text that is no host id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a host id (a UUID such as 6f1c2a3e-58c1-4d0e-9f27-0242ac110002)")]
pub struct ParseNodeIdError(pub String);

/// Where a node is: its gossip address and storage port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Endpoint(#[schemars(with = "String")] SocketAddr);

impl Endpoint {
    /// Cassandra's storage port unless configured otherwise.
    pub const DEFAULT_STORAGE_PORT: u16 = 7000;

    /// The node at this gossip address and storage port.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Its IP address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0.ip()
    }

    /// Its storage port.
    #[must_use]
    pub const fn port(self) -> u16 {
        self.0.port()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Endpoint {
    type Err = ParseEndpointError;

    /// Reads `10.0.0.1:7000`, `[::1]:7000`, a bare IP (default port), and Java's `host/10.0.0.1:7000`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = text.rsplit_once('/').map_or(text, |(_, address)| address);
        if let Ok(address) = bare.parse::<SocketAddr>() {
            return Ok(Self(address));
        }
        match bare.parse::<IpAddr>() {
            Ok(ip) => Ok(Self(SocketAddr::new(ip, Self::DEFAULT_STORAGE_PORT))),
            Err(_) => Err(ParseEndpointError(text.to_owned())),
        }
    }
}

/// A text that is no gossip address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a gossip address (an IP address with an optional port, such as 10.0.0.1:7000)")]
pub struct ParseEndpointError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_cassandra_prints() {
        for (text, meaning) in [
            ("127.0.0.1:7000", "127.0.0.1:7000"),
            ("127.0.0.1", "127.0.0.1:7000"),
            ("/10.1.2.3", "10.1.2.3:7000"),
            ("db1.example/10.1.2.3:7001", "10.1.2.3:7001"),
            ("[0:0:0:0:0:0:0:1]:7000", "[::1]:7000"),
            ("::1", "[::1]:7000"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), meaning, "{text}");
        }
        assert!("db1".parse::<Endpoint>().is_err());
    }
}
