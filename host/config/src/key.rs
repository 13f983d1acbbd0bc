//! The one table of keys: what a section and a key are.

use serde_json::Value as Json;

use crate::kind::Kind;

/// A table of the file with everything that may stand in it.
#[derive(Clone, Copy)]
pub(crate) struct Section {
    /// Its full name, e.g. `cluster.jolokia`; empty for the file itself.
    pub(crate) path: &'static str,
    /// Whether it is an array of tables, `[[…]]`.
    pub(crate) repeated: bool,
    /// What it is about, for the reference.
    pub(crate) meaning: &'static str,
    /// Its keys, in the order they are read and documented.
    pub(crate) keys: &'static [&'static dyn Entry],
    /// The tables within.
    pub(crate) sections: &'static [&'static Section],
}

impl Section {
    /// The last part of its name.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }

    /// Its name as it is written in a file.
    pub(crate) fn heading(&self) -> String {
        match (self.path, self.repeated) {
            ("", _) => "the file".to_owned(),
            (path, true) => format!("[[{path}]]"),
            (path, false) => format!("[{path}]"),
        }
    }

    /// Everything that may stand in it: keys first, then tables.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let tables = self.sections.iter().map(|section| section.name());
        self.keys.iter().map(|key| key.name()).chain(tables).collect()
    }

    /// This section and all within, in the order of the reference.
    pub(crate) fn every(&'static self) -> Vec<&'static Self> {
        let within = self.sections.iter().flat_map(|section| section.every());
        std::iter::once(self).chain(within).collect()
    }
}

/// What holds where a key is absent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {
    /// It must be given.
    Required,
    /// This value, as it would stand in the file.
    Default(&'static str),
    /// Something that this sentence says.
    Otherwise(&'static str),
}

/// A key: its name, its kind of value, and what holds where it is absent.
pub(crate) struct Key<K> {
    pub(crate) name: &'static str,
    pub(crate) kind: K,
    pub(crate) absent: Absent,
    pub(crate) meaning: &'static str,
}

/// A key of whatever kind, as the reference and the schema see it.
pub(crate) trait Entry: Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// What holds where it is absent.
    fn absent(&self) -> Absent;
    /// What it means.
    fn meaning(&self) -> &'static str;
    /// What its value must be, as a fragment.
    fn expects(&self) -> String;
    /// What its value must be, as JSON Schema.
    fn schema(&self) -> Json;
}

impl<K: Kind> Entry for Key<K> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn absent(&self) -> Absent {
        self.absent
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }

    fn expects(&self) -> String {
        self.kind.expects()
    }

    fn schema(&self) -> Json {
        self.kind.schema()
    }
}
