//! The configuration, turned into the parts of a host that know no backend.
//!
//! The program makes a host of them and real clusters, a simulation one of them and clusters in memory: what a file says
//! is read into the same values for both. The picture to keep in mind: every function takes a section of the file and answers
//! what the conductor is handed; nothing is started, asked or kept.

mod component;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_conductor::{MitigationParts, PluginParts, ScheduleParts};
use ringkeeper_config::{
    FreezeConfig, KeyspacePolicy, PluginConfig, PluginLimits, PolicyConfig, ScheduleConfig, WindowConfig,
};
use ringkeeper_guard::Policy;
use ringkeeper_observer::ConsistencyPolicy;
use ringkeeper_sandbox::{GrantError, Grants, Limits};
use ringkeeper_seams::Timestamp;
use ringkeeper_signing::Trust;
use thiserror::Error;

pub use component::{Component, component, read, signature_beside};

/// A plugin is granted what cannot be.
#[derive(Debug, Error)]
#[error("plugin {plugin}: {error}")]
pub struct WrongGrants {
    /// Which.
    plugin: String,
    /// What.
    error: GrantError,
}

/// What the file says, over what holds of Cassandra's own keyspaces anyway.
#[must_use]
pub fn consistency(policy: &PolicyConfig) -> ConsistencyPolicy {
    let mut consistency = ConsistencyPolicy {
        default: Some(policy.default_consistency),
        ..ConsistencyPolicy::default()
    };
    // Logins must work at the level everything else must.
    consistency
        .keyspaces
        .insert("system_auth".to_owned(), Some(policy.default_consistency));
    consistency
        .keyspaces
        .extend(policy.keyspaces.iter().map(|(name, policy)| {
            let level = match policy {
                KeyspacePolicy::Keep(level) => Some(*level),
                KeyspacePolicy::Unwatched => None,
            };
            (name.clone(), level)
        }));
    consistency
}

/// What the guard holds a cluster to: the windows and freezes that are about it, and what holds of every cluster.
#[must_use]
pub fn guard_policy(
    policy: &PolicyConfig,
    windows: &[WindowConfig],
    freezes: &[FreezeConfig],
    cluster: &str,
) -> Policy {
    let windows = windows.iter().map(|window| &window.hours);
    let freezes = freezes.iter().map(|freeze| &freeze.span);
    Policy {
        waivers: policy
            .waivers
            .iter()
            .map(|waiver| waiver.waiver.clone())
            .collect(),
        windows: windows
            .filter(|hours| hours.window().is_of(cluster))
            .cloned()
            .collect(),
        freezes: freezes
            .filter(|span| span.freeze().is_of(cluster))
            .cloned()
            .collect(),
        pressure: policy.pressure,
        approval: policy.approval.clone(),
        // The conductor puts in what its plugins have.
        scopes: BTreeMap::new(),
        omitted: BTreeSet::new(),
    }
}

/// What the conductor needs of a schedule.
#[must_use]
pub fn schedule_parts(config: &ScheduleConfig) -> ScheduleParts {
    ScheduleParts {
        cluster: config.cluster.clone(),
        operation: config.operation.clone(),
        schedule: config.schedule.clone(),
    }
}

/// What the host does by itself about findings.
#[must_use]
pub fn mitigation_parts(policy: &PolicyConfig) -> Vec<MitigationParts> {
    let parts = policy.mitigations.iter().map(|config| MitigationParts {
        finding: config.finding.clone(),
        operation: config.operation.clone(),
        parameters: config.parameters.clone(),
    });
    parts.collect()
}

/// The plugins to load: those that are enabled. One whose file cannot be read is listed with the reason, as one that is
/// refused is, and so is one whose signature does not hold now.
///
/// # Errors
/// When one is granted what there is not.
pub fn plugins(
    configs: &[PluginConfig],
    trust: &Trust,
    now: Timestamp,
) -> Result<Vec<PluginParts>, WrongGrants> {
    let enabled = configs.iter().filter(|config| config.enabled);
    enabled.map(|config| plugin(config, trust, now)).collect()
}

fn plugin(config: &PluginConfig, trust: &Trust, now: Timestamp) -> Result<PluginParts, WrongGrants> {
    let (component, signer) = match component(&config.source, trust, now) {
        Ok(component) => (Ok(component.bytes), component.signer),
        Err(reason) => (Err(reason), None),
    };
    Ok(PluginParts {
        name: config.name.clone(),
        source: config.source.to_string(),
        component,
        signer: signer.map(|signer| signer.to_string()),
        grants: grants(config)?,
        scope: config.scope.clone(),
        limits: limits(&config.limits),
        settings: config.settings.clone(),
    })
}

