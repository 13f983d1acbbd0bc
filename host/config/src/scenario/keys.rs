//! The keys of scenario files.

use std::time::Duration;

use super::{FaultEvent, FaultKind, GoalKind};
use crate::key::{Absent, Key, Section};
use crate::kind::{
    Choice, Count, Moment, Names, Number, Settings, Size, Switch, Text, TimeSpan, Word, is_keyspace, is_name,
};
use crate::{freeze, plugin, policy, schedule, window};

const DAY: Duration = Duration::from_secs(86_400);
/// The longest story.
const LONGEST: Duration = Duration::from_secs(400 * 86_400);

/// Everything that may stand in a scenario file.
pub(crate) static ROOT: Section = Section {
    path: "",
    repeated: false,
    meaning: "What the scenario is, and how long it takes.",
    keys: &[&NAME, &ABOUT, &BEGIN, &HORIZON, &HEALING, &TOKENS, &VERSION],
    sections: &[
        &DATA_CENTRE,
        &KEYSPACE,
        &LOAD,
        &RUN,
        &FAULT,
        &GOAL,
        &policy::SECTION,
        &plugin::SECTION,
        &schedule::SECTION,
        &window::SECTION,
        &freeze::SECTION,
    ],
};

pub(super) static NAME: Key<Text> = Key {
    name: "name",
    kind: Text {
        expects: "a name of letters, digits, `_` and `-`, beginning with a letter or digit, 64 at most",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        fits: is_name,
    },
    absent: Absent::Otherwise("the file's name"),
    meaning: "What it is called.",
};

pub(super) static ABOUT: Key<Text> = Key {
    name: "about",
    kind: Text {
        expects: "a sentence",
        pattern: "\\S",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Otherwise("nothing"),
    meaning: "What it shows.",
};

pub(super) static BEGIN: Key<Moment> = Key {
    name: "begin",
    kind: Moment,
    absent: Absent::Default("\"2026-03-02T00:00Z\""),
    meaning: "When it begins, in virtual time.",
};

pub(super) static HORIZON: Key<TimeSpan> = Key {
    name: "horizon",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: LONGEST,
    },
    absent: Absent::Required,
    meaning: "For how long things go wrong, in virtual time.",
};

pub(super) static HEALING: Key<TimeSpan> = Key {
    name: "healing",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: LONGEST,
    },
    absent: Absent::Default("\"1d\""),
    meaning: "For how long afterwards, with everything mended, the goals may take to be reached.",
};

pub(super) static TOKENS: Key<Count> = Key {
    name: "tokens",
    kind: Count { least: 1, most: 256 },
    absent: Absent::Default("16"),
    meaning: "Tokens of each node.",
};

pub(super) static VERSION: Key<Text> = Key {
    name: "version",
    kind: Text {
        expects: "a version of Cassandra 4.0, 4.1 or 5.0, such as \"5.0.5\"",
        pattern: "^(4\\.0|4\\.1|5\\.0)\\.[0-9]{1,3}$",
        fits: |text| ["4.0.", "4.1.", "5.0."].iter().any(|line| text.starts_with(line)),
    },
    absent: Absent::Default("\"5.0.5\""),
    meaning: "The version of Cassandra on every node.",
};

static DATA_CENTRE: Section = Section {
    path: "data_centre",
    repeated: true,
    meaning: "Nodes in one place.",
    keys: &[&CENTRE_NAME, &RACKS, &NODES_PER_RACK],
    sections: &[],
};

pub(super) fn data_centre() -> &'static Section {
    &DATA_CENTRE
}

pub(super) static CENTRE_NAME: Key<Text> = Key {
    absent: Absent::Required,
    meaning: "What it is called. Unique.",
    ..NAMED
};

const NAMED: Key<Text> = Key {
    name: "name",
    kind: Text {
        expects: "a name of letters, digits, `_` and `-`, beginning with a letter or digit, 64 at most",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        fits: is_name,
    },
    absent: Absent::Required,
    meaning: "",
};

pub(super) static RACKS: Key<Names> = Key {
    name: "racks",
    kind: Names {
        one: "the name of a rack",
        expects: "a list of racks, at least one, such as [\"r1\", \"r2\", \"r3\"]",
    },
    absent: Absent::Required,
    meaning: "Its racks.",
};

pub(super) static NODES_PER_RACK: Key<Count> = Key {
    name: "nodes_per_rack",
    kind: Count {
        least: 1,
        most: 1_000,
    },
    absent: Absent::Default("1"),
    meaning: "Nodes in each of them.",
};

