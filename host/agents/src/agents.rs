//! The four deeds.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use ringkeeper_api::{AgentRow, AgentState, EnrolRequest, RenewRequest};
use ringkeeper_journal::{
    AGENTS, AgentEvent, AsRead, Event, Folded, Journal, JournalError, Recorded, Version,
};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_trust::{Enrolment, Fingerprint, HostTrust, KnownAgents, Token, TokenError, TrustError};
use rustls::{ClientConfig, ServerConfig};
use thiserror::Error;

use crate::Refused;
use crate::book::Book;

const SHORTEST_TOKEN: Duration = Duration::from_secs(60);
const LONGEST_TOKEN: Duration = Duration::from_secs(7 * 86_400);

/// Who a host's agents are. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Agents {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    journal: Arc<dyn Journal>,
    trust: HostTrust,
    seams: Seams,
    read: Folded<Book>,
}

/// Why a host cannot know its agents.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The authorities.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The journal.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
}

impl Agents {
    /// Reads who was enrolled. The authorities are in `folder`, which is the host's alone; they are made where there are none.
    ///
    /// # Errors
    /// When keys or journal cannot be read or written.
    pub async fn open(folder: &Path, journal: Arc<dyn Journal>, seams: Seams) -> Result<Self, OpenError> {
        let trust = HostTrust::open(folder, Arc::clone(&seams.clock))?;
        let shared = Shared {
            journal,
            trust,
            seams,
            read: Folded::of(AGENTS),
        };
        shared.read.read_on(&*shared.journal).await?;
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Makes a token for the agent of this node. It is shown once, here.
    ///
    /// # Errors
    /// When it would last too long or not at all, or the journal cannot be written.
    pub async fn token(&self, node: IpAddr, lifetime: Duration) -> Result<Token, Refused> {
        if !(SHORTEST_TOKEN..=LONGEST_TOKEN).contains(&lifetime) {
            return Err(Refused::Lifetime(lifetime));
        }
        let Shared { trust, seams, .. } = &*self.shared;
        loop {
            let version = self.lock().version;
            let now = seams.clock.now();
            // Version and time are never both as they were, so no two tokens are drawn from one stream.
            let stream = format!("agent-token/{version}/{}", now.as_millis());
            let token = trust.token(&seams.entropy, &stream);
            let made = AgentEvent::TokenMade {
                token: token.id().to_owned(),
                hash: token.hash().to_string(),
                expires: now.after(lifetime),
            };
            if self.append(version, node, made).await? {
                return Ok(token);
            }
        }
    }

    /// Enrols whoever has a token, once, as the agent of the node that the token is for.
    ///
    /// # Errors
    /// When the token may not be used, or the certificate request is none.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<Enrolment, Refused> {
        let token: Token = request
            .token
            .parse()
            .map_err(|_: TokenError| Refused::UnknownToken)?;
        loop {
            let (version, node) = {
                let read = self.lock();
                let now = self.shared.seams.clock.now();
                (read.version, read.book.admits(&token, now)?)
            };
            let signed = self.shared.trust.sign(node, &request.certificate_request)?;
            let enrolled = AgentEvent::Enrolled {
                token: token.id().to_owned(),
                fingerprint: signed.fingerprint.to_string(),
                expires: signed.enrolment.expires,
                machine: shortened(&request.machine),
                version: shortened(&request.version),
            };
            if self.append(version, node, enrolled).await? {
                return Ok(signed.enrolment);
            }
        }
    }

    /// Gives an agent its next certificate. Those it has stay good until they end, so that an answer that is lost costs
    /// nothing.
    ///
    /// # Errors
    /// When the certificate that it showed is not known, or its request is none.
    pub async fn renew(&self, shown: Fingerprint, request: &RenewRequest) -> Result<Enrolment, Refused> {
        loop {
            let (version, node) = {
                let read = self.lock();
                let node = read.book.whose(shown).ok_or(Refused::UnknownAgent)?;
                (read.version, node)
            };
            let signed = self.shared.trust.sign(node, &request.certificate_request)?;
            let renewed = AgentEvent::Renewed {
                fingerprint: signed.fingerprint.to_string(),
                expires: signed.enrolment.expires,
                version: shortened(&request.version),
            };
            if self.append(version, node, renewed).await? {
                return Ok(signed.enrolment);
            }
        }
    }

