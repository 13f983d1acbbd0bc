//! The program, while it follows.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// Longest wait for the program; it is not part of what is tested.
const LIMIT: Duration = Duration::from_secs(60);

/// The program, while it follows.
pub(crate) struct Follower {
    child: Child,
    out: BufReader<ChildStdout>,
    read: String,
}

impl Follower {
    pub(super) fn start(socket: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ringkeeper"))
            .arg("--socket")
            .arg(socket)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            out: BufReader::new(child.stdout.take().unwrap()),
            child,
            read: String::new(),
        }
    }

    /// Waits until it has written a line with `word`.
    pub(crate) async fn until(mut self, word: &str) -> Self {
        let reading = async {
            while !self.read.contains(word) {
                assert_ne!(
                    self.out.read_line(&mut self.read).await.unwrap(),
                    0,
                    "{}",
                    self.read
                );
            }
        };
        tokio::time::timeout(LIMIT, reading)
            .await
            .expect("within a minute");
        self
    }

    /// What a terminal does on Ctrl-C.
    pub(crate) async fn interrupt(&self) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: exit code, standard output and standard error.
    pub(crate) async fn end(mut self) -> (Option<i32>, String, String) {
        let mut err = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        let reading = async {
            self.out.read_to_string(&mut self.read).await.unwrap();
            stderr.read_to_string(&mut err).await.unwrap();
            self.child.wait().await.unwrap()
        };
        let status = tokio::time::timeout(LIMIT, reading)
            .await
            .expect("within a minute");
        (status.code(), self.read, err)
    }
}
