//! Shortages as blocks, worst first and not too many.

use std::cmp::Reverse;

use ringkeeper_cluster::{ConsistencyLevel, NodeId};
use ringkeeper_ring::{Placement, TokenRange};

use super::auth;
use super::count::Shortage;
use super::question::Question;
use crate::scene::Scene;
use crate::{Block, Rule, Short};

/// Blocks shown of one proposal.
const SHOWN: usize = 20;
/// Ranges named in a block.
const FIRST: usize = 3;

/// The worst shortages as blocks, and one that says how many more there are.
pub(super) fn blocks(scene: &Scene<'_>, mut shortages: Vec<Shortage<'_, '_>>) -> Vec<Block> {
    let missing = |short: &Shortage<'_, '_>| short.needed.saturating_sub(short.left);
    shortages.sort_by(|one, other| {
        let rank = |short: &Shortage<'_, '_>| {
            (
                Reverse(missing(short)),
                Reverse(short.ranges),
                short.question.evidence.is_some(),
            )
        };
        let place = |short: &Shortage<'_, '_>| (short.question.name.to_owned(), short.question.level);
        rank(one)
            .cmp(&rank(other))
            .then_with(|| place(one).cmp(&place(other)))
    });
    let more = shortages.len().saturating_sub(SHOWN);
    let mut blocks: Vec<Block> = shortages
        .iter()
        .take(SHOWN)
        .map(|shortage| block(scene, shortage))
        .collect();
    if more > 0 {
        blocks.push(
            Block::new(
                Rule::Availability,
                "keyspaces",
                "not listed here:",
                format!("{more} more of the kind"),
            )
            .lifted_by("lifted when the nodes above are back"),
        );
    }
    blocks
}

/// Nobody can tell where the keyspace's ranges are.
pub(super) fn placements_unknown(question: &Question<'_>) -> Block {
    Block::new(
        Rule::Availability,
        format!("keyspace {}", question.name),
        "replicas",
        "unknown where they are",
    )
    .lifted_by(format!(
        "lifted when a node answers where its ranges are, or by a waiver for {} in [policy]",
        question.name
    ))
}

fn block(scene: &Scene<'_>, shortage: &Shortage<'_, '_>) -> Block {
    let question = shortage.question;
    let (first, absent) = first(scene, shortage);
    let block = Block::new(
        Rule::Availability,
        format!("keyspace {}", question.name),
        "replicas left",
        shortage.left.to_string(),
    )
    .limit(shortage.needed.to_string())
    .lifted_by(lifted_by(scene, shortage, &absent));
    let since = absent
        .iter()
        .filter_map(|node| scene.standing(*node).absence()?.since)
        .max();
    Block {
        since,
        short: Some(Short {
            keyspace: question.name.to_owned(),
            level: question.level,
            evidence: question.evidence.cloned(),
            data_centre: shortage.centre.map(str::to_owned),
            ranges: shortage.ranges,
            first,
            left: shortage.left,
            needed: shortage.needed,
            absent,
        }),
        ..block
    }
}

/// The first ranges in token order, and who of the first one's replicas does not serve already.
fn first(scene: &Scene<'_>, shortage: &Shortage<'_, '_>) -> (Vec<TokenRange>, Vec<NodeId>) {
    let placements = shortage.question.map.map_or(&[][..], |map| map.placements());
    let concerned = shortage
        .placements
        .iter()
        .filter_map(|number| placements.get(*number));
    let mut ranges: Vec<(TokenRange, &Placement<NodeId>)> = concerned
        .flat_map(|placement| placement.ranges.iter().map(move |range| (*range, placement)))
        .collect();
    ranges.sort_unstable_by_key(|(range, _)| range.end);
    let is_counted = |node: &NodeId| {
        let view = scene.snapshot().nodes.get(node);
        shortage
            .centre
            .is_none_or(|centre| view.is_some_and(|view| view.data_centre == centre))
    };
    let absent = |placement: &Placement<NodeId>| -> Vec<NodeId> {
        let replicas = placement.replicas.iter().copied();
        replicas
            .filter(|node| is_counted(node) && !scene.standing(*node).serves())
            .collect()
    };
    let absent = ranges
        .first()
        .map(|(_, placement)| absent(placement))
        .unwrap_or_default();
    let first = ranges.iter().take(FIRST).map(|(range, _)| *range).collect();
    (first, absent)
}

fn lifted_by(scene: &Scene<'_>, shortage: &Shortage<'_, '_>, absent: &[NodeId]) -> String {
    let question = shortage.question;
    if let Some(cure) = auth::cure(scene.snapshot(), question.name, question.keyspace) {
        return format!("lifted by {cure}");
    }
    let waiver = format!("by a waiver for {} in [policy]", question.name);
    let others = absent.iter().filter(|node| !scene.proposal.nodes.contains(node));
    let away = others.filter_map(|node| {
        let standing = scene.standing(*node);
        Some(format!("{} ({})", scene.name(*node), standing.absence()?))
    });
    let away: Vec<String> = away.collect();
    let mut ways = Vec::new();
    if !away.is_empty() {
        ways.push(format!("when {} serves again", away.join(" and ")));
    } else if question.level == ConsistencyLevel::All {
        ways.push("by a lower level: ALL bears no replica away".to_owned());
    } else if scene.proposal.nodes.len() > 1 {
        ways.push("by fewer nodes at a time, by more replicas".to_owned());
    } else {
        ways.push("by more replicas".to_owned());
    }
    if let Some(used) = question.evidence {
        ways.push(format!(
            "when clients of the keyspace no longer use {}",
            used.level
        ));
    }
    ways.push(waiver);
    format!("lifted {}", ways.join(", or "))
}
