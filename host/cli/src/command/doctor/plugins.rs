//! Whether the plugins of the configuration would be loaded.

use ringkeeper_config::{Config, PluginConfig};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::Seams;

use super::Check;
use crate::loading;

/// One check for each plugin.
pub(super) async fn check(config: &Config, seams: &Seams) -> Vec<Check> {
    let sandbox = match Sandbox::new(SandboxSettings::default(), seams.clone()) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            return vec![Check::problem(
                "plugins",
                error.to_string(),
                "run the host on another machine",
            )];
        }
    };
    let mut checks = Vec::new();
    for plugin in &config.plugins {
        checks.push(if plugin.enabled {
            check_one(plugin, config, &sandbox).await
        } else {
            switched_off(plugin)
        });
    }
    checks
}

async fn check_one(plugin: &PluginConfig, config: &Config, sandbox: &Sandbox) -> Check {
    match loading::load(plugin, &config.trust, sandbox).await {
        Ok(loaded) => Check::ok(
            about(plugin),
            format!(
                "version {} from {} can be loaded",
                loaded.descriptor().version,
                plugin.source
            ),
        ),
        Err(refusal) => Check::problem(about(plugin), refusal.to_string(), refusal.remedy()),
    }
}

fn switched_off(plugin: &PluginConfig) -> Check {
    Check::ok(about(plugin), "switched off by `enabled = false`")
}

fn about(plugin: &PluginConfig) -> String {
    format!("plugin {}", plugin.name)
}
