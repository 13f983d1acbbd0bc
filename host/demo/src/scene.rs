//! Everything that is shown at one moment, in plain words.

use std::time::Duration;

/// One moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    /// The time of day in the story, as `06:34:10`.
    pub(crate) clock: String,
    /// How much of it was told.
    pub(crate) told: Duration,
    /// How long things go wrong.
    pub(crate) horizon: Duration,
    /// How many times as fast as real time.
    pub(crate) speed: u32,
    /// Whether time stands still.
    pub(crate) paused: bool,
    /// Whether the host is dead.
    pub(crate) host_is_dead: bool,
    /// The ring.
    pub(crate) centres: Vec<CentreRow>,
    /// What the host works on, what goes on first.
    pub(crate) runs: Vec<RunRow>,
    /// What is wrong, worst first.
    pub(crate) findings: Vec<FindingRow>,
    /// What happened, newest last.
    pub(crate) events: Vec<Told>,
    /// The answer to the last key, where it needs one.
    pub(crate) notice: String,
    /// How it ended.
    pub(crate) ending: Option<Ending>,
}

impl Scene {
    /// Whether a run waits for a person's word.
    pub(crate) fn waits_for_a_word(&self) -> bool {
        self.runs.iter().any(|run| run.state == AWAITING)
    }
}

/// A data centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CentreRow {
    pub(crate) name: String,
    pub(crate) nodes: Vec<NodeRow>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeRow {
    /// As `dc1/r1/2`.
    pub(crate) place: String,
    /// `Up`, `DOWN`, `draining` and so on.
    pub(crate) state: &'static str,
    pub(crate) tone: Tone,
    /// What else there is to say of it.
    pub(crate) notes: Vec<(Tone, String)>,
}

/// The state of a run that a person must approve.
pub(crate) const AWAITING: &str = "AwaitingApproval";

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunRow {
    /// As `repair.full #12`.
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) is_open: bool,
    pub(crate) progress: f64,
    pub(crate) steps: usize,
    pub(crate) steps_done: usize,
    /// Steps under way.
    pub(crate) now: Vec<String>,
    /// Why it waits, in the guard's words.
    pub(crate) waits: Vec<String>,
    /// How it ended.
    pub(crate) summary: String,
}

/// A finding that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FindingRow {
    pub(crate) severity: String,
    pub(crate) tone: Tone,
    pub(crate) title: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The time of day.
    pub(crate) clock: String,
    pub(crate) who: Who,
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// Whose doing something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// What goes wrong, and ends again.
    World,
    /// The one at the keyboard of the story.
    Person,
    /// Ringkeeper.
    Host,
}

impl Who {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::World => "world",
            Self::Person => "person",
            Self::Host => "host",
        }
    }
}

/// What a colour says beside the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Busy,
    Warning,
    Bad,
    Faint,
}

/// How it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Whether every goal was reached.
    pub(crate) passed: bool,
    /// What went wrong.
    pub(crate) wrong: Vec<String>,
    /// What the host did.
    pub(crate) did: Vec<String>,
    /// What was to be reached, and whether it was.
    pub(crate) goals: Vec<String>,
}
