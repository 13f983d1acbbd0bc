//! A JVM that runs Cassandra's main class with nothing behind it. It is up in half a second.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use ringkeeper_jvm::Loopback;
use ringkeeper_lab::Jdk;
use tempfile::TempDir;

const SOURCE: &str = r#"package org.apache.cassandra.service;
public class CassandraDaemon {
    public static void main(String[] arguments) throws Exception {
        System.out.println("up");
        while (System.in.read() >= 0) {}
    }
}
"#;

/// A folder with the class, the jar and whatever the agent keeps, and the JVM that runs in it.
pub(super) struct Jvm {
    pub(super) folder: TempDir,
    pub(super) address: Loopback,
    java: PathBuf,
    options: Vec<String>,
    user: Option<u32>,
    child: Child,
}

impl Jvm {
    /// Starts one with these options.
    pub(super) fn start(options: &[&str]) -> Self {
        Self::start_as(None, options)
    }

    /// Starts one of another runtime than the kit's.
    pub(super) fn start_on(java: &Path, options: &[&str]) -> Self {
        Self::begin(java, None, options)
    }

    /// Starts one as another user.
    pub(super) fn start_as(user: Option<u32>, options: &[&str]) -> Self {
        Self::begin(&Jdk::find().unwrap().program("java"), user, options)
    }

    fn begin(java: &Path, user: Option<u32>, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let source = folder.path().join("CassandraDaemon.java");
        fs::write(&source, SOURCE).unwrap();
        let compiled = Command::new(Jdk::find().unwrap().program("javac"))
            .arg("-d")
            .arg(folder.path().join("classes"))
            .arg(&source)
            .status()
            .unwrap();
        assert!(compiled.success());
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        let child = launch(java, folder.path(), user, &options);
        Self {
            folder,
            address: free_address(),
            java: java.to_owned(),
            options,
            user,
            child,
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it and starts it anew, as a restart of Cassandra does.
    pub(super) fn restart(&mut self) {
        self.end();
        self.child = launch(&self.java, self.folder.path(), self.user, &self.options);
    }

    /// The same with one option more.
    pub(super) fn restart_with(&mut self, option: &str) {
        self.options.push(option.to_owned());
        self.restart();
    }

    fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.pid().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

impl Drop for Jvm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(java: &Path, folder: &Path, user: Option<u32>, options: &[String]) -> Child {
    let mut command = Command::new(java);
    command
        .current_dir(folder)
        .args(["-Xmx64M", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"])
        .args(options)
        .arg("-cp")
        .arg(folder.join("classes"))
        .arg("org.apache.cassandra.service.CassandraDaemon")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "up\n");
    fs::write(folder.join("cassandra.pid"), child.id().to_string()).unwrap();
    child
}

/// A loopback address of this test alone, with a port that is free there now.
pub(super) fn free_address() -> Loopback {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let address = [
        127,
        78,
        std::process::id().to_le_bytes()[0],
        NEXT.fetch_add(1, Ordering::Relaxed),
    ];
    let free = TcpListener::bind(SocketAddr::from((address, 0))).unwrap();
    Loopback::new(address.into(), free.local_addr().unwrap().port()).unwrap()
}
