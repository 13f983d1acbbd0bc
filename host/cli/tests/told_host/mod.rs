//! A host that knows one run and says of it what a test lets it say.

mod follower;
mod routes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ringkeeper_api::{EventRow, RunDetail, RunSummary};
use ringkeeper_journal::{Event, RunEvent, RunId, RunState};
use ringkeeper_plan::Cause;
use ringkeeper_seams::{TaskGroup, Timestamp};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::sync::watch;

pub(crate) use follower::Follower;

/// The run it knows.
pub(crate) const RUN: &str = "shop-812";

const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

/// What the host knows, and how often it was asked.
#[derive(Clone, Debug)]
struct Knows {
    run: RunDetail,
    events: Vec<EventRow>,
    /// What it says in place of further events.
    failure: Option<String>,
    /// Version after which each stream of events began.
    begins: Vec<u64>,
    /// Events sent, over all streams.
    sent: usize,
    changes: usize,
    /// What its tool printed: output and complaints.
    printed: [String; 2],
    /// How often that was asked for.
    asked_for_output: usize,
    stopping: bool,
}

type Shared = Arc<watch::Sender<Knows>>;

/// The host.
pub(crate) struct ToldHost {
    shared: Shared,
    folder: TempDir,
    serving: Mutex<TaskGroup>,
}

impl ToldHost {
    pub(crate) fn start() -> Self {
        let knows = Knows {
            run: running(),
            events: Vec::new(),
            failure: None,
            begins: Vec::new(),
            sent: 0,
            changes: 0,
            printed: Default::default(),
            asked_for_output: 0,
            stopping: false,
        };
        let host = Self {
            shared: Arc::new(watch::channel(knows).0),
            folder: tempfile::tempdir().unwrap(),
            serving: Mutex::new(TaskGroup::new()),
        };
        host.start_again();
        host
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("host.sock")
    }

    pub(crate) fn start_again(&self) {
        self.shared.send_modify(|knows| knows.stopping = false);
        let listener = UnixListener::bind(self.socket()).unwrap();
        let mut stopping = self.shared.subscribe();
        let stop = async move {
            let _ = stopping.wait_for(|knows| knows.stopping).await;
        };
        let serving = axum::serve(listener, routes::router(Arc::clone(&self.shared)));
        self.serving
            .lock()
            .unwrap()
            .spawn(async move { serving.with_graceful_shutdown(stop).await.unwrap() });
    }

    pub(crate) async fn stop(&mut self) {
        self.shared.send_modify(|knows| knows.stopping = true);
        self.serving.get_mut().unwrap().finish().await;
        std::fs::remove_file(self.socket()).unwrap();
    }

    /// Something happens in the run.
    pub(crate) fn tell(&self, what: RunEvent, text: &str) {
        let run = RunId(RUN.to_owned());
        let event = serde_json::to_value(Event::Run { run, what }).unwrap();
        self.shared.send_modify(|knows| {
            knows.events.push(EventRow {
                cluster: "shop".to_owned(),
                version: u64::try_from(knows.events.len()).unwrap() + 1,
                at: NOW,
                run: Some(RUN.to_owned()),
                text: text.to_owned(),
                event,
            });
        });
    }

    /// The run is found in this state from now on.
    pub(crate) fn end(&self, state: RunState) {
        self.shared.send_modify(|knows| {
            let run = &mut knows.run.run;
            run.state = state.to_string();
            run.ended_at = Some(run.opened_at.after(std::time::Duration::from_secs(60)));
            run.steps_done = 2;
            run.progress = 1.0;
            run.summary = "Both steps are done.".to_owned();
        });
    }

    /// The tool of the run prints more.
    pub(crate) fn print(&self, more: [&str; 2]) {
        self.shared.send_modify(|knows| {
            for (printed, more) in knows.printed.iter_mut().zip(more) {
                printed.push_str(more);
            }
        });
    }

    /// Waits until so many pieces of that were asked for.
    pub(crate) async fn asked_for_output(&self, times: usize) {
        self.until(|knows| knows.asked_for_output >= times).await;
    }

    /// It cannot tell events any more.
    pub(crate) fn fail(&self, message: &str) {
        self.shared
            .send_modify(|knows| knows.failure = Some(message.to_owned()));
    }

    /// Waits until so many streams of events have begun.
    pub(crate) async fn followed(&self, times: usize) {
        self.until(|knows| knows.begins.len() >= times).await;
    }

    /// Waits until so many events were sent.
    pub(crate) async fn sent(&self, events: usize) {
        self.until(|knows| knows.sent >= events).await;
    }

    async fn until(&self, wanted: impl FnMut(&Knows) -> bool) {
        let mut knows = self.shared.subscribe();
        let limit = std::time::Duration::from_secs(60);
        tokio::time::timeout(limit, knows.wait_for(wanted))
            .await
            .expect("within a minute")
            .expect("a host");
    }

    pub(crate) fn begins(&self) -> Vec<u64> {
        self.shared.borrow().begins.clone()
    }

    pub(crate) fn asked_to_change(&self) -> usize {
        self.shared.borrow().changes
    }

    /// Runs the program against this host.
    pub(crate) fn ringkeeper(&self, arguments: &[&str]) -> Follower {
        Follower::start(&self.socket(), arguments)
    }
}

fn running() -> RunDetail {
    RunDetail {
        run: RunSummary {
            id: RUN.to_owned(),
            cluster: "shop".to_owned(),
            operation: "repair.full".to_owned(),
            title: "Repair shop".to_owned(),
            state: "Running".to_owned(),
            cause: Cause::Person,
            opened_at: NOW,
            ended_at: None,
            steps: 2,
            steps_done: 0,
            steps_failed: 0,
            progress: 0.0,
            eta_seconds: None,
            blocked_by: Vec::new(),
            summary: String::new(),
            approval: None,
        },
        plugin: "repair".to_owned(),
        digest: "8f3c".to_owned(),
        plan_hash: "5a2e".to_owned(),
        parameters: serde_json::json!({}),
        step_rows: Vec::new(),
        stakes: Vec::new(),
        goals: Vec::new(),
        deadline: None,
        undos: Vec::new(),
        in_doubt: 0,
        repeated: 0,
    }
}