    /// Knows the agent of a node no more, nor any token for it: from now on the host neither asks it nor answers it.
    ///
    /// # Errors
    /// When none is known.
    pub async fn revoke(&self, node: IpAddr, reason: &str) -> Result<AgentRow, Refused> {
        loop {
            let version = {
                let read = self.lock();
                let now = self.shared.seams.clock.now();
                match read.book.agent(node, now) {
                    None => return Err(Refused::NoAgent(node)),
                    Some(agent) if agent.state == AgentState::Revoked => return Ok(agent),
                    Some(_) => read.version,
                }
            };
            let reason = reason.to_owned();
            if self.append(version, node, AgentEvent::Revoked { reason }).await? {
                return self.agent(node).ok_or(Refused::NoAgent(node));
            }
        }
    }

    /// Notes that the agent with this certificate spoke, and what its clock said; answers of which node it is.
    ///
    /// # Errors
    /// When the certificate is not known.
    pub fn hear(&self, shown: Fingerprint, its: Timestamp) -> Result<IpAddr, Refused> {
        let now = self.shared.seams.clock.now();
        let mut read = self.lock();
        let node = read.book.whose(shown).ok_or(Refused::UnknownAgent)?;
        read.book.hear(node, now, its);
        Ok(node)
    }

    /// What the host's clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.seams.clock.now()
    }

    /// The agent of a node.
    #[must_use]
    pub fn agent(&self, node: IpAddr) -> Option<AgentRow> {
        self.lock().book.agent(node, self.shared.seams.clock.now())
    }

    /// All that were ever known, by address.
    #[must_use]
    pub fn all(&self) -> Vec<AgentRow> {
        self.lock().book.agents(self.shared.seams.clock.now())
    }

    /// The node whose agent has this certificate.
    #[must_use]
    pub fn whose(&self, shown: Fingerprint) -> Option<IpAddr> {
        self.lock().book.whose(shown)
    }

    /// When the first of both authorities ends; none where that cannot be read.
    #[must_use]
    pub fn authorities_end(&self) -> Option<Timestamp> {
        self.shared.trust.authorities_end()
    }

    /// For connections of agents to the host.
    ///
    /// # Errors
    /// When the cryptography refuses.
    pub fn listener(&self) -> Result<Arc<ServerConfig>, TrustError> {
        self.shared.trust.listener()
    }

    /// For connections of the host to its agents: whoever answers under a node's address must have a certificate of that
    /// node's agent, one that is known when the connection is made.
    ///
    /// # Errors
    /// When the cryptography refuses.
    pub fn client(&self) -> Result<Arc<ClientConfig>, TrustError> {
        self.shared.trust.client(Arc::new(self.clone()))
    }

    /// Appends to the stream as it was read; answers whether that was the newest. Else what is new was read.
    async fn append(&self, version: Version, node: IpAddr, what: AgentEvent) -> Result<bool, JournalError> {
        let at = self.shared.seams.clock.now();
        let event = Event::Agent {
            node,
            what: Box::new(what),
        };
        let Shared { journal, read, .. } = &*self.shared;
        read.append(&**journal, version, &[Recorded { at, event }]).await
    }

    fn lock(&self) -> MutexGuard<'_, AsRead<Book>> {
        self.shared.read.lock()
    }
}

impl KnownAgents for Agents {
    fn is_known(&self, node: IpAddr, shown: Fingerprint) -> bool {
        self.lock().book.is_of(node, shown)
    }
}

/// What strangers call themselves, without lines or great length.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests;
