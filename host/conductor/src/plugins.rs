//! The plugins the host was told to load, and which of them answers for which operation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_api::{CapabilityRow, LimitUse, OperationRow, PluginSummary, VersionRow, VersionState};
use ringkeeper_guard::Scope;
use ringkeeper_plan::{Impact, Operation};
use ringkeeper_sandbox::{Capability, Grants, Limits, Plugin, Sandbox, Telemetry, Usage};
use ringkeeper_seams::Timestamp;
use serde_json::Value;

use crate::PluginParts;
use crate::crash_loop::Health;
use crate::versions::book::Versions;

/// A plugin of the configuration: loaded, or refused with the reason.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    source: String,
    /// Who signed the component; none where nobody did, or it is part of the host.
    signer: Option<String>,
    grants: Grants,
    pub(crate) scope: Scope,
    limits: Limits,
    pub(crate) settings: Value,
    pub(crate) loaded: Result<Plugin, String>,
    /// The version of the configuration.
    pub(crate) configured: Version,
    /// How the version in force broke, where it is not called any more.
    parked: Option<String>,
    /// How the version in force answers, by what it is called for: what plans well may break whenever it carries out.
    health: Mutex<BTreeMap<String, Health>>,
    last_usage: Mutex<Usage>,
    /// What the plugin reports of itself.
    pub(crate) telemetry: Arc<Telemetry>,
}

/// A version of a plugin: a component, loaded or refused with the reason.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    source: String,
    pub(crate) signer: Option<String>,
    pub(crate) loaded: Result<Plugin, String>,
}

impl Version {
    /// One that cannot be loaded.
    pub(crate) const fn refused(source: String, reason: String) -> Self {
        Self {
            source,
            signer: None,
            loaded: Err(reason),
        }
    }
}

/// All plugins, in the order of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Plugins {
    entries: Vec<Arc<Entry>>,
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
                        signer = entry.signer,
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
            plugins.entries.push(Arc::new(entry));
        }
        plugins
    }

    /// Gives the entry its operations, or refuses it when another plugin has one of them.
    fn claim_operations(&mut self, entry: &mut Entry) {
        let Ok(plugin) = &entry.loaded else { return };
        if let Some(reason) = self.claimed_by_another(&entry.name, plugin) {
            entry.loaded = Err(reason);
            return;
        }
        self.claim(plugin, self.entries.len());
    }

    fn claim(&mut self, plugin: &Plugin, place: usize) {
        for operation in &plugin.descriptor().operations {
            self.by_operation.insert(operation.name.clone(), place);
        }
    }

    /// Why a plugin of this name cannot have its operations: another has one of them. None where it can.
    pub(crate) fn claimed_by_another(&self, name: &str, plugin: &Plugin) -> Option<String> {
        plugin.descriptor().operations.iter().find_map(|operation| {
            let owner = self.entries.get(*self.by_operation.get(&operation.name)?)?;
            (owner.name != name).then(|| {
                format!(
                    "operation `{}` already belongs to plugin `{}`; disable one of the two",
                    operation.name, owner.name
                )
            })
        })
    }

    /// The same with another version of one of them, which claims no operation of another.
    pub(crate) fn with(&self, entry: Entry) -> Self {
        let mut plugins = self.clone();
        let Some(place) = plugins.entries.iter().position(|old| old.name == entry.name) else {
            return plugins;
        };
        plugins.by_operation.retain(|_, owner| *owner != place);
        if let Ok(plugin) = &entry.loaded {
            plugins.claim(plugin, place);
        }
        if let Some(old) = plugins.entries.get_mut(place) {
            *old = Arc::new(entry);
        }
        plugins
    }

    /// The plugin and its own word about an operation.
    pub(crate) fn operation(&self, name: &str) -> Option<(&Arc<Entry>, &Plugin, &Operation)> {
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
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The version of the component with this digest, as it says itself, and who signed it; none where that is not the one
    /// in force.
    pub(crate) fn version_and_signer(&self, name: &str, digest: &str) -> (Option<String>, Option<String>) {
        let in_force = self.named(name).and_then(|entry| {
            let loaded = entry.loaded.as_ref().ok()?;
            (loaded.digest().as_str() == digest)
                .then(|| (loaded.descriptor().version.clone(), entry.signer.clone()))
        });
        in_force.map_or((None, None), |(version, signer)| (Some(version), signer))
    }

    /// Names of all plugins.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// How far the grants of each reach, where they are bounded.
    pub(crate) fn scopes(&self) -> BTreeMap<String, Scope> {
        let bounded = self.entries.iter().filter(|entry| !entry.scope.is_unbounded());
        bounded
            .map(|entry| (entry.name.clone(), entry.scope.clone()))
            .collect()
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

    /// Plugins that were refused, with the reason; those that are parked are not among them.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .filter(|entry| entry.parked.is_none())
            .filter_map(|entry| Some((entry.name.as_str(), entry.loaded.as_ref().err()?.as_str())))
    }

    /// Whether all were loaded, so that it is known which operations there are.
    pub(crate) fn are_all_loaded(&self) -> bool {
        self.entries.iter().all(|entry| entry.loaded.is_ok())
    }

    /// What each plugin reports of itself.
    pub(crate) fn telemetry(&self) -> impl Iterator<Item = (&str, &Telemetry)> {
        self.entries
            .iter()
            .map(|entry| (entry.name.as_str(), &*entry.telemetry))
    }

    /// Every plugin, as people see it.
    pub(crate) fn summaries(&self, versions: impl Fn(&str) -> Versions) -> Vec<PluginSummary> {
        let each = self.entries.iter();
        each.map(|entry| entry.summary(&versions(&entry.name))).collect()
    }
}

