//! What is known of agents: the fold of their stream.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ringkeeper_api::{AgentRow, AgentState};
use ringkeeper_journal::{AgentEvent, Event, Fold, Recorded};
use ringkeeper_seams::Timestamp;
use ringkeeper_trust::{Fingerprint, Token, TokenHash};

use crate::Refused;

#[derive(Debug, Default)]
pub(crate) struct Book {
    entries: BTreeMap<IpAddr, Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    /// By id: hash and end; when it was used.
    tokens: BTreeMap<String, MadeToken>,
    /// Certificates that are good until then.
    certificates: BTreeMap<Fingerprint, Timestamp>,
    machine: String,
    version: String,
    enrolled: Option<Timestamp>,
    expires: Option<Timestamp>,
    revoked: Option<String>,
    /// Not durable: from this host's start on.
    heard: Option<(Timestamp, i64)>,
}

#[derive(Clone, Debug)]
struct MadeToken {
    hash: String,
    expires: Timestamp,
    used: Option<Timestamp>,
}

impl Fold for Book {
    fn note(&mut self, recorded: Recorded) {
        if let Event::Agent { node, what } = recorded.event {
            self.note_agent(node, recorded.at, &what);
        }
    }
}

impl Book {
    fn note_agent(&mut self, node: IpAddr, at: Timestamp, event: &AgentEvent) {
        let entry = self.entries.entry(node).or_default();
        match event {
            AgentEvent::TokenMade { token, hash, expires } => {
                let made = MadeToken {
                    hash: hash.clone(),
                    expires: *expires,
                    used: None,
                };
                entry.tokens.insert(token.clone(), made);
            }
            AgentEvent::Enrolled {
                token,
                fingerprint,
                expires,
                machine,
                version,
            } => {
                if let Some(token) = entry.tokens.get_mut(token) {
                    token.used = Some(at);
                }
                entry.certificates.clear();
                entry.certify(fingerprint, *expires);
                entry.machine.clone_from(machine);
                entry.version.clone_from(version);
                entry.enrolled = Some(at);
                entry.revoked = None;
            }
            AgentEvent::Renewed {
                fingerprint,
                expires,
                version,
            } => {
                entry.certificates.retain(|_, until| *until > at);
                entry.certify(fingerprint, *expires);
                entry.version.clone_from(version);
            }
            AgentEvent::Revoked { reason } => {
                entry.tokens.clear();
                entry.certificates.clear();
                entry.expires = None;
                entry.revoked = Some(reason.clone());
            }
        }
    }

    /// The node for whose agent this token was made, if it may be used now.
    pub(crate) fn admits(&self, token: &Token, now: Timestamp) -> Result<IpAddr, Refused> {
        let found = self
            .entries
            .iter()
            .find_map(|(node, entry)| Some((*node, entry.tokens.get(token.id())?)));
        let (node, made) = found.ok_or(Refused::UnknownToken)?;
        if token.hash() != TokenHash::kept(&made.hash) {
            return Err(Refused::UnknownToken);
        }
        match made.used {
            Some(at) => Err(Refused::UsedToken { node, at }),
            None if made.expires <= now => Err(Refused::ExpiredToken {
                node,
                at: made.expires,
            }),
            None => Ok(node),
        }
    }

    /// The node whose agent has this certificate.
    pub(crate) fn whose(&self, shown: Fingerprint) -> Option<IpAddr> {
        self.entries
            .iter()
            .find(|(_, entry)| entry.certificates.contains_key(&shown))
            .map(|(node, _)| *node)
    }

    /// Whether this is a certificate of the agent of this node.
    pub(crate) fn is_of(&self, node: IpAddr, shown: Fingerprint) -> bool {
        let entry = self.entries.get(&node);
        entry.is_some_and(|entry| entry.certificates.contains_key(&shown))
    }

    /// Notes that the agent of a node spoke, and what its clock said.
    pub(crate) fn hear(&mut self, node: IpAddr, now: Timestamp, its: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&node) {
            entry.heard = Some((now, its.as_millis().saturating_sub(now.as_millis())));
        }
    }

    pub(crate) fn agent(&self, node: IpAddr, now: Timestamp) -> Option<AgentRow> {
        self.entries.get(&node).map(|entry| entry.shown(node, now))
    }

    pub(crate) fn agents(&self, now: Timestamp) -> Vec<AgentRow> {
        let all = self.entries.iter();
        all.map(|(node, entry)| entry.shown(*node, now)).collect()
    }
}

impl Entry {
    fn certify(&mut self, fingerprint: &str, expires: Timestamp) {
        if let Ok(fingerprint) = fingerprint.parse() {
            self.certificates.insert(fingerprint, expires);
        }
        self.expires = Some(expires);
    }

    fn shown(&self, node: IpAddr, now: Timestamp) -> AgentRow {
        let waiting = self.tokens.values().filter(|token| token.used.is_none());
        let state = match (&self.revoked, self.enrolled) {
            (Some(_), _) if self.tokens.is_empty() => AgentState::Revoked,
            (Some(_), _) | (None, None) => AgentState::Awaited,
            (None, Some(_)) => AgentState::Enrolled,
        };
        AgentRow {
            node,
            state,
            machine: self.machine.clone(),
            version: self.version.clone(),
            enrolled_at: self.enrolled,
            certificate_ends_at: self.expires,
            token_ends_at: waiting
                .map(|token| token.expires)
                .filter(|until| *until > now)
                .max(),
            revoked: self.revoked.clone(),
            heard_at: self.heard.map(|(at, _)| at),
            clock_ahead_ms: self.heard.map(|(_, ahead)| ahead),
        }
    }
}
