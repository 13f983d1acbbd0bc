//! The scenario file as a whole.

use std::time::Duration;

use crate::key::{Absent, Key, Section};
use crate::kind::{Count, ExactMoment, Switch, Text, TimeSpan};
use crate::reading::{Reading, Table};
use crate::{
    AskedRun, DataCentreConfig, FaultConfig, FreezeConfig, GoalConfig, LoadConfig, PluginConfig,
    PolicyConfig, Scenario, ScheduleConfig, SimulatedKeyspace, WindowConfig,
};
use crate::{freeze, plugin, policy, schedule, window};

use super::ScenarioFault;
use super::loaded::Loaded;
use super::topology::Topology;
use super::{approver, fault, goal, keyspace, load, run, topology};

/// What the simulated cluster is called.
const CLUSTER: &str = "simulated";

/// The longest time that a scenario may last.
pub(super) const MOST_HORIZON: Duration = Duration::from_secs(400 * 86_400);

/// Sections that only a scenario has, in the order of the reference.
pub(super) const OWN: [&Section; 7] = [
    &topology::SECTION,
    &keyspace::SECTION,
    &load::SECTION,
    &run::SECTION,
    &approver::SECTION,
    &fault::SECTION,
    &goal::SECTION,
];

/// Everything that may stand in a scenario file.
pub(crate) static ROOT: Section = Section {
    path: "",
    repeated: false,
    meaning: "What the scenario is called, what it shows, and how long it lasts. In the file these keys stand before every \
              table.",
    keys: &[
        &NAME, &ABOUT, &BEGIN, &HORIZON, &HEALING, &TOKENS, &VERSION, &AGENTS,
    ],
    sections: &{
        let [one, two, three, four, five, six, seven] = OWN;
        [
            one,
            two,
            three,
            four,
            five,
            six,
            seven,
            &policy::SECTION,
            &plugin::SECTION,
            &schedule::SECTION,
            &window::SECTION,
            &freeze::SECTION,
        ]
    },
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Otherwise("the name of the file without its ending"),
    meaning: "What it is called.",
};

static ABOUT: Key<Text> = Key {
    name: "about",
    kind: Text {
        expects: "a text",
        pattern: "",
        fits: |_| true,
    },
    absent: Absent::Default("\"\""),
    meaning: "What it shows, in a sentence.",
};

static BEGIN: Key<ExactMoment> = Key {
    name: "begin",
    kind: ExactMoment,
    absent: Absent::Default("\"2026-03-02T00:00:00Z\""),
    meaning: "When it begins, in the time of the simulation; schedules, windows and freezes follow it.",
};

static HORIZON: Key<TimeSpan> = Key {
    name: "horizon",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: MOST_HORIZON,
    },
    absent: Absent::Required,
    meaning: "How long things go wrong.",
};

static HEALING: Key<TimeSpan> = Key {
    name: "healing",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: MOST_HORIZON,
    },
    absent: Absent::Default("\"1d\""),
    meaning: "How long afterwards, with everything mended, until every `[[goal]]` must be reached.",
};

static TOKENS: Key<Count> = Key {
    name: "tokens",
    kind: Count { least: 1, most: 256 },
    absent: Absent::Default("16"),
    meaning: "Tokens of each node.",
};

static VERSION: Key<Text> = Key {
    name: "version",
    kind: Text {
        expects: "a release of Cassandra 4.0, 4.1 or 5.0, such as \"5.0.5\"",
        pattern: "^(4\\.0|4\\.1|5\\.0)\\.[0-9]{1,3}$",
        fits: is_version,
    },
    absent: Absent::Default("\"5.0.5\""),
    meaning: "The version of Cassandra that every node runs.",
};

static AGENTS: Key<Switch> = Key {
    name: "agents",
    kind: Switch,
    absent: Absent::Default("false"),
    meaning: "Whether an agent beside each node tells of its machine: disks, clock, whether its process runs.",
};

fn is_version(text: &str) -> bool {
    ["4.0.", "4.1.", "5.0."]
        .into_iter()
        .filter_map(|line| text.strip_prefix(line))
        .any(|patch| (1..=3).contains(&patch.len()) && patch.chars().all(|c| c.is_ascii_digit()))
}

/// What is known of the scenario while its parts are read; none of what is not sound itself.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) horizon: Option<Duration>,
    pub(super) topology: Option<Topology<'a>>,
    pub(super) plugins: Option<Loaded<'a>>,
}

/// Notes that a time is not before the horizon.
pub(super) fn moment_within(
    table: &Table<'_>,
    reading: &mut Reading<'_>,
    key: &Key<TimeSpan>,
    at: Option<Duration>,
    whole: Whole<'_>,
) {
    if let (Some(at), Some(horizon)) = (at, whole.horizon)
        && at >= horizon
    {
        let fault = ScenarioFault::BeyondHorizon { at, horizon };
        table.wrong(reading, key.name, fault.into());
    }
}

impl Scenario {
    pub(crate) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let stem = reading.source.file.file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy().into_owned();
        let name = root.value_or(reading, &NAME, stem);
        let about = root.value(reading, &ABOUT);
        let begin = root.value(reading, &BEGIN);
        let horizon = root.value(reading, &HORIZON);
        let healing = root.value(reading, &HEALING);
        let tokens = root.value(reading, &TOKENS);
        let version = root.value(reading, &VERSION);
        let agents = root.value(reading, &AGENTS);
        let policy = PolicyConfig::read(root, reading);
        let plugins = PluginConfig::read_all(root, reading);
        let clusters = [CLUSTER.to_owned()];
        let clusters = Some(clusters.as_slice());
        let schedules = ScheduleConfig::read_all(root, reading, clusters);
        let windows = WindowConfig::read_all(root, reading, clusters);
        let freezes = FreezeConfig::read_all(root, reading, clusters);
        let data_centres = DataCentreConfig::read_all(root, reading);
        let whole = Whole {
            horizon,
            topology: data_centres.as_deref().map(Topology),
            plugins: plugins.as_deref().map(Loaded),
        };
        let keyspaces = SimulatedKeyspace::read_all(root, reading, whole.topology);
        let load = LoadConfig::read(root, reading);
        let runs = AskedRun::read_all(root, reading, whole);
        let approver = approver::read(root, reading);
        let in_order = |mut runs: Vec<AskedRun>| {
            runs.sort_by_key(|run| run.at);
            runs
        };
        let faults = FaultConfig::read_all(root, reading, whole);
        let goals = GoalConfig::read_all(root, reading, whole);
        Some(Self {
            name: name?,
            about: about?,
            begin: begin?,
            horizon: horizon?,
            healing: healing?,
            tokens: u16::try_from(tokens?).ok()?,
            version: version?,
            agents: agents?,
            data_centres: data_centres?,
            keyspaces: keyspaces?,
            load: load?,
            runs: runs.map(in_order)?,
            approves_after: approver?,
            faults: faults?,
            goals: goals?,
            policy: policy?,
            plugins: plugins?,
            schedules: schedules?,
            windows: windows?,
            freezes: freezes?,
        })
    }
}