/// What a plugin may use.
///
/// # Errors
/// When there is no such capability, or one that everybody has.
pub fn grants(config: &PluginConfig) -> Result<Grants, WrongGrants> {
    Grants::parse(&config.grants).map_err(|error| WrongGrants {
        plugin: config.name.clone(),
        error,
    })
}

/// What one call of a plugin may take.
#[must_use]
pub const fn limits(config: &PluginLimits) -> Limits {
    let PluginLimits {
        memory_bytes,
        cpu,
        plan_wall,
        execute_wall,
        host_call_bytes,
        handles,
        log_bytes,
        state_bytes,
    } = *config;
    Limits {
        memory_bytes,
        cpu,
        plan_wall,
        execute_wall,
        host_call_bytes,
        handles,
        log_bytes,
        state_bytes,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ringkeeper_cluster::ConsistencyLevel;
    use ringkeeper_config::{CAPABILITIES, Config};
    use ringkeeper_sandbox::Capability;

    use super::*;

    fn config(more: &str) -> Config {
        let text = format!("[[cluster]]\nname = \"analytics\"\ncontact_points = [\"10.0.0.1\"]\n{more}");
        Config::parse(&text, Path::new("ringkeeper.toml")).unwrap()
    }

    #[test]
    fn the_guard_holds_a_cluster_to_what_is_about_it() {
        let config = config(
            r#"
[[cluster]]
name = "orders"
contact_points = ["10.1.0.1"]
[policy.pressure]
heap_percent = "off"
[[policy.waiver]]
keyspace = "staging"
reason = "one replica until the new racks stand"
until = "2026-12-31"
[[window]]
name = "everywhere"
impacts = ["disrupt"]
from = "22:00"
to = "04:00"
[[window]]
name = "orders-only"
cluster = "orders"
impacts = ["change"]
from = "22:00"
to = "04:00"
[[freeze]]
name = "christmas"
cluster = "analytics"
from = "2026-12-20T00:00"
to = "2027-01-06T00:00"
reason = "Christmas trade"
"#,
        );
        for (cluster, windows, freezes) in [
            ("analytics", &["everywhere"][..], &["christmas"][..]),
            ("orders", &["everywhere", "orders-only"], &[]),
        ] {
            let policy = guard_policy(&config.policy, &config.windows, &config.freezes, cluster);
            let named: Vec<_> = policy
                .windows
                .iter()
                .map(|hours| hours.window().name.as_str())
                .collect();
            assert_eq!(named, windows, "{cluster}");
            let named: Vec<_> = policy
                .freezes
                .iter()
                .map(|span| span.freeze().name.as_str())
                .collect();
            assert_eq!(named, freezes, "{cluster}");
            assert_eq!(policy.waivers.len(), 1);
            assert_eq!(policy.pressure.heap_percent, None);
            assert_eq!(policy.pressure.pending_compactions, Some(100));
        }
    }

    #[test]
    fn a_keyspace_keeps_the_level_of_the_file() {
        let config = config(
            "[policy]\ndefault_consistency = \"QUORUM\"\n[policy.keyspaces]\nlogs = \"unwatched\"\nsystem_traces = \"ONE\"\n",
        );
        let policy = consistency(&config.policy);
        assert_eq!(policy.default, Some(ConsistencyLevel::Quorum));
        assert_eq!(policy.keyspaces["logs"], None);
        assert_eq!(policy.keyspaces["system_auth"], Some(ConsistencyLevel::Quorum));
        assert_eq!(policy.keyspaces["system_distributed"], None);
        assert_eq!(policy.keyspaces["system_traces"], Some(ConsistencyLevel::One));
    }

    #[test]
    fn every_bundled_plugin_is_loaded_by_default() {
        let plugins = plugins(&config("").plugins, &Trust::default(), Timestamp::default()).unwrap();
        let loaded: Vec<_> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        let bundled: Vec<_> = ringkeeper_bundled::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(loaded, bundled);
        assert!(plugins.iter().all(|plugin| plugin.component.is_ok()));
    }

    #[test]
    fn a_plugin_that_is_switched_off_is_not_loaded() {
        let config = config("[[plugin]]\nname = \"repair\"\nenabled = false\n");
        let plugins = plugins(&config.plugins, &Trust::default(), Timestamp::default()).unwrap();
        assert!(!plugins.is_empty() && plugins.iter().all(|plugin| plugin.name != "repair"));
    }

    #[test]
    fn grants_of_the_configuration_are_those_of_the_sandbox() {
        let mut grantable: Vec<_> = Capability::grantable().collect();
        let mut documented = CAPABILITIES.to_vec();
        grantable.sort_unstable();
        documented.sort_unstable();
        assert_eq!(documented, grantable);
    }
}
