//! The plugins the host was told to load, and which of them answers for which operation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringkeeper_api::{CapabilityRow, LimitUse, OperationRow, PluginSummary};
use ringkeeper_plan::{Impact, Operation};
use ringkeeper_sandbox::{Capability, Grants, Limits, Plugin, Sandbox, Telemetry, Usage};
use serde_json::Value;

use crate::PluginParts;

/// A plugin of the configuration: loaded, or refused with the reason.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    source: String,
    grants: Grants,
    limits: Limits,
    pub(crate) settings: Value,
    pub(crate) loaded: Result<Plugin, String>,
    last_usage: Mutex<Usage>,
    /// What the plugin reports of itself.
    pub(crate) telemetry: Arc<Telemetry>,
}

/// All plugins, in the order of the configuration.
#[derive(Debug)]
pub(crate) struct Plugins {
    entries: Vec<Entry>,
    by_operation: BTreeMap<String, usize>,
}

impl Plugins {
    /// Loads every plugin. One that is refused stays in the list with its reason; the others run.
    pub(crate) async fn load(sandbox: &Sandbox, parts: Vec<PluginParts>) -> Self {
        let mut plugins = Self {
            entries: Vec::new(),
            by_operation: BTreeMap::new(),
        };
        for parts in parts {
            let mut entry = Entry::load(sandbox, parts).await;
            plugins.claim_operations(&mut entry);
            match &entry.loaded {
                Ok(plugin) => {
                    tracing::info!(
                        plugin = entry.name,
                        source = entry.source,
                        digest = plugin.digest().as_str(),
                        "plugin loaded"
                    );
                }
                Err(reason) => {
                    tracing::error!(
                        plugin = entry.name,
                        source = entry.source,
                        reason,
                        "plugin refused"
                    );
                }
            }
            plugins.entries.push(entry);
        }
        plugins
    }

    /// Gives the entry its operations, or refuses it when another plugin has one of them.
    fn claim_operations(&mut self, entry: &mut Entry) {
        let Ok(plugin) = &entry.loaded else { return };
        let names: Vec<String> = plugin
            .descriptor()
            .operations
            .iter()
            .map(|operation| operation.name.clone())
            .collect();
        let taken = names.iter().find_map(|name| {
            let owner = self.entries.get(*self.by_operation.get(name)?)?;
            Some(format!(
                "operation `{name}` already belongs to plugin `{}`; disable one of the two",
                owner.name
            ))
        });
        if let Some(reason) = taken {
            entry.loaded = Err(reason);
            return;
        }
        for name in names {
            self.by_operation.insert(name, self.entries.len());
        }
    }

    /// The plugin and its own word about an operation.
    pub(crate) fn operation(&self, name: &str) -> Option<(&Entry, &Plugin, &Operation)> {
        let entry = self.entries.get(*self.by_operation.get(name)?)?;
        let plugin = entry.loaded.as_ref().ok()?;
        let operation = plugin
            .descriptor()
            .operations
            .iter()
            .find(|operation| operation.name == name)?;
        Some((entry, plugin, operation))
    }

    /// The plugin of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Names of all operations.
    pub(crate) fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.by_operation.keys().map(String::as_str)
    }

    /// Operations that only look and want to do so regularly.
    pub(crate) fn checks(&self) -> Vec<String> {
        let looks = |name: &&str| {
            self.operation(name).is_some_and(|(_, _, operation)| {
                operation.impact == Impact::Observe && operation.default_schedule.is_some()
            })
        };
        self.operation_names().filter(looks).map(str::to_owned).collect()
    }

    /// Plugins that were refused, with the reason.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry.name.as_str(), entry.loaded.as_ref().err()?.as_str())))
    }

    /// What each plugin reports of itself.
    pub(crate) fn telemetry(&self) -> impl Iterator<Item = (&str, &Telemetry)> {
        self.entries
            .iter()
            .map(|entry| (entry.name.as_str(), &*entry.telemetry))
    }

    /// Every plugin, as people see it.
    pub(crate) fn summaries(&self) -> Vec<PluginSummary> {
        self.entries.iter().map(Entry::summary).collect()
    }
}

