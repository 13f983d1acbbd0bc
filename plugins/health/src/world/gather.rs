//! The one place that asks the host.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_sdk::cluster::{self, Keyspace};
use ringkeeper_sdk::metrics::{self, Point};
use ringkeeper_sdk::node_state::{self, PeerStatus};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{TokenRange, clock, log};

use super::machines::machines;
use super::places::Places;
use super::{Member, Place, Placement, PlacementMap, View, World};
use crate::numbers::Numbers;
use crate::settings::Settings;

pub(super) const MINUTE: i64 = 60_000;

/// Up to this many nodes, everybody's view of everybody is read; beyond, it would grow with their square.
const EVERY_VIEW: usize = 64;
/// Beyond that, the views of this many troubled nodes.
const MOST_VIEWED: usize = 32;

impl World {
    /// Looks at the cluster. `scope` names the keyspaces to judge; all where it is none.
    pub(crate) fn gather(settings: &Settings, scope: Option<&[String]>) -> Result<Self, Refusal> {
        let now = clock::now();
        let nodes = cluster::nodes()?;
        let places = Places::of(nodes.iter().map(|node| node.id.as_str()));
        let names = names(nodes.iter().map(|node| node.address.as_str()));

        let remembered = settings.flapping_minutes.max(settings.window_minutes);
        let changes_since = now - i64::from(remembered) * MINUTE;
        let every_view = nodes.len() <= EVERY_VIEW;
        let mut viewed = 0;
        let mut members = Vec::with_capacity(nodes.len());
        for ((node, state), name) in nodes.into_iter().zip(node_state::states()?).zip(names) {
            let troubled = matches!(state.status, PeerStatus::Down | PeerStatus::Disputed);
            let views = if every_view || (troubled && viewed < MOST_VIEWED) {
                viewed += 1;
                views(&node.id, &places)?
            } else {
                Vec::new()
            };
            let changed = state.status_since >= changes_since;
            let transitions = if changed {
                node_state::transitions(&node.id)?
            } else {
                Vec::new()
            };
            members.push(Member {
                node,
                name,
                state,
                views,
                transitions,
            });
        }

        let keyspaces = keyspaces(scope)?;
        let any_down = members.iter().any(Member::is_down);
        let maps = if any_down {
            maps(&keyspaces, &places)
        } else {
            BTreeMap::new()
        };
        let mut numbers = numbers(now, settings, &places);
        let machines = machines(now, settings, &places, &mut numbers);
        Ok(Self {
            now,
            members,
            keyspaces,
            maps,
            schema_versions: cluster::schema_versions()?,
            schema_disagrees_since: cluster::schema_disagrees_since()?,
            numbers,
            machines,
        })
    }
}

/// Addresses without their ports where that leaves them distinct.
fn names<'a>(addresses: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let host = |address: &'a str| address.rsplit_once(':').map_or(address, |(host, _)| host);
    let mut seen = BTreeMap::<&str, usize>::new();
    for address in addresses.clone() {
        *seen.entry(host(address)).or_default() += 1;
    }
    let name = |address| {
        if seen.get(host(address)) == Some(&1) {
            host(address)
        } else {
            address
        }
    };
    addresses.map(|address| name(address).to_owned()).collect()
}

fn views(node: &NodeId, places: &Places) -> Result<Vec<View>, Error> {
    let views = node_state::views(node)?.into_iter();
    Ok(views
        .filter_map(|view| {
            Some(View {
                observer: places.get(&view.observer)?,
                sees_up: view.sees_up,
            })
        })
        .collect())
}

fn keyspaces(scope: Option<&[String]>) -> Result<Vec<Keyspace>, Refusal> {
    let all = match cluster::keyspaces() {
        Ok(all) => all,
        Err(Error::Unavailable(why)) if scope.is_none() => {
            log::info(format_args!("keyspaces are not judged: {why}"));
            return Ok(Vec::new());
        }
        Err(error) => return Err(error.into()),
    };
    let Some(scope) = scope else { return Ok(all) };
    if let Some(missing) = scope
        .iter()
        .find(|name| all.iter().all(|keyspace| keyspace.name != **name))
    {
        return Err(Refusal::new(
            Fault::InvalidParameters,
            format!("There is no keyspace `{missing}`."),
        ));
    }
    Ok(all
        .into_iter()
        .filter(|keyspace| scope.contains(&keyspace.name))
        .collect())
}

