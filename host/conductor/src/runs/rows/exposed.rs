//! What is left of each keyspace while a step has taken its nodes away.

use std::collections::BTreeMap;

use ringkeeper_api::ExposedRow;
use ringkeeper_cluster::{KeyspaceView, NodeId, PeerStatus, Snapshot};
use ringkeeper_plan::{Impact, Step};

/// Steps of which it is told. A plan may have thousands, and they are much alike.
const MOST_STEPS: usize = 20;

/// The fewest replicas that any range would keep in a data centre of the nodes that a step takes away, for every keyspace
/// that is watched, as the nodes stand now.
pub(crate) fn exposed(steps: &[Step], snapshot: &Snapshot) -> Vec<ExposedRow> {
    let disrupting = steps.iter().filter(|step| step.impact == Impact::Disrupt);
    let mut rows = Vec::new();
    for step in disrupting.take(MOST_STEPS) {
        // Keyspaces with equal placements are counted once.
        let mut counted: BTreeMap<u64, Option<Left>> = BTreeMap::new();
        for (keyspace, view) in &*snapshot.keyspaces {
            let (Some(map), Some(_)) = (view.placement_map, view.consistency_level) else {
                continue;
            };
            let left = counted
                .entry(map)
                .or_insert_with(|| least(view, &step.nodes, snapshot));
            rows.extend(left.as_ref().map(|left| ExposedRow {
                step: step.id.clone(),
                keyspace: keyspace.clone(),
                data_center: left.data_centre.clone(),
                replicas: left.replicas,
                left: left.left,
            }));
        }
    }
    rows
}

#[derive(Clone, Debug)]
struct Left {
    data_centre: String,
    replicas: usize,
    left: usize,
}

fn least(view: &KeyspaceView, taken: &[NodeId], snapshot: &Snapshot) -> Option<Left> {
    let map = view.placements.as_ref()?;
    let centre = |node: &NodeId| snapshot.nodes.get(node).map(|view| view.data_centre.as_str());
    let serves = |node: &NodeId| {
        let view = snapshot.nodes.get(node);
        !taken.contains(node) && view.is_some_and(|view| view.status == PeerStatus::Up)
    };
    let mut least: Option<Left> = None;
    let touched = map.placements_on(taken.iter().copied());
    for placement in touched.into_iter().filter_map(|at| map.placements().get(at)) {
        for lost in placement.replicas.iter().filter(|node| taken.contains(node)) {
            let Some(name) = centre(lost) else { continue };
            let of_centre = || {
                placement
                    .replicas
                    .iter()
                    .filter(|node| centre(node) == Some(name))
            };
            let left = of_centre().filter(|node| serves(node)).count();
            if least.as_ref().is_none_or(|least| left < least.left) {
                least = Some(Left {
                    data_centre: name.to_owned(),
                    replicas: of_centre().count(),
                    left,
                });
            }
        }
    }
    least
}
