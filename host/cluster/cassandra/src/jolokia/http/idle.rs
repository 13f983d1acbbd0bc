//! Connections that wait for their next request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_seams::Clock;

use super::connection::Connection;

/// Shorter than the 30 s after which the agents' server closes an idle connection, so that few requests meet a closed
/// one.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(25);
/// The observer has at most this many requests to one node at once.
pub(super) const MOST_PER_NODE: usize = 2;

/// The idle connections to all nodes, by authority (host and port).
#[derive(Debug)]
pub(super) struct IdleConnections {
    clock: Arc<dyn Clock>,
    by_authority: Mutex<BTreeMap<String, Vec<Idle>>>,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Duration,
}

impl IdleConnections {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            by_authority: Mutex::default(),
        }
    }

    /// The connection used last of those that are open, now the caller's.
    pub(super) async fn take(&self, authority: &str) -> Option<Connection> {
        loop {
            let mut connection = self.pop(authority)?;
            if connection.is_free().await {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for the next request, unless the server closed it or there are enough.
    pub(super) async fn keep(&self, authority: &str, mut connection: Connection) {
        if !connection.is_free().await {
            return;
        }
        let mut by_authority = self.young();
        let idle = by_authority.entry(authority.to_owned()).or_default();
        if idle.len() < MOST_PER_NODE {
            idle.push(Idle {
                connection,
                since: self.clock.monotonic(),
            });
        }
    }

    fn pop(&self, authority: &str) -> Option<Connection> {
        let idle = self.young().get_mut(authority)?.pop()?;
        Some(idle.connection)
    }

    /// All that have not waited too long; the others are closed, so that none is left of a node that is asked no more.
    fn young(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Idle>>> {
        let now = self.clock.monotonic();
        let mut by_authority = self.by_authority.lock().unwrap_or_else(PoisonError::into_inner);
        by_authority.retain(|_, idle| {
            idle.retain(|idle| now.saturating_sub(idle.since) < IDLE_TIMEOUT);
            !idle.is_empty()
        });
        by_authority
    }
}
