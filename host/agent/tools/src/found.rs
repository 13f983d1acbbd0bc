//! Where a Cassandra is that tools can be run with: read off the process that runs.

use std::path::{Path, PathBuf};

use ringkeeper_jvm::StartedWith;
use serde::{Deserialize, Serialize};

use crate::RunError;
use crate::installation::version_of;
use crate::yaml::{data_directories, read};

/// The port of JMX unless Cassandra is told otherwise.
const JMX_PORT: u16 = 7199;
/// The properties that say which it is, the one that goes first first.
const JMX_PROPERTIES: [&str; 3] = [
    "cassandra.jmx.local.port",
    "cassandra.jmx.remote.port",
    "com.sun.management.jmxremote.port",
];

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The folder with Cassandra's own jar.
    pub home: PathBuf,
    /// The home of the Java that runs it.
    pub java_home: PathBuf,
    /// Its `cassandra.yaml`.
    pub configuration: PathBuf,
    /// Its data directories.
    pub data_directories: Vec<PathBuf>,
    /// Where it listens for JMX.
    pub jmx_port: u16,
}

impl Found {
    /// As an operator says it, with the data directories of that configuration and the usual port of JMX.
    ///
    /// # Errors
    /// When the configuration cannot be read, or names no data directories.
    pub fn said(home: PathBuf, java_home: PathBuf, configuration: PathBuf) -> Result<Self, RunError> {
        Ok(Self {
            home,
            java_home,
            data_directories: directories(&configuration, None)?,
            configuration,
            jmx_port: JMX_PORT,
        })
    }

    /// What the words of a running Cassandra, and the configuration that they name, say.
    ///
    /// # Errors
    /// When something is not said there.
    pub fn of(process: &StartedWith) -> Result<Self, RunError> {
        let missing = |what: &str| {
            RunError::Installation(format!(
                "the command line of Cassandra does not say {what}; say it in [tools] of the agent's file"
            ))
        };
        let class_path = process
            .behind(&["-cp", "-classpath", "--class-path"])
            .unwrap_or_default();
        let entries = || class_path.split(':').map(Path::new);
        let jar = entries().find(|entry| version_of(entry).is_some());
        let home = jar
            .and_then(Path::parent)
            .ok_or_else(|| missing("where its jar is (`home`)"))?;
        let java_home = process.program.ancestors().nth(2);
        let java_home = java_home.ok_or_else(|| missing("where its Java is (`java_home`)"))?;
        let named = process
            .property("cassandra.config")
            .and_then(|url| url.strip_prefix("file://"));
        let beside = || {
            entries()
                .map(|entry| entry.join("cassandra.yaml"))
                .find(|file| file.is_file())
        };
        let configuration = named.map(PathBuf::from).or_else(beside);
        let configuration =
            configuration.ok_or_else(|| missing("where cassandra.yaml is (`configuration`)"))?;
        let ports = JMX_PROPERTIES.iter().filter_map(|name| process.property(name));
        Ok(Self {
            home: home.to_owned(),
            java_home: java_home.to_owned(),
            data_directories: directories(&configuration, process.property("cassandra.storagedir"))?,
            configuration,
            jmx_port: ports
                .filter_map(|port| port.parse().ok())
                .next()
                .unwrap_or(JMX_PORT),
        })
    }
}

/// Those of the configuration, else the one below Cassandra's own folder.
fn directories(configuration: &Path, storage: Option<&str>) -> Result<Vec<PathBuf>, RunError> {
    let named = data_directories(&read(configuration)?).map_err(RunError::in_yaml(configuration))?;
    let all = match (named.is_empty(), storage) {
        (false, _) => named,
        (true, Some(storage)) => vec![Path::new(storage).join("data")],
        (true, None) => Vec::new(),
    };
    let whole = !all.is_empty() && all.iter().all(|directory| directory.is_absolute());
    whole.then_some(all).ok_or_else(|| {
        RunError::Installation(format!(
            "{} does not say by whole paths where data are; set `data_file_directories` in it",
            configuration.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn process(arguments: &[String]) -> StartedWith {
        StartedWith {
            program: "/usr/lib/jvm/java-17/bin/java".into(),
            arguments: arguments.to_vec(),
        }
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_packaged_cassandra_is_found_by_its_class_path() {
        let folder = tempfile::tempdir().unwrap();
        let conf = folder.path().display().to_string();
        fs::write(
            folder.path().join("cassandra.yaml"),
            "data_file_directories:\n  - /var/lib/cassandra/data\n",
        )
        .unwrap();
        let class_path = format!(
            "{conf}:/usr/share/cassandra/lib/guava.jar:/usr/share/cassandra/apache-cassandra-5.0.5.jar"
        );
        let found = Found::of(&process(&words(&[
            "java",
            "-Dcassandra.jmx.local.port=7299",
            "-cp",
            &class_path,
            "x",
        ])));
        assert_eq!(
            found.unwrap(),
            Found {
                home: "/usr/share/cassandra".into(),
                java_home: "/usr/lib/jvm/java-17".into(),
                configuration: folder.path().join("cassandra.yaml"),
                data_directories: vec!["/var/lib/cassandra/data".into()],
                jmx_port: 7299,
            }
        );
    }

    #[test]
    fn one_of_an_archive_keeps_its_data_below_its_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let yaml = folder.path().join("other.yaml");
        fs::write(&yaml, "cluster_name: x\n").unwrap();
        let arguments = words(&[
            "java",
            &format!("-Dcassandra.config=file://{}", yaml.display()),
            "-Dcassandra.storagedir=/opt/cassandra/data",
            "-cp",
            "/opt/cassandra/lib/cassandra-all-4.1.9.jar",
        ]);
        let found = Found::of(&process(&arguments)).unwrap();
        assert_eq!(
            found.data_directories,
            [PathBuf::from("/opt/cassandra/data/data")]
        );
        assert_eq!((found.jmx_port, found.configuration), (7199, yaml));
    }

    #[test]
    fn what_an_operator_says_names_its_own_data() {
        let folder = tempfile::tempdir().unwrap();
        let yaml = folder.path().join("cassandra.yaml");
        fs::write(&yaml, "data_file_directories: [/data/1]\n").unwrap();
        let found = Found::said("/opt/lib".into(), "/opt/java".into(), yaml.clone()).unwrap();
        assert_eq!(
            (found.data_directories, found.jmx_port),
            (vec![PathBuf::from("/data/1")], 7199)
        );
        fs::write(&yaml, "").unwrap();
        assert!(Found::said("/opt/lib".into(), "/opt/java".into(), yaml).is_err());
    }

    #[test]
    fn what_a_command_line_does_not_say_is_named() {
        let error = Found::of(&process(&words(&["java", "-cp", "/opt/lib/guava.jar"]))).unwrap_err();
        assert!(error.to_string().contains("(`home`)"), "{error}");
    }
}
