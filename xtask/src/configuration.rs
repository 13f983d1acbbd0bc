//! A host's configuration for a lab.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ringkeeper_lab::{Credentials, Lab};

/// Writes `ringkeeper.toml` and the files it names into `folder`, and returns its path. `[host.data_directory]` is
/// `folder/data`. Sweeps and checks are quick, because somebody is watching.
pub(crate) fn write(folder: &Path, name: &str, lab: &Lab) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let contact = lab.nodes().first().context("a lab has a node")?.address();
    let mut text = format!(
        "[host]
data_directory = {data:?}

[[cluster]]
name = {name:?}
contact_points = [\"{contact}\"]
check_every = \"10s\"

[cluster.sweep]
membership = \"3s\"
node_limit = \"2s\"
",
        data = data_directory(folder),
    );
    let xtask = std::env::current_exe()?;
    let commands = lab.process_commands_by(&[&xtask.display().to_string(), "lab", "node"])?;
    write!(text, "\n{commands}")?;
    let authority = lab.certificates().map(|certificates| certificates.authority());
    let jolokia = lab.jolokia_credentials();
    if jolokia.is_some() {
        text.push_str("\n[cluster.jolokia]\nurl = \"https://{address}:8778/jolokia/\"\n");
        text.push_str(&log_in(folder, "jolokia", jolokia)?);
        if let Some(authority) = authority {
            write!(text, "\n[cluster.jolokia.tls]\nca_file = {authority:?}\n")?;
        }
    }
    if lab.credentials().is_some() {
        text.push_str("\n[cluster.cql]\n");
        text.push_str(&log_in(folder, "cql", lab.credentials())?);
    }
    if let Some(authority) = authority.filter(|_| lab.settings().tls) {
        write!(text, "\n[cluster.cql.tls]\nca_file = {authority:?}\n")?;
    }
    let path = folder.join("ringkeeper.toml");
    fs::write(&path, text)?;
    Ok(path)
}

/// The data directory of the configuration in `folder`.
pub(crate) fn data_directory(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log_in(folder: &Path, name: &str, credentials: Option<Credentials>) -> Result<String> {
    let Some(Credentials { user, password }) = credentials else {
        return Ok(String::new());
    };
    let file = folder.join(format!("{name}-password"));
    fs::write(&file, format!("{password}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    Ok(format!("username = {user:?}\npassword_file = {file:?}\n"))
}
