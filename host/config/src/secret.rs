//! Where secrets are, and the secrets themselves.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::FileFault;

/// Where a secret is found. The configuration never holds the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In this file, which is closed to other users. One line break at its end is left out.
    File(PathBuf),
    /// In this environment variable.
    Environment(String),
}

impl SecretSource {
    /// Reads the secret. Ask each time it is needed: a changed file then needs no restart.
    ///
    /// # Errors
    /// When the file is missing, empty, of several lines or open to every user, or the variable is not set.
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::File(path) => read_secret_file(path).map_err(|fault| SecretError::File {
                path: path.clone(),
                fault,
            }),
            Self::Environment(variable) => environment(variable).ok_or_else(|| SecretError::Environment {
                variable: variable.clone(),
            }),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "<from file {}>", path.display()),
            Self::Environment(variable) => write!(f, "<from environment variable {variable}>"),
        }
    }
}

/// A secret text. It shows itself to nobody who does not call [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text. Hand it to the one who needs it; never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Why a secret cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SecretError {
    /// The file gives none.
    #[error("secret file {}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is the matter with it.
        fault: FileFault,
    },
    /// The environment gives none.
    #[error("environment variable {variable} is not set, or is empty")]
    Environment {
        /// The variable.
        variable: String,
    },
}

/// Checks that `path` is a regular file that this process can read, and that it is closed to others if `private`.
pub(crate) fn check_file(path: &Path, private: bool) -> Result<(), FileFault> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::Unreadable {
            reason: error.to_string(),
        },
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile);
    }
    let mode = metadata.permissions().mode() & 0o777;
    if private && mode & 0o007 != 0 {
        return Err(FileFault::OpenToAll { mode });
    }
    std::fs::File::open(path).map(drop).map_err(unreadable)
}

fn read_secret_file(path: &Path) -> Result<Secret, FileFault> {
    check_file(path, true)?;
    let bytes = std::fs::read(path).map_err(|error| FileFault::Unreadable {
        reason: error.to_string(),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| FileFault::NotText)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        Err(FileFault::Empty)
    } else if line.contains(['\n', '\r']) {
        Err(FileFault::SeveralLines)
    } else {
        Ok(Secret(line.to_owned()))
    }
}

fn environment(variable: &str) -> Option<Secret> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
        .map(Secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, content: &[u8], mode: u32) -> PathBuf {
        let path = folder.join("password");
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_secret_is_the_file_without_its_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        for (content, secret) in [
            (&b"s3cret"[..], "s3cret"),
            (b"s3cret\n", "s3cret"),
            (b" a b \r\n", " a b "),
        ] {
            let source = SecretSource::File(file(folder.path(), content, 0o600));
            assert_eq!(source.read().unwrap().expose(), secret);
        }
    }

    #[test]
    fn a_secret_file_must_be_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        for (mode, closed) in [
            (0o600, true),
            (0o640, true),
            (0o644, false),
            (0o601, false),
            (0o602, false),
        ] {
            assert_eq!(
                SecretSource::File(file(folder.path(), b"x", mode)).read().is_ok(),
                closed,
                "{mode:o}"
            );
        }
    }

    #[test]
    fn a_secret_shows_itself_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let secret = SecretSource::File(file(folder.path(), b"s3cret", 0o600))
            .read()
            .unwrap();
        assert_eq!(format!("{secret:?}"), "<secret>");
    }

    #[test]
    fn what_is_not_one_line_of_text_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        for (content, expected) in [
            (&b"\n"[..], FileFault::Empty),
            (&[0xff, 0xfe], FileFault::NotText),
            (b"s3cret\n\n", FileFault::SeveralLines),
            (b"a\rb", FileFault::SeveralLines),
        ] {
            let path = file(folder.path(), content, 0o600);
            let error = SecretSource::File(path.clone()).read().unwrap_err();
            assert_eq!(
                error,
                SecretError::File {
                    path,
                    fault: expected
                }
            );
        }
    }
}
