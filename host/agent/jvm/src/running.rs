//! What is seen of the node's Cassandra from outside: whether it runs, where it listens, where its files are.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Problem;
use crate::find::Wanted;
use crate::proc::{Proc, Process, ProcessKey};
use crate::yaml::MOST_YAML;

/// What the kernel counts a process's start in, for programs, on every machine: ticks a second.
const TICKS: u64 = 100;

/// What is seen of a Cassandra that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// For how long it has run.
    pub age: Duration,
    /// Data directories in which it has SSTables open.
    pub data: BTreeSet<PathBuf>,
    /// Directories in which it has segments of its commit log open.
    pub commitlog: BTreeSet<PathBuf>,
    /// The folder of its log, where its command line says it.
    pub logs: Option<PathBuf>,
    /// Whether the jar that it was started from is not there any more, as after an upgrade; none where its command line names
    /// none.
    pub is_replaced: Option<bool>,
    /// Where it listens.
    pub listens_at: BTreeSet<SocketAddr>,
    /// Its `cassandra.yaml`; none where that is not found, or may not be read.
    pub configuration: Option<String>,
}

/// Looks for the node's Cassandra.
pub trait Cassandras: fmt::Debug + Send + Sync {
    /// The process that runs now; none where there is none.
    ///
    /// # Errors
    /// When it cannot be told which one it is, or whether there is one.
    fn running(&self) -> Result<Option<ProcessKey>, Problem>;

    /// Whether this process still runs.
    fn is_there(&self, process: ProcessKey) -> bool;

    /// What is seen of it. As another user than its own one sees less.
    ///
    /// # Errors
    /// When it is gone, or the kernel tells nothing.
    fn look(&self, process: ProcessKey) -> io::Result<Seen>;
}

impl Cassandras for Wanted {
    fn running(&self) -> Result<Option<ProcessKey>, Problem> {
        Self::running(self)
    }

    fn is_there(&self, process: ProcessKey) -> bool {
        Proc::default().is_there(process)
    }

    fn look(&self, process: ProcessKey) -> io::Result<Seen> {
        look(&Proc::default(), process)
    }
}

fn look(proc: &Proc, process: ProcessKey) -> io::Result<Seen> {
    let began = Duration::from_millis(process.started.saturating_mul(1_000 / TICKS));
    let mut seen = Seen {
        age: proc.uptime()?.saturating_sub(began),
        ..Seen::default()
    };
    // Another user's files are not shown; how long it runs is.
    let Ok(files) = proc.open_files(process.pid) else {
        return Ok(seen);
    };
    for file in &files {
        seen.data.extend(data_directory(file));
        seen.commitlog.extend(commitlog_directory(file));
    }
    seen.listens_at.extend(proc.listens_at(process.pid)?);
    let started = proc.process(process.pid)?;
    seen.logs = log_directory(&started);
    seen.is_replaced = is_replaced(proc, &started);
    seen.configuration = configuration(proc, &started);
    Ok(seen)
}

/// What stands in its class path.
fn class_path(process: &Process) -> impl Iterator<Item = &Path> {
    let mut arguments = process.arguments.iter();
    let class_path = arguments
        .find(|argument| ["-cp", "-classpath", "--class-path"].contains(&argument.as_str()))
        .and_then(|_| arguments.next());
    class_path
        .into_iter()
        .flat_map(|path| path.split(':').map(Path::new))
}

/// A path of the process, as this one reaches it.
fn as_it_sees(proc: &Proc, process: &Process, place: &Path) -> PathBuf {
    match place.strip_prefix("/") {
        Ok(below) => proc.of(process.key.pid, "root").join(below),
        Err(_) => proc.of(process.key.pid, "cwd").join(place),
    }
}

