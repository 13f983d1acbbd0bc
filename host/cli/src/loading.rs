//! Whether a plugin of the configuration would be loaded, without a host.

use std::fmt;

use ringkeeper_config::{Config, Origin, PluginConfig, nearest};
use ringkeeper_sandbox::{Plugin, Sandbox};
use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_signing::Trust;
use serde_json::Value;

/// Why a plugin would not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The key of the plugin's table that it is about.
    key: &'static str,
    reason: String,
    /// The settings key that may be meant, where one is unknown.
    meant: Option<String>,
    /// Every key its settings may have.
    known: Vec<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

impl Refusal {
    fn of(key: &'static str, reason: impl ToString) -> Self {
        Self {
            key,
            reason: reason.to_string(),
            meant: None,
            known: Vec::new(),
        }
    }

    /// What to do about it.
    pub(crate) fn remedy(&self) -> String {
        match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if !self.known.is_empty() => {
                format!("correct or remove it; known settings: {}", self.known.join(", "))
            }
            None => "correct the plugin's table, or take another file".to_owned(),
        }
    }

    /// What is wrong, in which line, and what to do: as mistakes in the file itself are told.
    pub(crate) fn told(&self, config: &Config, plugin: &PluginConfig) -> String {
        let line = |key: &str| {
            let key = format!("plugin.{}.{key}", plugin.name);
            let mut values = config.effective().iter();
            values
                .find(|value| value.key == key && value.origin != Origin::Default)
                .map(|value| format!("{}: ", value.origin))
        };
        let place = line(self.key).or_else(|| line("name")).unwrap_or_default();
        format!("{place}plugin.{}.{self}\n  fix: {}", plugin.name, self.remedy())
    }
}

/// Loads the plugin as the host would, and checks its settings.
pub(crate) async fn load(plugin: &PluginConfig, trust: &Trust, sandbox: &Sandbox) -> Result<Plugin, Refusal> {
    let component = ringkeeper_assembly::component(&plugin.source, trust, SystemClock.now());
    let bytes = component.map_err(|error| Refusal::of("source", error))?.bytes;
    let grants =
        ringkeeper_assembly::grants(plugin).map_err(|error| Refusal::of("grants", error.to_string()))?;
    let limits = ringkeeper_assembly::limits(&plugin.limits);
    let loaded = sandbox
        .load(&plugin.source.to_string(), bytes, &grants, limits)
        .await
        .map_err(|error| Refusal::of("source", error))?;
    match loaded.validate_settings(&plugin.settings) {
        Ok(()) => Ok(loaded),
        Err(error) => {
            let schema = &loaded.descriptor().settings_schema;
            let known = schema.get("properties").and_then(Value::as_object);
            Err(Refusal {
                meant: meant(&plugin.settings, schema),
                known: known.into_iter().flatten().map(|(key, _)| key.clone()).collect(),
                ..Refusal::of("settings", error)
            })
        }
    }
}

/// The property of the schema that an unknown key of the settings looks like, at whatever depth.
fn meant(settings: &Value, schema: &Value) -> Option<String> {
    let known = schema.get("properties")?.as_object()?;
    settings
        .as_object()?
        .iter()
        .find_map(|(key, value)| match known.get(key) {
            Some(schema) => meant(value, schema),
            None => nearest(key, known.keys().map(String::as_str)).map(str::to_owned),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_setting_leads_to_the_one_it_looks_like() {
        let schema = json!({"properties": {
            "pending_compactions": {"type": "integer"},
            "latency": {"properties": {"read_ms": {}}},
        }});
        for (settings, expected) in [
            (json!({"pending_compaction": 1}), Some("pending_compactions")),
            (json!({"latency": {"raed_ms": 1}}), Some("read_ms")),
            (json!({"colour": 1}), None),
            (json!({"pending_compactions": "x"}), None),
        ] {
            assert_eq!(meant(&settings, &schema).as_deref(), expected, "{settings}");
        }
    }
}
