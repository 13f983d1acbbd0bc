//! The two files that Jolokia reads: its configuration, with the password, and its policy.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use ringkeeper_seams::Entropy;
use url::Url;

use crate::address::Loopback;
use crate::error::Problem;
use crate::policy::policy;
use crate::proc::Process;
use crate::properties;

/// For the owner alone: the password stands in it.
const SECRET: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// The folder with both.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
}

/// What should stand in them.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) password: String,
    properties: String,
    policy: String,
    /// Whether it stands there already.
    pub(crate) is_written: bool,
}

impl Files {
    pub(crate) const fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn properties(&self) -> PathBuf {
        self.folder.join("jolokia.properties")
    }

    fn policy(&self) -> PathBuf {
        self.folder.join("jolokia-policy.xml")
    }

    /// Works out what should stand in them. A password that Cassandra's user alone could read is kept, so that an agent
    /// which starts again takes over what it attached.
    pub(crate) fn wanted(
        &self,
        process: &Process,
        address: Loopback,
        entropy: &Entropy,
    ) -> Result<Wanted, Problem> {
        let there = kept_secret(&self.properties(), process);
        let password = there
            .as_deref()
            .and_then(properties::password)
            .map_or_else(|| random_password(entropy), str::to_owned);
        let url = Url::from_file_path(self.policy()).map_err(|()| Problem::Path(self.policy()))?;
        let (properties, policy) = (properties::write(address, &url, &password), policy());
        let is_written = there.as_deref() == Some(&properties)
            && fs::read_to_string(self.policy()).is_ok_and(|text| text == policy);
        Ok(Wanted {
            password,
            properties,
            policy,
            is_written,
        })
    }

    /// Writes them, for the user of this process.
    pub(crate) fn write(&self, wanted: &Wanted, process: &Process) -> Result<(), Problem> {
        let failed = |path: &Path| Problem::machine(format!("writing {}", path.display()));
        fs::create_dir_all(&self.folder).map_err(failed(&self.folder))?;
        let (policy, properties) = (self.policy(), self.properties());
        replace(&policy, &wanted.policy, PUBLIC, process).map_err(failed(&policy))?;
        replace(&properties, &wanted.properties, SECRET, process).map_err(failed(&properties))
    }
}

/// What stands in a file that only this process's user can read.
fn kept_secret(path: &Path, process: &Process) -> Option<String> {
    let file = File::open(path).ok()?;
    let about = file.metadata().ok()?;
    let is_secret = about.is_file() && about.uid() == process.uid && about.mode() & 0o077 == 0;
    is_secret.then(|| io::read_to_string(file).ok()).flatten()
}

/// Puts a file in place of what is there, whole or not at all.
fn replace(path: &Path, text: &str, mode: u32, process: &Process) -> io::Result<()> {
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&fresh)?;
    // The mode of a new file is cut by the umask.
    file.set_permissions(Permissions::from_mode(mode))?;
    let about = file.metadata()?;
    if (about.uid(), about.gid()) != (process.uid, process.gid) {
        fchown(&file, Some(process.uid), Some(process.gid))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// 256 bits nobody can foresee.
fn random_password(entropy: &Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.stream("jolokia password").fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
