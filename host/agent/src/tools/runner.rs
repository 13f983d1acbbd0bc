//! What tools are run with: as the file says, else as the Cassandra that runs was started, else as the last one was.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ringkeeper_jvm::{Loopback, Wanted};
use ringkeeper_seams::Seams;
use ringkeeper_tool_runs::{Found, Installation, Jmx, Limits, RunError, Stream, ToolRuns, ToolSettings};
use tokio::sync::Semaphore;

use crate::orders::write;

/// Which Cassandra is meant, and what the operator says of it. What is not said is read off the process that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolPlaces {
    /// Which process.
    pub wanted: Wanted,
    /// The folder with Cassandra's own jar.
    pub home: Option<PathBuf>,
    /// The home of the Java that runs tools.
    pub java_home: Option<PathBuf>,
    /// The `cassandra.yaml`.
    pub configuration: Option<PathBuf>,
    /// Who asks JMX, and the file that holds user and password; none where everybody on the machine may.
    pub login: Option<(String, PathBuf)>,
}

/// Runs tools with what there is at the moment.
#[derive(Debug)]
pub(crate) struct Runner {
    folder: PathBuf,
    places: ToolPlaces,
    seams: Seams,
    on_files: Arc<Semaphore>,
    open: Mutex<Option<Arc<ToolRuns>>>,
}

impl Runner {
    pub(crate) fn new(folder: PathBuf, places: ToolPlaces, seams: Seams, on_files: Arc<Semaphore>) -> Self {
        Self {
            folder,
            places,
            seams,
            on_files,
            open: Mutex::new(None),
        }
    }

    /// Tools of the Cassandra that is there now. One that was found anew, as after an upgrade, takes the place of the one before
    /// when nothing runs.
    pub(crate) async fn ready(&self) -> Result<Arc<ToolRuns>, RunError> {
        let settings = self.settings()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tools) = open
            .as_ref()
            .filter(|tools| *tools.settings() == settings || !tools.is_idle())
        {
            return Ok(Arc::clone(tools));
        }
        let tools = ToolRuns::open(settings, self.seams.clone())?.sharing(Arc::clone(&self.on_files));
        let tools = Arc::new(tools);
        *open = Some(Arc::clone(&tools));
        Ok(tools)
    }

    /// What was printed to a stream of a run, from a byte on, and how many bytes there are.
    pub(crate) fn printed(
        &self,
        run: &str,
        stream: Stream,
        from: u64,
        most: usize,
    ) -> Result<(Vec<u8>, u64), RunError> {
        ToolRuns::kept_in(&self.folder, run, stream, from, most)
    }

    fn settings(&self) -> Result<ToolSettings, RunError> {
        let found = self.found()?;
        let places = &self.places;
        let or = |said: &Option<PathBuf>, found: PathBuf| said.clone().unwrap_or(found);
        let port = Loopback::new(Ipv4Addr::LOCALHOST.into(), found.jmx_port);
        Ok(ToolSettings {
            installation: Installation::find(
                &or(&places.home, found.home),
                &or(&places.java_home, found.java_home),
            )?,
            yaml: or(&places.configuration, found.configuration),
            data_directories: found.data_directories,
            jmx: Jmx {
                at: port.ok_or_else(|| RunError::Installation("JMX has no port".to_owned()))?,
                login: places.login.clone(),
            },
            folder: self.folder.clone(),
            limits: Limits::default(),
        })
    }

    /// Where everything is, as far as it is known, the word of the file first.
    pub(crate) fn found_or_said(&self) -> Option<Found> {
        let found = self.found().ok()?;
        let places = self.places.clone();
        Some(Found {
            home: places.home.unwrap_or(found.home),
            java_home: places.java_home.unwrap_or(found.java_home),
            configuration: places.configuration.unwrap_or(found.configuration),
            ..found
        })
    }

    /// The Cassandra that runs, which is remembered; the one remembered, where none does.
    fn found(&self) -> Result<Found, RunError> {
        let file = self.folder.join("found.json");
        let remembered = || {
            fs::read(&file)
                .ok()
                .and_then(|bytes| serde_json::from_slice::<Found>(&bytes).ok())
        };
        let running = self.places.wanted.started_with();
        match running.map_err(|problem| RunError::Installation(problem.to_string()))? {
            Some(process) => {
                let found = Found::of(&process)?;
                if remembered().as_ref() != Some(&found) {
                    fs::create_dir_all(&self.folder)
                        .and_then(|()| write(&file, &found))
                        .map_err(|error| RunError::File { path: file, error })?;
                }
                Ok(found)
            }
            None => match (remembered(), self.said()) {
                (Some(found), _) => Ok(found),
                (None, Some(said)) => said,
                (None, None) => Err(RunError::Installation(
                    "no Cassandra runs here, and none has since this agent could run tools: start it once, or say `home`, \
                     `java_home` and `configuration` in [tools] of the agent's file"
                        .to_owned(),
                )),
            },
        }
    }

    /// What the file says, where it says all of it.
    fn said(&self) -> Option<Result<Found, RunError>> {
        let ToolPlaces {
            home,
            java_home,
            configuration,
            ..
        } = self.places.clone();
        Some(Found::said(home?, java_home?, configuration?))
    }
}
