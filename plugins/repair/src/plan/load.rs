//! How much there is to read, by estimate.

use crate::plan::group::{Group, Grouped};
use crate::world::Chosen;

/// Bytes of one table, or of many, on the ranges of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Load {
    /// On the node that has most.
    pub(crate) most: f64,
    /// On all nodes together.
    pub(crate) all: f64,
}

impl Load {
    pub(crate) fn add(&mut self, other: Self) {
        self.most += other.most;
        self.all += other.all;
    }
}

/// What a node has of every table of a keyspace, were it to hold the whole ring with it: `[node][table]`. A node's
/// bytes lie on the ranges it holds, by their widths.
pub(crate) struct Density(Vec<Vec<f32>>);

impl Density {
    pub(crate) fn new(chosen: &Chosen, map: &Grouped) -> Self {
        let row = |(bytes, held): (&Vec<f32>, &f64)| {
            // Tiny shares must not blow rounding errors up, and a node without any holds nothing.
            let per_ring = if *held > 0.0 { (1.0 / held) as f32 } else { 0.0 };
            bytes.iter().map(|bytes| bytes * per_ring).collect()
        };
        Self(chosen.bytes.iter().zip(&map.held).map(row).collect())
    }

    /// The load of each table on this group, in order of the tables.
    pub(crate) fn loads(&self, group: &Group, tables: usize) -> impl Iterator<Item = Load> {
        let mut loads = vec![(0.0_f32, 0.0_f32); tables];
        for row in group.nodes.iter().filter_map(|node| self.0.get(*node)) {
            for (density, (most, all)) in row.iter().zip(&mut loads) {
                // `f32::max` is a dozen instructions here, for numbers that are none; these are all numbers.
                if *density > *most {
                    *most = *density;
                }
                *all += density;
            }
        }
        let share = group.share;
        loads.into_iter().map(move |(most, all)| Load {
            most: f64::from(most) * share,
            all: f64::from(all) * share,
        })
    }

    /// The load of all tables on this group together, and the most that one of them has on one node.
    pub(crate) fn total(&self, group: &Group, tables: usize) -> Total {
        let mut total = Total::default();
        for load in self.loads(group, tables) {
            total.load.add(load);
            if load.most > total.largest {
                total.largest = load.most;
            }
        }
        total
    }
}

/// The load of all tables of a keyspace on a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total {
    /// Of all together.
    pub(crate) load: Load,
    /// On one node, of the table that has most there.
    pub(crate) largest: f64,
}