impl Entry {
    async fn load(sandbox: &Sandbox, parts: PluginParts) -> Self {
        let PluginParts {
            name,
            source,
            component,
            signer,
            grants,
            scope,
            limits,
            settings,
        } = parts;
        let mut entry = Self {
            configured: Version::refused(source.clone(), String::new()),
            loaded: Err(String::new()),
            name,
            source: source.clone(),
            signer: None,
            grants,
            scope,
            limits,
            settings,
            parked: None,
            health: Mutex::default(),
            last_usage: Mutex::default(),
            telemetry: Arc::default(),
        };
        entry.configured = match component {
            Err(reason) => Version::refused(source, reason),
            Ok(bytes) => entry.load_version(sandbox, source, bytes, signer).await,
        };
        entry.signer.clone_from(&entry.configured.signer);
        entry.loaded.clone_from(&entry.configured.loaded);
        entry
    }

    /// Loads a component as a version of this plugin, with its grants, limits and settings.
    pub(crate) async fn load_version(
        &self,
        sandbox: &Sandbox,
        source: String,
        bytes: Vec<u8>,
        signer: Option<String>,
    ) -> Version {
        let loaded = sandbox.load(&source, bytes, &self.grants, self.limits).await;
        let loaded = loaded.map_err(|refusal| refusal.to_string());
        let loaded = loaded.and_then(|plugin| match plugin.validate_settings(&self.settings) {
            Ok(()) => Ok(plugin),
            Err(invalid) => Err(format!("settings: {invalid}")),
        });
        Version {
            source,
            signer,
            loaded,
        }
    }

    /// The version in force.
    pub(crate) fn in_force(&self) -> Version {
        Version {
            source: self.source.clone(),
            signer: self.signer.clone(),
            loaded: self.loaded.clone(),
        }
    }

    /// The same plugin with another version in force, whose health nobody knows yet.
    pub(crate) fn with(&self, version: Version) -> Self {
        Self {
            name: self.name.clone(),
            source: version.source,
            signer: version.signer,
            grants: self.grants.clone(),
            scope: self.scope.clone(),
            limits: self.limits,
            settings: self.settings.clone(),
            loaded: version.loaded,
            configured: self.configured.clone(),
            parked: None,
            health: Mutex::default(),
            last_usage: Mutex::default(),
            telemetry: Arc::clone(&self.telemetry),
        }
    }

    /// The same plugin with a version in force that is not called any more, as it broke.
    pub(crate) fn parked(&self, version: &Version, reason: &str) -> Self {
        let name = &self.name;
        let words = format!(
            "it broke again and again and is parked: {reason}; to have it called again: `ringkeeper plugin resume {name}`"
        );
        Self {
            parked: Some(reason.to_owned()),
            ..self.with(Version {
                loaded: Err(words),
                ..version.clone()
            })
        }
    }

    /// Notes that it answered when it was called for `work`.
    pub(crate) fn note_well(&self, work: &str, now: Timestamp) {
        if let Some(health) = self.health().get_mut(work) {
            health.note_well(now);
        }
    }

    /// Notes that it broke when it was called for `work`; answers whether it did so often enough to be parked.
    pub(crate) fn note_break(&self, work: &str, now: Timestamp) -> bool {
        self.health().entry(work.to_owned()).or_default().note_break(now)
    }

    /// Why it is not called for `work` now, in words; none where it may be.
    pub(crate) fn waits(&self, work: &str, now: Timestamp) -> Option<String> {
        self.health().get(work)?.waits(now)
    }

    fn health(&self) -> MutexGuard<'_, BTreeMap<String, Health>> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn summary(&self, versions: &Versions) -> PluginSummary {
        let last = *self.last_usage.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = self.limit_uses(&last);
        let (name, source) = (self.name.clone(), self.source.clone());
        let (scope, versions) = (self.scope.lines(), version_rows(versions));
        let plugin = match &self.loaded {
            Ok(plugin) => plugin,
            Err(reason) => {
                let state = match &self.parked {
                    Some(_) => ringkeeper_api::PluginState::Parked(reason.clone()),
                    None => ringkeeper_api::PluginState::Refused(reason.clone()),
                };
                return PluginSummary {
                    name,
                    source,
                    state,
                    version: None,
                    summary: None,
                    digest: None,
                    signer: None,
                    operations: Vec::new(),
                    capabilities: Vec::new(),
                    scope,
                    limits,
                    versions,
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
            signer: self.signer.clone(),
            operations: operations.collect(),
            capabilities: capabilities.collect(),
            scope,
            limits,
            versions,
        }
    }
}

/// The versions that were handed over, the newest first.
fn version_rows(versions: &Versions) -> Vec<VersionRow> {
    let row = |installed: &crate::versions::book::Installed| {
        let digest = Some(&installed.digest);
        let state = if versions.parked.contains_key(&digest.cloned()) {
            VersionState::Parked
        } else if versions.in_force() == digest {
            VersionState::InForce
        } else if versions.waiting.as_ref() == digest {
            VersionState::Waits
        } else {
            VersionState::Before
        };
        VersionRow {
            digest: installed.digest.clone(),
            version: installed.version.clone(),
            signer: installed.signer.clone(),
            installed_at: installed.at,
            by: installed.by.clone(),
            more: installed.more.clone(),
            state,
        }
    };
    versions.installed.iter().rev().map(row).collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
