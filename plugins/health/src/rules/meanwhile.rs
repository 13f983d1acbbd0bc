//! What coordinators and clients suffer while a node is missed: evidence in the finding about that node.

use ringkeeper_sdk::Evidence;

use crate::settings::Settings;
use crate::world::World;

/// What is counted, and by which metrics.
const FACTS: [(&str, &[&str]); 4] = [
    (
        "requests refused for lack of replicas",
        &["client.read_unavailables", "client.write_unavailables"],
    ),
    (
        "requests timed out",
        &["client.read_timeouts", "client.write_timeouts"],
    ),
    (
        "messages dropped",
        &["dropped.mutation", "dropped.read", "dropped.other"],
    ),
    ("hints written by other nodes", &["hints.written"]),
];

/// The sums over all nodes within the window; what did not happen is left out.
pub(super) fn evidence(world: &World, settings: &Settings) -> Vec<Evidence> {
    let sum = |metrics: &[&str]| -> f64 {
        let of = |metric: &&str| -> f64 {
            let increases = world
                .places()
                .filter_map(|(place, _)| world.numbers.increase(metric, place));
            increases.map(|increase| increase.by).sum()
        };
        metrics.iter().map(of).sum()
    };
    FACTS
        .iter()
        .map(|(name, metrics)| (name, sum(metrics)))
        .filter(|(_, value)| *value > 0.0)
        .map(|(name, value)| Evidence {
            name: format!("{name} in {} min", settings.window_minutes),
            value: format!("{value:.0}"),
            limit: None,
        })
        .collect()
}
