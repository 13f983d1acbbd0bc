//! When the certificates end that Cassandra shows at its ports.
//!
//! They are looked at by a handshake, as a client or a peer makes one: what counts is what is shown, not what lies in some
//! file. Only ports that the node's own configuration says are encrypted are asked, for others would take it for an attack.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_cluster::Sample;
use ringkeeper_jvm::{ProcessKey, Seen, YamlError};
use ringkeeper_seams::{Clock, Timestamp};

use crate::process::Watcher;

mod configuration;
mod shown;

use configuration::encrypted_ports;
use shown::shown_at;

/// How often it is looked whether there is something to ask.
const LOOKS_EVERY: Duration = Duration::from_secs(60);
/// How often a port is asked. A certificate may be put in place of another without a restart.
const ASKS_EVERY: Duration = Duration::from_secs(6 * 3_600);
/// How long a handshake may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What is known of one port.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Timestamp,
    /// When its certificate ends; none where it showed none.
    ends: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Known {
    /// Whose ports they are.
    process: Option<ProcessKey>,
    ports: BTreeMap<u16, Asked>,
    /// Why its configuration tells of none, so that it is said once.
    said: Option<YamlError>,
}

/// The certificates of the node's Cassandra.
#[derive(Debug)]
pub(crate) struct Certificates {
    node: IpAddr,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

impl Certificates {
    pub(crate) fn new(node: IpAddr, clock: Arc<dyn Clock>) -> Self {
        Self {
            node,
            clock,
            known: Mutex::default(),
        }
    }

    /// Looks at them for as long as it is waited for.
    pub(crate) async fn watch(&self, watcher: &Arc<Watcher>) {
        let mut beats = tokio::time::interval(LOOKS_EVERY);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            if let Some((process, seen)) = watcher.seen().await {
                self.ask(process, &seen).await;
            }
        }
    }

    /// Asks the ports that were not asked lately.
    async fn ask(&self, process: ProcessKey, seen: &Seen) {
        let now = self.clock.now();
        let due: Vec<SocketAddr> = {
            let mut known = self.lock();
            if known.process != Some(process) {
                *known = Known {
                    process: Some(process),
                    ..Known::default()
                };
            }
            let configuration = seen.configuration.as_deref().unwrap_or_default();
            let ports = encrypted_ports(configuration).unwrap_or_else(|error| {
                if known.said.as_ref() != Some(&error) {
                    tracing::warn!("no certificate is looked at: Cassandra's configuration {error}");
                    known.said = Some(error);
                }
                BTreeSet::new()
            });
            let is_due = |port: u16| {
                let asked = known.ports.get(&port);
                asked.is_none_or(|asked| now.since(asked.at) >= ASKS_EVERY)
            };
            let due = ports.into_iter().filter(|port| is_due(*port));
            due.filter_map(|port| listener(seen, port, self.node)).collect()
        };
        for at in due {
            let ends = tokio::time::timeout(LIMIT, shown_at(at)).await.ok().flatten();
            if ends.is_none() {
                tracing::warn!(%at, "no certificate was shown, though Cassandra's configuration says that it is encrypted there");
            }
            let asked = Asked {
                at: self.clock.now(),
                ends,
            };
            self.lock().ports.insert(at.port(), asked);
        }
    }

    /// Until each of them ends.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        let now = self.clock.now();
        let known = self.lock();
        let shown = known
            .ports
            .iter()
            .filter_map(|(port, asked)| Some((port, asked.ends?)));
        shown
            .map(|(port, ends)| {
                let left = ends.since(now).as_secs_f64() - now.since(ends).as_secs_f64();
                Sample::of_part("certificate.expires_seconds", &port.to_string(), left)
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where this port listens: on the node's address, or on all.
fn listener(seen: &Seen, port: u16, node: IpAddr) -> Option<SocketAddr> {
    let mut listeners = seen.listens_at.iter().filter(|at| at.port() == port);
    listeners
        .any(|at| at.ip() == node || at.ip().is_unspecified())
        .then_some(SocketAddr::new(node, port))
}

#[cfg(test)]
mod tests;
