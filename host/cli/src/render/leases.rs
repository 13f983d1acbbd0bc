//! Who holds which node.

use ringkeeper_api::LeaseRow;

use super::grid::{Column, Grid, NOTHING, Value};
use super::quantity::{ago, lasting};
use crate::screen::{Screen, Tone};

/// A line for each node that is held.
pub(crate) fn list(leases: &[LeaseRow], screen: &Screen) -> String {
    if leases.is_empty() {
        return "No node is held.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("Node", 0),
        Column::left("Held by", 0),
        Column::left("For", 3),
        Column::left("Since", 1),
        Column::left("Step", 5),
        Column::left("Until", 0),
        Column::left("At most", 4),
        Column::left("Cluster", 2),
    ]);
    let plain = |text: String| (text, Tone::Plain);
    grid.group(
        leases
            .iter()
            .map(|lease| {
                vec![
                    plain(lease.address.ip().to_string()),
                    plain(lease.run.clone()),
                    plain(lease.work.join(", ")),
                    plain(ago(screen.now, lease.since)),
                    plain(lease.title.clone()),
                    plain(lease.until.clone()),
                    limit(lease, screen),
                    plain(lease.cluster.clone()),
                ]
            })
            .collect(),
    );
    let mut text = grid.draw(screen).groups.concat() + "\n";
    for lease in leases.iter().filter(|lease| lease.overdue) {
        let line = format!(
            "{} is held longer than its time limit by step {} of {} ({}). It is let go of when all that step began is \
             at rest: see `ringkeeper runs show {}`",
            lease.address.ip(),
            lease.step,
            lease.run,
            lease.operation,
            lease.run
        );
        text += &format!("\n{}\n", screen.paint(Tone::Bad, &screen.wrap("", "  ", &line)));
    }
    text
}

/// How long the step may still begin something on the node.
fn limit(lease: &LeaseRow, screen: &Screen) -> Value {
    match lease.time_limit {
        Some(_) if lease.overdue => ("OVERDUE".to_owned(), Tone::Bad),
        Some(limit) => (lasting(limit.since(screen.now)), Tone::Plain),
        None => (NOTHING.to_owned(), Tone::Plain),
    }
}
