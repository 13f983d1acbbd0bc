//! Replication options as `system_schema.keyspaces` holds them.

use std::collections::BTreeMap;

use ringkeeper_ring::{Replicas, Replication};

use crate::release::without_package;

/// Reads the options of a keyspace. What cannot be understood is [`Replication::Unknown`], never a guess.
pub(super) fn parse(mut options: BTreeMap<String, String>) -> Replication {
    let class = options.remove("class").unwrap_or_default();
    let class = without_package(&class);
    let known = match class {
        "SimpleStrategy" => options
            .get("replication_factor")
            .and_then(|text| replicas(text))
            .map(Replication::Simple),
        "NetworkTopologyStrategy" => data_centres(options).map(Replication::NetworkTopology),
        "LocalStrategy" => Some(Replication::Local),
        "EverywhereStrategy" => Some(Replication::Everywhere),
        _ => None,
    };
    known.unwrap_or_else(|| Replication::Unknown {
        class: class.to_owned(),
    })
}

fn data_centres(options: BTreeMap<String, String>) -> Option<BTreeMap<String, Replicas>> {
    options
        .into_iter()
        .map(|(data_centre, text)| Some((data_centre, replicas(&text)?)))
        .collect()
}

/// Reads `3`, or `3/1` where one of three is transient.
fn replicas(text: &str) -> Option<Replicas> {
    let (all, transient) = match text.split_once('/') {
        Some((all, transient)) => (all.parse().ok()?, transient.parse().ok()?),
        None => (text.parse().ok()?, 0),
    };
    (transient <= all).then_some(Replicas { all, transient })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[(&str, &str)]) -> Replication {
        parse(
            options
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn of(all: u32, transient: u32) -> Replicas {
        Replicas { all, transient }
    }

    #[test]
    fn every_strategy_is_read() {
        const PACKAGE: &str = "org.apache.cassandra.locator.";
        for (class, options, expected) in [
            (
                "SimpleStrategy",
                &[("replication_factor", "3")][..],
                Replication::Simple(of(3, 0)),
            ),
            (
                "SimpleStrategy",
                &[("replication_factor", "3/1")],
                Replication::Simple(of(3, 1)),
            ),
            (
                "NetworkTopologyStrategy",
                &[("dc1", "3"), ("dc2", "3/1")],
                Replication::NetworkTopology(
                    [("dc1".to_owned(), of(3, 0)), ("dc2".to_owned(), of(3, 1))].into(),
                ),
            ),
            (
                "NetworkTopologyStrategy",
                &[],
                Replication::NetworkTopology(BTreeMap::new()),
            ),
            ("LocalStrategy", &[], Replication::Local),
            ("EverywhereStrategy", &[], Replication::Everywhere),
        ] {
            let class_with_package = format!("{PACKAGE}{class}");
            let with_package = [&[("class", class_with_package.as_str())], options].concat();
            assert_eq!(read(&with_package), expected, "{class} {options:?}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_unknown_and_never_guessed() {
        for (class, options) in [
            ("MetaStrategy", &[("x", "1")][..]),
            ("SimpleStrategy", &[]),
            ("SimpleStrategy", &[("replication_factor", "many")]),
            ("NetworkTopologyStrategy", &[("dc1", "1/2")]),
            ("", &[]),
        ] {
            let options = [&[("class", class)], options].concat();
            assert_eq!(
                read(&options),
                Replication::Unknown {
                    class: class.to_owned()
                },
                "{options:?}"
            );
        }
    }

    #[test]
    fn fuzz_replication_options() {
        let samples = [
            "class=org.apache.cassandra.locator.NetworkTopologyStrategy\ndc1=3\ndc2=3/1",
            "class=SimpleStrategy\nreplication_factor=3",
            "class=LocalStrategy",
        ];
        ringkeeper_fuzz::text("replication options", &samples, |text| {
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            let options = pairs
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            let of = match parse(options) {
                Replication::Simple(of) => vec![of],
                Replication::NetworkTopology(of) => of.into_values().collect(),
                _ => Vec::new(),
            };
            assert!(of.iter().all(|replicas| replicas.transient <= replicas.all));
            Ok(())
        });
    }
}