/// Packages put another version's jar in its place under another name.
fn is_replaced(proc: &Proc, process: &Process) -> Option<bool> {
    let is_own = |entry: &&Path| {
        let name = entry
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let version = ["apache-cassandra-", "cassandra-all-"]
            .iter()
            .find_map(|jar| name.strip_prefix(jar));
        name.ends_with(".jar")
            && version.is_some_and(|version| version.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    let jar = class_path(process).find(is_own)?;
    match as_it_sees(proc, process, jar).metadata() {
        Ok(_) => Some(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(true),
        Err(_) => None,
    }
}

/// The one that Cassandra's own logging configuration writes to.
fn log_directory(process: &Process) -> Option<PathBuf> {
    let named = process.property("cassandra.logdir").map(PathBuf::from);
    named.filter(|folder| folder.is_absolute())
}

/// The file that its command line names, or that lies in the first folder of its class path that has one, as it sees it.
fn configuration(proc: &Proc, process: &Process) -> Option<String> {
    let named = process
        .property("cassandra.config")
        .map(|named| named.strip_prefix("file://").unwrap_or(named));
    let in_folders = class_path(process).map(|folder| folder.join("cassandra.yaml"));
    let mut places = named
        .map(PathBuf::from)
        .into_iter()
        .chain(in_folders)
        .map(|place| as_it_sees(proc, process, &place));
    places.find_map(|place| {
        let mut text = String::new();
        let file = File::open(place).ok()?;
        file.take(MOST_YAML + 1).read_to_string(&mut text).ok()?;
        Some(text)
    })
}

/// `/data` for `/data/KEYSPACE/TABLE-ID/nb-1-big-Data.db`, and for the SSTable of an index, one folder deeper.
fn data_directory(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?;
    if !name.ends_with("-Data.db") {
        return None;
    }
    let mut table = file.parent()?;
    if table.file_name()?.to_str()?.starts_with('.') {
        table = table.parent()?;
    }
    table.parent()?.parent().map(Path::to_owned)
}

fn commitlog_directory(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?;
    let is_segment = name.starts_with("CommitLog-") && name.ends_with(".log");
    is_segment.then(|| file.parent().map(Path::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_told_by_what_lies_open_in_them() {
        for (file, data, commitlog) in [
            (
                "/srv/data/shop/orders-5a1c/nb-12-big-Data.db",
                Some("/srv/data"),
                None,
            ),
            (
                "/srv/data/shop/orders-5a1c/.by_day/nb-1-big-Data.db",
                Some("/srv/data"),
                None,
            ),
            ("/srv/log/CommitLog-7-1764151200000.log", None, Some("/srv/log")),
            ("/srv/data/shop/orders-5a1c/nb-12-big-Index.db", None, None),
            ("socket:[12]", None, None),
            ("/nb-1-big-Data.db", None, None),
            ("/srv/log/CommitLog-7-1_cdc.idx", None, None),
        ] {
            assert_eq!(data_directory(Path::new(file)), data.map(PathBuf::from), "{file}");
            assert_eq!(
                commitlog_directory(Path::new(file)),
                commitlog.map(PathBuf::from),
                "{file}"
            );
        }
    }

    #[test]
    fn the_configuration_is_the_one_that_the_process_sees() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("7");
        let write = |path: &str, text: &str| {
            let path = place.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("root/etc/one.yaml", "one");
        write("root/etc/cassandra/cassandra.yaml", "two");
        write("cwd/conf/cassandra.yaml", "three");
        let proc = Proc::at(folder.path());
        let own = Proc::default().process(std::process::id()).unwrap();
        for (arguments, expected) in [
            (
                &[
                    "java",
                    "-Dcassandra.config=file:///etc/one.yaml",
                    "-cp",
                    "/etc/cassandra",
                ][..],
                Some("one"),
            ),
            (
                &["java", "-cp", "/usr/share/java/some.jar:/etc/cassandra:conf"],
                Some("two"),
            ),
            (&["java", "-classpath", "conf:/etc/cassandra"], Some("three")),
            (&["java", "-cp", "/usr/share/java/some.jar"], None),
            (&["java"], None),
        ] {
            let process = Process {
                key: ProcessKey { pid: 7, started: 7 },
                arguments: arguments.iter().map(ToString::to_string).collect(),
                ..own.clone()
            };
            assert_eq!(
                configuration(&proc, &process).as_deref(),
                expected,
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn a_release_was_replaced_whose_jar_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let lib = folder.path().join("7/root/usr/share/cassandra");
        std::fs::create_dir_all(&lib).unwrap();
        std::fs::write(lib.join("apache-cassandra-5.0.5.jar"), "").unwrap();
        let proc = Proc::at(folder.path());
        let own = Proc::default().process(std::process::id()).unwrap();
        for (class_path, expected) in [
            (
                "/etc/cassandra:/usr/share/cassandra/apache-cassandra-5.0.5.jar",
                Some(false),
            ),
            (
                "/etc/cassandra:/usr/share/cassandra/apache-cassandra-5.0.4.jar",
                Some(true),
            ),
            (
                "/usr/share/cassandra/cassandra-all-4.1.9.jar:/lib/x.jar",
                Some(true),
            ),
            (
                "/usr/share/cassandra/*:/usr/share/cassandra/apache-cassandra-tools.jar",
                None,
            ),
        ] {
            let process = Process {
                key: ProcessKey { pid: 7, started: 7 },
                arguments: ["java", "-cp", class_path].map(str::to_owned).to_vec(),
                ..own.clone()
            };
            assert_eq!(is_replaced(&proc, &process), expected, "{class_path}");
        }
    }

    #[test]
    fn a_process_is_as_old_as_it_is() {
        let proc = Proc::default();
        let own = proc.process(std::process::id()).unwrap().key;
        let seen = look(&proc, own).unwrap();
        assert!(seen.age < Duration::from_secs(3_600), "{seen:?}");
        assert!(proc.is_there(own));
        let other = ProcessKey {
            started: own.started + 1,
            ..own
        };
        assert!(!proc.is_there(other));
    }
}
