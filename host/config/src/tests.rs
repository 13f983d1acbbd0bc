//! Tests of the crate as its callers see it.

mod agent;
mod documents;
mod effective;
mod errors;
mod fuzz;
mod random;
mod scenario_errors;
mod scenarios;
mod unknown;
mod values;
mod warnings;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::{Config, ConfigError};

/// The smallest file that does something.
const SMALLEST: &str = r#"
[[cluster]]
name = "analytics"
contact_points = ["10.0.0.1"]
"#;

/// A folder with files that a configuration may name.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, mode) in [
        ("password", "s3cret\n", 0o600),
        ("open-password", "s3cret\n", 0o644),
        ("empty-password", "", 0o600),
        ("ca.pem", "", 0o644),
        ("host.pem", "", 0o644),
        ("host.key", "", 0o600),
        ("open.key", "", 0o644),
        ("repair.wasm", "", 0o644),
        ("start-node", "", 0o755),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

fn parse_in(folder: &Path, text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, &folder.join("ringkeeper.toml"))
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("ringkeeper.toml"))
}

/// What a person reads about `text`, with the folder's name left out.
fn complaint(text: &str) -> String {
    let folder = folder();
    let error = parse_in(folder.path(), text).unwrap_err().to_string();
    let folder = folder.path().display().to_string();
    error
        .replace(&format!("{folder}/"), "")
        .replace(&folder, "(its folder)")
}
