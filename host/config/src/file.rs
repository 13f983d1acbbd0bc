//! The file as a whole.

use std::path::Path;

use ringkeeper_signing::Trust;

use crate::key::Section;
use crate::reading::{Reading, Table};
use crate::{
    ClusterConfig, ConfigError, EffectiveValue, FreezeConfig, HostConfig, NotifyConfig, PluginConfig,
    PolicyConfig, ScheduleConfig, WindowConfig,
};
use crate::{cluster, document, freeze, host, notify, plugin, policy, schedule, trusted, window};

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
    /// Whose plugins are loaded.
    pub trust: Trust,
    /// When operations run by themselves, beyond what their plugins say.
    pub schedules: Vec<ScheduleConfig>,
    /// When work may happen; names unique.
    pub windows: Vec<WindowConfig>,
    /// When nothing may happen; names unique.
    pub freezes: Vec<FreezeConfig>,
    /// Who outside is told; names unique.
    pub notify: Vec<NotifyConfig>,
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
        &trusted::SECTION,
        &schedule::SECTION,
        &window::SECTION,
        &freeze::SECTION,
        &notify::SECTION,
    ],
};

impl Config {
    /// Reads and checks the file at `path`, and the files and environment variables it names.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong; then everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = document::text_of(path)?;
        Self::parse(&text, path)
    }

    /// Checks `text` as if it stood in `file`. Relative paths in it are relative to the folder of `file`.
    ///
    /// # Errors
    /// When anything in it is wrong; then everything that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        document::read(text, file, &ROOT, Self::read)
    }

    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let host = HostConfig::read(root, reading);
        // Of a broken table nothing is known.
        let has_agents = host.as_ref().is_none_or(|host| host.agents.is_some());
        let clusters = ClusterConfig::read_all(root, reading, has_agents);
        let policy = PolicyConfig::read(root, reading);
        let plugins = PluginConfig::read_all(root, reading);
        let trust = trusted::read(root, reading);
        let names: Option<Vec<String>> = clusters
            .as_ref()
            .map(|clusters| clusters.iter().map(|cluster| cluster.name.clone()).collect());
        let schedules = ScheduleConfig::read_all(root, reading, names.as_deref());
        let windows = WindowConfig::read_all(root, reading, names.as_deref());
        let freezes = FreezeConfig::read_all(root, reading, names.as_deref());
        let notify = NotifyConfig::read_all(root, reading);
        let effective = std::mem::take(&mut reading.effective);
        Some(Self {
            host: host?,
            clusters: clusters?,
            policy: policy?,
            plugins: plugins?,
            trust: trust?,
            schedules: schedules?,
            windows: windows?,
            freezes: freezes?,
            notify: notify?,
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
