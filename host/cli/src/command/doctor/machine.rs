//! This machine, and the host on it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::Check;
use crate::client::Client;
use crate::exit::Exit;
use crate::render::quantity::count;

const DATA: &str = "data directory";

/// Whether the host can keep its state there, for itself alone.
pub(super) fn data_directory(directory: &Path) -> Check {
    let shown = directory.display();
    let metadata = match std::fs::metadata(directory) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return absent(directory),
        Err(error) => {
            return Check::problem(DATA, format!("{shown}: {error}"), "let the host's user read it");
        }
    };
    if !metadata.is_dir() {
        return Check::problem(
            DATA,
            format!("{shown} is no directory"),
            "move it away, or choose another data_directory",
        );
    }
    if let Err(error) = try_to_write(directory) {
        return Check::problem(
            DATA,
            format!("{shown} cannot be written: {error}"),
            "run this as the host's user, or give that user the directory",
        );
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Check::problem(
            DATA,
            format!("{shown} is open to other users (mode {mode:03o})"),
            format!("chmod 700 {shown}"),
        );
    }
    Check::ok(DATA, format!("{shown} is private and can be written"))
}

/// A directory that the host makes when it starts, if it can.
fn absent(directory: &Path) -> Check {
    let shown = directory.display();
    let nearest = directory.ancestors().find(|folder| folder.is_dir());
    match nearest.map(try_to_write) {
        Some(Ok(())) => Check::ok(DATA, format!("{shown} will be made when the host starts")),
        Some(Err(error)) => {
            let remedy = format!("as root: install -d -m 700 -o THE_HOSTS_USER {shown}");
            Check::problem(
                DATA,
                format!("{shown} does not exist and cannot be made: {error}"),
                remedy,
            )
        }
        None => Check::problem(
            DATA,
            format!("{shown} does not exist"),
            "choose a data_directory that can be made",
        ),
    }
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".ringkeeper-doctor-{}", std::process::id()));
    std::fs::File::create_new(&path)?;
    std::fs::remove_file(path)
}

/// Whether a host answers. None is no problem: the doctor may come before the first start.
pub(super) async fn host(socket: &Path) -> Check {
    let about = "host";
    let shown = socket.display();
    let answer = match Client::new(socket) {
        Ok(client) => client.clusters().await,
        Err(failure) => Err(failure),
    };
    match answer {
        Ok(clusters) => Check::ok(
            about,
            format!(
                "answers at {shown} and watches {}",
                count(clusters.len(), "cluster")
            ),
        ),
        Err(failure) if failure.exit == Exit::Unreachable => Check::warning(
            about,
            failure.message,
            "start it with `ringkeeper serve` once the rest is in order",
        ),
        Err(failure) => Check::problem(
            about,
            failure.message,
            failure.remedy.unwrap_or_else(|| "see its log".to_owned()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn with_mode(mode: u32) -> Verdict {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        data_directory(folder.path()).verdict
    }

    #[test]
    fn a_data_directory_must_be_private() {
        assert_eq!(with_mode(0o700), Verdict::Ok);
        assert_eq!(with_mode(0o755), Verdict::Problem);
        assert_eq!(with_mode(0o710), Verdict::Problem);
    }

    #[test]
    fn a_data_directory_may_be_yet_to_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let check = data_directory(&folder.path().join("a/b"));
        assert_eq!(check.verdict, Verdict::Ok);
        assert!(
            !folder.path().join("a").exists(),
            "the doctor leaves nothing behind"
        );
    }

    #[test]
    fn a_data_directory_is_no_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(data_directory(file.path()).verdict, Verdict::Problem);
    }

    #[tokio::test]
    async fn no_host_is_a_warning() {
        assert_eq!(
            host(Path::new("/nonexistent/ringkeeper.sock")).await.verdict,
            Verdict::Warning
        );
    }
}
