//! The one place of a plan that asks the host.

use std::collections::BTreeMap;

use ringkeeper_ring::{Token, TokenRange};
use ringkeeper_sdk::node_state::{self, PeerStatus};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{clock, cluster, log, metrics};

use super::{Chosen, Node, Place, Placement, Table, World};
use crate::digest::of_table;
use crate::parameters::Parameters;
use crate::select::{Selected, select};

/// Live bytes of a table on a node.
const DISK_BYTES: &str = "table.disk_bytes";

impl World {
    /// Looks at the cluster: at all of its schema, and at places and sizes of what is to be repaired.
    ///
    /// # Errors
    /// When the parameters do not fit the cluster, or the host does not know it yet.
    pub(crate) fn gather(parameters: &Parameters) -> Result<Self, Refusal> {
        let nodes = nodes()?;
        let mut schema = Vec::new();
        for keyspace in cluster::keyspaces()? {
            let tables = cluster::tables(&keyspace.name)?;
            schema.push((keyspace, tables));
        }
        let mut world = Self {
            now: clock::now(),
            nodes,
            ..Self::default()
        };
        let places = world.places();
        let mut maps = BTreeMap::new();
        for selected in select(schema, parameters)? {
            match world.map(&selected, &places, &mut maps) {
                Ok(map) => world.chosen.push(chosen(selected, map)),
                Err(Error::Unsupported(why)) => {
                    world.left_out.insert(selected.keyspace.name, why);
                }
                Err(error) => return Err(error.into()),
            }
        }
        world.read_sizes();
        Ok(world)
    }

    fn places(&self) -> BTreeMap<NodeId, Place> {
        let ids = self.nodes.iter().map(|node| node.id.clone());
        ids.enumerate().map(|(place, id)| (id, place)).collect()
    }

    /// The place of a keyspace's map, which is asked for once for all keyspaces that share it.
    fn map(
        &mut self,
        selected: &Selected,
        places: &BTreeMap<NodeId, Place>,
        known: &mut BTreeMap<u64, usize>,
    ) -> Result<usize, Error> {
        let digest = selected.keyspace.placement_map;
        if let Some(map) = digest.and_then(|digest| known.get(&digest)) {
            return Ok(*map);
        }
        let said = cluster::placements(&selected.keyspace.name)?;
        let map = self.maps.len();
        self.maps
            .push(said.iter().map(|one| placement(one, places)).collect());
        known.extend(digest.map(|digest| (digest, map)));
        Ok(map)
    }

    /// Reads sizes node by node: all at once would not fit into the plugin's memory on a large cluster.
    fn read_sizes(&mut self) {
        let mut columns: BTreeMap<String, Columns> = BTreeMap::new();
        for (keyspace, chosen) in self.chosen.iter_mut().enumerate() {
            columns.insert(chosen.keyspace.clone(), Columns::new(keyspace, &chosen.tables));
            chosen.bytes = vec![vec![0.0; chosen.tables.len()]; self.nodes.len()];
        }
        for (place, node) in self.nodes.iter().enumerate() {
            let samples = match metrics::latest_of_node(DISK_BYTES, &node.id) {
                Ok(samples) => samples,
                Err(error) => {
                    log::info(format_args!("sizes on {}: {}", node.address, error.message()));
                    continue;
                }
            };
            for sample in samples.iter().filter(|sample| sample.value.is_finite()) {
                let Some(name) = &sample.table else { continue };
                let Some(columns) = columns.get_mut(&name.keyspace) else {
                    continue;
                };
                let table = columns.of(&name.table);
                let row = self
                    .chosen
                    .get_mut(columns.keyspace)
                    .and_then(|chosen| chosen.bytes.get_mut(place));
                if let Some(cell) = row.and_then(|row| row.get_mut(table?)) {
                    *cell = sample.value.max(0.0) as f32;
                }
            }
        }
    }
}

/// Where the tables of a keyspace stand, by name.
struct Columns {
    keyspace: usize,
    by_name: Vec<(String, usize)>,
    /// The one asked for last. Samples of a node come in order of their names, so the next one is next.
    last: usize,
}

impl Columns {
    fn new(keyspace: usize, tables: &[Table]) -> Self {
        let names = tables.iter().map(|table| table.name.clone());
        let mut by_name: Vec<_> = names.enumerate().map(|(table, name)| (name, table)).collect();
        by_name.sort_unstable();
        Self {
            keyspace,
            by_name,
            last: 0,
        }
    }

    fn of(&mut self, name: &str) -> Option<usize> {
        let at = |place: usize| self.by_name.get(place).filter(|(known, _)| known == name);
        let next = [self.last + 1, 0].into_iter().find(|place| at(*place).is_some());
        let found = match next {
            Some(place) => place,
            None => self
                .by_name
                .binary_search_by(|(known, _)| known.as_str().cmp(name))
                .ok()?,
        };
        self.last = found;
        self.by_name.get(found).map(|(_, table)| *table)
    }
}

fn nodes() -> Result<Vec<Node>, Error> {
    let states = node_state::states()?;
    let nodes = cluster::nodes()?.into_iter().zip(states);
    Ok(nodes
        .map(|(node, state)| Node {
            id: node.id,
            address: node.address,
            data_centre: node.data_centre,
            not_up_since: (state.status != PeerStatus::Up).then_some(state.status_since),
        })
        .collect())
}

fn chosen(selected: Selected, map: usize) -> Chosen {
    let tables = selected.tables.into_iter().map(|table| Table {
        digest: of_table(&table.name, &table.id),
        name: table.name,
    });
    Chosen {
        keyspace: selected.keyspace.name,
        replication: selected.keyspace.replication,
        map,
        by_name: selected.by_name,
        tables: tables.collect(),
        bytes: Vec::new(),
    }
}

fn placement(said: &cluster::Placement, places: &BTreeMap<NodeId, Place>) -> Placement {
    let ranges = said.ranges.iter();
    Placement {
        replicas: said
            .replicas
            .iter()
            .filter_map(|id| places.get(id).copied())
            .collect(),
        ranges: ranges
            .map(|range| TokenRange::new(Token::new(range.start), Token::new(range.end)))
            .collect(),
    }
}
