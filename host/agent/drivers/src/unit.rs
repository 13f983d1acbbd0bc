//! How a unit of systemd stands: whether what it ran was told to stop, or ended by itself.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::DriverError;
use crate::program::printed;

/// How long `systemctl` may take. It asks a program on this machine.
const LIMIT: Duration = Duration::from_secs(2);
/// What a JVM ends with that was told to end by SIGTERM, as `systemctl stop` tells it: 128 and the signal's number.
const TOLD_TO_END: &str = "143";

/// How a process ended, as far as anybody can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Whether it was told to stop.
    pub is_on_purpose: Option<bool>,
    /// Whether the kernel killed it for memory.
    pub is_for_memory: Option<bool>,
}

/// Knows how the process that it looks after ended.
#[async_trait]
pub trait Endings: std::fmt::Debug + Send + Sync {
    /// How the last one ended. Nothing is known of one that runs.
    ///
    /// # Errors
    /// When who knows cannot be asked.
    async fn last(&self) -> Result<Ending, DriverError>;
}

/// Nobody knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEndings;

#[async_trait]
impl Endings for NoEndings {
    async fn last(&self) -> Result<Ending, DriverError> {
        Ok(Ending::default())
    }
}

/// A unit of systemd.
#[derive(Clone, Debug)]
pub struct SystemdUnit {
    systemctl: PathBuf,
    name: String,
}

impl SystemdUnit {
    /// The unit of this name, by the word of this program (`/usr/bin/systemctl`).
    #[must_use]
    pub fn new(systemctl: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self {
            systemctl: systemctl.into(),
            name: name.into(),
        }
    }
}

#[async_trait]
impl Endings for SystemdUnit {
    async fn last(&self) -> Result<Ending, DriverError> {
        let properties =
            "--property=LoadState,ActiveState,Result,ExecMainStatus,ExecMainStartTimestampMonotonic";
        let words = ["--no-ask-password", "show", properties, "--", &self.name];
        Ok(ending(&printed(&self.systemctl, &words, LIMIT).await?))
    }
}

/// Reads what `systemctl show` prints: a property a line. A unit that runs, was never started since the machine was, or of
/// which systemd knows only that some script ended, tells nothing.
fn ending(text: &str) -> Ending {
    let of = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value.trim())
    };
    let ran = of("LoadState") == "loaded" && !["", "0"].contains(&of("ExecMainStartTimestampMonotonic"));
    let is_told = of("Result") == "exit-code" && of("ExecMainStatus") == TOLD_TO_END;
    let is_on_purpose = match of("ActiveState") {
        _ if !ran => None,
        "failed" => Some(is_told),
        "inactive" | "deactivating" => Some(true),
        // It waits to be started again after it ended by itself.
        "activating" if of("Result") != "success" => Some(false),
        _ => None,
    };
    Ending {
        is_on_purpose,
        is_for_memory: is_on_purpose.map(|_| of("Result") == "oom-kill"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn shown(load: &str, active: &str, result: &str, status: &str, began: &str) -> Ending {
        ending(&format!(
            "Result={result}\nExecMainStartTimestampMonotonic={began}\nExecMainStatus={status}\nLoadState={load}\nActiveState={active}\n"
        ))
    }

    #[test]
    fn what_systemd_says_of_a_unit_is_understood() {
        let known = |is_on_purpose, is_for_memory| Ending {
            is_on_purpose: Some(is_on_purpose),
            is_for_memory: Some(is_for_memory),
        };
        for (active, result, status, expected) in [
            ("failed", "signal", "9", known(false, false)),
            ("failed", "oom-kill", "9", known(false, true)),
            ("failed", "exit-code", "3", known(false, false)),
            ("failed", "exit-code", "143", known(true, false)),
            ("inactive", "success", "0", known(true, false)),
            ("activating", "signal", "9", known(false, false)),
            ("activating", "success", "0", Ending::default()),
            ("active", "success", "0", Ending::default()),
        ] {
            assert_eq!(
                shown("loaded", active, result, status, "42"),
                expected,
                "{active} {result} {status}"
            );
        }
        assert_eq!(
            shown("loaded", "inactive", "success", "0", "0"),
            Ending::default(),
            "never started"
        );
        assert_eq!(
            shown("not-found", "inactive", "success", "0", "42"),
            Ending::default()
        );
        assert_eq!(ending("nonsense"), Ending::default());
    }

    #[tokio::test]
    async fn systemd_is_asked_for_the_unit_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let systemctl = folder.path().join("systemctl");
        let script = "#!/bin/sh\n[ \"$5\" = cassandra ] || exit 4\n\
                      echo LoadState=loaded; echo ActiveState=failed; echo Result=oom-kill\n\
                      echo ExecMainStatus=9; echo ExecMainStartTimestampMonotonic=7\n";
        fs::write(&systemctl, script).unwrap();
        fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).unwrap();
        let ending = SystemdUnit::new(&systemctl, "cassandra").last().await.unwrap();
        assert_eq!(ending.is_for_memory, Some(true));
        assert!(SystemdUnit::new(&systemctl, "other").last().await.is_err());
        assert!(
            SystemdUnit::new("/none/systemctl", "cassandra")
                .last()
                .await
                .is_err()
        );
        assert_eq!(NoEndings.last().await.unwrap(), Ending::default());
    }

    #[test]
    fn fuzz_what_systemd_prints() {
        let sample = "Result=exit-code\nExecMainStartTimestampMonotonic=12\nExecMainStatus=143\nLoadState=loaded\nActiveState=failed\n";
        ringkeeper_fuzz::text("systemctl show", &[sample], |text| {
            ending(text);
            Ok(())
        });
    }
}
