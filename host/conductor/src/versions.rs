//! Versions of plugins: handed over, put in force by a person's word where they ask for more, taken back.
//!
//! The picture to keep in mind: the stream [`ringkeeper_journal::PLUGINS`] tells what was handed over and what is in force; the components are kept
//! by digest beside the journal. Whatever is put in force is judged, inspected and loaded anew from these bytes, by the trust
//! and grants of the configuration as it is now. A version that is put in force takes over at once: calls under way end with
//! the one they began with, and runs that were planned with it are planned anew.

pub(crate) mod book;
mod difference;
mod parking;

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_api::{InstallAnswer, InstallState};
use ringkeeper_journal::{Event, JournalError, KeptComponent, PluginEvent, Recorded};
use ringkeeper_sandbox::inspect;
use thiserror::Error;

use crate::Conductor;
use crate::plugins::{Entry, Version};
use book::{KEPT, Versions};

/// Digits of a digest that are enough for a person.
const SHORT: usize = 12;

/// Why a version is not put in force.
#[derive(Debug, Error)]
pub enum VersionError {
    /// There is no plugin of this name.
    #[error("no plugin is called `{name}` in the configuration; there are: {known}")]
    NoPlugin {
        /// What was named.
        name: String,
        /// What there is.
        known: String,
    },
    /// It cannot be loaded, or is not trusted.
    #[error("{0}")]
    Refused(String),
    /// It is not as was thought.
    #[error("{message}")]
    NotSo {
        /// What is the matter.
        message: String,
        /// What to do.
        cure: String,
    },
    /// It cannot be kept.
    #[error("the component cannot be kept or read: {0}")]
    Kept(#[from] std::io::Error),
    /// The journal cannot be read or written, so nothing was done.
    #[error("the journal cannot be used: {0}")]
    Journal(#[from] JournalError),
}

impl Conductor {
    /// Takes a component over, with its minisign signature where it has one, as the next version of the plugin that its manifest names. It is in force at once where it asks for
    /// no more than the one before it, or `is_approved`.
    ///
    /// # Errors
    /// When it is not trusted or cannot be loaded under the grants of the configuration. Then nothing was kept.
    pub async fn install(
        &self,
        bytes: Vec<u8>,
        signature: Option<String>,
        is_approved: bool,
        by: &str,
    ) -> Result<InstallAnswer, VersionError> {
        let component = KeptComponent { bytes, signature };
        let _turn = self.deeds().lock().await;
        let inspection =
            inspect(&component.bytes).map_err(|refusal| VersionError::Refused(refusal.to_string()))?;
        let Some(manifest) = inspection.manifest else {
            return Err(VersionError::NotSo {
                message: "it has no manifest, so nobody knows which plugin it is a version of".to_owned(),
                cure: "build it with the SDK, or name it as the `source` of a [[plugin]]".to_owned(),
            });
        };
        let (name, digest) = (manifest.name, inspection.digest.as_str().to_owned());
        let entry = self.entry_named(&name)?;
        let now = entry.loaded.as_ref().ok();
        if now.is_some_and(|plugin| plugin.digest().as_str() == digest) {
            return Err(VersionError::NotSo {
                message: format!("this very version of {name} is in force already"),
                cure: "see `ringkeeper plugin list`".to_owned(),
            });
        }
        let version = self.load_kept(&entry, &digest, &component).await?;
        let loaded = version
            .loaded
            .as_ref()
            .map_err(|reason| VersionError::Refused(reason.clone()))?;
        let more = difference::more(now.or(entry.configured.loaded.as_ref().ok()), loaded);
        let number = loaded.descriptor().version.clone();
        let answer = InstallAnswer {
            plugin: name.clone(),
            version: number.clone(),
            digest: digest.clone(),
            signer: version.signer.clone(),
            state: match more.is_empty() || is_approved {
                true => InstallState::InForce,
                false => InstallState::Waits,
            },
            more: more.clone(),
        };
        self.keep_component(digest.clone(), component).await?;
        let mut events = vec![PluginEvent::Installed {
            digest: digest.clone(),
            version: number,
            signer: version.signer.clone(),
            by: by.to_owned(),
            more,
        }];
        if is_approved && !answer.more.is_empty() {
            let by = by.to_owned();
            events.push(PluginEvent::Approved { digest, by });
        }
        self.tell(&name, events).await?;
        if answer.state == InstallState::InForce {
            self.put_in_force(&entry, version);
        }
        tracing::info!(plugin = name, version = answer.version, digest = answer.digest, by, state = ?answer.state, "a plugin was installed");
        Ok(answer)
    }

    /// Puts a version in force that waits for a person's word, named by its digest or the beginning of it.
    ///
    /// # Errors
    /// When no such version waits, or it cannot be loaded any more.
    pub async fn approve_version(
        &self,
        name: &str,
        digest: &str,
        by: &str,
    ) -> Result<InstallAnswer, VersionError> {
        let _turn = self.deeds().lock().await;
        let entry = self.entry_named(name)?;
        let versions = self.versions_of(name);
        let waiting = versions
            .named(digest)
            .filter(|named| versions.waiting.as_ref() == Some(&named.digest));
        let Some(waiting) = waiting else {
            let message = match &versions.waiting {
                Some(waiting) => format!("the version of {name} that waits is {}", short(waiting)),
                None => format!("no version of {name} waits for a person's word"),
            };
            return Err(VersionError::NotSo {
                message,
                cure: "see `ringkeeper plugin list`".to_owned(),
            });
        };
        let version = self.load_installed(&entry, &waiting.digest).await?;
        if let Err(reason) = &version.loaded {
            return Err(VersionError::Refused(reason.clone()));
        }
        let (digest, by) = (waiting.digest.clone(), by.to_owned());
        self.tell(name, vec![PluginEvent::Approved { digest, by }])
            .await?;
        self.put_in_force(&entry, version);
        Ok(InstallAnswer {
            plugin: name.to_owned(),
            version: waiting.version.clone(),
            digest: waiting.digest.clone(),
            signer: waiting.signer.clone(),
            state: InstallState::InForce,
            more: waiting.more.clone(),
        })
    }

    /// Puts the version before the one in force in force again.
    ///
    /// # Errors
    /// When there is none before, or it cannot be loaded.
    pub async fn roll_back(&self, name: &str, by: &str) -> Result<(), VersionError> {
        let _turn = self.deeds().lock().await;
        let entry = self.entry_named(name)?;
        let versions = self.versions_of(name);
        let (Some(digest), Some(before)) = (versions.in_force().cloned(), versions.before()) else {
            return Err(VersionError::NotSo {
                message: format!(
                    "the version of {name} in force is that of the configuration: there is none before it"
                ),
                cure: "see `ringkeeper plugin list`".to_owned(),
            });
        };
        let version = self.load_before(&entry, before).await?;
        if let Err(reason) = &version.loaded {
            return Err(VersionError::Refused(reason.clone()));
        }
        let event = PluginEvent::RolledBack {
            digest,
            by: Some(by.to_owned()),
        };
        self.tell(name, vec![event]).await?;
        self.put_in_force(&entry, version);
        Ok(())
    }

    /// What is in force of every plugin, by the stream: read when the host starts.
    pub(crate) async fn take_up_versions(&self) -> Result<(), JournalError> {
        self.version_book().read_on(&**self.journal()).await?;
        let all: Vec<(String, Versions)> = {
            let read = self.version_book().lock();
            let all = read.book.all();
            all.map(|(name, versions)| (name.clone(), versions.clone()))
                .collect()
        };
        for (name, versions) in all {
            let Some(entry) = self.plugins().named(&name).map(Arc::clone) else {
                continue;
            };
            let version = match versions.in_force() {
                Some(digest) => match self.load_installed(&entry, digest).await {
                    Ok(version) => version,
                    Err(error) => Version::refused(shown(digest), error.to_string()),
                },
                None => entry.configured.clone(),
            };
            match versions.parked_in_force() {
                Some(reason) => self.replace(entry.parked(&version, reason)),
                None => self.put_in_force(&entry, version),
            }
        }
        Ok(())
    }

    /// The versions of a plugin.
    pub(crate) fn versions_of(&self, name: &str) -> Versions {
        let read = self.version_book().lock();
        read.book.of(name).cloned().unwrap_or_default()
    }

    fn entry_named(&self, name: &str) -> Result<Arc<Entry>, VersionError> {
        let plugins = self.plugins();
        plugins
            .named(name)
            .map(Arc::clone)
            .ok_or_else(|| VersionError::NoPlugin {
                name: name.to_owned(),
                known: plugins.names().collect::<Vec<_>>().join(", "),
            })
    }

    /// Judges and loads a component as a version of a plugin.
    async fn load_kept(
        &self,
        entry: &Entry,
        digest: &str,
        component: &KeptComponent,
    ) -> Result<Version, VersionError> {
        let now = self.seams().clock.now();
        let judged = self
            .trust()
            .judge(&component.bytes, component.signature.as_deref(), now);
        let signer =
            judged.map_err(|untrusted| VersionError::Refused(format!("it is not trusted: {untrusted}")))?;
        let signer = signer.map(|signer| signer.to_string());
        let bytes = component.bytes.clone();
        let version = entry
            .load_version(self.sandbox(), shown(digest), bytes, signer)
            .await;
        let plugins = self.plugins();
        let claimed = |plugin| plugins.claimed_by_another(&entry.name, plugin);
        match version.loaded.as_ref().ok().and_then(claimed) {
            Some(reason) => Err(VersionError::Refused(reason)),
            None if version
                .loaded
                .as_ref()
                .is_ok_and(|plugin| plugin.digest().as_str() != digest) =>
            {
                Err(VersionError::Refused(
                    "what is kept under its digest is something else".to_owned(),
                ))
            }
            None => Ok(version),
        }
    }

    /// Loads a version that was handed over before.
    async fn load_installed(&self, entry: &Entry, digest: &str) -> Result<Version, VersionError> {
        let (components, key) = (Arc::clone(self.components()), digest.to_owned());
        let kept = self.seams().runtime.blocking(move || components.get(&key)).await;
        let component = match kept.map_err(std::io::Error::other)? {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(VersionError::NotSo {
                    message: format!(
                        "version {} of {} is not kept any more: the last {KEPT} are",
                        short(digest),
                        entry.name
                    ),
                    cure: "hand it over again with `ringkeeper plugin install`".to_owned(),
                });
            }
            kept => kept?,
        };
        self.load_kept(entry, digest, &component).await
    }

    async fn load_before(&self, entry: &Entry, before: Option<&String>) -> Result<Version, VersionError> {
        match before {
            Some(digest) => self.load_installed(entry, digest).await,
            None => Ok(entry.configured.clone()),
        }
    }

    async fn keep_component(&self, digest: String, component: KeptComponent) -> Result<(), VersionError> {
        let components = Arc::clone(self.components());
        let kept = self
            .seams()
            .runtime
            .blocking(move || components.put(&digest, &component));
        Ok(kept.await.map_err(std::io::Error::other)??)
    }

    fn put_in_force(&self, entry: &Entry, version: Version) {
        self.replace(entry.with(version));
    }

    /// Writes what happened to the versions of a plugin, and takes it over.
    async fn tell(&self, name: &str, events: Vec<PluginEvent>) -> Result<(), JournalError> {
        let at = self.seams().clock.now();
        let recorded: Vec<Recorded> = events
            .into_iter()
            .map(|what| Recorded {
                at,
                event: Event::Plugin {
                    plugin: name.to_owned(),
                    what: Box::new(what),
                },
            })
            .collect();
        let (journal, versions) = (&**self.journal(), self.version_book());
        loop {
            let version = versions.lock().version;
            if versions.append(journal, version, &recorded).await? {
                self.drop_what_is_over(name).await;
                return Ok(());
            }
        }
    }

    /// Deletes components of a plugin that nobody can put in force any more, and no open run was planned with. One that
    /// stays for longer does no harm.
    async fn drop_what_is_over(&self, name: &str) {
        let versions = self.versions_of(name);
        let mut over: BTreeSet<String> = versions.over().into_iter().map(str::to_owned).collect();
        for cluster in self.watched() {
            for run in cluster.stream.book().open_runs() {
                over.remove(&run.opened.digest);
            }
        }
        let components = Arc::clone(self.components());
        let deleted = self
            .seams()
            .runtime
            .blocking(move || over.iter().try_for_each(|digest| components.remove(digest)));
        if let Err(error) = deleted.await.map_err(std::io::Error::other).flatten() {
            tracing::warn!(plugin = name, %error, "a component that is of no use any more cannot be deleted");
        }
    }
}

fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

/// Where a version comes from, for people.
fn shown(digest: &str) -> String {
    format!("installed:{}", short(digest))
}
