//! `[[goal]]`: what must hold in the end.

use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Count, Text, Word};
use crate::reading::{Reading, Table, read_each};
use crate::schedule::is_operation;
use crate::window::is_given;
use crate::{GoalConfig, GoalKind};

use super::file::Whole;
use super::fits::{self, Fit, Fits};

pub(super) static SECTION: Section = Section {
    path: "goal",
    repeated: true,
    meaning: "What must hold at the end of the healing. That every node serves and that every run has ended is asked of every \
              scenario.",
    keys: &[&KIND, &OPERATION, &COUNT, &FINDING],
    sections: &[],
};

static KIND: Key<Choice<GoalKind>> = Key {
    name: "kind",
    kind: Choice::OF_ALL,
    absent: Absent::Required,
    meaning: "What must hold; see below.",
};

static OPERATION: Key<Text> = Key {
    name: "operation",
    kind: Text {
        expects: "an operation, such as \"repair.full\"",
        pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
        fits: is_operation,
    },
    absent: Absent::Otherwise("it is about no operation"),
    meaning: "The operation whose runs are counted.",
};

static COUNT: Key<Count> = Key {
    name: "count",
    kind: Count {
        least: 1,
        most: 1_000_000,
    },
    absent: Absent::Default("1"),
    meaning: "At least so many runs.",
};

static FINDING: Key<Text> = Key {
    name: "finding",
    kind: Text {
        expects: "the beginning of a finding's key, such as \"down\" or \"availability/shop\"",
        pattern: "\\S",
        fits: is_given,
    },
    absent: Absent::Otherwise("it is about no finding, or about all"),
    meaning: "The beginning of the key of the findings it is about.",
};

impl Word for GoalKind {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Fits for GoalKind {
    const KEYS: &'static [&'static str] = &[OPERATION.name, COUNT.name, FINDING.name];

    fn fit(self, key: &str) -> Fit {
        let is_finding = key == FINDING.name;
        match self {
            Self::RunsSucceeded if key == OPERATION.name => Fit::Needed,
            Self::RunsSucceeded if key == COUNT.name => Fit::Possible,
            Self::FindingOpened if is_finding => Fit::Needed,
            Self::NoOpenFinding if is_finding => Fit::Possible,
            _ => Fit::Unfit,
        }
    }
}

impl GoalConfig {
    pub(super) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        whole: Whole<'_>,
    ) -> Option<Vec<Self>> {
        let tables = root.tables(reading, &SECTION);
        read_each(&tables, reading, |table, reading| {
            Self::read(table, reading, whole)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, whole: Whole<'_>) -> Option<Self> {
        let kind = table.value(reading, &KIND);
        let operation = table.optional(reading, &OPERATION);
        let count = table.value(reading, &COUNT);
        let finding = table.optional(reading, &FINDING);
        if let Some(kind) = kind {
            fits::judge(kind, table, reading, &SECTION);
        }
        if let (Some(Some(operation)), Some(plugins)) = (&operation, whole.plugins) {
            plugins.judge_operation(table, reading, OPERATION.name, operation);
        }
        Some(Self {
            kind: kind?,
            operation: operation?,
            count: count?,
            finding: finding?,
            line: table.line(reading),
        })
    }
}
