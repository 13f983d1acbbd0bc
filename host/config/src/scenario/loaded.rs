//! The plugins of a scenario, for what names one of them.

use crate::reading::{Reading, Table};
use crate::{PluginConfig, nearest};

use super::ScenarioFault;

/// The plugins that are loaded.
#[derive(Clone, Copy)]
pub(super) struct Loaded<'a>(pub(super) &'a [PluginConfig]);

impl<'a> Loaded<'a> {
    fn enabled(self) -> impl Iterator<Item = &'a PluginConfig> {
        self.0.iter().filter(|plugin| plugin.enabled)
    }

    /// The plugin of this name, else what is wrong.
    pub(super) fn find(self, name: &str) -> Result<&'a PluginConfig, ScenarioFault> {
        let found = self.enabled().find(|plugin| plugin.name == name);
        found.ok_or_else(|| {
            let known: Vec<_> = self.enabled().map(|plugin| plugin.name.clone()).collect();
            ScenarioFault::NoSuchPlugin {
                name: name.to_owned(),
                nearest: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
                known,
            }
        })
    }

    /// What is wrong with a grant that a plugin is to lose, if anything is.
    pub(super) fn judge_grant(plugin: &PluginConfig, grant: &str) -> Result<(), ScenarioFault> {
        if plugin.grants.iter().any(|own| own == grant) {
            return Ok(());
        }
        Err(ScenarioFault::NoSuchGrant {
            plugin: plugin.name.clone(),
            grant: grant.to_owned(),
            nearest: nearest(grant, plugin.grants.iter().map(String::as_str)).map(str::to_owned),
            known: plugin.grants.clone(),
        })
    }

    /// Notes that an operation is of no plugin which is loaded.
    pub(super) fn judge_operation(
        self,
        table: &Table<'_>,
        reading: &mut Reading<'_>,
        key: &str,
        operation: &str,
    ) {
        // The host holds plugins to names of operations that begin with their own.
        let owner = operation.split_once('.').map_or(operation, |(owner, _)| owner);
        if let Err(fault) = self.find(owner) {
            table.wrong(reading, key, fault.into());
        }
    }
}
