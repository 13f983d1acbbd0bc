//! A session with the cluster: made when first needed, kept, made anew when it fails.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, RecordedRepair, Schema};
use ringkeeper_seams::Timestamp;
use rustls::ClientConfig;
use scylla::client::PoolSize;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::statement::Consistency;

use super::read_error::ReadError;
use super::{failure, repairs, schema};
use crate::{AccessError, CqlAccess, Secret, tls};

/// How often the driver looks for new nodes. The schema is read seldom, so seldom is enough.
const REFRESH: Duration = Duration::from_secs(300);

/// The native protocol of one cluster.
pub(crate) struct Cql {
    port: u16,
    credentials: Option<(String, Secret)>,
    tls: Option<Arc<ClientConfig>>,
    timeout: Duration,
    session: Mutex<Option<Session>>,
}

impl std::fmt::Debug for Cql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cql")
            .field("port", &self.port)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Cql {
    pub(crate) fn new(access: CqlAccess) -> Result<Self, AccessError> {
        let tls = access
            .tls
            .map(|settings| tls::client_config("CQL", &settings))
            .transpose()?;
        Ok(Self {
            port: access.port,
            credentials: crate::credentials("CQL", access.username, access.password)?,
            tls: tls.map(Arc::new),
            timeout: access.timeout,
            session: Mutex::new(None),
        })
    }

    /// Reads the schema from any node, beginning at these.
    ///
    /// # Errors
    /// When no node gives it in time.
    pub(crate) async fn schema(&self, contacts: &[Endpoint]) -> Result<Schema, NodeError> {
        self.read("the schema", contacts, |session| schema::read(session).boxed())
            .await
    }

    /// Reads the history of repairs begun at `since` or later from any node, beginning at these.
    ///
    /// # Errors
    /// As for [`Cql::schema`].
    pub(crate) async fn repair_history(
        &self,
        contacts: &[Endpoint],
        since: Timestamp,
    ) -> Result<Vec<RecordedRepair>, NodeError> {
        self.read("the repair history", contacts, |session| {
            repairs::history(session, since).boxed()
        })
        .await
    }

    async fn read<T>(
        &self,
        what: &str,
        contacts: &[Endpoint],
        read: impl for<'s> Fn(&'s Session) -> BoxFuture<'s, Result<T, ReadError>> + Send + Sync,
    ) -> Result<T, NodeError> {
        let addresses = self.addresses(contacts);
        let place = place(&addresses);
        let reading = self.read_by_any_session(what, &addresses, &place, read);
        self.in_time(what, &place, reading).await
    }

    async fn read_by_any_session<T>(
        &self,
        what: &str,
        addresses: &[SocketAddr],
        place: &str,
        read: impl for<'s> Fn(&'s Session) -> BoxFuture<'s, Result<T, ReadError>> + Send + Sync,
    ) -> Result<T, NodeError> {
        // Taken out while it is used: a reading that fails, hangs or is given up leaves no session behind.
        if let Some(session) = self.take() {
            match read(&session).await {
                Ok(answer) => {
                    self.keep(session);
                    return Ok(answer);
                }
                Err(error) => {
                    tracing::debug!(place, %error, "the kept CQL session failed and is made anew");
                }
            }
        }
        let session = self
            .builder(addresses)
            .build()
            .await
            .map_err(|error| failure::of_session(&error, place))?;
        let answer = read(&session)
            .await
            .map_err(|error| failure::of_reading(&error, what, place))?;
        self.keep(session);
        Ok(answer)
    }

    /// Waits for `reading` as long as one may take.
    pub(super) async fn in_time<T>(
        &self,
        what: &str,
        place: &str,
        reading: impl Future<Output = Result<T, NodeError>>,
    ) -> Result<T, NodeError> {
        match tokio::time::timeout(self.timeout, reading).await {
            Ok(read) => read,
            Err(_) => {
                // Without the article: "no schema".
                let what = what.trim_start_matches("the ");
                let message = format!("no {what} within {:?}", self.timeout);
                Err(NodeError::new(NodeErrorKind::TimedOut, place, message))
            }
        }
    }

    /// Where these nodes take CQL clients.
    pub(super) fn addresses(&self, nodes: &[Endpoint]) -> Vec<SocketAddr> {
        nodes
            .iter()
            .map(|endpoint| SocketAddr::new(endpoint.ip(), self.port))
            .collect()
    }

    /// A session that begins at these addresses.
    pub(super) fn builder(&self, addresses: &[SocketAddr]) -> SessionBuilder {
        // Any node has the whole schema in its own tables. What wants more says so.
        let profile = ExecutionProfile::builder()
            .consistency(Consistency::One)
            .request_timeout(Some(self.timeout))
            .build()
            .into_handle();
        let mut builder = SessionBuilder::new()
            .known_nodes_addr(addresses)
            .default_execution_profile_handle(profile)
            // Contact points that swallow packets must leave time for one that answers.
            .connection_timeout(self.timeout / 4)
            .pool_size(PoolSize::PerHost(std::num::NonZeroUsize::MIN))
            .disallow_shard_aware_port(true)
            .cluster_metadata_refresh_interval(REFRESH)
            .fetch_schema_metadata(false)
            .auto_await_schema_agreement(false)
            .driver_config_reporting(false)
            .tls_context(self.tls.clone());
        if let Some((username, password)) = &self.credentials {
            builder = builder.user(username, password.reveal());
        }
        builder
    }

    fn take(&self) -> Option<Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, session: Session) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }
}

pub(super) fn place(addresses: &[SocketAddr]) -> String {
    match addresses {
        [first] => format!("CQL at {first}"),
        [first, rest @ ..] => format!("CQL at {first} and {} more", rest.len()),
        [] => "CQL".to_owned(),
    }
}
