//! Whether the plugins of the configuration would be loaded.

use ringkeeper_config::{Config, PluginConfig};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::Seams;

use super::Check;
use crate::assembly;

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
            check_one(plugin, &sandbox).await
        } else {
            switched_off(plugin)
        });
    }
    checks
}

async fn check_one(plugin: &PluginConfig, sandbox: &Sandbox) -> Check {
    match load(plugin, sandbox).await {
        Ok(version) => Check::ok(
            about(plugin),
            format!("version {version} from {} can be loaded", plugin.source),
        ),
        Err(reason) => {
            let remedy = format!(
                "correct [[plugin]] {} in the configuration, or take another file",
                plugin.name
            );
            Check::problem(about(plugin), format!("{}: {reason}", plugin.source), remedy)
        }
    }
}

async fn load(plugin: &PluginConfig, sandbox: &Sandbox) -> Result<String, String> {
    let bytes = assembly::component(&plugin.source)?;
    let grants = assembly::grants(plugin).map_err(|failure| failure.message)?;
    let limits = assembly::limits(&plugin.limits);
    let loaded = sandbox
        .load(&plugin.source.to_string(), bytes, &grants, limits)
        .await
        .map_err(|error| error.to_string())?;
    loaded
        .validate_settings(&plugin.settings)
        .map_err(|error| format!("settings: {error}"))?;
    Ok(loaded.descriptor().version.clone())
}

fn switched_off(plugin: &PluginConfig) -> Check {
    Check::ok(about(plugin), "switched off by `enabled = false`")
}

fn about(plugin: &PluginConfig) -> String {
    format!("plugin {}", plugin.name)
}
