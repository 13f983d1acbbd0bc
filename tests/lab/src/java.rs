use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

/// The release Cassandra 4.0, 4.1 and 5.0 all start on. From 18 on Java refuses the security manager that
/// Cassandra installs, and Java 11 is not in Debian 12.
const RELEASE: &str = "17";
const DEBIAN_HOMES: &str = "/usr/lib/jvm";
/// Settings of the surroundings that would reach into every Java process.
const STRAY_VARIABLES: [&str; 4] = [
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "CLASSPATH",
];

/// A Java development kit, release 17.
#[derive(Debug, Clone)]
pub struct Jdk {
    home: PathBuf,
}

impl Jdk {
    /// Looks at `JAVA_HOME`, then at the `java` on the search path, then at what Debian installs.
    ///
    /// # Errors
    /// When none of them is a JDK of release 17.
    pub fn find() -> Result<Self> {
        let named = env::var_os("JAVA_HOME").map(PathBuf::from);
        let on_path = env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .filter_map(|directory| home_of(&directory.join("java")))
            .collect::<Vec<_>>();
        let installed = fs::read_dir(DEBIAN_HOMES)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>())
            .unwrap_or_default();
        let home = named
            .into_iter()
            .chain(on_path)
            .chain(installed)
            .find(|home| is_wanted(home));
        match home {
            Some(home) => Ok(Self { home }),
            None => bail!(
                "no JDK {RELEASE} found in JAVA_HOME, on the search path or in {DEBIAN_HOMES} \
                 (Debian 12: apt-get install openjdk-17-jdk-headless)"
            ),
        }
    }

    /// The folder a `JAVA_HOME` would name.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// One of the kit's programs, by its full path.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.home.join("bin").join(name)
    }

    /// A command for one of the kit's programs, free of Java settings of the surroundings.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        remove_stray_variables(&mut command);
        command
    }
}

/// Keeps Java settings of the surroundings out of a command.
pub(crate) fn remove_stray_variables(command: &mut Command) {
    for variable in STRAY_VARIABLES {
        command.env_remove(variable);
    }
}

fn home_of(java: &Path) -> Option<PathBuf> {
    let real = java.canonicalize().ok()?;
    Some(real.parent()?.parent()?.to_path_buf())
}

fn is_wanted(home: &Path) -> bool {
    let complete = ["java", "javac", "keytool"]
        .iter()
        .all(|name| home.join("bin").join(name).is_file());
    let release = fs::read_to_string(home.join("release")).unwrap_or_default();
    complete && release_of(&release) == Some(RELEASE)
}

/// `17` in the line `JAVA_VERSION="17.0.15"` of a kit's release file.
fn release_of(text: &str) -> Option<&str> {
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION=\""))?;
    version.split(['.', '"', '+', '-']).next()
}

#[cfg(test)]
mod tests {
    use super::release_of;

    #[test]
    fn reads_the_release_of_a_kit() {
        assert_eq!(
            release_of("IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.15\"\n"),
            Some("17")
        );
        assert_eq!(release_of("JAVA_VERSION=\"25\"\n"), Some("25"));
        assert_eq!(release_of("nothing"), None);
    }
}
