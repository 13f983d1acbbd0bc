//! Whether a level that clients use needs replicas that the policy's level does not.

use ringkeeper_cluster::ConsistencyLevel;
use ringkeeper_ring::Replication;

use super::need::{Centres, Scope, needed, wanted_in_all};

/// Whether `used` can fail where `configured` holds, for a keyspace replicated like this in a ring of so many data centres.
pub(super) fn asks_more(
    used: ConsistencyLevel,
    configured: ConsistencyLevel,
    replication: &Replication,
    centres_of_ring: usize,
) -> bool {
    if used == configured || configured == ConsistencyLevel::All {
        return false;
    }
    let centres: Vec<usize> = match replication {
        Replication::NetworkTopology(wanted) => {
            let replicas = wanted.values().map(|replicas| replicas.all as usize);
            replicas.filter(|replicas| *replicas > 0).collect()
        }
        // A majority in one data centre says nothing of ranges whose majority is nowhere, and a majority of all nothing of one.
        Replication::Simple(_) if centres_of_ring > 1 && is_local(used) != is_local(configured) => {
            return true;
        }
        // The whole ring counts, as one data centre would.
        Replication::Simple(_) => vec![wanted_in_all(replication)],
        // How many there are only the placements say: better asked than not.
        Replication::Everywhere | Replication::Unknown { .. } => return true,
        Replication::Local => return false,
    };
    let all: usize = centres.iter().sum();
    if let [_] = centres.as_slice() {
        return needed(used, all) > needed(configured, all);
    }
    let (used_in, configured_in) = (
        Scope::of(used, replication).centres,
        Scope::of(configured, replication).centres,
    );
    match (used_in, configured_in) {
        (Centres::None, Centres::None) => needed(used, all) > needed(configured, all),
        // Whoever loses a replica keeps a quorum at home: that many are left in total.
        (Centres::None, _) => {
            let at_home = centres.iter().map(|replicas| needed(configured, *replicas)).min();
            needed(used, all) > at_home.unwrap_or(0)
        }
        (_, Centres::None) | (Centres::All, Centres::Losing | Centres::LosingMajority) => true,
        (Centres::Losing | Centres::LosingMajority | Centres::All, _) => false,
    }
}

const fn is_local(level: ConsistencyLevel) -> bool {
    matches!(
        level,
        ConsistencyLevel::LocalQuorum | ConsistencyLevel::LocalSerial
    )
}