static KEYSPACE: Section = Section {
    path: "keyspace",
    repeated: true,
    meaning: "Tables that clients write to. Cassandra's own keyspaces are there anyway, with three replicas a data centre.",
    keys: &[&KEYSPACE_NAME, &REPLICAS, &TABLES, &GC_GRACE],
    sections: &[],
};

pub(super) fn keyspace() -> &'static Section {
    &KEYSPACE
}

pub(super) static KEYSPACE_NAME: Key<Text> = Key {
    name: "name",
    kind: Text {
        expects: "the name of a keyspace",
        pattern: "^[A-Za-z0-9_]{1,48}$",
        fits: is_keyspace,
    },
    absent: Absent::Required,
    meaning: "What it is called. Unique.",
};

pub(super) static REPLICAS: Key<Settings> = Key {
    name: "replicas",
    kind: Settings,
    absent: Absent::Required,
    meaning: "Replicas in each data centre, such as `{ dc1 = 3, dc2 = 3 }`.",
};

pub(super) static TABLES: Key<Names> = Key {
    name: "tables",
    kind: Names {
        one: "the name of a table",
        expects: "a list of tables, at least one, such as [\"lines\"]",
    },
    absent: Absent::Required,
    meaning: "Its tables.",
};

pub(super) static GC_GRACE: Key<TimeSpan> = Key {
    name: "gc_grace",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: LONGEST,
    },
    absent: Absent::Default("\"10d\""),
    meaning: "How long their tombstones are kept.",
};

pub(super) static LOAD: Section = Section {
    path: "load",
    repeated: false,
    meaning: "What clients do all the time.",
    keys: &[&WRITES, &ROW_BYTES, &TABLE_BYTES, &HINTS],
    sections: &[],
};

pub(super) static WRITES: Key<Count> = Key {
    name: "writes_per_second",
    kind: Count {
        least: 0,
        most: 1_000_000,
    },
    absent: Absent::Default("100"),
    meaning: "Rows written a second into each table, and as many read.",
};

pub(super) static ROW_BYTES: Key<Size> = Key {
    name: "row_bytes",
    kind: Size {
        least: 1,
        most: 1 << 30,
    },
    absent: Absent::Default("\"1KiB\""),
    meaning: "Bytes of a row.",
};

pub(super) static TABLE_BYTES: Key<Size> = Key {
    name: "table_bytes",
    kind: Size {
        least: 1,
        most: 1 << 42,
    },
    absent: Absent::Default("\"64MiB\""),
    meaning: "Bytes of each table on each node: what a repair has to read.",
};

pub(super) static HINTS: Key<Switch> = Key {
    name: "hints",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether writes that a node misses are kept for it, for three hours, as hints.",
};

static RUN: Section = Section {
    path: "run",
    repeated: true,
    meaning: "An operation that a person asks for.",
    keys: &[&RUN_AT, &OPERATION, &PARAMETERS],
    sections: &[],
};

pub(super) fn run() -> &'static Section {
    &RUN
}

pub(super) static RUN_AT: Key<TimeSpan> = Key {
    name: "at",
    kind: TimeSpan {
        least: Duration::ZERO,
        most: LONGEST,
    },
    absent: Absent::Required,
    meaning: "When, after the beginning; within the horizon.",
};

pub(super) static OPERATION: Key<Text> = Key {
    name: "operation",
    kind: Text {
        expects: "an operation, such as \"repair.full\"",
        pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
        fits: schedule::is_operation,
    },
    absent: Absent::Required,
    meaning: "The operation.",
};

pub(super) static PARAMETERS: Key<Settings> = Key {
    name: "parameters",
    kind: Settings,
    absent: Absent::Default("{}"),
    meaning: "Its parameters, as `ringkeeper run -p` takes them.",
};

static FAULT: Section = Section {
    path: "fault",
    repeated: true,
    meaning: "Something that goes wrong: once at a time (`at`), when something is seen (`on`), or again and again at times \
              that the seed draws (`per_day`). Faults that together would cost a quorum wait for each other, unless \
              `--unfair` is given.",
    keys: &[&KIND, &NODE, &AT, &ON, &NTH, &PER_DAY, &FOR, &BY, &PLUGIN, &GRANT],
    sections: &[],
};

pub(super) fn fault() -> &'static Section {
    &FAULT
}

