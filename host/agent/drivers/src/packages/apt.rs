//! Debian and Ubuntu.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::{Packages, RebootRequired, Update};
use crate::DriverError;
use crate::program::printed;

/// Working out an upgrade takes a second; on a small machine that does something else, more.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks apt what it would do. It takes no lock and changes nothing, and any user may.
#[derive(Debug)]
pub struct Apt {
    program: PathBuf,
    root: PathBuf,
}

impl Apt {
    /// The packages of the machine whose root is this folder, by this `apt-get`.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, root: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            root: root.into(),
        }
    }

    fn read(&self, path: &str) -> Result<Option<String>, DriverError> {
        let path = self.root.join(path);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DriverError::at(path)(error)),
        }
    }
}

impl Default for Apt {
    fn default() -> Self {
        Self::new("/usr/bin/apt-get", "/")
    }
}

#[async_trait]
impl Packages for Apt {
    async fn updates(&self) -> Result<Vec<Update>, DriverError> {
        // With new packages, for a new kernel is one; nothing is ever removed by it.
        let arguments = [
            "--simulate",
            "-o",
            "Debug::NoLocking=true",
            "upgrade",
            "--with-new-pkgs",
        ];
        let text = printed(&self.program, &arguments, LIMIT).await?;
        let mut updates = parse(&text).map_err(|line| DriverError::Program {
            program: self.program.display().to_string(),
            reason: format!("says what is not understood: {line}"),
        })?;
        updates.sort_unstable();
        Ok(updates)
    }

    async fn reboot_required(&self) -> Result<Option<RebootRequired>, DriverError> {
        if self.read("run/reboot-required")?.is_none() {
            return Ok(None);
        }
        let names = self.read("run/reboot-required.pkgs")?.unwrap_or_default();
        let mut packages: Vec<String> = names.lines().map(str::to_owned).collect();
        packages.sort_unstable();
        packages.dedup();
        Ok(Some(RebootRequired { packages }))
    }
}

/// Reads the lines that begin with `Inst`:
/// `Inst libssl3 [3.0.11-1] (3.0.15-1 Debian:12.8/stable, Debian-Security:12/stable-security [amd64])`.
pub(super) fn parse(text: &str) -> Result<Vec<Update>, String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("Inst "));
    lines
        .map(|line| update(line).ok_or_else(|| line.to_owned()))
        .collect()
}

fn update(line: &str) -> Option<Update> {
    let (before, after) = line.split_once(" (")?;
    let (inside, _) = after.split_once(')')?;
    let (candidate, origins) = inside.split_once(' ')?;
    let mut words = before.split_whitespace();
    let package = words.next()?.to_owned();
    let installed = words.find_map(|word| word.strip_prefix('[')?.strip_suffix(']'));
    Some(Update {
        package,
        installed: installed.map(str::to_owned),
        candidate: candidate.to_owned(),
        is_security: origins.to_ascii_lowercase().contains("security"),
    })
}
