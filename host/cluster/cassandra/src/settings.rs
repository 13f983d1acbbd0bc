//! How the nodes of one cluster are reached.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::header::HeaderValue;
use ringkeeper_cluster::Endpoint;
use rustls::ClientConfig;

use crate::url::UrlTemplate;
use crate::{AccessError, Secret};

/// How the nodes of one cluster are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// Where to begin: IP addresses or host names, with the storage port where it is not 7000.
    pub contact_points: Vec<String>,
    /// The management endpoint of every node.
    pub jolokia: JolokiaAccess,
    /// The native protocol, for the schema.
    pub cql: CqlAccess,
}

impl AccessSettings {
    /// Default access to a cluster with these contact points.
    #[must_use]
    pub fn new(contact_points: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            contact_points: contact_points.into_iter().map(Into::into).collect(),
            jolokia: JolokiaAccess::default(),
            cql: CqlAccess::default(),
        }
    }
}

/// Access to Jolokia, which carries JMX over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JolokiaAccess {
    /// Where a node's Jolokia is; `{address}` stands for the node's IP address.
    pub url: String,
    /// The user for basic authentication; none where the agent asks for none.
    pub username: Option<String>,
    /// That user's password.
    pub password: Option<Secret>,
    /// Certificates, for `https`.
    pub tls: TlsSettings,
    /// For connections to agents that pass on what is asked; none where Jolokia is asked itself.
    pub agents: Option<ToAgents>,
    /// How long one request may take, connecting and reading the answer included.
    pub timeout: Duration,
    /// The largest answer that is read.
    pub max_response_bytes: usize,
}

/// How the host connects to its agents.
#[derive(Clone)]
pub struct ToAgents {
    /// Whom it believes when a connection is made, and what it shows them.
    pub tls: Arc<ClientConfig>,
    /// Whether the node of this address has an agent that is known still. Connections are kept, so it is asked each time.
    pub is_known: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl fmt::Debug for ToAgents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToAgents")
    }
}

impl PartialEq for ToAgents {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tls, &other.tls)
    }
}

impl Eq for ToAgents {}

impl JolokiaAccess {
    /// The path under which an agent passes on what its Jolokia is asked.
    pub const AGENT_PATH: &str = "/jolokia/";

    /// The URL of this node's Jolokia.
    ///
    /// # Errors
    /// When `url` is none.
    pub fn url_of(&self, node: Endpoint) -> Result<String, AccessError> {
        Ok(UrlTemplate::parse(&self.url)?.of(node))
    }

    /// The header of basic authentication, which never prints; none without credentials.
    ///
    /// # Errors
    /// When half of them are missing, or they are no header.
    pub fn authorization(&self) -> Result<Option<HeaderValue>, AccessError> {
        let credentials = crate::credentials("Jolokia", self.username.clone(), self.password.clone())?;
        let Some((username, password)) = credentials else {
            return Ok(None);
        };
        let encoded = BASE64_STANDARD.encode(format!("{username}:{}", password.reveal()));
        let mut value = HeaderValue::try_from(format!("Basic {encoded}"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Where the agent listens unless configured otherwise.
    pub const DEFAULT_URL: &str = "http://{address}:8778/jolokia/";
    /// The time limit unless configured otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
    /// The size limit unless configured otherwise. The ring of 1,000 nodes with 256 tokens each takes about 10 MiB.
    pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;
}

impl Default for JolokiaAccess {
    fn default() -> Self {
        Self {
            url: Self::DEFAULT_URL.to_owned(),
            username: None,
            password: None,
            tls: TlsSettings::default(),
            agents: None,
            timeout: Self::DEFAULT_TIMEOUT,
            max_response_bytes: Self::DEFAULT_MAX_RESPONSE_BYTES,
        }
    }
}

/// Access to the native protocol (CQL).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CqlAccess {
    /// The native transport's port, the same on every node.
    pub port: u16,
    /// The role; none where the cluster asks for none.
    pub username: Option<String>,
    /// That role's password.
    pub password: Option<Secret>,
    /// Certificates; none where the native transport is not encrypted.
    pub tls: Option<TlsSettings>,
    /// How long one reading of the schema may take, connecting included.
    pub timeout: Duration,
}

impl CqlAccess {
    /// The native transport's port unless configured otherwise.
    pub const DEFAULT_PORT: u16 = 9042;
    /// The time limit unless configured otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
}

impl Default for CqlAccess {
    fn default() -> Self {
        Self {
            port: Self::DEFAULT_PORT,
            username: None,
            password: None,
            tls: None,
            timeout: Self::DEFAULT_TIMEOUT,
        }
    }
}

/// Which certificates are believed and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Authorities that sign the nodes' certificates, in PEM. Needed for any encrypted connection: nodes are signed
    /// by the operator's own authority, not by one the system knows.
    pub ca_file: Option<PathBuf>,
    /// This host's own certificate with its chain, in PEM, where nodes ask for one.
    pub certificate_file: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    pub key_file: Option<PathBuf>,
    /// Whether a node's certificate must name the address it is reached at. Without it any node of the same
    /// authority may answer for any other.
    pub verify_host_name: bool,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            ca_file: None,
            certificate_file: None,
            key_file: None,
            verify_host_name: true,
        }
    }
}
