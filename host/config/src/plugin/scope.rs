//! `[plugin.scope]`: how far the grants of a plugin reach.

use ringkeeper_guard::Scope;
use ringkeeper_plan::Impact;

use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Count, Patterns, Word};
use crate::reading::{Reading, Table};

pub(super) static SECTION: Section = Section {
    path: "plugin.scope",
    repeated: false,
    meaning: "How far the plugin's grants reach: where it may change something, to what, how much of it and how hard. The host \
              checks it when a plan is made, when a step begins, and at each call. In a name, `*` stands for any number of \
              characters. What a plugin reads is not bound. See `docs/grants.md`.",
    keys: &[
        &DATA_CENTRES,
        &KEYSPACES,
        &TABLES,
        &NODES_AT_ONCE,
        &CALLS_PER_MINUTE,
        &IMPACT,
    ],
    sections: &[],
};

static DATA_CENTRES: Key<Patterns> = Key {
    name: "data_centres",
    kind: Patterns {
        one: "the name of a data centre, or a pattern of one",
        expects: "a list of data centres or patterns of them, at least one, such as [\"dc1\", \"eu-*\"]",
        pattern: "\\S",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Otherwise("all data centres"),
    meaning: "Every node that a call touches is in one of them.",
};

static KEYSPACES: Key<Patterns> = Key {
    name: "keyspaces",
    kind: Patterns {
        one: "a keyspace's name (letters, digits and `_`), or a pattern of one",
        expects: "a list of keyspaces or patterns of them, at least one, such as [\"shop_*\"]",
        pattern: "^[A-Za-z0-9_*]{1,48}$",
        fits: is_part,
    },
    absent: Absent::Otherwise("all keyspaces"),
    meaning: "Every call is about one of them. What is done to a whole node (drain, stop, start, a tool) is about all its \
              keyspaces, and is refused where this is set.",
};

static TABLES: Key<Patterns> = Key {
    name: "tables",
    kind: Patterns {
        one: "a table as KEYSPACE.TABLE, or a pattern of one",
        expects: "a list of tables as KEYSPACE.TABLE or patterns of them, at least one, such as [\"shop.orders_*\"]",
        pattern: "^[A-Za-z0-9_*]{1,48}\\.[A-Za-z0-9_*]{1,48}$",
        fits: is_table,
    },
    absent: Absent::Otherwise("all tables of those keyspaces"),
    meaning: "Every table of a call is one of them. What is done to a whole keyspace is about all its tables.",
};

static NODES_AT_ONCE: Key<Count> = Key {
    name: "nodes_at_once",
    kind: Count {
        least: 1,
        most: 10_000,
    },
    absent: Absent::Otherwise("as many as the guard admits"),
    meaning: "Nodes that all its steps together hold at most in one cluster. A piece of repair holds every replica of its \
              ranges: where there are three, less than 3 lets it do nothing.",
};

static CALLS_PER_MINUTE: Key<Count> = Key {
    name: "calls_per_minute",
    kind: Count {
        least: 1,
        most: 10_000,
    },
    absent: Absent::Otherwise("as many as it makes"),
    meaning: "Calls that change something that it makes at most in one cluster within 60 s. One more is answered with \
              `unavailable`, and the moment from which on it may be made.",
};

static IMPACT: Key<Choice<Impact>> = Key {
    name: "impact",
    kind: Choice::OF_ALL,
    absent: Absent::Otherwise("whatever its operations do"),
    meaning: "The strongest impact of what it does: `observe` looks, `change` alters data or load (repair, flush), `disrupt` \
              takes a node or a service of it away.",
};

impl Word for Impact {
    const EVERY: &'static [Self] = &[Self::Observe, Self::Change, Self::Disrupt];

    fn word(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Change => "change",
            Self::Disrupt => "disrupt",
        }
    }
}

fn is_part(text: &str) -> bool {
    (1..=48).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '*')
}

fn is_table(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(keyspace, table)| is_part(keyspace) && is_part(table))
}

/// What the file says of a plugin's scope; none after noting what is wrong.
pub(super) fn read(plugin: &Table<'_>, reading: &mut Reading<'_>) -> Option<Scope> {
    let table = plugin.table(reading, &SECTION);
    let data_centres = table.optional(reading, &DATA_CENTRES);
    let keyspaces = table.optional(reading, &KEYSPACES);
    let tables = table.optional(reading, &TABLES);
    let nodes_at_once = table.optional(reading, &NODES_AT_ONCE);
    let calls_per_minute = table.optional(reading, &CALLS_PER_MINUTE);
    let impact = table.optional(reading, &IMPACT);
    Some(Scope {
        data_centres: data_centres?,
        keyspaces: keyspaces?,
        tables: tables?,
        nodes_at_once: nodes_at_once?,
        calls_per_minute: calls_per_minute?,
        impact: impact?,
    })
}
