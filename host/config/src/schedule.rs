//! `[[schedule]]`: when an operation runs by itself.

use std::time::Duration;

use ringkeeper_schedule::{Missed, Overlap, Schedule, ScheduleError, Timetable};
use serde_json::{Map, Value as Json};

use crate::Fault;
use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Settings, Switch, Text, TimeSpan, Word};
use crate::reading::{Reading, Table, read_each};
use crate::window::{CLUSTER, cluster};

/// When an operation runs by itself, by the file; what is set at run time takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleConfig {
    /// The operation.
    pub operation: String,
    /// The cluster; every cluster where none is named.
    pub cluster: Option<String>,
    /// When.
    pub schedule: Schedule,
}

pub(crate) static SECTION: Section = Section {
    path: "schedule",
    repeated: true,
    meaning: "When an operation runs by itself. Without one it runs when its plugin says (repair: once a week); \
              `ringkeeper schedules set` changes it at run time and outlives the file.",
    keys: &[
        &OPERATION,
        &CLUSTER,
        &CRON,
        &ZONE,
        &JITTER,
        &OVERLAP,
        &MISSED,
        &ENABLED,
        &PARAMETERS,
    ],
    sections: &[],
};

pub(crate) static OPERATION: Key<Text> = Key {
    name: "operation",
    kind: Text {
        expects: "an operation, such as \"repair.full\"",
        pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
        fits: is_operation,
    },
    absent: Absent::Required,
    meaning: "The operation; `ringkeeper plugin list` shows all.",
};

static CRON: Key<Text> = Key {
    name: "cron",
    kind: Text {
        expects: "a cron expression of five fields (minute, hour, day of month, month, day of week), or six with seconds first",
        pattern: "^\\S+(\\s+\\S+){4,5}$",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Required,
    meaning: "When it runs, e.g. `\"0 2 * * 6\"`: Saturdays at two in the morning.",
};

static ZONE: Key<Text> = Key {
    name: "zone",
    kind: Text {
        expects: "an IANA time zone, such as \"Europe/Berlin\"",
        pattern: "^[A-Za-z0-9_+/-]+$",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Default("\"UTC\""),
    meaning: "The zone in which `cron` is read, daylight saving included.",
};

static JITTER: Key<TimeSpan> = Key {
    name: "jitter",
    kind: TimeSpan {
        least: Duration::ZERO,
        most: Duration::from_secs(86_400),
    },
    absent: Absent::Default("\"0s\""),
    meaning: "How much later each run begins at most, at random, so that not all clusters begin at once.",
};

static OVERLAP: Key<Choice<Overlap>> = Key {
    name: "overlap",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"skip\""),
    meaning: "What happens when its time comes while it still runs: that time is left out, or waits.",
};

static MISSED: Key<Choice<Missed>> = Key {
    name: "missed",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"run-once\""),
    meaning: "What happens to times that passed while the host did not run.",
};

static ENABLED: Key<Switch> = Key {
    name: "enabled",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether it is in force. `false` switches a plugin's own schedule off.",
};

pub(crate) static PARAMETERS: Key<Settings> = Key {
    name: "parameters",
    kind: Settings,
    absent: Absent::Default("{}"),
    meaning: "Parameters of the operation, as `ringkeeper run -p` takes them.",
};

impl Word for Overlap {
    const EVERY: &'static [Self] = &[Self::Skip, Self::Queue];

    fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Queue => "queue",
        }
    }
}

impl Word for Missed {
    const EVERY: &'static [Self] = &[Self::RunOnce, Self::Skip];

    fn word(self) -> &'static str {
        match self {
            Self::RunOnce => "run-once",
            Self::Skip => "skip",
        }
    }
}

pub(crate) fn is_operation(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.split_once('.')
        .is_some_and(|(plugin, verb)| is_word(plugin) && is_word(verb))
}

impl ScheduleConfig {
    /// All schedules of the file, which has these clusters.
    pub(crate) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        clusters: Option<&[String]>,
    ) -> Option<Vec<Self>> {
        let tables = root.tables(reading, &SECTION);
        read_each(&tables, reading, |table, reading| {
            Self::read(table, reading, clusters)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, clusters: Option<&[String]>) -> Option<Self> {
        let operation = table.value(reading, &OPERATION);
        let cluster = cluster(table, reading, clusters);
        let cron = table.value(reading, &CRON);
        let zone = table.value(reading, &ZONE);
        let jitter = table.value(reading, &JITTER);
        let overlap = table.value(reading, &OVERLAP);
        let missed = table.value(reading, &MISSED);
        let enabled = table.value(reading, &ENABLED);
        let parameters = table.value(reading, &PARAMETERS);
        let schedule = Schedule {
            cron: cron?,
            zone: zone?,
            jitter_seconds: jitter?.as_secs(),
            overlap: overlap?,
            missed: missed?,
            enabled: enabled?,
            parameters: match parameters? {
                Json::Object(fields) => fields,
                _ => Map::new(),
            },
        };
        if let Err(error) = Timetable::parse(&schedule) {
            let key = match error {
                ScheduleError::Zone { .. } => ZONE.name,
                _ => CRON.name,
            };
            let message = error.to_string();
            table.wrong(reading, key, Fault::NoTimetable { message });
            return None;
        }
        Some(Self {
            operation: operation?,
            cluster: cluster?,
            schedule,
        })
    }
}
