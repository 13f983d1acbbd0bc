//! Who holds which node.

use ringkeeper_api::LeaseRow;
use ringkeeper_cluster::Snapshot;
use ringkeeper_journal::Call;
use ringkeeper_seams::Timestamp;

use super::address;
use crate::conductor::Watched;
use crate::runs::book::Lease;
use crate::runs::guarding::LEASE_LIMIT;
use crate::runs::run::Effect;
use crate::runs::touched::kinds;

/// Every node that is held, by whom, for what and until what.
pub(crate) fn leases(cluster: &Watched, now: Timestamp) -> Vec<LeaseRow> {
    let Some(snapshot) = cluster.snapshot() else {
        return Vec::new();
    };
    let book = cluster.stream.book();
    let rows = book.leases().filter_map(|lease| {
        let node = snapshot.nodes.get(&lease.node)?;
        let step = &lease.step.step;
        let since = lease.step.started_at?;
        let time_limit = since.after(LEASE_LIMIT);
        Some(LeaseRow {
            cluster: cluster.name.clone(),
            address: node.endpoint,
            node: lease.node.to_string(),
            run: lease.run.opened.run.0.clone(),
            step: step.id.clone(),
            title: step.title.clone(),
            operation: lease.run.opened.operation.clone(),
            work: kinds(&step.functions, step.impact)
                .into_iter()
                .map(|kind| kind.name().to_owned())
                .collect(),
            since,
            until: until(&lease, &snapshot),
            time_limit: Some(time_limit),
            overdue: now > time_limit,
            fence: lease.fence,
        })
    });
    rows.collect()
}

/// What must be so before its node is let go of.
fn until(lease: &Lease<'_>, snapshot: &Snapshot) -> String {
    let step = &lease.step.step.id;
    if let Some(effect) = lease.run.open_effects(step).next() {
        return at_rest(effect, snapshot);
    }
    let mut away = lease.run.effects.values();
    let away = away.find(|effect| effect.intent.step == *step && effect.has_open_undo());
    match away {
        Some(effect) => format!("{} serves again", address(effect.intent.node, Some(snapshot))),
        None => "its attempt ends".to_owned(),
    }
}

/// What must be so before this call is over.
fn at_rest(effect: &Effect, snapshot: &Snapshot) -> String {
    let place = address(effect.intent.node, Some(snapshot));
    match (&effect.intent.call, &effect.command) {
        (_, Some(command)) => format!("repair command {} on {place} has ended", command.number),
        (Call::Drain, _) => format!("{place} is drained"),
        (Call::Stop, _) => format!("{place} is stopped"),
        (Call::Start, _) => format!("{place} serves again"),
        (Call::Tool { order }, _) => format!("{} on {place} has ended", order.tool),
        (Call::Repair { .. } | Call::Flush { .. }, None) => "it is known what became of its call".to_owned(),
    }
}
