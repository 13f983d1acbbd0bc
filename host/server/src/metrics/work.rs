//! Metrics of work: runs, calls in doubt, held nodes, freezes.

mod guarding;

use std::collections::BTreeMap;

use prometheus_client::encoding::DescriptorEncoder;
use ringkeeper_conductor::Conductor;

use super::family::{Labels, gauge};

pub(super) fn encode(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let mut runs: BTreeMap<(String, String, String), f64> = BTreeMap::new();
    let (mut progress, mut blocked) = (Vec::new(), Vec::new());
    for run in conductor.runs(None).unwrap_or_default() {
        let place = (run.cluster.clone(), run.operation.clone(), run.state.clone());
        *runs.entry(place).or_default() += 1.0;
        if run.ended_at.is_none() {
            let labels = || -> Labels {
                vec![
                    ("cluster", run.cluster.clone()),
                    ("operation", run.operation.clone()),
                    ("run", run.id.clone()),
                ]
            };
            progress.push((labels(), run.progress));
            blocked.push((labels(), if run.blocked_by.is_empty() { 0.0 } else { 1.0 }));
        }
    }
    let runs = runs.into_iter().map(|((cluster, operation, state), count)| {
        let labels: Labels = vec![("cluster", cluster), ("operation", operation), ("state", state)];
        (labels, count)
    });
    gauge(
        encoder,
        "ringkeeper_runs",
        "runs on record, by state",
        runs.collect(),
    )?;
    gauge(
        encoder,
        "ringkeeper_run_progress_ratio",
        "how far an open run has come, 0 to 1",
        progress,
    )?;
    gauge(
        encoder,
        "ringkeeper_run_blocked",
        "1 while an open run waits for something",
        blocked,
    )?;
    guarding::encode(conductor, encoder)?;
    let (mut frozen, mut in_doubt) = (Vec::new(), Vec::new());
    for cluster in conductor.clusters() {
        let labels: Labels = vec![("cluster", cluster.name.clone())];
        if let Ok(freeze) = conductor.freeze_status(Some(&cluster.name)) {
            frozen.push((labels.clone(), if freeze.frozen { 1.0 } else { 0.0 }));
        }
        if let Ok(count) = conductor.in_doubt(Some(&cluster.name)) {
            in_doubt.push((labels, f64::from(u32::try_from(count).unwrap_or(u32::MAX))));
        }
    }
    gauge(
        encoder,
        "ringkeeper_frozen",
        "1 while a cluster is frozen",
        frozen,
    )?;
    gauge(
        encoder,
        "ringkeeper_calls_in_doubt",
        "calls of which it is not known yet whether they took effect",
        in_doubt,
    )?;
    let held = conductor
        .leases(None)
        .unwrap_or_default()
        .into_iter()
        .map(|lease| {
            let labels: Labels = vec![
                ("cluster", lease.cluster),
                ("node", lease.address.to_string()),
                ("run", lease.run),
            ];
            (labels, 1.0)
        });
    gauge(
        encoder,
        "ringkeeper_node_held",
        "1 while a run holds a node",
        held.collect(),
    )
}
