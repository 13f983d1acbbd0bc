//! The host's own metrics: findings, checks, plugins.

use std::collections::BTreeMap;

use prometheus_client::encoding::DescriptorEncoder;
use ringkeeper_api::PluginState;
use ringkeeper_conductor::Conductor;
use ringkeeper_plan::Severity;
use ringkeeper_sandbox::Reading;

use super::family::{Labels, counter, gauge};

pub(super) fn encode(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    gauge(
        encoder,
        "ringkeeper_host",
        "1, with the host's version",
        vec![(version, 1.0)],
    )?;
    encode_findings(conductor, encoder)?;
    encode_checks(conductor, encoder)?;
    encode_plugins(conductor, encoder)?;
    encode_telemetry(conductor, encoder)
}

/// Every cluster and severity has a series, so that an alert on it never lacks one.
fn encode_findings(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let mut open: BTreeMap<(String, Severity), f64> = BTreeMap::new();
    for cluster in conductor.clusters() {
        for severity in [
            Severity::Info,
            Severity::Advice,
            Severity::Warning,
            Severity::Severe,
        ] {
            open.insert((cluster.name.clone(), severity), 0.0);
        }
    }
    for finding in conductor.findings(None).unwrap_or_default() {
        *open
            .entry((finding.cluster, finding.finding.severity))
            .or_default() += 1.0;
    }
    let series = open.into_iter().map(|((cluster, severity), count)| {
        (
            vec![("cluster", cluster), ("severity", severity.to_string())],
            count,
        )
    });
    gauge(
        encoder,
        "ringkeeper_findings_open",
        "findings open now",
        series.collect(),
    )
}

fn encode_checks(conductor: &Conductor, encoder: &mut DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    for (cluster, checked) in conductor.checks() {
        let labels: Labels = vec![("cluster", cluster), ("operation", checked.operation)];
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since 1970 fit for 285,000 years"
        )]
        times.push((labels.clone(), checked.at.as_millis() as f64 / 1_000.0));
        failed.push((labels, if checked.error.is_some() { 1.0 } else { 0.0 }));
    }
    gauge(
        encoder,
        "ringkeeper_check_timestamp_seconds",
        "when a check last looked, Unix time",
        times,
    )?;
    gauge(
        encoder,
        "ringkeeper_check_failed",
        "1 if a check could not look at its last try",
        failed,
    )
}

#[expect(clippy::cast_precision_loss, reason = "a limit for graphs")]
fn encode_plugins(conductor: &Conductor, encoder: &mut DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
    let (mut loaded, mut used, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for plugin in conductor.plugin_summaries() {
        let is_loaded = if plugin.state == PluginState::Loaded {
            1.0
        } else {
            0.0
        };
        loaded.push((vec![("plugin", plugin.name.clone())], is_loaded));
        for limit in plugin.limits {
            let labels: Labels = vec![("plugin", plugin.name.clone()), ("limit", limit.name)];
            used.push((labels.clone(), limit.used as f64));
            limits.push((labels, limit.limit as f64));
        }
    }
    gauge(
        encoder,
        "ringkeeper_plugin_loaded",
        "1 if the plugin is loaded, 0 if it was refused",
        loaded,
    )?;
    gauge(
        encoder,
        "ringkeeper_plugin_limit_used",
        "what the plugin's last call used of a limit",
        used,
    )?;
    gauge(
        encoder,
        "ringkeeper_plugin_limit",
        "what a call of the plugin may use",
        limits,
    )
}

/// Numbers that plugins report of themselves. The sandbox checked their names.
fn encode_telemetry(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let mut gauges: BTreeMap<String, Vec<(Labels, f64)>> = BTreeMap::new();
    let mut counters = gauges.clone();
    for (plugin, readings) in conductor.telemetry() {
        for (name, reading) in readings {
            let labels: Labels = vec![("plugin", plugin.clone())];
            match reading {
                Reading::Gauge(value) => gauges.entry(name).or_default().push((labels, value)),
                Reading::Counter(value) => counters.entry(name).or_default().push((labels, value)),
            }
        }
    }
    for (name, series) in gauges {
        gauge(
            encoder,
            &format!("ringkeeper_plugin_own_{name}"),
            "reported by a plugin",
            series,
        )?;
    }
    for (name, series) in counters {
        counter(
            encoder,
            &format!("ringkeeper_plugin_own_{name}"),
            "reported by a plugin",
            series,
        )?;
    }
    Ok(())
}
