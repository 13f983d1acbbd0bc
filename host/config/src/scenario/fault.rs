//! `[[fault]]`: what goes wrong.

use std::time::Duration;

use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Place, Text, TimeSpan, Word};
use crate::reading::{Reading, Table, read_each};
use crate::window::is_given;
use crate::{FaultConfig, FaultKind, NodePlace, When};

use super::file::{MOST_HORIZON, Whole};
use super::fits::{self, Fit, Fits};
use super::loaded::Loaded;
use super::when::{AT, NTH, ON, PER_DAY};

pub(super) static SECTION: Section = Section {
    path: "fault",
    repeated: true,
    meaning: "Something that goes wrong: at a time, on an event, or so often a day. Each needs exactly one of `at`, `on` and \
              `per_day`. Whatever still lasts at the horizon ends there. Faults that together would cost a quorum wait for each other, \
              unless `--unfair` is given.",
    keys: &[&KIND, &NODE, &AT, &ON, &NTH, &PER_DAY, &FOR, &BY, &PLUGIN, &GRANT],
    sections: &[],
};

static KIND: Key<Choice<FaultKind>> = Key {
    name: "kind",
    kind: Choice::OF_ALL,
    absent: Absent::Required,
    meaning: "What goes wrong; see below.",
};

static NODE: Key<Place> = Key {
    name: "node",
    kind: Place,
    absent: Absent::Otherwise("any node, drawn by the seed each time"),
    meaning: "Where.",
};

static FOR: Key<TimeSpan> = Key {
    name: "for",
    kind: TimeSpan {
        least: Duration::from_millis(1),
        most: MOST_HORIZON,
    },
    absent: Absent::Otherwise("drawn by the seed, as is usual for the kind"),
    meaning: "How long it lasts.",
};

static BY: Key<TimeSpan> = Key {
    name: "by",
    kind: TimeSpan {
        least: Duration::from_millis(1),
        most: Duration::from_secs(86_400),
    },
    absent: Absent::Otherwise("4s for `slow`, 40s for `clock-skew`"),
    meaning: "By how much an answer is late or a clock wrong.",
};

static PLUGIN: Key<Text> = Key {
    name: "plugin",
    kind: Text {
        expects: "the name of a plugin that is loaded, such as \"repair\"",
        pattern: "\\S",
        fits: is_given,
    },
    absent: Absent::Otherwise("it is about no plugin"),
    meaning: "The plugin that loses a grant.",
};

static GRANT: Key<Text> = Key {
    name: "grant",
    kind: Text {
        expects: "a capability that the plugin is granted, such as \"cluster\"",
        pattern: "\\S",
        fits: is_given,
    },
    absent: Absent::Otherwise("it is about no grant"),
    meaning: "The grant that it loses.",
};

impl Word for FaultKind {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Fits for FaultKind {
    const KEYS: &'static [&'static str] = &[NODE.name, FOR.name, BY.name, PLUGIN.name, GRANT.name];

    fn fit(self, key: &str) -> Fit {
        let possible = |is: bool| if is { Fit::Possible } else { Fit::Unfit };
        if key == NODE.name {
            possible(!self.is_of_host())
        } else if key == FOR.name {
            possible(!matches!(
                self,
                Self::AnswerLost | Self::HintsLost | Self::ForeignRepair
            ))
        } else if key == BY.name {
            possible(matches!(self, Self::Slow | Self::ClockSkew))
        } else if self == Self::GrantRevoked {
            Fit::Needed
        } else {
            Fit::Unfit
        }
    }
}

impl FaultConfig {
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
        let node = table.optional(reading, &NODE);
        let when = When::read(table, reading, whole);
        let lasts = table.optional(reading, &FOR);
        let by = table.optional(reading, &BY);
        let plugin = table.optional(reading, &PLUGIN);
        let grant = table.optional(reading, &GRANT);
        if let Some(kind) = kind {
            fits::judge(kind, table, reading, &SECTION);
        }
        if let Some(Some(node)) = &node {
            judge_node(table, reading, node, whole);
        }
        if let Some(Some(plugin)) = &plugin {
            let grant = grant.iter().flatten().next();
            judge_plugin(table, reading, plugin, grant.map(String::as_str), whole);
        }
        Some(Self {
            kind: kind?,
            node: node?,
            when: when?,
            lasts: lasts?,
            by: by?,
            plugin: plugin?,
            grant: grant?,
            line: table.line(reading),
        })
    }
}

/// Notes that there is no such node.
fn judge_node(table: &Table<'_>, reading: &mut Reading<'_>, node: &NodePlace, whole: Whole<'_>) {
    if let Some(topology) = whole.topology
        && let Err(fault) = topology.judge_place(node)
    {
        table.wrong(reading, NODE.name, fault.into());
    }
}

/// Notes that there is no such plugin, or that it has no such grant to lose.
fn judge_plugin(
    table: &Table<'_>,
    reading: &mut Reading<'_>,
    plugin: &str,
    grant: Option<&str>,
    whole: Whole<'_>,
) {
    let Some(loaded) = whole.plugins else { return };
    match (loaded.find(plugin), grant) {
        (Err(fault), _) => table.wrong(reading, PLUGIN.name, fault.into()),
        (Ok(plugin), Some(grant)) => {
            if let Err(fault) = Loaded::judge_grant(plugin, grant) {
                table.wrong(reading, GRANT.name, fault.into());
            }
        }
        (Ok(_), None) => {}
    }
}
