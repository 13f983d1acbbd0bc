//! The file as a whole.

use std::path::Path;

use toml::de::DeTable;

use crate::key::Section;
use crate::reading::{Reading, Table};
use crate::source::Source;
use crate::{
    ClusterConfig, ConfigError, EffectiveValue, Fault, FreezeConfig, HostConfig, PluginConfig, PolicyConfig,
    ScheduleConfig, WindowConfig,
};
use crate::{cluster, freeze, host, plugin, policy, schedule, window};

/// Everything the file says, with defaults for what it does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The host itself.
    pub host: HostConfig,
    /// The clusters to watch; at least one, names unique.
    pub clusters: Vec<ClusterConfig>,
    /// What the host holds clusters to.
    pub policy: PolicyConfig,
    /// The plugins to load, bundled ones included; names unique.
    pub plugins: Vec<PluginConfig>,
    /// When operations run by themselves, beyond what their plugins say.
    pub schedules: Vec<ScheduleConfig>,
    /// When work may happen; names unique.
    pub windows: Vec<WindowConfig>,
    /// When nothing may happen; names unique.
    pub freezes: Vec<FreezeConfig>,
    effective: Vec<EffectiveValue>,
}

/// Everything that may stand in the file.
pub(crate) static ROOT: Section = Section {
    path: "",
    repeated: false,
    meaning: "",
    keys: &[],
    sections: &[
        &host::SECTION,
        &cluster::SECTION,
        &policy::SECTION,
        &plugin::SECTION,
        &schedule::SECTION,
        &window::SECTION,
        &freeze::SECTION,
    ],
};

impl Config {
    /// Reads and checks the file at `path`, and the files and environment variables it names.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong; then everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&read_file(path)?, path)
    }

    /// Checks `text` as if it stood in `file`. Relative paths in it are relative to the folder of `file`.
    ///
    /// # Errors
    /// When anything in it is wrong; then everything that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        read_document(text, file, &ROOT, Self::read)
    }

    fn read(document: &DeTable<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let root = Table::root(&ROOT, document, reading);
        let host = HostConfig::read(&root, reading);
        let clusters = ClusterConfig::read_all(&root, reading);
        let policy = PolicyConfig::read(&root, reading);
        let plugins = PluginConfig::read_all(&root, reading);
        let schedules = ScheduleConfig::read_all(&root, reading);
        let names: Option<Vec<String>> = clusters
            .as_ref()
            .map(|clusters| clusters.iter().map(|cluster| cluster.name.clone()).collect());
        let windows = WindowConfig::read_all(&root, reading, names.as_deref());
        let freezes = FreezeConfig::read_all(&root, reading, names.as_deref());
        let effective = std::mem::take(&mut reading.effective);
        Some(Self {
            host: host?,
            clusters: clusters?,
            policy: policy?,
            plugins: plugins?,
            schedules: schedules?,
            windows: windows?,
            freezes: freezes?,
            effective,
        })
    }

    /// Every value in force with its origin, in the order of the reference. No secret is among them.
    #[must_use]
    pub fn effective(&self) -> &[EffectiveValue] {
        &self.effective
    }

    /// The cluster of this name.
    #[must_use]
    pub fn cluster(&self, name: &str) -> Option<&ClusterConfig> {
        self.clusters.iter().find(|cluster| cluster.name == name)
    }
}

/// The text of a file.
pub(crate) fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        file: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads a text as a document of this kind; every problem of it is told, in the order of the text.
pub(crate) fn read_document<T>(
    text: &str,
    file: &Path,
    root: &'static Section,
    read: impl FnOnce(&DeTable<'_>, &mut Reading<'_>) -> Option<T>,
) -> Result<T, ConfigError> {
    let mut reading = Reading::of(Source { file, text }, root);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let message = error.message().trim().replace('\n', ", ");
        reading.wrong("", error.span(), Fault::Syntax { message });
    }
    // What a broken text seems to say is not worth judging.
    let read = if errors.is_empty() {
        read(document.get_ref(), &mut reading)
    } else {
        None
    };
    match read {
        Some(read) if reading.problems.is_empty() => Ok(read),
        _ => {
            let mut problems = reading.problems;
            problems.sort_by(|one, other| one.place.cmp(&other.place));
            Err(ConfigError::Invalid { problems })
        }
    }
}
