//! What every driver of releases keeps to.

use super::{CassandraRelease, InstalledSoftware, JavaRelease, Releases};

/// A machine, as a test installs on it.
pub(super) trait Machine {
    fn software(&self) -> &dyn InstalledSoftware;
    fn add_cassandra(&self, release: CassandraRelease);
    fn add_java(&self, release: JavaRelease);
}

fn cassandra(version: &str, home: &str) -> CassandraRelease {
    CassandraRelease {
        version: version.to_owned(),
        home: home.into(),
    }
}

fn java(version: &str, implementor: Option<&str>, home: &str) -> JavaRelease {
    JavaRelease {
        version: version.to_owned(),
        implementor: implementor.map(str::to_owned),
        home: home.into(),
    }
}

/// Runs the whole suite on a machine with nothing on it.
pub(super) fn check(machine: &dyn Machine) {
    assert_eq!(machine.software().releases().unwrap(), Releases::default());
    let cassandras = [
        cassandra("4.1.9", "/usr/share/cassandra"),
        cassandra("5.0.5", "/opt/apache-cassandra-5.0.5/lib"),
    ];
    let javas = [
        java("1.8.0_442", None, "/usr/lib/jvm/java-8"),
        java("17.0.15", Some("Debian"), "/usr/lib/jvm/java-17"),
    ];
    for release in cassandras.iter().rev() {
        machine.add_cassandra(release.clone());
    }
    for release in javas.iter().rev() {
        machine.add_java(release.clone());
    }
    let releases = machine.software().releases().unwrap();
    assert_eq!(
        releases,
        Releases {
            cassandra: cassandras.to_vec(),
            java: javas.to_vec()
        }
    );
}
