//! Makes a scene of what there is.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_api::{RunDetail, RunSummary};
use ringkeeper_config::FaultKind;
use ringkeeper_seams::Timestamp;
use ringkeeper_testkit::{Stage, StageNode};

use crate::names::Names;
use crate::narrator::{Narrator, clock, severity, short};
use crate::scene::{AWAITING, CentreRow, FindingRow, NodeRow, RunRow, Scene, Told, Tone};

/// Events that are kept to be shown.
const KEPT: usize = 200;

/// What is remembered from look to look.
#[derive(Debug, Default)]
pub(crate) struct Stager {
    pub(crate) narrator: Narrator,
    seen: usize,
    /// Since when each node does not serve.
    silent: BTreeMap<String, Timestamp>,
    /// The newest scene.
    pub(crate) scene: Scene,
}

impl Stager {
    /// What happened since the last look, told.
    pub(crate) fn hear(&mut self, stage: &Stage<'_>) -> Vec<Told> {
        if self.seen == 0 {
            self.narrator.names = Names::of(&stage.nodes());
        }
        let lines = stage.lines(self.seen);
        self.seen += lines.len();
        lines.iter().filter_map(|line| self.narrator.tell(line)).collect()
    }

    /// Brings the scene up to this moment.
    pub(crate) fn look(&mut self, stage: &Stage<'_>) {
        let told = self.hear(stage);
        let scenario = stage.scenario();
        self.scene.events.extend(told);
        let old = self.scene.events.len().saturating_sub(KEPT);
        self.scene.events.drain(..old);
        self.scene.clock = clock(stage.now());
        self.scene.told = stage.now().since(stage.begin());
        self.scene.horizon = scenario.horizon;
        self.scene.host_is_dead = stage.conductor().is_none();
        self.scene.centres = self.centres(stage);
        // What a dead host worked on is shown as it last was.
        if let Some(conductor) = stage.conductor() {
            let mut runs = conductor.runs(None).unwrap_or_default();
            runs.sort_by_key(|run| run.ended_at.is_some());
            self.scene.runs = runs
                .into_iter()
                .map(|run| self.run(&run, conductor.run(&run.id).ok().as_ref()))
                .collect();
            let findings = conductor.findings(None).unwrap_or_default();
            let row = |open: ringkeeper_api::OpenFinding| FindingRow {
                severity: open.finding.severity.to_string(),
                tone: severity(open.finding.severity),
                title: self.narrator.names.told(&open.finding.title),
            };
            self.scene.findings = findings.into_iter().map(row).collect();
        }
    }

    fn run(&self, run: &RunSummary, detail: Option<&RunDetail>) -> RunRow {
        let told = |text: &str| self.narrator.names.told(text);
        let steps = detail
            .map(|detail| detail.step_rows.as_slice())
            .unwrap_or_default();
        let busy = steps
            .iter()
            .filter(|step| matches!(step.state.as_str(), "Running" | "Waiting" | "InDoubt"));
        // A step's id says nothing to who has not seen its plan, and many wait for the same.
        let mut waits: Vec<String> = Vec::new();
        for why in &run.blocked_by {
            let of_step = steps
                .iter()
                .find_map(|step| why.strip_prefix(&step.id)?.strip_prefix(": "));
            let why = told(of_step.unwrap_or(why));
            if !waits.contains(&why) {
                waits.push(why);
            }
        }
        if run.state == AWAITING {
            let until = run.approval.as_ref().and_then(|approval| approval.until);
            let until = until
                .map(|until| format!(" until {}", clock(until)))
                .unwrap_or_default();
            waits = vec![format!("a person's word{until}; a gives it")];
        }
        RunRow {
            name: format!("{} {}", run.operation, short(&run.id)),
            state: run.state.clone(),
            is_open: run.ended_at.is_none(),
            progress: run.progress,
            steps: run.steps,
            steps_done: run.steps_done,
            now: busy.map(|step| told(&step.title)).collect(),
            waits,
            summary: told(&run.summary),
        }
    }

    fn centres(&mut self, stage: &Stage<'_>) -> Vec<CentreRow> {
        let leases = stage
            .conductor()
            .and_then(|conductor| conductor.leases(None).ok());
        let mut held: BTreeMap<String, String> = BTreeMap::new();
        for lease in leases.into_iter().flatten() {
            held.insert(lease.node, short(&lease.run));
        }
        let faults = stage.faults();
        let mut centres: Vec<CentreRow> = Vec::new();
        for node in stage.nodes() {
            if node.node.serves() {
                self.silent.remove(&node.place);
            } else {
                self.silent
                    .entry(node.place.clone())
                    .or_insert_with(|| stage.now());
            }
            let (state, tone) = state(&node);
            let mut notes = Vec::new();
            let of_node = faults.iter().filter(|fault| fault.node == node.place);
            notes.extend(
                of_node
                    .filter_map(|fault| note(fault.kind))
                    .map(|word| (Tone::Bad, word.to_owned())),
            );
            if let Some(since) = self.silent.get(&node.place) {
                let text = format!("misses writes for {}", span(stage.now().since(*since)));
                notes.push((Tone::Warning, text));
            } else if let Some(gap) = gap(&node) {
                notes.push((Tone::Warning, gap));
            }
            if let Some(run) = held.get(&node.node.id.to_string()) {
                notes.push((Tone::Busy, format!("held by {run}")));
            }
            if node.repairing {
                notes.push((Tone::Busy, "repairing".to_owned()));
            }
            let name = node.node.data_centre.clone();
            let row = NodeRow {
                place: node.place,
                state,
                tone,
                notes,
            };
            match centres.last_mut().filter(|centre| centre.name == name) {
                Some(centre) => centre.nodes.push(row),
                None => centres.push(CentreRow {
                    name,
                    nodes: vec![row],
                }),
            }
        }
        centres
    }
}

fn state(node: &StageNode) -> (&'static str, Tone) {
    let node = &node.node;
    match node.mode.as_str() {
        _ if !node.running => ("DOWN", Tone::Bad),
        _ if node.hung => ("HANGS", Tone::Bad),
        _ if node.disk_full => ("DOWN", Tone::Bad),
        "NORMAL" => ("Up", Tone::Good),
        "DRAINING" | "DRAINED" => ("drained", Tone::Warning),
        _ => ("starts", Tone::Warning),
    }
}

const fn note(kind: FaultKind) -> Option<&'static str> {
    Some(match kind {
        FaultKind::DiskFull => "disk full",
        FaultKind::DiskSlow => "slow disk",
        FaultKind::SchemaDisagreement => "schema stuck",
        FaultKind::OtherRelease => "other release",
        FaultKind::Partition | FaultKind::OneWayPartition => "cut off",
        FaultKind::AgentDead => "agent dead",
        FaultKind::ClockSkew => "clock wrong",
        FaultKind::StreamFailure => "streams fail",
        FaultKind::RepairStuck => "repairs stuck",
        _ => return None,
    })
}

/// The writes that a node lacks although it is back: of how long, and in how many ranges.
fn gap(node: &StageNode) -> Option<String> {
    let first = node.lacks.first()?;
    let ranges: usize = node.lacks.iter().map(|row| row.ranges).sum();
    Some(format!(
        "lacks {}, {ranges} ranges",
        span(first.to.since(first.from))
    ))
}

/// `50 min`, `3 h 20 min`, `40 s`.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3_600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
