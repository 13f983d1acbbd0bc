//! What happened, in words for somebody who has never seen it.

use std::collections::BTreeMap;

use ringkeeper_config::FaultKind;
use ringkeeper_journal::{EffectId, Event, RunEvent, RunId};
use ringkeeper_plan::{Cause, Severity};
use ringkeeper_seams::Timestamp;
use ringkeeper_testkit::{Entry, HostChange, Line, PlannedFault};

use crate::names::Names;
use crate::scene::{Told, Tone, Who};

/// Who said what before, so that later things can be said in its words.
#[derive(Debug, Default)]
pub(crate) struct Narrator {
    pub(crate) names: Names,
    /// Titles of findings by key.
    titles: BTreeMap<String, String>,
    /// Operations by run.
    pub(crate) operations: BTreeMap<RunId, String>,
    /// Nodes that calls are about.
    pub(crate) places: BTreeMap<EffectId, String>,
    /// Why a run was last said to wait.
    pub(crate) waits: BTreeMap<RunId, String>,
    /// What is counted for the end.
    pub(crate) tally: Tally,
}

/// What is counted for the end.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Faults that struck, with the time of day.
    pub(crate) faults: Vec<String>,
    pub(crate) findings: usize,
    pub(crate) cleared: usize,
    pub(crate) repairs: usize,
    pub(crate) stops: usize,
    pub(crate) returns: usize,
    pub(crate) holds: usize,
    /// How each run ended.
    pub(crate) runs: Vec<String>,
}

impl Narrator {
    /// A line for a person; none for what need not be seen to go by.
    pub(crate) fn tell(&mut self, line: &Line) -> Option<Told> {
        let (who, tone, text) = match &line.entry {
            Entry::Host(HostChange::Killed) => (Who::World, Tone::Bad, "Ringkeeper is killed".to_owned()),
            Entry::Host(HostChange::Started { .. }) => {
                let text = "starts, and takes up from its journal whatever was under way";
                (Who::Host, Tone::Good, text.to_owned())
            }
            Entry::Host(HostChange::Doubled) => {
                let text = "a second Ringkeeper is started on the same journal";
                (Who::World, Tone::Warning, text.to_owned())
            }
            Entry::Host(HostChange::Alone) => {
                let text = "the first one has given way, and is ended";
                (Who::World, Tone::Plain, text.to_owned())
            }
            Entry::Strikes(fault) => {
                let text = struck(fault);
                self.tally.faults.push(format!("{}  {text}", clock(line.at)));
                (Who::World, Tone::Bad, text)
            }
            Entry::Over(fault) => (Who::World, Tone::Plain, over(fault)?),
            Entry::Spared(fault, why) => {
                let text = format!("{} is left out: {why}", fault.kind.name());
                (Who::World, Tone::Faint, text)
            }
            Entry::Journal(_, recorded) => {
                let (tone, text) = self.of_journal(&recorded.event)?;
                (doer(&recorded.event), tone, text)
            }
            // What was granted is told by the run that was opened.
            Entry::Asked { answer: Ok(_), .. } | Entry::Word { answer: Ok(()), .. } => return None,
            Entry::Word {
                run,
                answer: Err(error),
            } => {
                let text = format!("approves {}, and is refused: {error}", short(run));
                (Who::Person, Tone::Warning, text)
            }
            Entry::Asked {
                operation,
                answer: Err(error),
            } => {
                let text = format!("asks for {operation}, and is refused: {error}");
                (Who::Person, Tone::Warning, text)
            }
            Entry::Foreign(_) => (
                Who::World,
                Tone::Warning,
                "another tool begins a repair".to_owned(),
            ),
            Entry::Healing => {
                let text = "nothing more goes wrong; now everything must come right";
                (Who::World, Tone::Good, text.to_owned())
            }
            Entry::Cluster(_) => return None,
        };
        Some(Told {
            clock: clock(line.at),
            who,
            tone,
            text: self.names.told(&text),
        })
    }

