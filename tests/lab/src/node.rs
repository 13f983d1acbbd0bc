use std::ffi::OsString;
use std::fs;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::claim::{CQL_PORT, JOLOKIA_PORT};
use crate::configuration::{Place, SYSTEM_LOG};
use crate::log;
use crate::tether::Tether;
use crate::wait::wait_until;

/// A drain and the farewell to the other nodes take about three seconds on an idle machine.
const STOP_DEADLINE: Duration = Duration::from_secs(60);
const CONNECT_DEADLINE: Duration = Duration::from_secs(1);

/// One Cassandra node of a lab. It may be stopped, killed, paused and started again as often as one likes; its
/// data and its address stay.
#[derive(Debug)]
pub struct LabNode {
    place: Place,
    directory: PathBuf,
    jmx_port: u16,
    jolokia_url: Option<String>,
    program: Vec<OsString>,
    process: Mutex<Option<Process>>,
    /// Processes that were started so far.
    starts: AtomicUsize,
    /// Held while the node starts or stops, so that no process begins before the last one has ended.
    turn: Mutex<()>,
}

#[derive(Debug)]
struct Process {
    tether: Tether,
    /// Length of the system log when this process started.
    log_start: u64,
}

impl LabNode {
    pub(crate) fn new(
        place: Place,
        directory: PathBuf,
        jmx_port: u16,
        jolokia_url: Option<String>,
        program: Vec<OsString>,
    ) -> Self {
        Self {
            place,
            directory,
            jmx_port,
            jolokia_url,
            program,
            process: Mutex::new(None),
            starts: AtomicUsize::new(0),
            turn: Mutex::new(()),
        }
    }

    /// Where the node listens, for its peers and for clients alike.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.place.address
    }

    /// Where CQL clients connect.
    #[must_use]
    pub fn cql(&self) -> SocketAddr {
        SocketAddr::new(self.place.address, CQL_PORT)
    }

    /// Where Jolokia listens, in a lab that has it.
    #[must_use]
    pub fn jolokia(&self) -> SocketAddr {
        SocketAddr::new(self.place.address, JOLOKIA_PORT)
    }

    /// `http://127.77.Y.N:8778/jolokia/`, https in a lab with secured Jolokia, nothing in one without it.
    #[must_use]
    pub fn jolokia_url(&self) -> Option<&str> {
        self.jolokia_url.as_deref()
    }

    /// The port of local JMX, on 127.0.0.1.
    #[must_use]
    pub fn jmx_port(&self) -> u16 {
        self.jmx_port
    }

    /// Name of its data centre.
    #[must_use]
    pub fn data_centre(&self) -> &str {
        &self.place.data_centre
    }

    /// Name of its rack.
    #[must_use]
    pub fn rack(&self) -> &str {
        &self.place.rack
    }

    /// The folder with everything that belongs to the node: `data`, `commitlog`, `logs`, `cassandra.yaml`, …
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The system log, as Cassandra writes it.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.directory.join(SYSTEM_LOG)
    }

    /// The process id of the Java process, while there is one that has not been stopped or killed by the lab.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process().as_ref().map(|process| process.tether.pid())
    }

    /// How many processes it has had, whoever had them started.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.starts.load(Ordering::Relaxed)
    }

    /// Whether the process exists. A paused node is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process()
            .as_ref()
            .is_some_and(|process| process.tether.is_running())
    }

    /// The same, once no start or stop of it is under way.
    pub(crate) fn is_at_rest_running(&self) -> bool {
        let _turn = self.turn();
        self.is_running()
    }

    /// Starts the process and returns at once; [`LabNode::wait_until_ready`] waits. Does nothing on a node that
    /// runs already.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(&self) -> Result<()> {
        let _turn = self.turn();
        let mut process = self.process();
        if process
            .as_ref()
            .is_some_and(|process| process.tether.is_running())
        {
            return Ok(());
        }
        let log_start = fs::metadata(self.log_path())
            .map(|log| log.len())
            .unwrap_or_default();
        let tether = Tether::start(&self.program, &self.output_path())?;
        *process = Some(Process { tether, log_start });
        self.starts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Waits until CQL, and Jolokia where there is one, take connections.
    ///
    /// # Errors
    /// When the node is not running, ends meanwhile, or the deadline passes. The error shows the end of the log.
    pub fn wait_until_ready(&self, deadline: Duration) -> Result<()> {
        let what = format!("node {} taking connections", self.address());
        let ready = wait_until(&what, deadline, || {
            if !self.is_running() {
                bail!("node {} is not running", self.address());
            }
            Ok((self.takes_connections()).then_some(()))
        });
        ready.with_context(|| self.last_words())
    }

    /// Asks the process to end (SIGTERM: Cassandra drains) and waits for it. Does nothing on a stopped node.
    ///
    /// # Errors
    /// When it does not end within a minute; it is killed then.
    pub fn stop(&self) -> Result<()> {
        let _turn = self.turn();
        let process = self.process().take();
        process
            .map_or(Ok(()), |process| process.tether.stop(STOP_DEADLINE))
            .with_context(|| self.last_words())
    }

    /// Kills the process (SIGKILL), as a power cut would. Does nothing on a stopped node.
    pub fn kill(&self) {
        drop(self.process().take());
    }

    /// Freezes the process (SIGSTOP): it keeps its connections and answers nobody.
    ///
    /// # Errors
    /// When the node is not running.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a paused process go on.
    ///
    /// # Errors
    /// When the node is not running.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// What the running process has written to its log so far.
    pub(crate) fn log(&self) -> String {
        let start = self.process().as_ref().map(|process| process.log_start);
        start
            .map(|start| log::since(&self.log_path(), start))
            .unwrap_or_default()
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        match self.process().as_ref() {
            Some(process) => process.tether.signal(signal),
            None => bail!("node {} is not running", self.address()),
        }
    }

    fn takes_connections(&self) -> bool {
        let jolokia = self
            .jolokia_url
            .as_ref()
            .map(|_| SocketAddr::new(self.address(), JOLOKIA_PORT));
        let connects = |address| TcpStream::connect_timeout(&address, CONNECT_DEADLINE).is_ok();
        jolokia.into_iter().chain([self.cql()]).all(connects)
    }

    fn last_words(&self) -> String {
        let end = log::last_lines(&self.log_path(), &self.output_path());
        format!("node {}: the log ends with\n{end}", self.address())
    }

    fn output_path(&self) -> PathBuf {
        self.directory.join("logs/output.log")
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
