//! The text in which a node prints all gossip it knows (`AllEndpointStatesWithPort`).
//!
//! ```text
//! /10.0.0.1:7000
//!   generation:1795423654
//!   heartbeat:59
//!   DC:12:dc1
//!   RACK:14:r1
//!   HOST_ID:2:1cb233c8-62b4-489f-8318-ade1ff38d2be
//!   STATUS_WITH_PORT:35:NORMAL,-1962660997298628105
//!   TOKENS:34:<hidden>
//! ```
//!
//! Between name and value stands the value's version. Of a peer that was down when this node started there is
//! `generation:0` and nothing more.

use std::collections::BTreeMap;

use ringkeeper_cluster::{Endpoint, NodeId, ParseEndpointError};
use thiserror::Error;

/// What gossip says of one endpoint; nothing of what it does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GossipState {
    pub(super) host_id: Option<NodeId>,
    pub(super) data_centre: Option<String>,
    pub(super) rack: Option<String>,
    pub(super) release_version: Option<String>,
    pub(super) schema_version: Option<String>,
    /// First word of the status, e.g. `NORMAL`, `BOOT`, `shutdown`.
    pub(super) status: Option<String>,
}

impl GossipState {
    /// Whether data centre and rack are known.
    pub(super) fn has_place(&self) -> bool {
        self.data_centre.is_some() && self.rack.is_some()
    }

    /// Whether it is no member any more. Gossip remembers such nodes for three days.
    pub(super) fn has_left(&self) -> bool {
        matches!(self.status.as_deref(), Some("LEFT" | "removed"))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ParseGossipError> {
        let text = || Some(value.to_owned());
        match name {
            "HOST_ID" => {
                let id = value
                    .parse()
                    .map_err(|_| ParseGossipError::HostId(value.to_owned()))?;
                self.host_id = Some(id);
            }
            "DC" => self.data_centre = text(),
            "RACK" => self.rack = text(),
            "RELEASE_VERSION" => self.release_version = text(),
            "SCHEMA" => self.schema_version = text(),
            "STATUS_WITH_PORT" => self.status = first_word(value),
            // Kept by nodes for peers of 3.x; the other wins.
            "STATUS" if self.status.is_none() => self.status = first_word(value),
            _ => {}
        }
        Ok(())
    }
}

fn first_word(status: &str) -> Option<String> {
    status.split(',').next().map(str::to_owned)
}

/// A text that is no list of gossip states.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum ParseGossipError {
    #[error("gossip names an endpoint that cannot be understood: {0}")]
    Endpoint(#[from] ParseEndpointError),
    #[error("gossip has a host id that cannot be understood: `{0}`")]
    HostId(String),
    #[error("gossip begins without an endpoint: `{0}`")]
    NoEndpoint(String),
}

/// Reads the text. Names that are not needed, or that a later version adds, are passed over.
pub(super) fn parse(text: &str) -> Result<BTreeMap<Endpoint, GossipState>, ParseGossipError> {
    let mut states: BTreeMap<Endpoint, GossipState> = BTreeMap::new();
    let mut current = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some(entry) = line.strip_prefix("  ") else {
            let endpoint = line.parse()?;
            current = Some(states.entry(endpoint).or_default());
            continue;
        };
        let state = current
            .as_mut()
            .ok_or_else(|| ParseGossipError::NoEndpoint(line.to_owned()))?;
        // Generation and heartbeat have no version, and so no second colon; neither is needed.
        let mut parts = entry.splitn(3, ':');
        if let (Some(name), Some(_version), Some(value)) = (parts.next(), parts.next(), parts.next()) {
            state.set(name, value)?;
        }
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn states_of_every_version_are_read() {
        for (version, text) in [
            ("4.0.18", include_str!("fixtures/gossip-4.0.18.txt")),
            ("4.1.9", include_str!("fixtures/gossip-4.1.9.txt")),
            ("5.0.5", include_str!("fixtures/gossip-5.0.5.txt")),
            (
                "5.0.5-replacing",
                include_str!("fixtures/gossip-5.0.5-replacing.txt"),
            ),
            (
                "5.0.5-restarted",
                include_str!("fixtures/gossip-5.0.5-restarted.txt"),
            ),
        ] {
            insta::assert_debug_snapshot!(version, parse(text).unwrap());
        }
    }

    #[test]
    fn an_endpoint_with_a_host_name_is_read() {
        let states = parse("node-1/10.0.0.1:7000\n  DC:1:dc:with:colons\n").unwrap();
        let (endpoint, state) = states.first_key_value().unwrap();
        assert_eq!(
            (endpoint.to_string().as_str(), state.data_centre.as_deref()),
            ("10.0.0.1:7000", Some("dc:with:colons"))
        );
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["<html>", "  DC:1:dc1", "/10.0.0.1:7000\n  HOST_ID:2:nobody"] {
            parse(text).unwrap_err();
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(/?[0-9.:]{0,12}\n|  [A-Z_]{0,9}:?[0-9]{0,3}:?.{0,12}\n|\\PC{0,20}\n?){0,12}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn fuzz_gossip() {
        let samples = [
            include_str!("fixtures/gossip-4.0.18.txt"),
            include_str!("fixtures/gossip-5.0.5.txt"),
        ];
        ringkeeper_fuzz::text("gossip", &samples, |text| {
            parse(text).map(drop).map_err(|error| error.to_string())
        });
    }
}
