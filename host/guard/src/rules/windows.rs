//! Work keeps to its windows, and to no freeze.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ringkeeper_plan::Impact;
use ringkeeper_schedule::OpenHours;

use crate::scene::{Scene, list};
use crate::{Block, Deadline, Rule, WorkKind};

/// Blocks by the operator's switch, by freezes, and by windows that are closed.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    if scene.proposal.impact == Impact::Observe {
        return Vec::new();
    }
    let impact = scene.proposal.impact.to_string();
    let centres: BTreeSet<&str> = scene.by_centre().into_keys().collect();
    let mut blocks: Vec<Block> = switch(scene).into_iter().collect();
    blocks.extend(freezes(scene, &centres, &impact));
    if !presses(scene) && !brings_back(scene) {
        blocks.extend(centres.iter().filter_map(|centre| closed(scene, centre, &impact)));
    }
    blocks
}

fn switch(scene: &Scene<'_>) -> Option<Block> {
    let frozen = scene.world.frozen?;
    Some(
        Block::new(
            Rule::Windows,
            format!("cluster {}", scene.snapshot().cluster),
            "frozen by its operator",
            format!("since {}: {}", frozen.since, frozen.reason),
        )
        .since(frozen.since)
        .lifted_by("lifted by `ringkeeper freeze lift`"),
    )
}

/// Freezes that hold. Nothing overrides them.
fn freezes<'s>(
    scene: &'s Scene<'_>,
    centres: &'s BTreeSet<&str>,
    impact: &'s str,
) -> impl Iterator<Item = Block> {
    let spans = scene.policy.freezes.iter();
    spans.filter_map(move |span| {
        let freeze = span.freeze();
        let mut concerned = centres
            .iter()
            .filter(|centre| freeze.concerns(centre, impact))
            .peekable();
        let holds = freeze.is_of(&scene.snapshot().cluster) && span.holds_at(scene.world.now);
        if !holds || concerned.peek().is_none() {
            return None;
        }
        let concerned = list(concerned.map(|centre| (*centre).to_owned()));
        let block = Block::new(
            Rule::Windows,
            format!("data centre {concerned}"),
            "frozen by",
            format!("freeze {}: {}", freeze.name, freeze.reason),
        )
        .since(span.from())
        .lifted_by(format!("lifted when it ends, at {}", span.to()));
        Some(Block {
            until: Some(span.to()),
            ..block
        })
    })
}

/// A block where this data centre has windows for this impact and none is open.
fn closed(scene: &Scene<'_>, centre: &str, impact: &str) -> Option<Block> {
    let now = scene.world.now;
    let cluster = &scene.snapshot().cluster;
    let windows: Vec<&OpenHours> = scene
        .policy
        .windows
        .iter()
        .filter(|hours| hours.window().is_of(cluster) && hours.window().concerns(centre, impact))
        .collect();
    if windows.is_empty() || windows.iter().any(|hours| hours.open_until(now).is_some()) {
        return None;
    }
    let names = list(windows.iter().map(|hours| hours.window().name.clone()));
    let opens = windows.iter().filter_map(|hours| hours.opens_after(now)).min();
    let lifted_by = match opens {
        Some(opens) => format!("lifted when the next one opens, at {opens}"),
        None => "lifted by another window: none of these opens again".to_owned(),
    };
    let block = Block::new(
        Rule::Windows,
        format!("data centre {centre}"),
        "no window is open for work that would",
        format!("{impact} it: {names}"),
    )
    .lifted_by(lifted_by);
    Some(Block {
        until: opens,
        ..block
    })
}

/// Whether all it does is start what is down: that takes nothing away, and every hour it waits makes more to be caught up.
fn brings_back(scene: &Scene<'_>) -> bool {
    scene.work().iter().all(|kind| *kind == WorkKind::BringBack)
}

/// Whether security cannot wait for a window any more.
fn presses(scene: &Scene<'_>) -> bool {
    let is_past = |deadline: Deadline| deadline.is_security && deadline.at <= scene.world.now;
    scene.proposal.deadline.is_some_and(is_past)
}
