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
    pub(crate) fn loads(&self, group: &Group, tables: usize) -> Vec<Load> {
        let mut most = vec![0.0_f32; tables];
        let mut all = vec![0.0_f32; tables];
        for row in group.nodes.iter().filter_map(|node| self.0.get(*node)) {
            for ((density, most), all) in row.iter().zip(&mut most).zip(&mut all) {
                *most = most.max(*density);
                *all += density;
            }
        }
        let loads = most.into_iter().zip(all).map(|(most, all)| Load {
            most: f64::from(most) * group.share,
            all: f64::from(all) * group.share,
        });
        loads.collect()
    }
}