/// The maps of the keyspaces whose availability is watched, each asked for once.
fn maps(keyspaces: &[Keyspace], places: &Places) -> BTreeMap<u64, PlacementMap> {
    let mut maps = BTreeMap::new();
    let mut asked = BTreeSet::new();
    for keyspace in keyspaces
        .iter()
        .filter(|keyspace| keyspace.consistency_level.is_some())
    {
        let Some(id) = keyspace.placement_map.filter(|id| asked.insert(*id)) else {
            continue;
        };
        match cluster::placements(&keyspace.name) {
            Ok(placements) => {
                maps.insert(id, placement_map(&placements, places));
            }
            Err(error) => log::info(format_args!(
                "{} is not judged: {}",
                keyspace.name,
                error.message()
            )),
        }
    }
    maps
}

fn placement_map(said: &[cluster::Placement], places: &Places) -> PlacementMap {
    let placements: Vec<Placement> = said
        .iter()
        .map(|placement| Placement {
            replicas: placement
                .replicas
                .iter()
                .filter_map(|id| places.get(id))
                .collect(),
            ranges: placement.ranges.len(),
            share: placement.ranges.iter().map(share).sum(),
        })
        .collect();
    let ranges = placements.iter().map(|placement| placement.ranges).sum();
    PlacementMap { placements, ranges }
}

/// A range's share of the ring; equal bounds are all of it.
fn share(range: &TokenRange) -> f64 {
    const RING: f64 = 18_446_744_073_709_551_616.0;
    match range.end.wrapping_sub(range.start).cast_unsigned() {
        0 => 1.0,
        width => width as f64 / RING,
    }
}

/// Reads the metrics that the rules look at. Of counters and histories only those are asked for that can matter, as
/// each costs a call per node.
fn numbers(now: Timestamp, settings: &Settings, places: &Places) -> Numbers {
    let fresh = now - i64::from(settings.stale_minutes) * MINUTE;
    let window = now - i64::from(settings.window_minutes) * MINUTE;
    let mut numbers = Numbers::default();
    for metric in ["heap.max_bytes", "heap.after_gc_bytes"] {
        for (_, place, value) in latest(metric, fresh, places) {
            numbers.put(metric, place, vec![value]);
        }
    }
    let full = |place, used: f64, numbers: &Numbers| {
        numbers
            .latest("heap.max_bytes", place)
            .is_some_and(|max| used >= max * settings.heap_used_ratio)
    };
    let growing = now - i64::from(settings.pending_compactions_minutes) * MINUTE;
    for metric in HISTORIES {
        let since = if metric == "compaction.pending_tasks" {
            growing
        } else {
            window
        };
        for (node, place, newest) in latest(metric, fresh, places) {
            let matters = match metric {
                "heap.used_bytes" => full(place, newest.value, &numbers),
                "compaction.pending_tasks" => newest.value >= f64::from(settings.pending_compactions),
                _ => newest.value > 0.0,
            };
            if !matters {
                continue;
            }
            match metrics::series(metric, &node, None, since) {
                Ok(points) => numbers.put(metric, place, points),
                Err(error) => log::debug(format_args!("{metric} of {node}: {}", error.message())),
            }
        }
    }
    numbers
}

/// Metrics of which the rules need a history.
const HISTORIES: [&str; 13] = [
    "heap.used_bytes",
    "compaction.pending_tasks",
    "gc.time_ms",
    "dropped.mutation",
    "dropped.read",
    "dropped.other",
    "client.reads",
    "client.writes",
    "client.read_timeouts",
    "client.write_timeouts",
    "client.read_unavailables",
    "client.write_unavailables",
    "hints.written",
];

/// The newest number of every known node that is not older than `since`. A metric this host does not know has none.
pub(super) fn latest(
    metric: &str,
    since: Timestamp,
    places: &Places,
) -> impl Iterator<Item = (NodeId, Place, Point)> {
    let samples = metrics::latest(metric).unwrap_or_else(|error| {
        log::debug(format_args!("{metric}: {}", error.message()));
        Vec::new()
    });
    samples
        .into_iter()
        .filter(move |sample| sample.table.is_none() && sample.at >= since)
        .filter_map(|sample| {
            let place = places.get(&sample.node)?;
            Some((
                sample.node,
                place,
                Point {
                    at: sample.at,
                    value: sample.value,
                },
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_called_by_its_address_without_the_port_where_that_is_clear() {
        let names = names(["10.0.0.1:7000", "10.0.0.2:7000", "10.0.0.2:7001", "[::1]:7000"].into_iter());
        assert_eq!(names, ["10.0.0.1", "10.0.0.2:7000", "10.0.0.2:7001", "[::1]"]);
    }

    #[test]
    fn shares_of_the_ring_make_one() {
        let range = |start, end| share(&TokenRange { start, end });
        assert_eq!(range(0, 0), 1.0);
        assert_eq!(range(i64::MIN, 0), 0.5);
        assert_eq!(range(0, i64::MIN), 0.5);
        assert!((range(-10, 1_000) + range(1_000, -10) - 1.0).abs() < 1e-9);
    }
}