    fn of_journal(&mut self, event: &Event) -> Option<(Tone, String)> {
        Some(match event {
            Event::FindingOpened { finding, .. } => {
                self.tally.findings += 1;
                self.titles.insert(finding.key.clone(), finding.title.clone());
                let tone = severity(finding.severity);
                (tone, format!("finds ({}): {}", finding.severity, finding.title))
            }
            Event::FindingChanged { finding, .. } => {
                self.titles.insert(finding.key.clone(), finding.title.clone());
                let tone = severity(finding.severity);
                (
                    tone,
                    format!("finds, now {}: {}", finding.severity, finding.title),
                )
            }
            Event::FindingCleared { key, .. } => {
                self.tally.cleared += 1;
                let title = self.titles.get(key).unwrap_or(key);
                (Tone::Good, format!("no longer: {title}"))
            }
            Event::Run { run, what } => self.of_run(run, what)?,
            Event::ScheduleDue {
                operation,
                run: Some(run),
                ..
            } => (
                Tone::Plain,
                format!("{operation} is due: it is run {}", short(&run.0)),
            ),
            Event::Frozen { reason, .. } => (Tone::Warning, format!("every change is held back: {reason}")),
            Event::Unfrozen { .. } => (Tone::Plain, "changes may be made again".to_owned()),
            // What a node's peers make of it is said by findings, and that the host started by the host.
            Event::NodeChanged { .. }
            | Event::HostStarted { .. }
            | Event::Agent { .. }
            | Event::Access { .. }
            | Event::Plugin { .. }
            | Event::PlanKept { .. }
            | Event::ScheduleChanged { .. }
            | Event::ScheduleDue { .. } => {
                return None;
            }
        })
    }
}

/// Whose doing an event of the journal is.
fn doer(event: &Event) -> Who {
    match event {
        Event::Run {
            what: RunEvent::Opened(opened),
            ..
        } if opened.cause == Cause::Person => Who::Person,
        Event::Run {
            what: RunEvent::Approved { .. } | RunEvent::Rejected { by: Some(_), .. },
            ..
        } => Who::Person,
        _ => Who::Host,
    }
}

/// The number of a run, without the cluster that it is of.
pub(crate) fn short(run: &str) -> String {
    let number = run.rsplit_once('-').map_or(run, |(_, number)| number);
    format!("#{number}")
}

/// The time of day, as `06:34:10`.
pub(crate) fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.chars().skip_while(|c| *c != 'T').skip(1).take(8).collect()
}

pub(crate) const fn severity(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Faint,
        Severity::Advice => Tone::Plain,
        Severity::Warning => Tone::Warning,
        Severity::Severe => Tone::Bad,
    }
}

fn struck(fault: &PlannedFault) -> String {
    let node = &fault.node;
    match fault.kind {
        FaultKind::Crash => format!("{node} crashes, and misses writes until it is back"),
        FaultKind::Hang => format!("{node} hangs: it runs, and answers nobody"),
        FaultKind::DiskFull => format!("the disk of {node} is full: it stops serving"),
        FaultKind::DiskSlow => format!("the disk of {node} turns slow: repairs take ten times as long there"),
        FaultKind::SchemaDisagreement => format!("{node} takes up no change of the schema any more"),
        FaultKind::OtherRelease => format!("somebody upgrades {node} by hand"),
        FaultKind::Partition => format!("{node} is cut off from the others"),
        FaultKind::HintsLost => {
            format!("the writes kept for {node} are lost: only a repair can bring them now")
        }
        FaultKind::HostKill => "somebody kills Ringkeeper itself".to_owned(),
        FaultKind::SecondHost => "somebody starts Ringkeeper a second time".to_owned(),
        FaultKind::GrantRevoked => "a plugin loses a grant".to_owned(),
        other => format!("{node}: {}", other.name()),
    }
}

fn over(fault: &PlannedFault) -> Option<String> {
    let node = &fault.node;
    Some(match fault.kind {
        FaultKind::Crash => format!("{node} is started again by its machine"),
        FaultKind::Hang => format!("{node} answers again"),
        FaultKind::DiskFull => format!("the disk of {node} has room again"),
        FaultKind::DiskSlow => format!("the disk of {node} is fast again"),
        FaultKind::SchemaDisagreement => format!("{node} takes up the schema again"),
        FaultKind::OtherRelease => format!("{node} runs the release of the others again"),
        FaultKind::Partition => format!("{node} reaches the others again"),
        FaultKind::HintsLost | FaultKind::AnswerLost | FaultKind::HostKill | FaultKind::SecondHost => {
            return None;
        }
        other => format!("{node}: {} is over", other.name()),
    })
}
