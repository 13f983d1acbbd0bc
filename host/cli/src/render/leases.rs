//! Who holds which node.

use ringkeeper_api::LeaseRow;

use super::grid::{Column, Grid};
use super::quantity::span;
use crate::screen::{Screen, Tone};

/// A line for each node that is held.
pub(crate) fn list(leases: &[LeaseRow], screen: &Screen) -> String {
    if leases.is_empty() {
        return "No node is held.\n".to_owned();
    }
    let column = |name, dispensable| Column {
        name,
        right: false,
        dispensable,
    };
    let mut grid = Grid::new(vec![
        column("Node", 0),
        column("Held by", 0),
        column("For", 1),
        column("Step", 3),
        column("Until", 0),
        column("Cluster", 2),
    ]);
    let plain = |text: String| (text, Tone::Plain);
    grid.group(
        leases
            .iter()
            .map(|lease| {
                vec![
                    plain(lease.address.ip().to_string()),
                    plain(lease.run.clone()),
                    plain(span(screen.now.since(lease.since))),
                    plain(lease.title.clone()),
                    plain(lease.until.clone()),
                    plain(lease.cluster.clone()),
                ]
            })
            .collect(),
    );
    grid.draw(screen).groups.concat() + "\n"
}
