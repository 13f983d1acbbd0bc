//! Versions that break again and again: parked, with what to do about them, and the version before them in their place.

use ringkeeper_journal::PluginEvent;
use ringkeeper_plan::{Finding, Severity};
use ringkeeper_sandbox::CallError;

use super::{VersionError, short};
use crate::Conductor;
use crate::checks::host_finding;
use crate::plugins::Entry;

impl Conductor {
    /// Notes how a call of a plugin for `work` ended. A version that broke too often in a row is parked.
    pub(crate) async fn note_call(&self, entry: &Entry, work: &str, error: Option<&CallError>) {
        let now = self.seams().clock.now();
        let reason = match error {
            None => return entry.note_well(work, now),
            // What the caller or the host did wrong is not the plugin's doing.
            Some(CallError::Request(_) | CallError::Held(_) | CallError::Host(_)) => return,
            Some(error) => error.to_string(),
        };
        if !entry.note_break(work, now) {
            return;
        }
        if let Err(error) = self.park(entry, reason).await {
            tracing::error!(plugin = entry.name, %error, "a plugin that breaks again and again cannot be parked");
        }
    }

    async fn park(&self, broken: &Entry, reason: String) -> Result<(), VersionError> {
        let _turn = self.deeds().lock().await;
        let entry = self.entry_named(&broken.name)?;
        let digest_of = |entry: &Entry| entry.loaded.as_ref().ok().map(|plugin| plugin.digest().clone());
        if digest_of(&entry) != digest_of(broken) || digest_of(&entry).is_none() {
            // Somebody put another in its place meanwhile, or another call parked it.
            return Ok(());
        }
        let name = &entry.name;
        tracing::error!(
            plugin = name,
            reason,
            "a plugin broke again and again, and is parked"
        );
        let versions = self.versions_of(name);
        let digest = versions.in_force().cloned();
        let parked = PluginEvent::Parked {
            digest: digest.clone(),
            reason: reason.clone(),
        };
        let before = match versions.before() {
            Some(before) => self.load_before(&entry, before).await.ok(),
            None => None,
        };
        let before = before.filter(|version| version.loaded.is_ok());
        match (before, digest) {
            (Some(version), Some(digest)) => {
                let rolled_back = PluginEvent::RolledBack { digest, by: None };
                self.tell(name, vec![parked, rolled_back]).await?;
                self.put_in_force(&entry, version);
            }
            _ => {
                self.tell(name, vec![parked]).await?;
                self.replace(entry.parked(&entry.in_force(), &reason));
            }
        }
        Ok(())
    }

    /// Has a version called again that was parked.
    ///
    /// # Errors
    /// When none is parked, or it cannot be loaded.
    pub async fn resume_version(&self, name: &str, by: &str) -> Result<(), VersionError> {
        let _turn = self.deeds().lock().await;
        let entry = self.entry_named(name)?;
        let versions = self.versions_of(name);
        let Some(digest) = versions.parked.keys().next_back().cloned() else {
            return Err(VersionError::NotSo {
                message: format!("no version of {name} is parked"),
                cure: "see `ringkeeper plugin list`".to_owned(),
            });
        };
        let version = self.load_before(&entry, digest.as_ref()).await?;
        if let Err(reason) = &version.loaded {
            return Err(VersionError::Refused(reason.clone()));
        }
        let by = by.to_owned();
        self.tell(name, vec![PluginEvent::Resumed { digest, by }]).await?;
        self.put_in_force(&entry, version);
        Ok(())
    }

    /// What people must know of versions that are not called any more.
    pub(crate) fn parked_versions(&self) -> Vec<Finding> {
        let read = self.version_book().lock();
        let parked = read.book.all().flat_map(|(name, versions)| {
            let each = versions.parked.iter();
            each.map(move |(digest, reason)| {
                let which = match digest {
                    Some(digest) => format!("Version {} of plugin {name}", short(digest)),
                    None => format!("Plugin {name}"),
                };
                let now = match versions.in_force() == digest.as_ref() {
                    true => "nothing it does is done".to_owned(),
                    false => match versions.in_force() {
                        Some(before) => format!("version {} is in its place", short(before)),
                        None => "the configuration's version is in its place".to_owned(),
                    },
                };
                Finding {
                    severity: Severity::Severe,
                    ..host_finding(
                        format!("plugin-parked/{name}"),
                        format!("{which} broke again and again and was parked: {now}."),
                        reason.clone(),
                        "It is a defect of the plugin: tell its author. Install a version in which it is mended with `ringkeeper plugin install`, or have this one called again with `ringkeeper plugin resume`.",
                    )
                }
            })
        });
        parked.collect()
    }
}
