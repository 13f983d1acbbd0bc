//! Requests of clients that failed: timed out, or refused because too few replicas were up.

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::percent;
use crate::world::{Calm, Member, Place, World};

/// Requests, timeouts and refusals of one kind.
const KINDS: [(&str, &str, &str, &str); 2] = [
    (
        "reads",
        "client.reads",
        "client.read_timeouts",
        "client.read_unavailables",
    ),
    (
        "writes",
        "client.writes",
        "client.write_timeouts",
        "client.write_unavailables",
    ),
];

/// Coordinators with requests that failed while all members were up. Other failures follow from a node that was missed.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let Some(calm) = world.calm(settings) else {
        return Vec::new();
    };
    let each = |rule: Rule| {
        let found = world
            .places()
            .filter_map(|(place, member)| Some((place, rule(world, settings, calm, place, member)?)));
        found.collect()
    };
    let late = Alike {
        rule: "timeouts",
        what: "Requests time out",
    };
    let refused = Alike {
        rule: "unavailables",
        what: "Requests are refused for lack of replicas",
    };
    let mut findings = late.tell(world, settings, each(timeouts));
    findings.extend(refused.tell(world, settings, each(refusals)));
    findings
}

type Rule = fn(&World, &Settings, Calm, Place, &Member) -> Option<Finding>;

fn increase(world: &World, metric: &str, place: Place, calm: Calm) -> Option<f64> {
    let increase = world.numbers.increase_since(metric, place, calm.since)?;
    Some(increase.by)
}

fn timeouts(
    world: &World,
    settings: &Settings,
    calm: Calm,
    place: Place,
    member: &Member,
) -> Option<Finding> {
    let minutes = calm.minutes;
    let mut evidence = Vec::new();
    let mut worst: Option<(f64, &str)> = None;
    for (kind, requests, timeouts, _) in KINDS {
        let (Some(timeouts), Some(requests)) = (
            increase(world, timeouts, place, calm),
            increase(world, requests, place, calm),
        ) else {
            continue;
        };
        let ratio = timeouts / requests.max(timeouts).max(1.0);
        if timeouts < f64::from(settings.client_timeouts) || ratio < settings.client_timeout_ratio {
            continue;
        }
        evidence.push(Evidence {
            name: format!("{kind} timed out in {minutes} min"),
            value: format!("{timeouts:.0} of {requests:.0} ({})", percent(ratio)),
            limit: Some(format!(
                "below {} or {}",
                settings.client_timeouts,
                percent(settings.client_timeout_ratio)
            )),
        });
        if worst.is_none_or(|(worst, _)| ratio > worst) {
            worst = Some((ratio, kind));
        }
    }
    let (ratio, kind) = worst?;
    let title = format!(
        "{} of the {kind} that {} coordinates time out.",
        percent(ratio),
        member.name
    );
    let mut finding = about_node(Severity::Warning, "timeouts", member, Owner::Unknown, title);
    finding.evidence = evidence;
    Some(finding.suggest(
        "Look for a slow replica first (garbage collection, compactions, disk), then at the queries.",
    ))
}

fn refusals(
    world: &World,
    settings: &Settings,
    calm: Calm,
    place: Place,
    member: &Member,
) -> Option<Finding> {
    let minutes = calm.minutes;
    let refused: Vec<(&str, f64)> = KINDS
        .iter()
        .filter_map(|(kind, _, _, unavailables)| Some((*kind, increase(world, unavailables, place, calm)?)))
        .filter(|(_, count)| *count > 0.0)
        .collect();
    let sum: f64 = refused.iter().map(|(_, count)| count).sum();
    if sum < f64::from(settings.client_unavailables.max(1)) {
        return None;
    }
    let title = format!(
        "{} refused {sum:.0} requests in {minutes} min for lack of replicas.",
        member.name
    );
    let mut finding = about_node(Severity::Warning, "unavailables", member, Owner::Unknown, title);
    for (kind, count) in refused {
        let limit = format!("below {} in all", settings.client_unavailables.max(1));
        finding = finding.beyond(
            format!("{kind} refused in {minutes} min"),
            format!("{count:.0}"),
            limit,
        );
    }
    let finding = finding.seen("nodes down in that time", "none");
    Some(finding.suggest(
        "Compare the level that clients ask for with the replication; if it fits, nodes are away too briefly to be seen.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(ring: &Ring) -> Vec<Finding> {
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn timeouts_count_by_number_and_share() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("client.read_timeouts", 0, &[0.0, 50.0])
            .metric("client.reads", 0, &[0.0, 1_000.0]);
        ring.metric("client.read_timeouts", 1, &[0.0, 50.0])
            .metric("client.reads", 1, &[0.0, 1_000_000.0]);
        ring.metric("client.read_timeouts", 2, &[0.0, 5.0])
            .metric("client.reads", 2, &[0.0, 10.0]);
        let found = found(&ring);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].title,
            "5 % of the reads that 10.0.1.1 coordinates time out."
        );
        assert_eq!(found[0].evidence[0].value, "50 of 1000 (5 %)");
    }

    #[test]
    fn timeouts_of_unknown_requests_are_not_judged() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("client.read_timeouts", 0, &[0.0, 50.0]);
        assert_eq!(found(&ring), []);
    }

    #[test]
    fn timeouts_while_a_node_is_down_are_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("client.read_timeouts", 0, &[0.0, 50.0])
            .metric("client.reads", 0, &[0.0, 1_000.0])
            .down(2);
        assert_eq!(found(&ring), []);
    }

    #[test]
    fn refusals_without_a_node_down_stand_alone() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("client.write_unavailables", 2, &[3.0, 7.0]);
        assert_eq!(
            found(&ring)[0].title,
            "10.0.1.3 refused 4 requests in 15 min for lack of replicas."
        );
        ring.down(0);
        assert_eq!(found(&ring), []);
    }
}
