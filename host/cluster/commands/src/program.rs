//! Whether a program can be run at all.

use std::env;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Why this program cannot be run here; none where it can.
pub(crate) fn unrunnable(program: &str) -> Option<String> {
    if program.contains('/') {
        return check(Path::new(program)).err();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<PathBuf> = env::split_paths(&path)
        .map(|folder| folder.join(program))
        .collect();
    let found = places.iter().any(|place| check(place).is_ok());
    (!found).then(|| "no such program in PATH".to_owned())
}

fn check(program: &Path) -> Result<(), String> {
    let metadata = program.metadata().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    })?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    access(program, Access::EXEC_OK).map_err(|_| "not executable for this user".to_owned())
}
