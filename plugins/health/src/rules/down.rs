//! Nodes that are down for all their peers, with everything that follows from it.

mod remedy;

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::node_state::Answer;
use ringkeeper_sdk::prelude::*;

use super::{meanwhile, process};
use crate::availability::{Cause, Effect, Standing, effects};
use crate::outage::{Extent, Outage};
use crate::settings::Settings;
use crate::words;
use crate::world::{Member, Place, View, World};

/// One finding for each outage. What it does to ranges, hints and clients is evidence in it.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let outages = Outage::all(world);
    if outages.is_empty() {
        return Vec::new();
    }
    let effects = effects(world, &outages);
    let elsewhere = meanwhile::evidence(world, settings);
    let tell = |(index, outage): (usize, &Outage)| {
        let mut own: Vec<&Effect<'_>> = effects
            .iter()
            .filter(|effect| effect.cause == Cause::Alone(index))
            .collect();
        own.sort_by_key(|effect| effect.rank());
        finding(world, outage, &own, &elsewhere)
    };
    outages.iter().enumerate().map(tell).collect()
}

fn finding(world: &World, outage: &Outage, effects: &[&Effect<'_>], elsewhere: &[Evidence]) -> Finding {
    let broken = effects.iter().any(|effect| effect.breaks_clients());
    let severity = if broken {
        Severity::Severe
    } else {
        Severity::Warning
    };
    let be = if outage.nodes.len() == 1 { "is" } else { "are" };
    let title = match dead(world, outage) {
        Some(member) => process::title(member, &consequence(effects)),
        None => format!("{} {be} down{}.", outage.name(world), consequence(effects)),
    };
    let mut finding =
        Finding::new(severity, key(world, outage), title).about(subject(world, outage), Owner::Platform);
    finding
        .evidence
        .extend(effects.iter().map(|effect| effect.evidence()));
    let down: Vec<(Place, &Member)> = outage
        .nodes
        .iter()
        .filter_map(|place| Some((*place, world.members.get(*place)?)))
        .collect();
    match down.as_slice() {
        [(place, member)] => alone(world, *place, member, finding, elsewhere),
        _ => several(world, outage, &down, finding, elsewhere),
    }
}

/// The one node of an outage, where its machine says that no Cassandra runs there.
fn dead<'w>(world: &'w World, outage: &Outage) -> Option<&'w Member> {
    let place = outage.nodes.first().filter(|_| outage.extent == Extent::Node)?;
    world.dead(*place)?;
    world.members.get(*place)
}

