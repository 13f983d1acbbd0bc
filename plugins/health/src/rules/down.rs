//! Nodes that are down for all their peers, with everything that follows from it.

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::node_state::Answer;
use ringkeeper_sdk::prelude::*;

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
    let elsewhere = elsewhere(world, settings);
    let tell = |(index, outage): (usize, &Outage)| {
        let mut own: Vec<&Effect<'_>> = effects
            .iter()
            .filter(|effect| effect.cause == Cause::Alone(index))
            .collect();
        own.sort_by_key(|effect| effect.standing);
        finding(world, outage, &own, &elsewhere)
    };
    outages.iter().enumerate().map(tell).collect()
}

fn finding(world: &World, outage: &Outage, effects: &[&Effect<'_>], elsewhere: &[Evidence]) -> Finding {
    let broken = effects.iter().any(|effect| effect.standing == Standing::Below);
    let severity = if broken {
        Severity::Severe
    } else {
        Severity::Warning
    };
    let be = if outage.nodes.len() == 1 { "is" } else { "are" };
    let title = format!("{} {be} down{}.", outage.name(world), consequence(effects));
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

/// What it means, in half a sentence: the worst alone.
fn consequence(effects: &[&Effect<'_>]) -> String {
    let Some(worst) = effects.first().map(|effect| effect.standing) else {
        return String::new();
    };
    let mut keyspaces: Vec<&str> = Vec::new();
    let mut levels: Vec<&str> = Vec::new();
    for effect in effects.iter().filter(|effect| effect.standing == worst) {
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
    match worst {
        Standing::Below => format!(", and {keyspaces} cannot be read or written at {level} in some ranges"),
        Standing::AtLevel => format!("; one more node down may make {keyspaces} unavailable at {level}"),
    }
}

fn alone(world: &World, place: Place, member: &Member, finding: Finding, elsewhere: &[Evidence]) -> Finding {
    let state = &member.state;
    let (up, down, unknown) = member.seen_by();
    let mut finding = finding.seen("down since", words::ago(world.now, state.status_since));
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
    finding.suggest(match (&state.answer, state.membership.as_str()) {
        (Answer::Answered, "Normal") => {
            "It answers the host, so its process runs: look at the network between the nodes and at its gossip."
        }
        (_, "Stopped") => "It was shut down on purpose. Start it when the work on it is done.",
        _ => "See whether its machine and its Cassandra process run, and start what does not.",
    })
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
        .seen("the first is down since", words::ago(world.now, first));
    finding = if answering.is_empty() {
        finding.seen("their own answers", "none answers the host")
    } else {
        finding.seen("still answer the host", words::list(&answering))
    };
    finding.evidence.extend_from_slice(elsewhere);
    finding.suggest(
        "They went together: look first at what they share, as power, network or the zone they are in.",
    )
}

fn own_answer(world: &World, member: &Member) -> String {
    match &member.state.answer {
        Answer::Answered => {
            let mode = member.state.operation_mode.as_deref().unwrap_or("not said");
            format!("answers the host; operation mode {mode}")
        }
        Answer::Silent(why) => {
            let since = words::ago(world.now, member.state.answer_since);
            format!("silent since {since}: {why}")
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

/// What the other nodes suffer meanwhile, in numbers.
fn elsewhere(world: &World, settings: &Settings) -> Vec<Evidence> {
    let sum = |metrics: &[&str]| -> f64 {
        let of = |metric: &&str| -> f64 {
            let increases = world
                .places()
                .filter_map(|(place, _)| world.numbers.increase(metric, place));
            increases.map(|increase| increase.by).sum()
        };
        metrics.iter().map(of).sum()
    };
    let facts = [
        (
            "requests refused for lack of replicas",
            sum(&["client.read_unavailables", "client.write_unavailables"]),
        ),
        ("hints written by other nodes", sum(&["hints.written"])),
    ];
    let told = facts
        .into_iter()
        .filter(|(_, value)| *value > 0.0)
        .map(|(name, value)| Evidence {
            name: format!("{name} in {} min", settings.window_minutes),
            value: format!("{value:.0}"),
            limit: None,
        });
    told.collect()
}

fn key(world: &World, outage: &Outage) -> String {
    match &outage.extent {
        Extent::Node => {
            let member = outage.nodes.first().and_then(|place| world.members.get(*place));
            format!("node-down/{}", member.map_or("", |member| &member.node.id))
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
