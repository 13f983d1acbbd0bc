//! How the machine is: what the host is answered about it, in the names of `ringkeeper_cluster::METRICS`.

use std::sync::Arc;

use futures::future::join;
use ringkeeper_cluster::Sample;
use ringkeeper_drivers::metrics::{HostMetrics, HostSample};
use ringkeeper_drivers::packages::Packages;
use ringkeeper_drivers::unit::Endings;
use ringkeeper_jvm::Cassandras;
use ringkeeper_seams::Runtime;

use crate::certificates::Certificates;
use crate::process::{Standing, Watcher};
use crate::updates::Updates;

/// More numbers than a machine has that is worth so many series. Its own come before those of its parts.
const MOST_SAMPLES: usize = 400;

/// Who tells of the machine.
#[derive(Clone, Debug)]
pub struct MachineSettings {
    /// Looks for the node's Cassandra.
    pub cassandras: Arc<dyn Cassandras>,
    /// Reads the machine.
    pub metrics: Arc<dyn HostMetrics>,
    /// Knows how Cassandra ended.
    pub endings: Arc<dyn Endings>,
    /// Knows what could be updated.
    pub packages: Arc<dyn Packages>,
    /// Where what may wait is done.
    pub runtime: Runtime,
}

/// The machine that the agent is on.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) settings: MachineSettings,
    pub(crate) watcher: Arc<Watcher>,
    pub(crate) certificates: Arc<Certificates>,
    pub(crate) updates: Arc<Updates>,
}

impl Machine {
    /// All that can be told now.
    pub(crate) async fn samples(&self) -> Vec<Sample> {
        let watcher = Arc::clone(&self.watcher);
        let looked = self.settings.runtime.blocking(move || {
            watcher.look();
            watcher.directories()
        });
        let directories = looked.await.unwrap_or_default();
        let (mut samples, read) = join(self.process(), self.settings.metrics.read(&directories)).await;
        samples.extend(self.certificates.samples());
        samples.extend(self.updates.samples());
        match read {
            Ok(read) => samples.extend(read.iter().filter_map(named)),
            Err(error) => tracing::warn!("the machine cannot be read: {error}"),
        }
        samples.sort_by_key(|sample| sample.part.is_some());
        samples.truncate(MOST_SAMPLES);
        samples
    }

    /// How Cassandra's process is; nothing where that cannot be told.
    async fn process(&self) -> Vec<Sample> {
        let Some(standing) = self.watcher.standing() else {
            return Vec::new();
        };
        let mut samples = of_process(&standing);
        if standing.is_running {
            let replaced = standing.is_replaced;
            samples.extend(replaced.map(|is_so| flag("process.release_replaced", is_so)));
            return samples;
        }
        let ending = match self.settings.endings.last().await {
            Ok(ending) => ending,
            Err(error) => {
                tracing::warn!("it cannot be told how Cassandra ended: {error}");
                Default::default()
            }
        };
        let on_purpose = standing
            .is_stopped_by_host
            .then_some(true)
            .or(ending.is_on_purpose);
        let told = [
            ("process.stopped_on_purpose", on_purpose),
            ("process.killed_for_memory", ending.is_for_memory),
        ];
        samples.extend(
            told.iter()
                .filter_map(|(name, is_so)| Some(flag(name, (*is_so)?))),
        );
        samples
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "there is no other way from usize to f64"
)]
fn of_process(standing: &Standing) -> Vec<Sample> {
    vec![
        flag("process.running", standing.is_running),
        Sample::of_node("process.state_seconds", standing.lasts.as_secs_f64()),
        Sample::of_node("process.starts_last_hour", standing.starts_last_hour as f64),
    ]
}

fn flag(name: &str, is_so: bool) -> Sample {
    Sample::of_node(name, f64::from(u8::from(is_so)))
}

/// A number of the machine under the name by which hosts know it.
fn named(sample: &HostSample) -> Option<Sample> {
    let name = name_of(sample.metric);
    ringkeeper_cluster::metric(&name)?;
    Some(match &sample.of {
        Some(part) => Sample::of_part(&name, part, sample.value),
        None => Sample::of_node(&name, sample.value),
    })
}

fn name_of(host_metric: &str) -> String {
    match host_metric.starts_with("machine.") {
        true => host_metric.to_owned(),
        false => format!("machine.{host_metric}"),
    }
}

#[cfg(test)]
mod tests;
