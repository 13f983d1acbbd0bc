//! A node under pressure is left alone.

mod limit;
#[cfg(test)]
mod tests;

use std::time::Duration;

use ringkeeper_cluster::{Answer, NodeId, Point, SeriesKey};
use ringkeeper_seams::Timestamp;

use crate::scene::Scene;
use crate::{Block, Rule};
use limit::Limit;

/// A number older than three beats of the nodes' tier, one a minute, says nothing of now.
const RECENT: Duration = Duration::from_secs(3 * 60);
/// Over which time dropped messages are counted.
const DROPS: Duration = Duration::from_secs(5 * 60);
/// Counters of dropped messages.
const DROPPED: [&str; 3] = ["dropped.mutation", "dropped.read", "dropped.other"];

/// Blocks by numbers above their limits, and where a node was not asked for any yet. A number that is missing or old
/// although it was asked for blocks nothing.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let work = scene.work();
    let applies = |limit: Limit| work.iter().any(|kind| limit.concerns(*kind));
    let limits = scene.policy.pressure;
    let mut blocks = Vec::new();
    let per_node = [
        (Limit::PendingCompactions, limits.pending_compactions.is_some()),
        (Limit::Heap, limits.heap_percent.is_some()),
        (Limit::Dropped, limits.dropped_per_second.is_some()),
    ];
    let is_asked_for = per_node
        .into_iter()
        .any(|(limit, is_set)| is_set && applies(limit));
    for node in scene.nodes() {
        let answers = node.answer == Answer::Answered;
        if is_asked_for && answers && !scene.snapshot().metrics.was_asked(node.id) {
            blocks.push(
                Block::new(
                    Rule::Pressure,
                    scene.name(node.id),
                    "its numbers",
                    "were not read yet",
                )
                .lifted_by("lifted when they are, within a minute of its first answer to this host"),
            );
        }
        let node = node.id;
        if let Some(most) = limits
            .pending_compactions
            .filter(|_| applies(Limit::PendingCompactions))
        {
            let seen = latest(scene, "compaction.pending_tasks", node);
            blocks.extend(
                seen.and_then(|seen| above(scene, node, "pending compactions", seen, count(most), "")),
            );
        }
        if let Some(most) = limits.heap_percent.filter(|_| applies(Limit::Heap)) {
            let seen = heap_percent(scene, node);
            blocks.extend(
                seen.and_then(|seen| above(scene, node, "heap in use after collection", seen, most, " %")),
            );
        }
        if let Some(most) = limits.dropped_per_second.filter(|_| applies(Limit::Dropped)) {
            let seen = dropped_per_second(scene, node);
            blocks.extend(
                seen.and_then(|seen| above(scene, node, "dropped messages", seen, most, " a second")),
            );
        }
    }
    if let Some(most) = limits.hints_in_progress.filter(|_| applies(Limit::Hints)) {
        let nodes = scene.snapshot().nodes.keys();
        let seen: f64 = nodes
            .filter_map(|node| latest(scene, "hints.in_progress", *node))
            .sum();
        if seen > count(most) {
            let cluster = format!("cluster {}", scene.snapshot().cluster);
            blocks.push(block(cluster, "hints being written", seen, count(most), ""));
        }
    }
    blocks
}

fn above(scene: &Scene<'_>, node: NodeId, signal: &str, seen: f64, most: f64, unit: &str) -> Option<Block> {
    (seen > most).then(|| block(scene.name(node), signal, seen, most, unit))
}

fn block(subject: String, signal: &str, seen: f64, most: f64, unit: &str) -> Block {
    let number = |value: f64| format!("{}{unit}", (value * 10.0).round() / 10.0);
    Block::new(Rule::Pressure, subject, signal, number(seen))
        .limit(number(most))
        .lifted_by("lifted when it is at its limit or below, or by another limit in [policy]")
}

/// The newest number of a node's metric, unless it is too old.
fn latest(scene: &Scene<'_>, metric: &str, node: NodeId) -> Option<f64> {
    let point = scene.snapshot().metrics.latest_of(metric, node)?;
    is_recent(scene, point.at).then_some(point.value)
}

fn is_recent(scene: &Scene<'_>, at: Timestamp) -> bool {
    scene.world.now.since(at) <= RECENT
}

fn heap_percent(scene: &Scene<'_>, node: NodeId) -> Option<f64> {
    let used = latest(scene, "heap.after_gc_bytes", node)?;
    let most = latest(scene, "heap.max_bytes", node)?;
    (most > 0.0).then(|| 100.0 * used / most)
}

/// Messages of all kinds dropped over the last minutes.
fn dropped_per_second(scene: &Scene<'_>, node: NodeId) -> Option<f64> {
    let rates = DROPPED.iter().filter_map(|metric| rate(scene, metric, node));
    rates.reduce(|sum, rate| sum + rate)
}

/// How fast a counter grew. A process that began anew begins at nought.
fn rate(scene: &Scene<'_>, metric: &str, node: NodeId) -> Option<f64> {
    let key = SeriesKey::of_node(node);
    let since = scene.world.now.before(DROPS);
    let points: Vec<Point> = scene.snapshot().metrics.series(metric, &key, since).collect();
    let (first, last) = (points.first()?, points.last()?);
    let seconds = last.at.since(first.at).as_secs_f64();
    if seconds <= 0.0 || !is_recent(scene, last.at) {
        return None;
    }
    let pairs = points.iter().zip(points.iter().skip(1));
    let grown: f64 = pairs
        .map(|(before, after)| {
            if after.value >= before.value {
                after.value - before.value
            } else {
                after.value
            }
        })
        .sum();
    Some(grown / seconds)
}

#[expect(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
const fn count(most: u64) -> f64 {
    most as f64
}
