//! `[[window]]`: when work may happen.

use ringkeeper_schedule::{Day, IMPACTS, OpenHours, ScheduleError, Window};

use crate::cluster::read_named;
use crate::key::{Absent, Key, Section};
use crate::kind::{Names, SomeWords, Text};
use crate::reading::{Reading, Table};
use crate::{Fault, Place};

/// When work may happen, by the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowConfig {
    /// The window.
    pub hours: OpenHours,
    /// Where it stands.
    pub place: Place,
}

pub(crate) static SECTION: Section = Section {
    path: "window",
    repeated: true,
    meaning: "When work may happen. Where there is no window for work of an impact in a data centre, it may happen at any \
              time; where there are some, it begins only while one of them is open. Work that only looks is never held up. \
              A freeze goes before a window. `ringkeeper windows list` shows which are open, and when the others open.",
    keys: &[
        &NAME,
        &CLUSTER,
        &DATA_CENTRES,
        &IMPACT_WORDS,
        &DAYS,
        &FROM,
        &TO,
        &ZONE,
    ],
    sections: &[],
};

pub(crate) static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Required,
    meaning: "What it is called where work is held up. Unique.",
};

pub(crate) static CLUSTER: Key<Text> = Key {
    name: "cluster",
    kind: Text {
        expects: "the name of a cluster",
        ..Text::NAME
    },
    absent: Absent::Otherwise("every cluster"),
    meaning: "The cluster it is about; one of this file.",
};

pub(crate) static DATA_CENTRES: Key<Names> = Key {
    name: "data_centres",
    kind: Names {
        one: "the name of a data centre",
        expects: "a list of data centres, at least one, such as [\"dc1\"]",
    },
    absent: Absent::Otherwise("all data centres"),
    meaning: "The data centres it is about, as Cassandra calls them. `ringkeeper doctor` says where one is unknown.",
};

static IMPACT_WORDS: Key<SomeWords> = Key {
    name: "impacts",
    kind: SomeWords(&IMPACTS),
    absent: Absent::Required,
    meaning: "The work it is about: `disrupt` takes a node or a service of it away (stop, drain, restart), `change` is all \
              other work that changes something (repair, snapshots, flushes).",
};

static DAYS: Key<SomeWords> = Key {
    name: "days",
    kind: SomeWords(&DAY_WORDS),
    absent: Absent::Otherwise("every day"),
    meaning: "The days on which it opens. One that goes on past midnight closes on the day after.",
};

static FROM: Key<Text> = Key {
    name: "from",
    kind: Text {
        expects: "a time of day, such as \"22:00\"",
        pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        fits: is_given,
    },
    absent: Absent::Required,
    meaning: "When it opens, on the clock on the wall. A window is open exactly while that clock shows a time within it: \
              when daylight saving begins it opens after the hour that is left out, and in the hour that comes twice it is \
              open twice.",
};

static TO: Key<Text> = Key {
    name: "to",
    kind: Text {
        expects: "a time of day, such as \"04:00\" or \"24:00\"",
        pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        fits: is_given,
    },
    absent: Absent::Required,
    meaning: "When it closes; where that is earlier than `from`, on the day after. A whole day is `00:00` to `24:00`.",
};

pub(crate) static ZONE: Key<Text> = Key {
    name: "zone",
    kind: Text {
        expects: "an IANA time zone, such as \"Europe/Berlin\"",
        pattern: "^[A-Za-z0-9_+/-]+$",
        fits: is_given,
    },
    absent: Absent::Default("\"UTC\""),
    meaning: "The zone of that clock, daylight saving included.",
};

const DAY_WORDS: [&str; 7] = {
    let [mon, tue, wed, thu, fri, sat, sun] = Day::EVERY;
    [
        mon.name(),
        tue.name(),
        wed.name(),
        thu.name(),
        fri.name(),
        sat.name(),
        sun.name(),
    ]
};

/// Whether anything is written there; whether it can be followed is for the reading of the whole.
pub(crate) fn is_given(text: &str) -> bool {
    !text.trim().is_empty()
}

impl WindowConfig {
    /// All windows of the file, which has these clusters.
    pub(crate) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        clusters: Option<&[String]>,
    ) -> Option<Vec<Self>> {
        read_named(root, reading, &SECTION, |table, reading| {
            Self::read(table, reading, clusters)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, clusters: Option<&[String]>) -> Option<Self> {
        let name = table.value(reading, &NAME);
        let cluster = cluster(table, reading, clusters);
        let data_centres = table.optional(reading, &DATA_CENTRES);
        let impacts = table.value(reading, &IMPACT_WORDS);
        let days = table.optional(reading, &DAYS);
        let from = table.value(reading, &FROM);
        let to = table.value(reading, &TO);
        let zone = table.value(reading, &ZONE);
        let days = days?.unwrap_or_default();
        let window = Window {
            name: name?,
            cluster: cluster?,
            data_centres: data_centres?.unwrap_or_default().into_iter().collect(),
            impacts: impacts?.into_iter().collect(),
            days: Day::EVERY
                .into_iter()
                .filter(|day| days.iter().any(|word| word == day.name()))
                .collect(),
            from: from?,
            to: to?,
            zone: zone?,
        };
        match OpenHours::parse(&window) {
            Ok(hours) => Some(Self {
                hours,
                place: table.place(reading),
            }),
            Err(error) => {
                cannot_be_followed(table, reading, &error);
                None
            }
        }
    }
}

/// The cluster it is about, which must be one of the file; none after a problem was noted.
pub(crate) fn cluster(
    table: &Table<'_>,
    reading: &mut Reading<'_>,
    clusters: Option<&[String]>,
) -> Option<Option<String>> {
    let name = table.optional(reading, &CLUSTER)?;
    if let (Some(name), Some(known)) = (&name, clusters)
        && !known.contains(name)
    {
        let fault = Fault::NoSuchCluster {
            name: name.clone(),
            nearest: crate::nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
            known: known.to_vec(),
        };
        table.wrong(reading, CLUSTER.name, fault);
        return None;
    }
    Some(name)
}

/// Notes why a window or freeze cannot be followed, at the key that is to blame.
pub(crate) fn cannot_be_followed(table: &Table<'_>, reading: &mut Reading<'_>, error: &ScheduleError) {
    let key = match error {
        ScheduleError::Zone { .. } => ZONE.name,
        ScheduleError::NoImpact | ScheduleError::Impact { .. } => IMPACT_WORDS.name,
        ScheduleError::OpeningTime { .. } | ScheduleError::FreezeBegins { .. } => FROM.name,
        ScheduleError::NoReason => "reason",
        _ => TO.name,
    };
    let message = error.to_string();
    table.wrong(reading, key, Fault::NoWindow { message });
}
