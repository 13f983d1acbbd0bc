//! Certificates of nodes that end soon.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::{ago, duration};
use crate::world::World;

const DAY: i64 = 24 * 3_600_000;

/// One finding a node, about the certificate that ends first.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let mut ends: Vec<(i64, &str)> = world
            .machines
            .get(&place)?
            .certificates
            .iter()
            .map(|(port, ends)| (*ends, port.as_str()))
            .filter(|(ends, _)| ends - world.now < i64::from(settings.certificate_days) * DAY)
            .collect();
        ends.sort_unstable();
        let (first, port) = *ends.first()?;
        let left = first - world.now;
        let severity = match left < i64::from(settings.certificate_severe_days) * DAY {
            true => Severity::Severe,
            false => Severity::Warning,
        };
        let name = &member.name;
        let title = match left > 0 {
            true => format!(
                "The certificate of {name} at port {port} ends in {}.",
                duration(left)
            ),
            false => format!("The certificate of {name} at port {port} has ended."),
        };
        let mut finding = about_node(severity, "certificate", member, Owner::Configuration, title);
        for (ends, port) in ends {
            let left = match ends > world.now {
                true => format!("in {}", duration(ends - world.now)),
                false => ago(world.now, ends),
            };
            let limit = format!("in more than {} d", settings.certificate_days);
            finding = finding.beyond(format!("the certificate at port {port} ends"), left, limit);
        }
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "certificate",
        what: "Certificates end soon",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "Put a new one into its keystore; Cassandra reads it again by itself within ten minutes \
    (nodetool reloadssl at once). Where the authority changes too, every truststore must know the new one first.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, Ring};

    fn found(ends: &[(&str, i64)]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let certificates = ends
            .iter()
            .map(|(port, days)| ((*port).to_owned(), NOW + days * DAY));
        ring.machine(0).certificates = certificates.collect();
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_certificate_is_told_three_weeks_before_it_ends() {
        assert_eq!(found(&[("9042", 21), ("7001", 300)]), []);
        let told = found(&[("9042", 20), ("7001", 300)]);
        assert_eq!(told[0].severity, Severity::Warning);
        assert_eq!(
            told[0].title,
            "The certificate of 10.0.1.1 at port 9042 ends in 20 d."
        );
        assert_eq!(told[0].evidence.len(), 1);
    }

    #[test]
    fn the_one_that_ends_first_is_in_the_title() {
        let told = found(&[("7001", 10), ("9042", -1)]);
        assert_eq!(told[0].severity, Severity::Severe);
        assert_eq!(
            told[0].title,
            "The certificate of 10.0.1.1 at port 9042 has ended."
        );
        assert_eq!(told[0].evidence.len(), 2);
    }
}
