//! Placements as Cassandra's own classes compute them.

use super::*;
use crate::{Replicas, RingMember};

/// Random rings with random options, answered by `calculateNaturalReplicas` of Cassandra 4.0.18, 4.1.9 and 5.0.5, which
/// all three say the same. A ring is `node:data centre:rack:tokens`; a replica with a `t` is a transient one.
const ANSWERS: &str = include_str!("by_cassandra.txt");

fn ring(line: &str) -> BTreeMap<u32, RingMember> {
    let node = |word: &str| {
        let parts: Vec<&str> = word.split(':').collect();
        let tokens = parts[3].split(',').map(|token| token.parse().unwrap()).collect();
        let member = RingMember {
            data_centre: parts[1].to_owned(),
            rack: parts[2].to_owned(),
            tokens,
        };
        (parts[0].parse().unwrap(), member)
    };
    line.split(' ').map(node).collect()
}

fn replication(strategy: &str, options: &str) -> Replication {
    let option = |word: &str| {
        let (name, factor) = word.split_once('=').unwrap();
        let (all, transient) = factor.split_once('/').unwrap_or((factor, "0"));
        (
            name.to_owned(),
            Replicas {
                all: all.parse().unwrap(),
                transient: transient.parse().unwrap(),
            },
        )
    };
    let mut options: BTreeMap<_, _> = options.split(' ').map(option).collect();
    match strategy {
        "simple" => Replication::Simple(options.remove("replication_factor").unwrap()),
        _ => Replication::NetworkTopology(options),
    }
}

#[test]
fn every_placement_is_the_one_cassandra_computes() {
    let mut members = BTreeMap::new();
    let mut map = None;
    let mut compared = 0;
    for line in ANSWERS.lines() {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "ring" => members = ring(rest),
            "simple" | "network" => {
                map = Some(PlacementMap::compute(&members, &replication(word, rest)).unwrap());
            }
            token => {
                let nodes = rest.trim_start_matches("->").split_whitespace();
                let (transient, full): (Vec<&str>, Vec<&str>) = nodes.partition(|node| node.ends_with('t'));
                let numbers = |nodes: Vec<&str>| -> Vec<u32> {
                    nodes
                        .into_iter()
                        .map(|node| node.trim_end_matches('t').parse().unwrap())
                        .collect()
                };
                let placement = map
                    .as_ref()
                    .unwrap()
                    .placement_of(token.parse().unwrap())
                    .unwrap();
                assert_eq!(placement.replicas, numbers(full), "{members:?} {token}");
                assert_eq!(placement.transient, numbers(transient), "{members:?} {token}");
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}
