//! `[[freeze]]`: when nothing may happen.

use ringkeeper_schedule::{Freeze, FrozenSpan, IMPACTS};

use crate::Place;
use crate::cluster::read_named;
use crate::key::{Absent, Key, Section};
use crate::kind::{SomeWords, Text};
use crate::reading::{Reading, Table};
use crate::window::{CLUSTER, DATA_CENTRES, NAME, ZONE, cannot_be_followed, cluster, is_given};

/// When nothing may happen, by the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreezeConfig {
    /// The freeze.
    pub span: FrozenSpan,
    /// Where it stands.
    pub place: Place,
}

pub(crate) static SECTION: Section = Section {
    path: "freeze",
    repeated: true,
    meaning: "When nothing may happen, whatever windows and schedules say. What is under way when a freeze begins comes to \
              rest; nothing new begins until it ends. `ringkeeper freeze` holds a cluster at once, without a date.",
    keys: &[
        &NAME,
        &CLUSTER,
        &DATA_CENTRES,
        &IMPACT_WORDS,
        &FROM,
        &TO,
        &ZONE,
        &REASON,
    ],
    sections: &[],
};

static IMPACT_WORDS: Key<SomeWords> = Key {
    name: "impacts",
    kind: SomeWords(&IMPACTS),
    absent: Absent::Otherwise("both"),
    meaning: "The work it is about, as in `[[window]]`.",
};

static FROM: Key<Text> = Key {
    name: "from",
    kind: Text {
        expects: "a date and time, such as \"2026-12-20T00:00\"",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
        fits: is_given,
    },
    absent: Absent::Required,
    meaning: "When it begins, on the clock on the wall of its zone.",
};

static TO: Key<Text> = Key {
    name: "to",
    kind: Text {
        expects: "a date and time, such as \"2027-01-06T00:00\"",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
        fits: is_given,
    },
    absent: Absent::Required,
    meaning: "When it ends; later than `from`.",
};

static REASON: Key<Text> = Key {
    name: "reason",
    kind: Text {
        expects: "a sentence that says why, for whoever is held up",
        pattern: "\\S",
        fits: is_given,
    },
    absent: Absent::Required,
    meaning: "Why; shown to whoever is held up.",
};

impl FreezeConfig {
    /// All freezes of the file, which has these clusters.
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
        let impacts = table.optional(reading, &IMPACT_WORDS);
        let from = table.value(reading, &FROM);
        let to = table.value(reading, &TO);
        let zone = table.value(reading, &ZONE);
        let reason = table.value(reading, &REASON);
        let freeze = Freeze {
            name: name?,
            cluster: cluster?,
            data_centres: data_centres?.unwrap_or_default().into_iter().collect(),
            impacts: impacts?.unwrap_or_default().into_iter().collect(),
            from: from?,
            to: to?,
            zone: zone?,
            reason: reason?,
        };
        match FrozenSpan::parse(&freeze) {
            Ok(span) => Some(Self {
                span,
                place: table.place(reading),
            }),
            Err(error) => {
                cannot_be_followed(table, reading, &error);
                None
            }
        }
    }
}
