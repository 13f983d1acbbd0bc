//! The Unix socket the host listens on.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio::net::UnixListener;

/// Longest path of a Unix socket on Linux, in bytes.
const SYSTEM_PATH_BYTES: usize = 107;
/// What the socket is called until it is ready, behind its own name.
const UNREADY: &str = ".new";
/// Longest path the host's socket may have.
const PATH_BYTES: usize = SYSTEM_PATH_BYTES - UNREADY.len();

/// Why the socket could not be opened.
#[derive(Debug, Error)]
pub enum SocketError {
    /// Too long for the operating system.
    #[error(
        "socket path {0} is longer than {PATH_BYTES} bytes, which the system does not allow; set host.socket to a shorter one"
    )]
    TooLong(PathBuf),
    /// Something else is there.
    #[error("{0} exists and is no socket; move it away or set host.socket to another path")]
    NotASocket(PathBuf),
    /// Another process listens there.
    #[error("another process listens on {0}; stop it or set host.socket to another path")]
    InUse(PathBuf),
    /// The operating system refuses.
    #[error("cannot listen on {path}: {source}")]
    Refused {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Listens on `path`, for the host's own user alone. A socket that a host left behind when it was killed is replaced.
///
/// # Errors
/// When something else is at the path, or the operating system refuses.
pub fn bind(path: &Path) -> Result<UnixListener, SocketError> {
    let refused = |source| SocketError::Refused {
        path: path.to_owned(),
        source,
    };
    if path.as_os_str().len() > PATH_BYTES {
        return Err(SocketError::TooLong(path.to_owned()));
    }
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => return Err(SocketError::NotASocket(path.to_owned())),
        Ok(_) if std::os::unix::net::UnixStream::connect(path).is_ok() => {
            return Err(SocketError::InUse(path.to_owned()));
        }
        Ok(_) => std::fs::remove_file(path).map_err(refused)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(refused(error)),
    }
    // Bound under another name and moved into place once only its owner can open it: nobody gets in between.
    let mut unready = path.as_os_str().to_owned();
    unready.push(UNREADY);
    let unready = PathBuf::from(unready);
    let _ = std::fs::remove_file(&unready);
    let listener = UnixListener::bind(&unready).map_err(refused)?;
    std::fs::set_permissions(&unready, std::fs::Permissions::from_mode(0o600)).map_err(refused)?;
    std::fs::rename(&unready, path).map_err(refused)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_its_owner_can_open_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("host.sock");
        let _listener = bind(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::os::unix::net::UnixStream::connect(&path).unwrap();
    }

    #[tokio::test]
    async fn a_socket_left_behind_is_replaced_and_a_live_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("host.sock");
        drop(bind(&path).unwrap());
        let _listener = bind(&path).unwrap();
        assert!(matches!(bind(&path), Err(SocketError::InUse(_))));
    }

    #[tokio::test]
    async fn a_file_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notes.txt");
        std::fs::write(&path, "keep me").unwrap();
        assert!(matches!(bind(&path), Err(SocketError::NotASocket(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "keep me");
    }

    #[tokio::test]
    async fn a_path_that_is_too_long_is_said_so() {
        let path = PathBuf::from(format!("/tmp/{}", "x".repeat(120)));
        assert!(matches!(bind(&path), Err(SocketError::TooLong(_))));
    }
}
