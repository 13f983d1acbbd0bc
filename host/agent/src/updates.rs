//! What of the machine's packages could be updated, and whether the machine waits for a restart.
//!
//! Only looked at, as far as the machine knows: nothing is fetched and nothing is changed. To work an upgrade out takes a second
//! of a processor, so it is done once an hour.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_cluster::Sample;
use ringkeeper_drivers::DriverError;
use ringkeeper_drivers::packages::Packages;

/// How often it is looked.
const LOOKS_EVERY: Duration = Duration::from_secs(3_600);

#[derive(Debug, Default)]
struct Known {
    samples: Vec<Sample>,
    /// Why it could not be told, so that it is said once.
    said: Option<String>,
}

/// The packages of the node's machine.
#[derive(Debug)]
pub(crate) struct Updates {
    packages: Arc<dyn Packages>,
    known: Mutex<Known>,
}

impl Updates {
    pub(crate) fn new(packages: Arc<dyn Packages>) -> Self {
        Self {
            packages,
            known: Mutex::default(),
        }
    }

    /// Looks at them for as long as it is waited for.
    pub(crate) async fn watch(&self) {
        let mut beats = tokio::time::interval(LOOKS_EVERY);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            self.look().await;
        }
    }

    /// Looks once.
    pub(crate) async fn look(&self) {
        let read = self.read().await;
        let mut known = self.lock();
        match read {
            Ok(samples) => *known = Known { samples, said: None },
            Err(error) => {
                known.samples = Vec::new();
                let why = error.to_string();
                if known.said.as_ref() != Some(&why) {
                    tracing::info!("what could be updated on this machine is not told: {why}");
                    known.said = Some(why);
                }
            }
        }
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "there is no other way from usize to f64"
    )]
    async fn read(&self) -> Result<Vec<Sample>, DriverError> {
        let updates = self.packages.updates().await?;
        let security = updates.iter().filter(|update| update.is_security).count();
        let waits = self.packages.reboot_required().await?.is_some();
        Ok(vec![
            Sample::of_node("machine.packages.updates", updates.len() as f64),
            Sample::of_node("machine.packages.security_updates", security as f64),
            Sample::of_node("machine.reboot_required", f64::from(u8::from(waits))),
        ])
    }

    /// What was seen at the last look; nothing where it could not be told.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        self.lock().samples.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ringkeeper_drivers::packages::{Apt, MemoryPackages, RebootRequired, Update};

    use super::*;

    fn update(package: &str, is_security: bool) -> Update {
        Update {
            package: package.to_owned(),
            installed: Some("1".to_owned()),
            candidate: "2".to_owned(),
            is_security,
        }
    }

    fn told(updates: &Updates) -> Vec<(String, f64)> {
        let samples = updates.samples().into_iter();
        samples.map(|sample| (sample.metric, sample.value)).collect()
    }

    #[tokio::test]
    async fn updates_are_counted_with_those_for_security_and_a_restart_that_is_waited_for() {
        let packages = Arc::new(MemoryPackages::default());
        let updates = Updates::new(Arc::clone(&packages) as Arc<dyn Packages>);
        assert_eq!(told(&updates), []);
        packages.set_updates(vec![update("libssl3", true), update("vim", false)]);
        packages.set_reboot(Some(RebootRequired::default()));
        updates.look().await;
        let expected = [
            ("machine.packages.updates", 2.0),
            ("machine.packages.security_updates", 1.0),
            ("machine.reboot_required", 1.0),
        ];
        assert_eq!(
            told(&updates),
            expected.map(|(name, value)| (name.to_owned(), value))
        );
    }

    #[tokio::test]
    async fn a_machine_without_apt_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let apt = Apt::new(folder.path().join("apt-get"), folder.path());
        let updates = Updates::new(Arc::new(apt));
        updates.look().await;
        assert_eq!(told(&updates), []);
    }
}
