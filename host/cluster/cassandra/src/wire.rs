//! Values as Cassandra's MBeans write them.

use ringkeeper_cluster::Endpoint;
use serde::{Deserialize, Deserializer};

/// An endpoint in text: `10.0.0.1:7000`, `[::1]:7000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WireEndpoint(pub(crate) Endpoint);

impl<'de> Deserialize<'de> for WireEndpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}
