//! `[[plugin]]`: a plugin to load.

mod limits;
mod scope;

pub use limits::PluginLimits;

use std::fmt;
use std::path::PathBuf;

use ringkeeper_guard::Scope;
use serde_json::Value as Json;

use crate::Fault;
use crate::cluster::refuse_equal_names;
use crate::key::{Absent, Key, Section};
use crate::kind::{Settings, Source, Switch, Text, Words};
use crate::reading::{Reading, Table};

/// A plugin to load.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginConfig {
    /// What it is called; the same as in its manifest.
    pub name: String,
    /// Where it comes from.
    pub source: PluginSource,
    /// Whether it is loaded at all.
    pub enabled: bool,
    /// Capabilities the operator lets it use.
    pub grants: Vec<String>,
    /// How far those grants reach.
    pub scope: Scope,
    /// What one of its calls may use.
    pub limits: PluginLimits,
    /// A JSON object handed to it; its own schema says what may be in it.
    pub settings: Json,
}

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginSource {
    /// It is part of the host, under this name.
    Builtin(String),
    /// A component in this file.
    File(PathBuf),
}

impl fmt::Display for PluginSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin(name) => write!(f, "builtin:{name}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Capabilities an operator can grant: the interfaces of the contract that not every plugin has anyway.
pub const CAPABILITIES: &[&str] = &[
    "state",
    "state-write",
    "cluster",
    "node-state",
    "metrics",
    "telemetry",
    "repair-history",
    "repair",
    "tables",
    "lifecycle",
    "tool-catalogue",
    "tools",
];

/// A plugin that is part of the host.
pub(crate) struct Bundled {
    pub(crate) name: &'static str,
    grants: &'static [&'static str],
}

/// Plugins that are part of the host. They are loaded without being named.
pub(crate) const BUNDLED: &[Bundled] = &[
    Bundled {
        name: "health",
        grants: &["cluster", "node-state", "metrics"],
    },
    Bundled {
        name: "mitigation",
        grants: &["cluster", "node-state", "metrics", "lifecycle"],
    },
    Bundled {
        name: "patching",
        grants: &["cluster", "node-state", "lifecycle"],
    },
    Bundled {
        name: "repair",
        grants: &["cluster", "node-state", "metrics", "repair"],
    },
    Bundled {
        name: "tools",
        grants: &["cluster", "lifecycle", "tool-catalogue", "tools"],
    },
];

pub(crate) static SECTION: Section = Section {
    path: "plugin",
    repeated: true,
    meaning: "A plugin to load. `health`, `mitigation`, `patching`, `repair` and `tools` are part of the host and loaded without being named \
              here; a table with such a name changes what the table says and leaves the rest.",
    keys: &[&NAME, &SOURCE, &ENABLED, &GRANTS, &SETTINGS],
    sections: &[&scope::SECTION, &limits::SECTION],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text {
        expects: "a name of lower-case letters, digits and `-`, beginning with a letter, 64 at most",
        pattern: "^[a-z][a-z0-9-]{0,63}$",
        fits: is_plugin_name,
    },
    absent: Absent::Required,
    meaning: "What the plugin is called; the same as in its manifest. Unique.",
};

static SOURCE: Key<Source> = Key {
    name: "source",
    kind: Source,
    absent: Absent::Otherwise("the bundled plugin of this name; required where there is none"),
    meaning: "Where it comes from: `builtin:NAME`, or the path of a component file.",
};

static ENABLED: Key<Switch> = Key {
    name: "enabled",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether the plugin is loaded. `false` switches a bundled one off.",
};

static GRANTS: Key<Words> = Key {
    name: "grants",
    kind: Words(CAPABILITIES),
    absent: Absent::Otherwise("for a bundled plugin what it needs, else nothing"),
    meaning: "Capabilities the plugin may use. One that imports more is refused when it is loaded.",
};

static SETTINGS: Key<Settings> = Key {
    name: "settings",
    kind: Settings,
    absent: Absent::Default("{}"),
    meaning: "What is handed to the plugin. Its own schema says what may stand here. No place for secrets.",
};

fn is_plugin_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl PluginConfig {
    /// All plugins of the file, and the bundled ones it does not name.
    pub(crate) fn read_all(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Vec<Self>> {
        let tables = root.tables(reading, &SECTION);
        refuse_equal_names(&tables, reading);
        let mut plugins: Vec<_> = tables
            .iter()
            .map(|table| Self::read(table, None, reading))
            .collect();
        for bundled in BUNDLED {
            if !tables.iter().any(|table| table.name() == Some(bundled.name)) {
                let absent = Table::absent(&SECTION, format!("{}.{}", SECTION.path, bundled.name));
                plugins.push(Self::read(&absent, Some(bundled.name), reading));
            }
        }
        plugins.into_iter().collect()
    }

    /// One plugin; with `implied` as its name where nobody wrote a table for it.
    fn read(table: &Table<'_>, implied: Option<&str>, reading: &mut Reading<'_>) -> Option<Self> {
        let name = match implied {
            Some(name) => table.value_or(reading, &NAME, name.to_owned()),
            None => table.value(reading, &NAME),
        };
        let bundled = name
            .as_ref()
            .and_then(|name| BUNDLED.iter().find(|bundled| bundled.name == name.as_str()));
        let source = match bundled {
            Some(bundled) => table.value_or(reading, &SOURCE, PluginSource::Builtin(bundled.name.to_owned())),
            None => Self::source_of_stranger(table, reading),
        };
        let enabled = table.value(reading, &ENABLED);
        let needed = bundled.map_or(&[][..], |bundled| bundled.grants);
        let needed = needed.iter().map(|grant| (*grant).to_owned()).collect();
        let grants = table.value_or(reading, &GRANTS, needed);
        let settings = table.value(reading, &SETTINGS);
        let scope = scope::read(table, reading);
        let limits = PluginLimits::read(table, reading);
        Some(Self {
            name: name?,
            source: source?,
            enabled: enabled?,
            grants: grants?,
            scope: scope?,
            limits: limits?,
            settings: settings?,
        })
    }

    /// A plugin that is not bundled must say where it comes from.
    fn source_of_stranger(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<PluginSource> {
        if !table.has(SOURCE.name) && table.has(NAME.name) {
            let name = table.name().unwrap_or_default().to_owned();
            let known = BUNDLED.iter().map(|bundled| bundled.name).collect();
            table.wrong(reading, NAME.name, Fault::NotBundled { name, known });
            return None;
        }
        table.optional(reading, &SOURCE)?
    }
}
