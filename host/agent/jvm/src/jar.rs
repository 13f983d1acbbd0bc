//! The Jolokia jar: which one, and that it is that one.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use crate::error::Problem;
use crate::namespace::open_as_seen_by;
use crate::owner::as_owner_of;
use crate::proc::{Proc, Process};

/// Where to get it: Jolokia 2.2.9, the agent for JVMs, classifier `javaagent`.
pub const JAR_URL: &str = "https://repo1.maven.org/maven2/org/jolokia/jolokia-agent-jvm/2.2.9/jolokia-agent-jvm-2.2.9-javaagent.jar";
/// SHA-256 of the jar. Another one is not loaded: it would run with all that Cassandra may do.
pub const JAR_SHA256: &str = "f5c4b31eeeb602888346ce7b545a885cb7caf932eff3b1b630e93cc720483429";

/// Checks that the process finds exactly this jar under the path, and may read it.
pub(crate) fn check(proc: &Proc, process: &Process, path: &Path) -> Result<(), Problem> {
    if let Err(error) = File::open(path) {
        return Err(Problem::NoJar {
            path: path.to_owned(),
            error,
        });
    }
    let pid = process.key.pid;
    let opened =
        as_owner_of(process, || open_as_seen_by(proc, pid, path, OFlags::RDONLY)).and_then(|file| file);
    let mut file = opened.map_err(|error| Problem::NotVisible {
        pid,
        path: path.to_owned(),
        error,
    })?;
    let unreadable = |error| Problem::NoJar {
        path: path.to_owned(),
        error,
    };
    let mode = file.metadata().map_err(unreadable)?.mode();
    if mode & 0o022 != 0 {
        return Err(Problem::OpenJar {
            path: path.to_owned(),
        });
    }
    let found = sha256(&mut file).map_err(unreadable)?;
    if found != JAR_SHA256 {
        return Err(Problem::WrongJar {
            path: path.to_owned(),
            found,
        });
    }
    Ok(())
}

fn sha256(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(buffer.get(..length).unwrap_or_default());
    }
}
