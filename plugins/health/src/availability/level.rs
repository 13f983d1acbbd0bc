//! How many replicas a consistency level needs.

use std::collections::BTreeMap;

use ringkeeper_sdk::cluster::Replication;

/// Replicas that a level counts, and how many of them it needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Need {
    /// The data centre whose replicas count; none where all do.
    pub(crate) data_centre: Option<String>,
    /// How many there are by the keyspace's replication.
    pub(crate) replicas: usize,
    /// How many must be up.
    pub(crate) needed: usize,
}

/// What reading or writing at `level` needs, for coordinators anywhere; none where the level or the strategy is not
/// known. `nodes` counts full members by data centre. As in Cassandra's `ConsistencyLevel`: the LOCAL levels look at
/// one data centre under `NetworkTopologyStrategy` alone; elsewhere they are the same as those of the whole ring.
pub(crate) fn needs(
    replication: &Replication,
    level: &str,
    nodes: &BTreeMap<&str, usize>,
) -> Option<Vec<Need>> {
    let everywhere = |replicas: usize, needed: usize| {
        Some(vec![Need {
            data_centre: None,
            replicas,
            needed,
        }])
    };
    let all = replicas(replication, nodes)?;
    match level {
        "ONE" => everywhere(all, 1),
        "TWO" => everywhere(all, 2),
        "THREE" => everywhere(all, 3),
        "ALL" => everywhere(all, all),
        "QUORUM" | "SERIAL" => everywhere(all, quorum(all)),
        "LOCAL_QUORUM" | "LOCAL_SERIAL" | "EACH_QUORUM" => {
            let Replication::NetworkTopology(data_centres) = replication else {
                return everywhere(all, quorum(all));
            };
            // Nobody coordinates from a data centre that does not exist; EACH_QUORUM asks it all the same.
            let counts = |name: &str| level == "EACH_QUORUM" || nodes.contains_key(name);
            let needs = data_centres
                .iter()
                .filter(|dc| dc.replicas > 0 && counts(&dc.data_centre))
                .map(|dc| {
                    let replicas = dc.replicas as usize;
                    Need {
                        data_centre: Some(dc.data_centre.clone()),
                        replicas,
                        needed: quorum(replicas),
                    }
                });
            Some(needs.collect())
        }
        _ => None,
    }
}

/// All full replicas of a range; none where the strategy is not known or has no ring.
pub(crate) fn replicas(replication: &Replication, nodes: &BTreeMap<&str, usize>) -> Option<usize> {
    match replication {
        Replication::Simple(replicas) => Some(*replicas as usize),
        Replication::NetworkTopology(data_centres) => {
            Some(data_centres.iter().map(|dc| dc.replicas as usize).sum())
        }
        Replication::Everywhere => Some(nodes.values().sum()),
        Replication::Local | Replication::Unknown(_) => None,
    }
}

fn quorum(replicas: usize) -> usize {
    replicas / 2 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::network;

    fn of(replication: &Replication, level: &str) -> Option<Vec<(Option<String>, usize, usize)>> {
        let nodes = BTreeMap::from([("dc1", 3), ("dc2", 3)]);
        let needs = needs(replication, level, &nodes)?;
        Some(
            needs
                .into_iter()
                .map(|need| (need.data_centre, need.replicas, need.needed))
                .collect(),
        )
    }

    #[test]
    fn levels_of_the_whole_ring() {
        let replication = network(&[("dc1", 3), ("dc2", 2)]);
        let cases = [
            ("ONE", 1),
            ("TWO", 2),
            ("THREE", 3),
            ("QUORUM", 3),
            ("SERIAL", 3),
            ("ALL", 5),
        ];
        for (level, needed) in cases {
            assert_eq!(of(&replication, level), Some(vec![(None, 5, needed)]), "{level}");
        }
    }

    #[test]
    fn levels_of_a_data_centre() {
        let replication = network(&[("dc1", 3), ("dc2", 2), ("dc3", 0)]);
        let expected = vec![(Some("dc1".to_owned()), 3, 2), (Some("dc2".to_owned()), 2, 2)];
        for level in ["LOCAL_QUORUM", "LOCAL_SERIAL", "EACH_QUORUM"] {
            assert_eq!(of(&replication, level), Some(expected.clone()), "{level}");
        }
    }

    #[test]
    fn only_each_quorum_asks_a_data_centre_that_does_not_exist() {
        let replication = network(&[("dc1", 3), ("elsewhere", 3)]);
        assert_eq!(of(&replication, "LOCAL_QUORUM").unwrap().len(), 1);
        assert_eq!(of(&replication, "EACH_QUORUM").unwrap().len(), 2);
    }

    #[test]
    fn simple_strategy_has_no_data_centres() {
        for level in ["LOCAL_QUORUM", "LOCAL_SERIAL", "EACH_QUORUM", "QUORUM"] {
            assert_eq!(
                of(&Replication::Simple(3), level),
                Some(vec![(None, 3, 2)]),
                "{level}"
            );
        }
    }

    #[test]
    fn every_node_is_a_replica_under_everywhere_strategy() {
        assert_eq!(of(&Replication::Everywhere, "QUORUM"), Some(vec![(None, 6, 4)]));
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        assert_eq!(of(&Replication::Simple(3), "ANY"), None);
        assert_eq!(of(&Replication::Local, "ONE"), None);
        assert_eq!(of(&Replication::Unknown("OwnStrategy".into()), "ONE"), None);
    }
}
