//! `ringkeeper serve --check`: the configuration in force.

use ringkeeper_config::{Config, EffectiveValue};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::{Clock as _, Seams, SystemClock};
use serde::Serialize;

use super::network;
use crate::arguments::Common;
use crate::assembly;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::loading;
use crate::output::Output;
use crate::place;
use crate::render;

/// One value in force, for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EffectiveRow {
    /// The key with its section.
    pub(crate) key: String,
    /// The value, as it would stand in the file; never a secret.
    pub(crate) value: String,
    /// Where it comes from: `FILE:LINE` or `default`.
    pub(crate) origin: String,
}

impl From<&EffectiveValue> for EffectiveRow {
    fn from(value: &EffectiveValue) -> Self {
        Self {
            key: value.key.clone(),
            value: value.value.clone(),
            origin: value.origin.to_string(),
        }
    }
}

/// Checks the configuration and prints every value in force with its origin.
///
/// Whatever the host would only find when it starts is looked at too: certificates, passwords and plugins. What is sound and
/// yet odd, such as a waiver that is over, is said on standard error.
pub(crate) async fn run(common: &Common, output: &Output) -> Result<Exit, Failure> {
    let config = place::config(common)?;
    let problems = problems(&config).await?;
    if !problems.is_empty() {
        return Err(Failure::plain(Exit::Usage, problems.join("\n")));
    }
    for warning in config.warnings(SystemClock.now()) {
        eprintln!("warning: {warning}");
    }
    let rows: Vec<_> = config.effective().iter().map(EffectiveRow::from).collect();
    output.several(&rows, render::effective::effective)?;
    Ok(Exit::Done)
}

async fn problems(config: &Config) -> Result<Vec<String>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::plain(Exit::Failed, error.to_string());
    let seams = Seams::production().map_err(|error| failed(&error))?;
    // Without a cache: a check leaves nothing behind.
    let sandbox = Sandbox::new(SandboxSettings::default(), seams.clone()).map_err(|error| failed(&error))?;
    let mut problems = Vec::new();
    if let Some(Err(failure)) = config.host.listen.as_ref().map(network::certificate) {
        problems.push(failure.to_string());
    }
    for cluster in &config.clusters {
        if let Err(failure) = assembly::cluster(cluster, None, &seams) {
            problems.push(failure.to_string());
        }
    }
    for plugin in config.plugins.iter().filter(|plugin| plugin.enabled) {
        if let Err(refusal) = loading::load(plugin, &config.trust, &sandbox).await {
            problems.push(refusal.told(config, plugin));
        }
    }
    Ok(problems)
}