impl Entry {
    async fn load(sandbox: &Sandbox, parts: PluginParts) -> Self {
        let PluginParts {
            name,
            source,
            component,
            grants,
            limits,
            settings,
        } = parts;
        let loaded = match component {
            Err(reason) => Err(reason),
            Ok(bytes) => sandbox
                .load(&source, bytes, &grants, limits)
                .await
                .map_err(|refusal| refusal.to_string()),
        };
        let loaded = loaded.and_then(|plugin| match plugin.validate_settings(&settings) {
            Ok(()) => Ok(plugin),
            Err(invalid) => Err(format!("settings: {invalid}")),
        });
        Self {
            name,
            source,
            grants,
            limits,
            settings,
            loaded,
            last_usage: Mutex::default(),
            telemetry: Arc::default(),
        }
    }

    /// Remembers what the last call used.
    pub(crate) fn note_usage(&self, usage: Usage) {
        *self.last_usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
    }

    /// Each limit with what a call used of it.
    pub(crate) fn limit_uses(&self, usage: &Usage) -> Vec<LimitUse> {
        let Limits {
            memory_bytes,
            cpu,
            plan_wall,
            host_call_bytes,
            handles,
            log_bytes,
            state_bytes,
            ..
        } = self.limits;
        let wall = if usage.wall_limit.is_zero() {
            plan_wall
        } else {
            usage.wall_limit
        };
        let rows = [
            ("memory_bytes", usage.memory_bytes, memory_bytes),
            ("cpu_ms", millis(usage.cpu), millis(cpu)),
            ("wall_ms", millis(usage.wall), millis(wall)),
            ("host_call_bytes", usage.host_call_bytes, host_call_bytes),
            ("handles", u64::from(usage.handles), u64::from(handles)),
            ("log_bytes", usage.log_bytes, log_bytes),
            ("state_bytes", usage.state_bytes.unwrap_or(0), state_bytes),
        ];
        rows.into_iter()
            .map(|(name, used, limit)| LimitUse {
                name: name.to_owned(),
                used,
                limit,
            })
            .collect()
    }

    /// `name version`, as people say it.
    pub(crate) fn title(&self) -> String {
        match &self.loaded {
            Ok(plugin) => format!("{} {}", self.name, plugin.descriptor().version),
            Err(_) => self.name.clone(),
        }
    }

    fn summary(&self) -> PluginSummary {
        let last = *self.last_usage.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = self.limit_uses(&last);
        let (name, source) = (self.name.clone(), self.source.clone());
        let plugin = match &self.loaded {
            Ok(plugin) => plugin,
            Err(reason) => {
                let state = ringkeeper_api::PluginState::Refused(reason.clone());
                return PluginSummary {
                    name,
                    source,
                    state,
                    version: None,
                    summary: None,
                    digest: None,
                    operations: Vec::new(),
                    capabilities: Vec::new(),
                    limits,
                };
            }
        };
        let operations = plugin
            .descriptor()
            .operations
            .iter()
            .map(|operation| OperationRow {
                name: operation.name.clone(),
                summary: operation.summary.clone(),
                impact: operation.impact,
                default_schedule: operation.default_schedule.clone(),
            });
        let capabilities = plugin.capabilities().iter().map(|capability| CapabilityRow {
            name: (*capability).to_owned(),
            granted: Capability::find(capability).is_some_and(|capability| self.grants.allows(capability)),
            why: plugin
                .manifest()
                .and_then(|manifest| manifest.capabilities.get(*capability))
                .cloned(),
        });
        PluginSummary {
            name,
            source,
            state: ringkeeper_api::PluginState::Loaded,
            version: Some(plugin.descriptor().version.clone()),
            summary: Some(plugin.descriptor().summary.clone()),
            digest: Some(plugin.digest().as_str().to_owned()),
            operations: operations.collect(),
            capabilities: capabilities.collect(),
            limits,
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
