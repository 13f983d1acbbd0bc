//! The agent beside real processes: attaching to JVMs that run Cassandra's main class and nothing behind it, and to
//! Cassandra itself; and a host that reaches a whole ring by nothing but agents.

mod cassandra;
mod java;
mod jvm;
mod machine;
mod ring;
mod tools;

use std::fs;
use std::path::Path;
use std::time::Duration;

use ringkeeper_jvm::{AttachSettings, Attaching, Loopback, Wanted};
use ringkeeper_lab::{Jdk, jolokia_jar};
use ringkeeper_seams::Seams;

/// Settings for a JVM that is known by its pid file in `folder`, with a Jolokia at `address`.
fn settings(folder: &Path, address: Loopback) -> AttachSettings {
    AttachSettings {
        wanted: Wanted {
            pid_file: Some(folder.join("cassandra.pid")),
            ..Wanted::default()
        },
        jar: jar_in(folder),
        folder: folder.join("jolokia"),
        address,
        // Tests share their machine with compilers.
        within: Duration::from_secs(60),
    }
}

/// A copy of the Jolokia jar that every user can read.
fn jar_in(folder: &Path) -> std::path::PathBuf {
    let jar = folder.join("jolokia.jar");
    if !jar.exists() {
        fs::copy(jolokia_jar(&Jdk::find().unwrap()).unwrap(), &jar).unwrap();
    }
    jar
}

fn attaching(settings: AttachSettings) -> Attaching {
    Attaching::new(settings, Seams::production().unwrap())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
