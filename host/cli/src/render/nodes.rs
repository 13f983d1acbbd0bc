//! Nodes, one a line.

use ringkeeper_api::{DataCentreStatus, NodeSummary};
use ringkeeper_cluster::{Membership, PeerStatus};

use super::findings::short;
use super::grid::{Column, Grid, NOTHING, Value, or_nothing};
use super::quantity::{ago, bytes};
use crate::screen::{Screen, Tone};

/// The columns of a list of nodes, in nodetool's order, then what it does not show.
fn grid() -> Grid {
    Grid::new(vec![
        Column::new("--", false, 0),
        Column::new("Address", false, 0),
        Column::new("Load", true, 1),
        Column::new("Tokens", true, 9),
        Column::new("Owns", true, 5),
        Column::new("Rack", false, 2),
        Column::new("Version", false, 6),
        Column::new("Answers", false, 0),
        Column::new("Pending", true, 4),
        Column::new("Heap", true, 7),
        Column::new("Held by", false, 3),
        Column::new("Seen", false, 8),
        Column::new("Host ID", false, 10),
    ])
}

/// Nodes of one cluster, those of a data centre under its name.
pub(crate) fn list(nodes: &[NodeSummary], screen: &Screen) -> String {
    let mut centres: Vec<DataCentreStatus> = Vec::new();
    for node in nodes {
        match centres.iter_mut().find(|centre| centre.name == node.data_center) {
            Some(centre) => centre.nodes.push(node.clone()),
            None => centres.push(DataCentreStatus {
                name: node.data_center.clone(),
                nodes: vec![node.clone()],
            }),
        }
    }
    data_centres(&centres, screen).join("\n\n") + "\n"
}

/// A block for each data centre, and one that says what letters mean and what had no room.
pub(crate) fn data_centres(centres: &[DataCentreStatus], screen: &Screen) -> Vec<String> {
    if centres.is_empty() {
        return vec!["No nodes are known yet.".to_owned()];
    }
    let mut grid = grid();
    for centre in centres {
        grid.group(centre.nodes.iter().map(|node| row(node, screen)).collect());
    }
    let drawn = grid.draw(screen);
    let mut blocks: Vec<_> = centres
        .iter()
        .zip(&drawn.groups)
        .map(|(centre, rows)| {
            let heading = format!("Datacenter: {}", centre.name);
            let underline = "=".repeat(heading.chars().count());
            format!("{}\n{underline}\n{rows}", screen.paint(Tone::Strong, &heading))
        })
        .collect();
    let mut footnotes: Vec<_> = LEGEND.iter().map(|line| screen.wrap("", "  ", line)).collect();
    if !drawn.left_out.is_empty() {
        let missing = format!(
            "No room for: {}; a wider terminal or --format json has them",
            drawn.left_out.join(", ")
        );
        footnotes.push(screen.wrap("", "  ", &missing));
    }
    blocks.push(screen.paint(Tone::Faint, &footnotes.join("\n")));
    blocks
}

const LEGEND: [&str; 3] = [
    "Status: U up, D down, X disputed among its peers, ? unknown",
    "State: N normal, L leaving, J joining, M moving, S stopped, ? unknown",
    "Answers: whether it answers the host; Pending: compactions still to do",
];

fn row(node: &NodeSummary, screen: &Screen) -> Vec<Value> {
    // A silent node's numbers are its last word, not its state.
    let tone = if node.answers { Tone::Plain } else { Tone::Faint };
    let number = |value: Option<String>| (value.unwrap_or_else(|| NOTHING.to_owned()), tone);
    let heap = node.heap_used_bytes.zip(node.heap_max_bytes).and_then(heap);
    vec![
        letters(node),
        (node.address.ip().to_string(), Tone::Plain),
        number(node.load_bytes.map(bytes)),
        (node.size.to_string(), Tone::Plain),
        or_nothing(node.owns_percent.map(|percent| format!("{percent:.1}%"))),
        (node.rack.clone(), Tone::Plain),
        or_nothing(node.release_version.clone()),
        if node.answers {
            ("yes".to_owned(), Tone::Plain)
        } else {
            ("NO".to_owned(), Tone::Bad)
        },
        number(node.pending_compactions.map(|pending| pending.to_string())),
        number(heap),
        or_nothing(node.held_by.clone()),
        or_nothing(node.last_answered_at.map(|then| ago(screen.now, then))),
        (short(node.host_id), Tone::Plain),
    ]
}

/// Status and state as nodetool writes them, with a letter for what it cannot say.
fn letters(node: &NodeSummary) -> Value {
    let (status, tone) = match node.status {
        PeerStatus::Up => ('U', Tone::Good),
        PeerStatus::Down => ('D', Tone::Bad),
        PeerStatus::Disputed => ('X', Tone::Bad),
        PeerStatus::Unknown => ('?', Tone::Warning),
    };
    let state = match node.state {
        Membership::Normal => 'N',
        Membership::Leaving => 'L',
        Membership::Joining => 'J',
        Membership::Moving => 'M',
        Membership::Stopped => 'S',
        Membership::Unknown => '?',
    };
    let tone = if tone == Tone::Good && state != 'N' {
        Tone::Warning
    } else {
        tone
    };
    (format!("{status}{state}"), tone)
}

/// Heap in use as a share of what it may be.
fn heap((used, most): (u64, u64)) -> Option<String> {
    let percent = used.saturating_mul(100).checked_div(most)?;
    Some(format!("{percent}%"))
}
