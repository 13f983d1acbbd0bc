//! What the guard says.

use ringkeeper_api::{AskedNode, BlockRow, GuardAnswer};
use ringkeeper_plan::Impact;

use super::quantity::{ago, ahead, count, span};
use crate::screen::{Screen, Tone};

/// Nodes named in the first line; of more, how many there are.
const NAMED: usize = 4;
/// Nodes listed; of more, this many.
const FEW: usize = 20;

/// The verdict in the first line, then a paragraph for each block, then what was asked about.
pub(crate) fn answer(answer: &GuardAnswer, screen: &Screen) -> String {
    let mut parts = vec![verdict(answer, screen)];
    parts.extend(answer.blocks.iter().map(|block| paragraph(block, screen)));
    parts.push(nodes(&answer.nodes));
    let looked = format!(
        "Looked at {} {}. {}",
        answer.cluster,
        ago(screen.now, answer.observed_at),
        answer.note
    );
    parts.push(screen.paint(Tone::Faint, &screen.wrap("", "", &looked)));
    parts.join("\n\n") + "\n"
}

fn verdict(answer: &GuardAnswer, screen: &Screen) -> String {
    let who = if answer.nodes.len() <= NAMED {
        let names = answer.nodes.iter().map(|node| node.address.ip().to_string());
        names.collect::<Vec<_>>().join(", ")
    } else {
        count(answer.nodes.len(), "node")
    };
    let what = match answer.impact {
        Impact::Observe => format!("looking at {who}"),
        Impact::Change => format!("{} on {who}", answer.work.name()),
        Impact::Disrupt => format!("taking {who} away"),
    };
    if answer.admitted {
        return screen.paint(
            Tone::Good,
            &screen.wrap("admitted: ", "  ", &format!("{what} may begin now")),
        );
    }
    let stands = match answer.blocks.len() {
        1 => "1 thing stands in the way".to_owned(),
        several => format!("{several} things stand in the way"),
    };
    let text = format!("{what} must wait; {stands}");
    screen.paint(Tone::Bad, &screen.wrap("blocked: ", "  ", &text))
}

/// What stands in the way, and what lifts it.
pub(super) fn paragraph(row: &BlockRow, screen: &Screen) -> String {
    let block = &row.block;
    let mut lines = vec![
        screen.paint(Tone::Warning, block.rule.name()),
        screen.wrap("  ", "  ", &format!("{}.", what(row))),
        screen.wrap("  ", "  ", &sentence(&block.lifted_by)),
    ];
    if let Some(since) = block.since {
        let lasts = format!("So for {}, since {since}.", span(screen.now.since(since)));
        lines.push(screen.wrap("  ", "  ", &lasts));
    }
    if let Some(until) = block
        .until
        .filter(|until| !block.lifted_by.contains(&until.to_string()))
    {
        let ends = format!("Ends by itself {}, at {until}.", ahead(screen.now, until));
        lines.push(screen.wrap("  ", "  ", &ends));
    }
    lines.join("\n")
}

/// The block without what lifts it, which its text ends with.
fn what(row: &BlockRow) -> &str {
    let without = row.text.strip_suffix(row.block.lifted_by.as_str());
    let without = without.and_then(|text| text.strip_suffix("; "));
    without.unwrap_or(&row.text).trim_end_matches('.')
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn nodes(nodes: &[AskedNode]) -> String {
    let mut lines: Vec<String> = nodes
        .iter()
        .take(FEW)
        .map(|node| {
            format!(
                "  {:<15} {}/{}: {}",
                node.address.ip().to_string(),
                node.data_center,
                node.rack,
                node.standing
            )
        })
        .collect();
    if nodes.len() > FEW {
        lines.push(format!("  and {} more", nodes.len() - FEW));
    }
    format!("Asked about:\n{}", lines.join("\n"))
}