/// What it means, in half a sentence: the worst alone.
fn consequence(effects: &[&Effect<'_>]) -> String {
    let Some(first) = effects.first() else {
        return String::new();
    };
    let mut keyspaces: Vec<&str> = Vec::new();
    let mut levels: Vec<&str> = Vec::new();
    for effect in effects.iter().filter(|effect| effect.rank() == first.rank()) {
        keyspaces.extend(&effect.keyspaces);
        levels.push(effect.level);
    }
    keyspaces.sort_unstable();
    keyspaces.dedup();
    levels.dedup();
    let level = if let [level] = levels.as_slice() {
        level
    } else {
        "their consistency levels"
    };
    let keyspaces = words::list(&keyspaces);
    if first.log_in_alone {
        return format!(
            ", and {keyspaces} cannot be read or written at {level} in some ranges, which matters only where clients log in"
        );
    }
    match first.standing {
        Standing::Below => format!(", and {keyspaces} cannot be read or written at {level} in some ranges"),
        Standing::AtLevel => format!("; one more node down may make {keyspaces} unavailable at {level}"),
    }
}

fn alone(world: &World, place: Place, member: &Member, finding: Finding, elsewhere: &[Evidence]) -> Finding {
    let state = &member.state;
    let (up, down, unknown) = member.seen_by();
    let dead = world.dead(place);
    let mut finding = finding;
    if let Some(dead) = dead {
        finding.evidence.extend(process::evidence(world, place, dead));
    }
    let mut finding = finding.seen("down for", words::duration(world.now - state.status_since));
    if !member.views.is_empty() {
        let peers = up.len() + down.len() + unknown.len();
        finding = finding.seen("peers that see it down", format!("{} of {peers}", down.len()));
    }
    if state.membership != "Normal" {
        finding = finding.seen("state in the ring", &state.membership);
    }
    finding = finding.seen("its own answer", own_answer(world, member));
    finding = cut_off(world, place, finding);
    finding.evidence.extend_from_slice(elsewhere);
    match dead {
        Some(dead) => process::cure(world, place, dead, finding),
        None => finding.suggest(remedy::of(member)),
    }
}

fn several(
    world: &World,
    outage: &Outage,
    down: &[(Place, &Member)],
    finding: Finding,
    elsewhere: &[Evidence],
) -> Finding {
    let first = down
        .iter()
        .map(|(_, member)| member.state.status_since)
        .min()
        .unwrap_or(world.now);
    let answering = down.iter().filter(|(_, member)| member.answers());
    let answering: Vec<&str> = answering.map(|(_, member)| member.name.as_str()).collect();
    let mut finding = finding
        .seen("nodes", words::list(&outage.names(world)))
        .seen("the first is down for", words::duration(world.now - first));
    finding = if answering.is_empty() {
        finding.seen("their own answers", "none answers the host")
    } else {
        finding.seen("still answer the host", words::list(&answering))
    };
    let dead = down.iter().filter(|(place, _)| world.dead(*place).is_some());
    let dead: Vec<&str> = dead.map(|(_, member)| member.name.as_str()).collect();
    if !dead.is_empty() {
        finding = finding.seen(
            "machines that answer, without a Cassandra that runs",
            words::list(&dead),
        );
    }
    finding.evidence.extend_from_slice(elsewhere);
    let off: Vec<String> = down
        .iter()
        .filter_map(|(_, member)| remedy::switched_off(member))
        .collect();
    match off.first() {
        Some(what) if off.len() == down.len() => finding.suggest(format!("On each of them: its {what}")),
        _ => finding.suggest(
            "They went together: look first at what they share, as power, network or the zone they are in.",
        ),
    }
}

fn own_answer(world: &World, member: &Member) -> String {
    match &member.state.answer {
        Answer::Answered => {
            let mode = member.state.operation_mode.as_deref().unwrap_or("not said");
            format!("answers the host; operation mode {mode}")
        }
        Answer::Silent(why) => {
            let time = words::duration(world.now - member.state.answer_since);
            format!("silent for {time}: {why}")
        }
    }
}

/// Says so if the node itself sees others down, which tells a cut cable from a dead process.
fn cut_off(world: &World, place: Place, finding: Finding) -> Finding {
    let by_it = |view: &View| view.observer == place && view.sees_up == Some(false);
    let unseen = world.members.iter().filter(|other| other.views.iter().any(by_it));
    let unseen: Vec<&str> = unseen.map(|other| other.name.as_str()).collect();
    if unseen.is_empty() {
        finding
    } else {
        finding.seen("it sees down", words::list(&unseen))
    }
}

fn key(world: &World, outage: &Outage) -> String {
    match &outage.extent {
        Extent::Node => {
            let member = outage.nodes.first().and_then(|place| world.members.get(*place));
            let rule = dead(world, outage).map_or("node-down", |_| process::RULE);
            format!("{rule}/{}", member.map_or("", |member| &member.node.id))
        }
        Extent::Rack { data_centre, rack } => format!("rack-down/{data_centre}/{rack}"),
        Extent::DataCentre { data_centre } => format!("data-centre-down/{data_centre}"),
    }
}

fn subject(world: &World, outage: &Outage) -> Subject {
    match &outage.extent {
        Extent::Node => {
            let member = outage.nodes.first().and_then(|place| world.members.get(*place));
            member.map_or(Subject::Cluster, |member| Subject::Node(member.node.id.clone()))
        }
        Extent::Rack { data_centre, .. } | Extent::DataCentre { data_centre } => {
            Subject::DataCentre(data_centre.clone())
        }
    }
}

#[cfg(test)]
mod tests;
