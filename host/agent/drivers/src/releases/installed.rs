//! What is installed on this machine, by the files that say so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{CassandraRelease, InstalledSoftware, JavaRelease, Releases};
use crate::DriverError;

/// Where packages and people put Cassandra's jars. `*` is any one folder.
const CASSANDRA: [&str; 5] = [
    "/usr/share/cassandra",
    "/opt/cassandra/lib",
    "/opt/cassandra/*/lib",
    "/opt/*/lib",
    "/usr/local/cassandra/lib",
];
/// Where Javas are.
const JAVA: [&str; 3] = ["/usr/lib/jvm/*", "/opt/java/*", "/opt/java"];
/// Names of Cassandra's own jar, in packages and in the archive.
const JARS: [&str; 2] = ["apache-cassandra-", "cassandra-all-"];

/// Looks below the root of a machine.
#[derive(Debug)]
pub struct InstalledReleases {
    root: PathBuf,
    cassandra: Vec<PathBuf>,
    java: Vec<PathBuf>,
}

impl InstalledReleases {
    /// What is installed where packages put it, on the machine whose root is this folder.
    #[must_use]
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            cassandra: CASSANDRA.map(PathBuf::from).to_vec(),
            java: JAVA.map(PathBuf::from).to_vec(),
        }
    }

    /// Looks for Cassandra's jar in this folder too.
    #[must_use]
    pub fn with_cassandra(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cassandra.push(folder.into());
        self
    }

    /// Looks at this home of a Java too.
    #[must_use]
    pub fn with_java(mut self, home: impl Into<PathBuf>) -> Self {
        self.java.push(home.into());
        self
    }

    /// All folders that these stand for, as the machine calls them; each once, whatever links lead to it.
    fn folders(&self, patterns: &[PathBuf]) -> Result<Vec<(PathBuf, PathBuf)>, DriverError> {
        let mut folders: Vec<(PathBuf, PathBuf)> = Vec::new();
        for pattern in patterns {
            for folder in expand(&self.root, pattern)? {
                let of_machine = Path::new("/").join(folder.strip_prefix(&self.root).unwrap_or(&folder));
                let Ok(real) = folder.canonicalize() else { continue };
                if !folders.iter().any(|(_, known)| *known == real) {
                    folders.push((of_machine, real));
                }
            }
        }
        Ok(folders)
    }
}

impl InstalledSoftware for InstalledReleases {
    fn releases(&self) -> Result<Releases, DriverError> {
        let mut releases = Releases::default();
        for (home, folder) in self.folders(&self.cassandra)? {
            for name in names(&folder)? {
                if let Some(version) = version_of_jar(&name) {
                    let home = home.clone();
                    releases.cassandra.push(CassandraRelease { version, home });
                }
            }
        }
        for (home, folder) in self.folders(&self.java)? {
            let text = match fs::read_to_string(folder.join("release")) {
                Ok(text) => text,
                Err(error) if is_nothing(&error) => continue,
                Err(error) => return Err(DriverError::at(folder.join("release"))(error)),
            };
            if let Some(version) = value(&text, "JAVA_VERSION") {
                let implementor = value(&text, "IMPLEMENTOR");
                releases.java.push(JavaRelease {
                    version,
                    implementor,
                    home,
                });
            }
        }
        releases.cassandra.sort_unstable();
        releases.java.sort_unstable();
        Ok(releases)
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Names in a folder; none where it is none.
fn names(folder: &Path) -> Result<Vec<String>, DriverError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_nothing(&error) => return Ok(Vec::new()),
        Err(error) => return Err(DriverError::at(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(DriverError::at(folder))?;
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

fn expand(root: &Path, pattern: &Path) -> Result<Vec<PathBuf>, DriverError> {
    let mut folders = vec![root.to_owned()];
    for step in pattern.strip_prefix("/").unwrap_or(pattern) {
        let mut next = Vec::new();
        for folder in folders {
            if step == "*" {
                next.extend(names(&folder)?.into_iter().map(|name| folder.join(name)));
            } else {
                next.push(folder.join(step));
            }
        }
        folders = next;
    }
    Ok(folders)
}

/// `5.0.5` in `apache-cassandra-5.0.5.jar`; none for the jars of its tools beside it.
fn version_of_jar(name: &str) -> Option<String> {
    let rest = JARS.iter().find_map(|jar| name.strip_prefix(jar))?;
    let version = rest.strip_suffix(".jar")?;
    version
        .starts_with(|letter: char| letter.is_ascii_digit())
        .then(|| version.to_owned())
}

/// The value of `KEY="value"`.
fn value(text: &str, key: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(line.trim().trim_matches('"').to_owned())
}