pub(super) static KIND: Key<Choice<FaultKind>> = Key {
    name: "kind",
    kind: Choice::OF_ALL,
    absent: Absent::Required,
    meaning: "What.",
};

pub(super) static NODE: Key<Text> = Key {
    name: "node",
    kind: Text {
        expects: "a node's place, such as \"dc1/r1/1\"",
        pattern: "^[^/]+/[^/]+/[1-9][0-9]*$",
        fits: |text| super::read::place(text).is_some(),
    },
    absent: Absent::Otherwise("any node, drawn by the seed"),
    meaning: "Where.",
};

pub(super) static AT: Key<TimeSpan> = Key {
    name: "at",
    kind: TimeSpan {
        least: Duration::ZERO,
        most: LONGEST,
    },
    absent: Absent::Otherwise("see above"),
    meaning: "When, after the beginning; within the horizon.",
};

pub(super) static ON: Key<Choice<FaultEvent>> = Key {
    name: "on",
    kind: Choice::OF_ALL,
    absent: Absent::Otherwise("see above"),
    meaning: "On which event.",
};

pub(super) static NTH: Key<Count> = Key {
    name: "nth",
    kind: Count {
        least: 1,
        most: 1_000_000,
    },
    absent: Absent::Otherwise("the first"),
    meaning: "On the how manyth such event.",
};

pub(super) static PER_DAY: Key<Number> = Key {
    name: "per_day",
    kind: Number {
        least: 0.001,
        most: 1_000.0,
    },
    absent: Absent::Otherwise("see above"),
    meaning: "How often a day. Each seed draws a factor for it, between nothing and twice.",
};

pub(super) static FOR: Key<TimeSpan> = Key {
    name: "for",
    kind: TimeSpan {
        least: Duration::from_millis(1),
        most: LONGEST,
    },
    absent: Absent::Otherwise("a time drawn by the seed"),
    meaning: "For how long; it ends at the horizon in any case.",
};

pub(super) static BY: Key<TimeSpan> = Key {
    name: "by",
    kind: TimeSpan {
        least: Duration::from_millis(1),
        most: DAY,
    },
    absent: Absent::Otherwise("4s for `slow`, 40s for `clock-skew`, ahead or behind"),
    meaning: "By how much, for `slow` and `clock-skew`.",
};

pub(super) static PLUGIN: Key<Text> = Key {
    name: "plugin",
    absent: Absent::Otherwise("none"),
    meaning: "The plugin that loses a grant, for `grant-revoked`.",
    ..NAMED
};

pub(super) static GRANT: Key<Text> = Key {
    name: "grant",
    kind: Text {
        expects: "a grant, such as \"lifecycle\"",
        pattern: "^[a-z-]+$",
        fits: |text| !text.is_empty(),
    },
    absent: Absent::Otherwise("none"),
    meaning: "The grant that it loses, for `grant-revoked`.",
};

static GOAL: Section = Section {
    path: "goal",
    repeated: true,
    meaning: "What must hold in the end, when everything is mended. That every node serves and every run has ended is asked \
              of every scenario.",
    keys: &[&GOAL_KIND, &GOAL_OPERATION, &COUNT, &FINDING],
    sections: &[],
};

pub(super) fn goal() -> &'static Section {
    &GOAL
}

pub(super) static GOAL_KIND: Key<Choice<GoalKind>> = Key {
    name: "kind",
    kind: Choice::OF_ALL,
    absent: Absent::Required,
    meaning: "What.",
};

pub(super) static GOAL_OPERATION: Key<Text> = Key {
    name: "operation",
    kind: Text {
        expects: "an operation, such as \"repair.full\"",
        pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
        fits: schedule::is_operation,
    },
    absent: Absent::Otherwise("none"),
    meaning: "The operation, for `runs-succeeded`.",
};

pub(super) static COUNT: Key<Count> = Key {
    name: "count",
    kind: Count {
        least: 1,
        most: 1_000_000,
    },
    absent: Absent::Default("1"),
    meaning: "At least so many, for `runs-succeeded`.",
};

pub(super) static FINDING: Key<Text> = Key {
    name: "finding",
    kind: Text {
        expects: "the beginning of a finding's key, such as \"node-down\"",
        pattern: "\\S",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Otherwise("any"),
    meaning: "The beginning of a finding's key, for `finding-opened` and `no-open-finding`.",
};

impl Word for FaultKind {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for FaultEvent {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for GoalKind {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}
