//! One child process: its words, its surroundings, what it prints, its end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::RunError;
use crate::user::User;

/// How much is read at once.
const CHUNK: usize = 16 * 1024;
/// A line that is longer is passed on in parts.
const LONGEST_LINE: usize = 64 * 1024;

/// Something that a tool printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where to.
    pub stream: Stream,
    /// What. Lines may be parted.
    pub text: Vec<u8>,
}

/// Where a tool prints to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Its standard output.
    Output,
    /// Its standard error.
    Complaints,
}

/// What to start.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) program: PathBuf,
    pub(crate) words: Vec<OsString>,
    /// Where it runs, its home and its temporary folder.
    pub(crate) folder: PathBuf,
    pub(crate) user: Option<User>,
    pub(crate) within: Duration,
    /// The most bytes of each stream that are kept and passed on.
    pub(crate) most_bytes: u64,
    /// Texts that stand for others in what it prints.
    pub(crate) names: Vec<(String, String)>,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// None where it was ended because it took too long.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) output: Printed,
    pub(crate) complaints: Printed,
}

/// How much was printed to a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// Bytes in all.
    pub bytes: u64,
    /// Whether some of them were not kept.
    pub is_cut: bool,
}

impl Call {
    /// Starts it and waits for its end. What it prints goes to two files below `kept`, and to whoever listens.
    pub(crate) async fn run(
        &self,
        kept: &Path,
        listener: Option<&mpsc::Sender<Piece>>,
    ) -> Result<Finished, RunError> {
        let mut child = self.start()?;
        let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        let (Some(output), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(self.failed("has no output")(std::io::Error::other("no pipe")));
        };
        let end = async {
            match tokio::time::timeout(self.within, child.wait()).await {
                Ok(status) => status.map(Some),
                Err(_) => {
                    if let Some(pid) = pid {
                        // It may have ended this moment.
                        let _ = kill_process_group(pid, Signal::KILL);
                    }
                    child.wait().await.map(|_| None)
                }
            }
        };
        let (status, output, complaints) = tokio::join!(
            end,
            self.read(output, kept, Stream::Output, listener),
            self.read(complaints, kept, Stream::Complaints, listener)
        );
        Ok(Finished {
            status: status.map_err(self.failed("cannot be waited for"))?,
            output: output?,
            complaints: complaints?,
        })
    }

    fn start(&self) -> Result<Child, RunError> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.words)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("HOME", &self.folder)
            .env("TMPDIR", &self.folder)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(User { uid, gid }) = self.user {
            // The standard library lets go of root's other groups as well.
            command.gid(gid).uid(uid);
        }
        command.spawn().map_err(self.failed("cannot be started"))
    }

    fn failed(&self, what: &'static str) -> impl FnOnce(std::io::Error) -> RunError {
        let program = self.program.clone();
        move |error| RunError::Child { program, what, error }
    }

    async fn read(
        &self,
        mut pipe: impl AsyncRead + Unpin,
        kept: &Path,
        stream: Stream,
        listener: Option<&mpsc::Sender<Piece>>,
    ) -> Result<Printed, RunError> {
        let path = kept.join(stream.file());
        let mut file = File::create(&path).await.map_err(RunError::at(&path))?;
        let mut printed = Printed::default();
        let (mut chunk, mut line) = (vec![0; CHUNK], Vec::new());
        loop {
            let read = pipe
                .read(&mut chunk)
                .await
                .map_err(self.failed("cannot be read"))?;
            line.extend_from_slice(chunk.get(..read).unwrap_or_default());
            let whole = match line.iter().rposition(|byte| *byte == b'\n') {
                Some(end) => end + 1,
                None if read == 0 || line.len() > LONGEST_LINE => line.len(),
                None => 0,
            };
            let whole = if read == 0 { line.len() } else { whole };
            let rest = line.split_off(whole);
            let text = self.renamed(std::mem::replace(&mut line, rest));
            let room = self.most_bytes.saturating_sub(printed.bytes);
            printed.bytes += text.len() as u64;
            printed.is_cut |= printed.bytes > self.most_bytes;
            let room = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
            let text = text.get(..room).unwrap_or_default();
            if !text.is_empty() {
                file.write_all(text).await.map_err(RunError::at(&path))?;
                if let Some(listener) = listener {
                    let text = text.to_vec();
                    // Nobody has to listen to the end.
                    let _ = listener.send(Piece { stream, text }).await;
                }
            }
            if read == 0 {
                file.flush().await.map_err(RunError::at(&path))?;
                return Ok(printed);
            }
        }
    }

    fn renamed(&self, text: Vec<u8>) -> Vec<u8> {
        if self.names.is_empty() || text.is_empty() {
            return text;
        }
        let mut text = String::from_utf8_lossy(&text).into_owned();
        for (from, to) in &self.names {
            text = text.replace(from, to);
        }
        text.into_bytes()
    }
}

impl Stream {
    /// The file that it is kept in.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Complaints => "complaints",
        }
    }
}

#[cfg(test)]
mod tests;
