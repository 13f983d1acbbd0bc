use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::conformance::{Machine, check};
use super::*;

struct OnDisk {
    root: TempDir,
    software: InstalledReleases,
}

impl OnDisk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self {
            software: InstalledReleases::below(root.path()),
            root,
        }
    }

    fn write(&self, home: &Path, name: &str, text: &str) {
        let home = self.root.path().join(home.strip_prefix("/").unwrap());
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join(name), text).unwrap();
    }
}

impl Machine for OnDisk {
    fn software(&self) -> &dyn InstalledSoftware {
        &self.software
    }

    fn add_cassandra(&self, release: CassandraRelease) {
        self.write(
            &release.home,
            &format!("apache-cassandra-{}.jar", release.version),
            "",
        );
    }

    fn add_java(&self, release: JavaRelease) {
        let implementor = release
            .implementor
            .map(|name| format!("IMPLEMENTOR=\"{name}\"\n"))
            .unwrap_or_default();
        self.write(
            &release.home,
            "release",
            &format!("{implementor}JAVA_VERSION=\"{}\"\n", release.version),
        );
    }
}

impl Machine for MemoryReleases {
    fn software(&self) -> &dyn InstalledSoftware {
        self
    }

    fn add_cassandra(&self, release: CassandraRelease) {
        Self::add_cassandra(self, release);
    }

    fn add_java(&self, release: JavaRelease) {
        Self::add_java(self, release);
    }
}

#[test]
fn software_on_disk_conforms() {
    check(&OnDisk::new());
}

#[test]
fn software_in_memory_conforms() {
    check(&MemoryReleases::default());
}

#[test]
fn what_has_two_names_is_told_once() {
    let machine = OnDisk::new();
    machine.write(
        Path::new("/usr/lib/jvm/java-17-openjdk"),
        "release",
        "JAVA_VERSION=\"17.0.15\"\n",
    );
    symlink("java-17-openjdk", machine.root.path().join("usr/lib/jvm/default")).unwrap();
    machine.write(Path::new("/srv/cassandra"), "cassandra-all-5.0.5.jar", "");
    machine.write(Path::new("/srv/cassandra"), "cassandra-all-sources.jar", "");
    let root = machine.root.path().to_owned();
    let releases = InstalledReleases::below(root)
        .with_cassandra("/srv/cassandra")
        .releases()
        .unwrap();
    assert_eq!(releases.java.len(), 1);
    let versions: Vec<&str> = releases
        .cassandra
        .iter()
        .map(|release| release.version.as_str())
        .collect();
    assert_eq!(versions, ["5.0.5"]);
}
