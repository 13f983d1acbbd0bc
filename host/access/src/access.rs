//! The three deeds.

use std::path::Path;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use ringkeeper_api::{AccessTokenRow, AccessTokenState, Role};
use ringkeeper_journal::{
    ACCESS, AccessEvent, AsRead, Event, Folded, Journal, JournalError, Recorded, Version,
};
use ringkeeper_seams::{Seams, Timestamp};

use crate::book::Book;
use crate::{FIRST, LIFETIMES, OpenError, Refused, Rejected, Secret, file};

/// How often it is written down that a token is in use.
const USE_WRITTEN_EVERY: Duration = Duration::from_secs(86_400);
/// Longest name of a token, in characters.
const LONGEST_NAME: usize = 64;

/// Who may ask a host over the network. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Access {
    shared: Arc<Shared>,
}

/// Somebody who showed a good token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// What the token is called.
    pub name: String,
    /// The token's id.
    pub id: String,
    /// What may be asked with it.
    pub role: Role,
}

#[derive(Debug)]
struct Shared {
    journal: Arc<dyn Journal>,
    seams: Seams,
    read: Folded<Book>,
}

impl Access {
    /// Reads which tokens there are.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn open(journal: Arc<dyn Journal>, seams: Seams) -> Result<Self, OpenError> {
        let read = Folded::of(ACCESS);
        read.read_on(&*journal).await?;
        let shared = Arc::new(Shared { journal, seams, read });
        Ok(Self { shared })
    }

    /// Makes sure that the host's own user has a token, in this file with mode 0600: an admin's, that does not end by itself.
    /// Where it was revoked, none is made again; where the file is gone or has another token, a new one is made, and the one
    /// before is not known any more.
    ///
    /// # Errors
    /// When the file is open to others, or file or journal cannot be read or written.
    pub async fn keep_first(&self, path: &Path) -> Result<(), OpenError> {
        let kept = file::read(path)?;
        if let Some(first) = self.row(FIRST) {
            let is_good = kept.is_some_and(|token| {
                let admitted = self.lock().book.admit(&token, self.now());
                admitted.is_ok_and(|admitted| admitted.name == FIRST)
            });
            if is_good || first.state == AccessTokenState::Revoked {
                return Ok(());
            }
        }
        loop {
            let version = self.lock().version;
            let token = self.draw(version);
            if self
                .append(version, FIRST, made(&token, Role::Admin, None, "the host"))
                .await?
            {
                return Ok(file::write(path, &token)?);
            }
        }
    }

    /// Makes a token, in somebody's name. It is shown once, here.
    ///
    /// # Errors
    /// When the name cannot be used, it would last too long or not at all, or the journal cannot be written.
    pub async fn create(
        &self,
        name: &str,
        role: Role,
        lifetime: Duration,
        by: &str,
    ) -> Result<(Secret, Timestamp), Refused> {
        if !can_be_a_name(name) {
            return Err(Refused::Name(name.chars().take(LONGEST_NAME).collect()));
        }
        if !LIFETIMES.contains(&lifetime) {
            return Err(Refused::Lifetime(lifetime));
        }
        loop {
            let version = self.lock().version;
            if self
                .row(name)
                .is_some_and(|row| row.state == AccessTokenState::Active)
            {
                return Err(Refused::Taken(name.to_owned()));
            }
            let (token, expires) = (self.draw(version), self.now().after(lifetime));
            if self
                .append(version, name, made(&token, role, Some(expires), by))
                .await?
            {
                return Ok((token, expires));
            }
        }
    }

    /// Lets nobody in with this token any more. One that was revoked before stays as it is.
    ///
    /// # Errors
    /// When there is none, or the journal cannot be written.
    pub async fn revoke(&self, name: &str, reason: &str, by: &str) -> Result<AccessTokenRow, Refused> {
        loop {
            let version = self.lock().version;
            let row = self.row(name).ok_or_else(|| Refused::NoToken(shortened(name)))?;
            if row.state == AccessTokenState::Revoked {
                return Ok(row);
            }
            let revoked = AccessEvent::TokenRevoked {
                reason: shortened(reason),
                by: by.to_owned(),
            };
            self.append(version, name, revoked).await?;
        }
    }

    /// Who asks with this text, if it is a token that may be used now.
    ///
    /// # Errors
    /// When it is none, or may not be used.
    pub fn admit(&self, text: &str) -> Result<Admitted, Rejected> {
        let token: Secret = text.parse().map_err(|_| Rejected::Unknown)?;
        let now = self.now();
        self.lock().book.admit(&token, now)
    }

    /// Whether somebody who was let in may still ask.
    #[must_use]
    pub fn is_good(&self, admitted: &Admitted) -> bool {
        let now = self.now();
        self.lock().book.is_good(admitted, now)
    }

    /// Whether it is time to write down that a token is in use ([`Access::note_use`]).
    #[must_use]
    pub fn is_use_news(&self, name: &str) -> bool {
        let written = self.lock().book.written_use(name);
        written.is_none_or(|at| self.now().since(at) >= USE_WRITTEN_EVERY)
    }

    /// Writes down that a token is in use.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn note_use(&self, name: &str) -> Result<(), Refused> {
        while self.is_use_news(name) && self.row(name).is_some() {
            let version = self.lock().version;
            self.append(version, name, AccessEvent::TokenUsed).await?;
        }
        Ok(())
    }

    /// The token of this name.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<AccessTokenRow> {
        let now = self.now();
        self.lock().book.row(name, now)
    }

    /// All that were ever made, by name.
    #[must_use]
    pub fn all(&self) -> Vec<AccessTokenRow> {
        let now = self.now();
        self.lock().book.rows(now)
    }

    /// What the host's clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.seams.clock.now()
    }

    fn draw(&self, version: Version) -> Secret {
        // Version and time are never both as they were, so no two tokens are drawn from one stream.
        let stream = format!("access-token/{version}/{}", self.now().as_millis());
        Secret::draw(&mut self.shared.seams.entropy.stream(&stream))
    }

    /// Appends to the stream as it was read; answers whether that was the newest. Else what is new was read.
    async fn append(&self, version: Version, name: &str, what: AccessEvent) -> Result<bool, JournalError> {
        let event = Event::Access {
            token: name.to_owned(),
            what: Box::new(what),
        };
        let recorded = Recorded {
            at: self.now(),
            event,
        };
        let Shared { journal, read, .. } = &*self.shared;
        read.append(&**journal, version, &[recorded]).await
    }

    fn lock(&self) -> MutexGuard<'_, AsRead<Book>> {
        self.shared.read.lock()
    }
}

fn made(token: &Secret, role: Role, expires: Option<Timestamp>, by: &str) -> AccessEvent {
    AccessEvent::TokenMade {
        token: token.id().to_owned(),
        hash: token.hash().to_string(),
        role: role.to_string(),
        expires,
        by: by.to_owned(),
    }
}

/// It stands in URLs, in the journal and on a terminal.
fn can_be_a_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    (1..=LONGEST_NAME).contains(&name.len())
        && name.chars().all(fits)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// What a person wrote, without lines or great length.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests;
