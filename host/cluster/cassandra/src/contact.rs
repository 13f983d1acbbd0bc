//! Contact points: where to begin when nothing is known yet.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind};
use ringkeeper_seams::Runtime;

use crate::AccessError;

/// How long all names together may take to resolve.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);

/// One contact point as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContactPoint {
    host: Host,
    storage_port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Name(String),
}

impl ContactPoint {
    /// Reads `10.0.0.1`, `10.0.0.1:7000`, `::1`, `[::1]:7000`, `node-1.example` or `node-1.example:7000`.
    pub(crate) fn parse(text: &str) -> Result<Self, AccessError> {
        if let Ok(endpoint) = text.parse::<Endpoint>()
            && !text.contains('/')
        {
            return Ok(Self {
                host: Host::Address(endpoint.ip()),
                storage_port: endpoint.port(),
            });
        }
        let wrong = || AccessError::ContactPoint(text.to_owned());
        let (name, storage_port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, port.parse().map_err(|_| wrong())?),
            None => (text, Endpoint::DEFAULT_STORAGE_PORT),
        };
        // `1.2.3.4.5` and `10.0.0.300` are misspelt addresses, not names.
        let looks_like_an_address = name.chars().all(|c| c.is_ascii_digit() || c == '.');
        let is_name = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if looks_like_an_address || !is_name {
            return Err(wrong());
        }
        Ok(Self {
            host: Host::Name(name.to_owned()),
            storage_port,
        })
    }
}

/// The endpoints of all contact points, in the order configured, each once. A name that stands for several addresses
/// gives several endpoints; one that does not resolve is left out as long as another does.
pub(crate) async fn resolve(
    contacts: &[ContactPoint],
    runtime: &Runtime,
) -> Result<Vec<Endpoint>, NodeError> {
    let owned = contacts.to_vec();
    let work = runtime.blocking(move || resolve_blocking(&owned));
    match tokio::time::timeout(RESOLVE_TIMEOUT, work).await {
        Ok(Ok(resolved)) => resolved,
        Ok(Err(panicked)) => Err(NodeError::new(
            NodeErrorKind::Failed,
            "contact points",
            panicked.to_string(),
        )),
        Err(_) => Err(NodeError::new(
            NodeErrorKind::TimedOut,
            "contact points",
            format!(
                "host names did not resolve within {} s",
                RESOLVE_TIMEOUT.as_secs()
            ),
        )),
    }
}

fn resolve_blocking(contacts: &[ContactPoint]) -> Result<Vec<Endpoint>, NodeError> {
    let mut endpoints = Vec::new();
    let mut failures = Vec::new();
    for contact in contacts {
        match &contact.host {
            Host::Address(ip) => endpoints.push(Endpoint::new(SocketAddr::new(*ip, contact.storage_port))),
            Host::Name(name) => match (name.as_str(), contact.storage_port).to_socket_addrs() {
                Ok(found) => endpoints.extend(found.map(Endpoint::new)),
                Err(error) => failures.push(format!("`{name}`: {error}")),
            },
        }
    }
    let mut seen = BTreeSet::new();
    endpoints.retain(|endpoint| seen.insert(*endpoint));
    if endpoints.is_empty() {
        let reasons = failures.join("; ");
        return Err(NodeError::new(
            NodeErrorKind::Unreachable,
            "contact points",
            format!("none resolves: {reasons}"),
        ));
    }
    Ok(endpoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn endpoints(texts: &[&str]) -> Result<Vec<String>, NodeError> {
        let contacts: Vec<_> = texts
            .iter()
            .map(|text| ContactPoint::parse(text).unwrap())
            .collect();
        Ok(resolve(&contacts, &Runtime::inline())
            .await?
            .iter()
            .map(ToString::to_string)
            .collect())
    }

    #[tokio::test]
    async fn addresses_stand_for_themselves_and_storage_port_7000() {
        let found = endpoints(&["10.0.0.1", "10.0.0.2:7001", "::1", "[::1]:7001", "10.0.0.1:7000"])
            .await
            .unwrap();
        assert_eq!(
            found,
            ["10.0.0.1:7000", "10.0.0.2:7001", "[::1]:7000", "[::1]:7001"]
        );
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_left_out_while_another_does() {
        let found = endpoints(&["no-such-host.invalid", "10.0.0.1"]).await.unwrap();
        assert_eq!(found, ["10.0.0.1:7000"]);
        let error = endpoints(&["no-such-host.invalid"]).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("contact points: none resolves: `no-such-host.invalid`: "),
            "{error}"
        );
    }

    #[test]
    fn misspelt_contact_points_are_refused() {
        for text in [
            "",
            "10.0.0.300",
            "1.2.3.4.5",
            "node 1",
            "http://node",
            "node:port",
            "node:70000",
            "a/10.0.0.1",
            ":",
        ] {
            let error = ContactPoint::parse(text).unwrap_err();
            assert!(matches!(error, AccessError::ContactPoint(_)), "{text}: {error}");
        }
    }
}
