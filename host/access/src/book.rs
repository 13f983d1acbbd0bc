//! What is known of tokens: the fold of their stream.

use std::collections::BTreeMap;

use ringkeeper_api::{AccessTokenRow, AccessTokenState, Role};
use ringkeeper_journal::{AccessEvent, Event, Fold, Recorded};
use ringkeeper_seams::Timestamp;

use crate::token::SecretHash;
use crate::{Admitted, Rejected, Secret};

#[derive(Debug, Default)]
pub(crate) struct Book {
    /// By name.
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: String,
    /// None where what was written is no hash, so that nothing fits.
    hash: Option<SecretHash>,
    role: Role,
    made_at: Timestamp,
    made_by: String,
    expires: Option<Timestamp>,
    /// When it was last used, as far as that was written.
    written_use: Option<Timestamp>,
    /// When it was last used, from this host's start on.
    used: Option<Timestamp>,
    revoked: Option<(Timestamp, String)>,
}

impl Fold for Book {
    fn note(&mut self, recorded: Recorded) {
        if let Event::Access { token, what } = recorded.event {
            self.note_access(&token, recorded.at, &what);
        }
    }
}

impl Book {
    fn note_access(&mut self, name: &str, at: Timestamp, event: &AccessEvent) {
        match event {
            AccessEvent::TokenMade {
                token,
                hash,
                role,
                expires,
                by,
            } => {
                // A role that is not known here is one of a later version, and nothing is believed of it.
                let Ok(role) = role.parse() else {
                    self.entries.remove(name);
                    return;
                };
                let entry = Entry {
                    id: token.clone(),
                    hash: SecretHash::kept(hash),
                    role,
                    made_at: at,
                    made_by: by.clone(),
                    expires: *expires,
                    written_use: None,
                    used: None,
                    revoked: None,
                };
                self.entries.insert(name.to_owned(), entry);
            }
            AccessEvent::TokenUsed => {
                if let Some(entry) = self.entries.get_mut(name) {
                    entry.written_use = Some(at);
                }
            }
            AccessEvent::TokenRevoked { reason, by } => {
                if let Some(entry) = self.entries.get_mut(name) {
                    let words = match reason.as_str() {
                        "" => format!("by {by}"),
                        reason => format!("by {by}: {reason}"),
                    };
                    entry.revoked = Some((at, words));
                }
            }
        }
    }

    /// Who asks with this token, if it may be used now. That it was used is noted.
    pub(crate) fn admit(&mut self, token: &Secret, now: Timestamp) -> Result<Admitted, Rejected> {
        let found = self.entries.iter_mut().find(|(_, entry)| entry.id == token.id());
        let (name, entry) = found.ok_or(Rejected::Unknown)?;
        if entry.hash != Some(token.hash()) {
            return Err(Rejected::Unknown);
        }
        if let Some((at, _)) = &entry.revoked {
            return Err(Rejected::Revoked(*at));
        }
        match entry.expires {
            Some(at) if at <= now => return Err(Rejected::Expired(at)),
            Some(_) | None => entry.used = Some(now),
        }
        Ok(Admitted {
            name: name.clone(),
            id: entry.id.clone(),
            role: entry.role,
        })
    }

    /// Whether somebody who was let in may still ask.
    pub(crate) fn is_good(&self, admitted: &Admitted, now: Timestamp) -> bool {
        let entry = self.entries.get(&admitted.name);
        entry.is_some_and(|entry| entry.id == admitted.id && entry.state(now) == AccessTokenState::Active)
    }

    /// When the use of a token was last written down.
    pub(crate) fn written_use(&self, name: &str) -> Option<Timestamp> {
        self.entries.get(name)?.written_use
    }

    pub(crate) fn row(&self, name: &str, now: Timestamp) -> Option<AccessTokenRow> {
        self.entries.get(name).map(|entry| entry.shown(name, now))
    }

    pub(crate) fn rows(&self, now: Timestamp) -> Vec<AccessTokenRow> {
        let all = self.entries.iter();
        all.map(|(name, entry)| entry.shown(name, now)).collect()
    }
}

impl Entry {
    fn state(&self, now: Timestamp) -> AccessTokenState {
        match (&self.revoked, self.expires) {
            (Some(_), _) => AccessTokenState::Revoked,
            (None, Some(at)) if at <= now => AccessTokenState::Expired,
            (None, _) => AccessTokenState::Active,
        }
    }

    fn shown(&self, name: &str, now: Timestamp) -> AccessTokenRow {
        AccessTokenRow {
            name: name.to_owned(),
            role: self.role,
            state: self.state(now),
            made_at: self.made_at,
            made_by: self.made_by.clone(),
            expires_at: self.expires,
            last_used_at: self.used.max(self.written_use),
            revoked_at: self.revoked.as_ref().map(|(at, _)| *at),
            revoked: self.revoked.as_ref().map(|(_, words)| words.clone()),
        }
    }
}
