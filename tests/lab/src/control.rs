//! Nodes started and stopped by other programs: what stands for the service manager of a machine.
//!
//! Whoever owns the lab listens on a socket in its folder and does what it is asked; a tiny program asks. So nodes
//! stay children of the lab and die with it, whoever started them.

mod request;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::IpAddr;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, bail};

pub(crate) use request::Verb;

use crate::node::LabNode;

const SOCKET: &str = "control";
/// For how long one look at a caller takes that may have gone.
const GLANCE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(10);

/// The ear of a lab. Dropping it ends what is under way.
#[derive(Debug)]
pub(crate) struct Control {
    socket: PathBuf,
    ended: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Control {
    /// Listens in this folder.
    pub(crate) fn open(folder: &Path, nodes: Arc<Vec<LabNode>>) -> Result<Self> {
        let socket = folder.join(SOCKET);
        let listener = UnixListener::bind(&socket).with_context(|| socket.display().to_string())?;
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let listener = thread::Builder::new()
            .name("lab control".to_owned())
            .spawn(move || listen(&listener, &nodes, &told))?;
        Ok(Self {
            socket,
            ended,
            listener: Some(listener),
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // It waits for callers; this is the last one.
        let woken = UnixStream::connect(&self.socket).is_ok();
        if let Some(listener) = self.listener.take().filter(|_| woken) {
            // A thread that panicked has nothing left to end.
            let _ = listener.join();
        }
        let _ = fs::remove_file(&self.socket);
    }
}

fn listen(listener: &UnixListener, nodes: &Arc<Vec<LabNode>>, ended: &Arc<AtomicBool>) {
    let mut callers: Vec<JoinHandle<()>> = Vec::new();
    while let Ok((caller, _)) = listener.accept() {
        if ended.load(Ordering::SeqCst) {
            break;
        }
        callers.retain(|caller| !caller.is_finished());
        let (nodes, ended) = (Arc::clone(nodes), Arc::clone(ended));
        callers.push(thread::spawn(move || {
            // One that went away is no longer interested.
            let _ = answer(caller, &nodes, &ended);
        }));
    }
    for caller in callers {
        let _ = caller.join();
    }
}

/// Reads a line such as `start 127.77.1.2` and answers the exit code in one line and words below.
fn answer(mut caller: UnixStream, nodes: &[LabNode], ended: &AtomicBool) -> Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(&caller).read_line(&mut line)?;
    let glance = caller.try_clone()?;
    glance.set_read_timeout(Some(GLANCE))?;
    let is_over = || ended.load(Ordering::SeqCst) || has_gone(&glance);
    let (code, words) = match request::carry_out(line.trim(), nodes, &is_over) {
        Ok(code) => (code, String::new()),
        Err(error) => (1, format!("{error:#}")),
    };
    Ok(write!(caller, "{code}\n{words}")?)
}

/// Looks for a moment whether the other side has hung up. It has nothing more to say while it waits.
fn has_gone(mut caller: &UnixStream) -> bool {
    matches!(caller.read(&mut [0]), Ok(0))
}

/// Asks the owner of the lab in this folder to `start` or `stop` the node at an address, or for its `status`. Answers
/// an exit code as service managers have it (0: done, or running; 3: not running) and words.
///
/// # Errors
/// When nobody owns the lab any more, or the owner did not answer.
pub fn ask(folder: &Path, verb: &str, address: IpAddr) -> Result<(i32, String)> {
    let socket = folder.join(SOCKET);
    let mut owner = UnixStream::connect(&socket)
        .with_context(|| format!("nobody owns the lab in {}", folder.display()))?;
    writeln!(owner, "{verb} {address}")?;
    let mut answer = String::new();
    owner.read_to_string(&mut answer)?;
    let (code, words) = answer.split_once('\n').unwrap_or((&answer, ""));
    match code.parse() {
        Ok(code) => Ok((code, words.to_owned())),
        Err(_) => bail!("the owner of the lab ended before it answered"),
    }
}
