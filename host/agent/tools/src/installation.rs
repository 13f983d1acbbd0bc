//! The Cassandra and the Java that tools are run with.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ringkeeper_tools::Line;

use crate::RunError;

/// The package of all tools.
const TOOLS: &str = "org.apache.cassandra.tools";
/// Names of Cassandra's own jar, in packages and in the archive.
const JARS: [&str; 2] = ["apache-cassandra-", "cassandra-all-"];
/// What tools reach into, from Java 9 on. From conf/jvm17-clients.options of Cassandra 5.0, less what only servers use.
const EXPORTS: [&str; 7] = [
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
];
/// What they read by reflection.
const OPENS: [&str; 17] = [
    "java.base/java.io",
    "java.base/java.lang",
    "java.base/java.lang.module",
    "java.base/java.lang.reflect",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.util.jar",
    "java.base/sun.nio.ch",
    "jdk.management/com.sun.management.internal",
];

/// A Cassandra with a Java that runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    java: PathBuf,
    has_modules: bool,
    jars: Vec<PathBuf>,
    version: String,
    line: Line,
}

impl Installation {
    /// The Cassandra whose jar is in `home`, run by the Java in `java_home`.
    ///
    /// # Errors
    /// When one of them is not there, or the tools of this release are not known.
    pub fn find(home: &Path, java_home: &Path) -> Result<Self, RunError> {
        let mut jars = jars_in(home)?;
        let version = jars.iter().find_map(|jar| version_of(jar)).ok_or_else(|| {
            RunError::Installation(format!("there is no jar of Cassandra in {}", home.display()))
        })?;
        let line = Line::of(&version).ok_or_else(|| {
            RunError::Installation(format!("the tools of Cassandra {version} are not known"))
        })?;
        let libraries = home.join("lib");
        if libraries.is_dir() {
            jars.extend(jars_in(&libraries)?);
        }
        let java = java_home.join("bin/java");
        if !java.is_file() {
            return Err(RunError::Installation(format!("there is no {}", java.display())));
        }
        // Up to Java 8 there is no image of modules.
        let has_modules = java_home.join("lib/modules").is_file();
        Ok(Self {
            java,
            has_modules,
            jars,
            version,
            line,
        })
    }

    /// The release line.
    #[must_use]
    pub const fn line(&self) -> Line {
        self.line
    }

    /// The version of Cassandra.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The program.
    pub(crate) fn java(&self) -> &Path {
        &self.java
    }

    /// Words that start a tool's class: flags, properties, class path, class. What lies beside the configuration, as the
    /// file that names rack and data centre does, is found by the class path.
    pub(crate) fn words(
        &self,
        class: &str,
        properties: &[(&str, String)],
        configuration: Option<&Path>,
    ) -> Vec<OsString> {
        let mut words: Vec<OsString> = [
            "-Xmx256M",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
        ]
        .map(OsString::from)
        .to_vec();
        if self.has_modules {
            words.extend(EXPORTS.map(|package| format!("--add-exports={package}=ALL-UNNAMED").into()));
            words.extend(OPENS.map(|package| format!("--add-opens={package}=ALL-UNNAMED").into()));
        }
        words.extend(
            properties
                .iter()
                .map(|(name, value)| format!("-D{name}={value}").into()),
        );
        // Cassandra 4 cannot read its schema on Java 17 without it. Its own scripts give it to every tool on SSTables.
        if let Some(jamm) = self.jamm().filter(|_| configuration.is_some()) {
            let mut agent = OsString::from("-javaagent:");
            agent.push(jamm);
            words.push(agent);
        }
        words.push("-cp".into());
        words.push(self.class_path(configuration));
        words.push(format!("{TOOLS}.{class}").into());
        words
    }

    fn jamm(&self) -> Option<&PathBuf> {
        let is_jamm = |jar: &&PathBuf| {
            let name = jar.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with("jamm-")
        };
        self.jars.iter().find(is_jamm)
    }

    fn class_path(&self, configuration: Option<&Path>) -> OsString {
        let mut path = OsString::new();
        for jar in configuration
            .into_iter()
            .chain(self.jars.iter().map(PathBuf::as_path))
        {
            if !path.is_empty() {
                path.push(":");
            }
            path.push(jar);
        }
        path
    }
}

fn jars_in(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut jars = Vec::new();
    for entry in fs::read_dir(folder).map_err(RunError::at(folder))? {
        let path = entry.map_err(RunError::at(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "jar") {
            jars.push(path);
        }
    }
    jars.sort_unstable();
    Ok(jars)
}

/// `5.0.5` in `…/apache-cassandra-5.0.5.jar`.
pub(crate) fn version_of(jar: &Path) -> Option<String> {
    let name = jar.file_stem()?.to_str()?;
    let version = JARS.iter().find_map(|jar| name.strip_prefix(jar))?;
    version
        .starts_with(|letter: char| letter.is_ascii_digit())
        .then(|| version.to_owned())
}
