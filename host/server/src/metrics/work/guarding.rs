//! Metrics of the guard: steps held up, nodes held, and what is still to be brought back.

use std::collections::BTreeMap;

use prometheus_client::encoding::DescriptorEncoder;
use ringkeeper_conductor::Conductor;

use crate::metrics::family::{Labels, gauge};

pub(super) fn encode(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let stands = conductor.guarded();
    let blocked = stands.iter().flat_map(|stand| {
        let rules = stand.blocked_steps.iter();
        rules.map(|(rule, steps)| {
            let labels: Labels = vec![("cluster", stand.cluster.clone()), ("rule", (*rule).to_owned())];
            (labels, number(*steps))
        })
    });
    gauge(
        encoder,
        "ringkeeper_blocked_steps",
        "steps of open runs that a rule of the guard holds up",
        blocked.collect(),
    )?;
    let of = |count: fn(&ringkeeper_conductor::Guarded) -> usize| {
        let rows = stands.iter().map(|stand| {
            let labels: Labels = vec![("cluster", stand.cluster.clone())];
            (labels, number(count(stand)))
        });
        rows.collect()
    };
    gauge(
        encoder,
        "ringkeeper_open_undos",
        "nodes that a run took away and that are not known to serve again",
        of(|stand| stand.open_undos),
    )?;
    gauge(
        encoder,
        "ringkeeper_failing_undos",
        "nodes that a run took away and could not bring back so far",
        of(|stand| stand.failing_undos),
    )?;
    let mut leases: BTreeMap<String, (usize, usize)> = conductor
        .clusters()
        .into_iter()
        .map(|cluster| (cluster.name, (0, 0)))
        .collect();
    for lease in conductor.leases(None).unwrap_or_default() {
        let (held, overdue) = leases.entry(lease.cluster).or_default();
        *held += 1;
        *overdue += usize::from(lease.overdue);
    }
    let each = |count: fn(&(usize, usize)) -> usize| {
        let rows = leases.iter().map(|(cluster, counts)| {
            let labels: Labels = vec![("cluster", cluster.clone())];
            (labels, number(count(counts)))
        });
        rows.collect()
    };
    gauge(
        encoder,
        "ringkeeper_leases",
        "nodes that are held, each counted once for each step that holds it",
        each(|(held, _)| *held),
    )?;
    gauge(
        encoder,
        "ringkeeper_overdue_leases",
        "nodes held past the time limit of their lease",
        each(|(_, overdue)| *overdue),
    )
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
