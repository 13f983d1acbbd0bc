//! What the nodes that are down do to the keyspaces that must keep a consistency level.

mod level;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_sdk::Evidence;

use crate::outage::Outage;
use crate::words;
use crate::world::{Place, Placement, PlacementMap, SYSTEM_AUTH, World};

pub(crate) use level::{Need, needs, replicas};

/// How a range stands. The worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Too few replicas are up: it cannot be read or written at its level.
    Below,
    /// A replica is down, and no other may be.
    AtLevel,
}

/// What outages do to ranges of keyspaces with the same placements and level.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effect<'w> {
    /// The keyspaces, by name.
    pub(crate) keyspaces: Vec<&'w str>,
    /// Their level.
    pub(crate) level: &'w str,
    /// What the level needs.
    pub(crate) need: Need,
    /// How the ranges stand.
    pub(crate) standing: Standing,
    /// Which outage does it, by its place among the outages.
    pub(crate) cause: Cause,
    /// How many ranges.
    pub(crate) ranges: usize,
    /// Of how many.
    pub(crate) of_ranges: usize,
    /// Their share of the ring, from 0 to 1.
    pub(crate) share: f64,
    /// Replicas that are up, of the range that has fewest.
    pub(crate) fewest_up: usize,
    /// Whether it is about a single copy of roles and permissions alone. Cassandra makes `system_auth` so, and reads
    /// it only where clients log in, which the host does not know.
    pub(crate) log_in_alone: bool,
}

/// Who is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// This outage would do it alone.
    Alone(usize),
    /// Only these together do it.
    Together(BTreeSet<usize>),
}

/// What `outages` do. A range that several outages would each bring to the same standing is told for each of them.
pub(crate) fn effects<'w>(world: &'w World, outages: &[Outage]) -> Vec<Effect<'w>> {
    let mut outage_of = vec![None; world.members.len()];
    for (index, outage) in outages.iter().enumerate() {
        for place in &outage.nodes {
            if let Some(slot) = outage_of.get_mut(*place) {
                *slot = Some(index);
            }
        }
    }
    let mut effects = Vec::new();
    for (group, keyspaces) in groups(world) {
        let Some(map) = world.maps.get(&group.map) else {
            continue;
        };
        for need in group.needs {
            let log_in_alone = group.system_auth && need.replicas == 1;
            effects.extend(
                tallies(world, map, &need, &outage_of)
                    .into_iter()
                    .map(|(key, tally)| Effect {
                        keyspaces: keyspaces.clone(),
                        level: group.level,
                        need: need.clone(),
                        standing: key.standing,
                        cause: key.outage.map_or(Cause::Together(tally.outages), Cause::Alone),
                        ranges: tally.ranges,
                        of_ranges: map.ranges,
                        share: tally.share,
                        fewest_up: tally.fewest_up,
                        log_in_alone,
                    }),
            );
        }
    }
    effects
}

/// Keyspaces whose ranges all stand alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group<'w> {
    map: u64,
    level: &'w str,
    needs: Vec<Need>,
    /// Whether it is `system_auth` with a single copy, which stands for itself.
    system_auth: bool,
}

fn groups(world: &World) -> BTreeMap<Group<'_>, Vec<&str>> {
    let nodes = world.data_centres();
    let mut groups = BTreeMap::<Group<'_>, Vec<&str>>::new();
    for keyspace in &world.keyspaces {
        let (Some(map), Some(level)) = (keyspace.placement_map, keyspace.consistency_level.as_deref()) else {
            continue;
        };
        if let Some(needs) = needs(&keyspace.replication, level, &nodes) {
            let system_auth = keyspace.name == SYSTEM_AUTH && needs.iter().any(|need| need.replicas == 1);
            let group = Group {
                map,
                level,
                needs,
                system_auth,
            };
            groups.entry(group).or_default().push(&keyspace.name);
        }
    }
    groups
}

/// Ranges with one standing and one cause; no outage stands for several together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    standing: Standing,
    outage: Option<usize>,
}

struct Tally {
    ranges: usize,
    share: f64,
    fewest_up: usize,
    outages: BTreeSet<usize>,
}

fn tallies(
    world: &World,
    map: &PlacementMap,
    need: &Need,
    outage_of: &[Option<usize>],
) -> BTreeMap<Key, Tally> {
    let outage_of = |place: Place| outage_of.get(place).copied().flatten();
    let mut tallies = BTreeMap::<Key, Tally>::new();
    for placement in &map.placements {
        if placement.replicas.iter().all(|place| outage_of(*place).is_none()) {
            continue;
        }
        let counted = counted(world, placement, need);
        let mut lost = BTreeMap::<usize, usize>::new();
        for outage in counted.iter().filter_map(|place| outage_of(*place)) {
            *lost.entry(outage).or_default() += 1;
        }
        let up = counted.len() - lost.values().sum::<usize>();
        let Some(standing) = standing(up, counted.len() - up, need) else {
            continue;
        };
        let mut alone: Vec<Option<usize>> = lost
            .iter()
            .filter(|(_, lost)| self::standing(counted.len() - **lost, **lost, need) == Some(standing))
            .map(|(outage, _)| Some(*outage))
            .collect();
        if alone.is_empty() {
            alone.push(None);
        }
        for outage in alone {
            let tally = tallies.entry(Key { standing, outage }).or_insert_with(|| Tally {
                ranges: 0,
                share: 0.0,
                fewest_up: up,
                outages: BTreeSet::new(),
            });
            tally.ranges += placement.ranges;
            tally.share += placement.share;
            tally.fewest_up = tally.fewest_up.min(up);
            tally.outages.extend(lost.keys());
        }
    }
    tallies
}

/// The replicas that the level counts.
fn counted(world: &World, placement: &Placement, need: &Need) -> Vec<Place> {
    let counts = |place: &Place| match &need.data_centre {
        Some(data_centre) => world.data_centre(*place) == Some(data_centre),
        None => true,
    };
    placement.replicas.iter().copied().filter(counts).collect()
}

fn standing(up: usize, lost: usize, need: &Need) -> Option<Standing> {
    match up {
        _ if lost == 0 => None,
        up if up < need.needed => Some(Standing::Below),
        up if up == need.needed => Some(Standing::AtLevel),
        _ => None,
    }
}

impl Effect<'_> {
    /// Whether some clients surely fail.
    pub(crate) fn breaks_clients(&self) -> bool {
        self.standing == Standing::Below && !self.log_in_alone
    }

    /// What matters more has the lower rank; what may not matter at all comes last.
    pub(crate) fn rank(&self) -> (bool, Standing) {
        (self.log_in_alone, self.standing)
    }

    /// `LOCAL_QUORUM in dc1`.
    pub(crate) fn level_and_place(&self) -> String {
        match &self.need.data_centre {
            Some(data_centre) => format!("{} in {data_centre}", self.level),
            None => self.level.to_owned(),
        }
    }

    /// The effect as a fact behind a finding.
    pub(crate) fn evidence(&self) -> Evidence {
        let ranges = format!(
            "{} of {}",
            self.ranges,
            words::count(self.of_ranges, "token range")
        );
        let left = format!("{} of {} replicas up", self.fewest_up, self.need.replicas);
        let doubt = if self.log_in_alone {
            "; matters only where clients log in"
        } else {
            ""
        };
        Evidence {
            name: format!("{} at {}", words::list(&self.keyspaces), self.level_and_place()),
            value: format!("{ranges} ({}) with {left}{doubt}", words::percent(self.share)),
            limit: Some(format!("needs {}", self.need.needed)),
        }
    }
}

#[cfg(test)]
mod tests;
