use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::conformance::{Written, check};
use super::*;

struct OnDisk {
    folder: TempDir,
    log: LogFolder,
    rotations: Cell<u64>,
}

impl OnDisk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            log: LogFolder::at(folder.path()),
            folder,
            rotations: Cell::new(0),
        }
    }
}

impl Written for OnDisk {
    fn log(&self) -> &dyn SystemLog {
        &self.log
    }

    fn write(&self, text: &str) {
        let path = self.folder.path().join("system.log");
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// As logback does by date: the name says which is older, and so does the time of its last entry.
    fn rotate(&self) {
        let number = self.rotations.get();
        self.rotations.set(number + 1);
        let (current, old) = ("system.log", format!("system.log.2026-03-01.{number}"));
        fs::rename(self.folder.path().join(current), self.folder.path().join(&old)).unwrap();
        let file = OpenOptions::new()
            .write(true)
            .open(self.folder.path().join(old))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_366_400 + number))
            .unwrap();
    }
}

impl Written for MemoryLog {
    fn log(&self) -> &dyn SystemLog {
        self
    }

    fn write(&self, text: &str) {
        Self::write(self, text);
    }

    fn rotate(&self) {
        Self::rotate(self);
    }
}

#[test]
fn a_log_on_disk_conforms() {
    check(&OnDisk::new());
}

#[test]
fn a_log_in_memory_conforms() {
    check(&MemoryLog::default());
}

#[test]
fn only_parts_of_the_log_are_read() {
    let node = OnDisk::new();
    node.write("INFO  [main] A - mine\n");
    let folder = node.folder.path();
    fs::write(folder.join("secret"), "ERROR [main] A - secret\n").unwrap();
    symlink(folder.join("secret"), folder.join("system.log.1")).unwrap();
    fs::write(
        folder.join("system.log.2026-02-01.0.zip"),
        "ERROR [main] A - zipped\n",
    )
    .unwrap();
    fs::write(folder.join("system.logs"), "ERROR [main] A - other\n").unwrap();
    fs::create_dir(folder.join("system.log.d")).unwrap();
    let question = LogQuestion {
        level: Level::Trace,
        entries: 10,
        bytes: 1000,
    };
    assert_eq!(
        node.log.tail(question).unwrap().entries,
        ["INFO  [main] A - mine"]
    );
}
