//! Cassandra's own tools.

use ringkeeper_plan::Impact;
use ringkeeper_tools::{Ground, Kind, Line, Managed, Need, Parameter, Place, Rule, Tool};

use super::grid::{Column, Grid, Value};
use crate::screen::{Screen, Tone};

/// What the other columns take at most.
const OTHER_COLUMNS: usize = 54;
/// A summary that is shorter says nothing.
const FEW_LETTERS: usize = 36;

/// A line for each tool.
pub(crate) fn list(tools: &[&Tool], screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::left("Tool", 0),
        Column::left("Impact", 0),
        Column::left("Here", 1),
        Column::left("What it does", 0),
    ]);
    let room = screen
        .width
        .map(|width| width.saturating_sub(OTHER_COLUMNS).max(FEW_LETTERS));
    grid.group(tools.iter().map(|tool| row(tool, room)).collect());
    grid.draw(screen).groups.concat() + "\n"
}

/// `room` is how many letters of the summary are shown, where not all are.
fn row(tool: &Tool, room: Option<usize>) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let tone = match tool.impact {
        Impact::Observe => Tone::Plain,
        Impact::Change => Tone::Warning,
        Impact::Disrupt => Tone::Bad,
    };
    vec![
        plain(tool.name.to_owned()),
        (tool.impact.to_string(), tone),
        plain(here(tool).to_owned()),
        plain(room.map_or_else(|| tool.summary.to_owned(), |room| cut(tool.summary, room))),
    ]
}

fn here(tool: &Tool) -> &'static str {
    match (tool.rule, tool.ground) {
        (Rule::Instead(_), _) => "instead",
        (Rule::Never(_), _) => "never",
        (_, Ground::StoppedNode) => "stopped",
        (_, Ground::Copy) => "copy",
        (Rule::ForReal, _) => "for real",
        (Rule::Freely, _) => "runs",
    }
}

fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    kept.trim_end().to_owned() + "…"
}

/// Everything about one.
pub(crate) fn one(tool: &Tool, screen: &Screen) -> String {
    let mut parts = vec![head(tool, screen), running(tool, screen)];
    if !tool.parameters.is_empty() {
        let lines = tool.parameters.iter().map(|parameter| taken(parameter, screen));
        parts.push(format!("Takes:\n{}", lines.collect::<Vec<_>>().join("\n")));
    }
    parts.push(screen.paint(Tone::Faint, &screen.wrap("", "", &origin(tool))));
    parts.join("\n\n") + "\n"
}

fn head(tool: &Tool, screen: &Screen) -> String {
    let mut lines = vec![
        screen.paint(Tone::Strong, tool.name),
        screen.wrap("  ", "  ", tool.summary),
    ];
    if !tool.risk.is_empty() {
        let risk = screen.wrap("  ", "  ", &format!("Can break: {}", tool.risk));
        lines.push(screen.paint(Tone::Warning, &risk));
    }
    lines.join("\n")
}

/// How it is run here.
fn running(tool: &Tool, screen: &Screen) -> String {
    let mut sentences = vec![format!("Impact: {}.", tool.impact)];
    match tool.rule {
        Rule::Instead(operation) => {
            sentences.push(format!(
                "It is not run here; this does it: ringkeeper run {operation}"
            ));
        }
        Rule::Never(reason) => sentences.push(format!("It is not run here: {reason}.")),
        Rule::Freely | Rule::ForReal => {
            sentences.push(ground(tool.ground).to_owned());
            if tool.rule == Rule::ForReal {
                let dry = if tool.dry_run.is_empty() {
                    "Unless it is meant for real, it is shown and not run."
                } else {
                    "Unless it is meant for real, it only says what it would do."
                };
                sentences.push(dry.to_owned());
            }
        }
    }
    if !tool.look.is_empty() {
        sentences.push(format!("Look first with: {}.", tool.look.join(", ")));
    }
    let lines = sentences.iter().map(|sentence| screen.wrap("", "  ", sentence));
    lines.collect::<Vec<_>>().join("\n")
}

const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Node => "It asks the running node.",
        Ground::Copy => "It reads a copy of the SSTables by hard links; the node may run.",
        Ground::StoppedNode => "It works on the node's files: the node must be stopped.",
    }
}

fn taken(parameter: &Parameter, screen: &Screen) -> String {
    let need = match parameter.need {
        Need::Required => "",
        Need::Optional if parameter.value == Kind::Flag => "",
        Need::Optional => ", if wanted",
        Need::Several => ", any number",
        Need::AtLeastOne => ", one or more",
    };
    let since = if parameter.since == Line::V4_0 {
        String::new()
    } else {
        format!(", from {}", parameter.since)
    };
    let option = match parameter.place {
        Place::Option(option) => format!(" ({option})"),
        Place::Argument | Place::Switch => String::new(),
    };
    let first = format!(
        "{}={}{need}{since}{option}",
        parameter.name,
        value(parameter.value)
    );
    let mut lines = vec![
        screen.wrap("  ", "    ", &first),
        screen.wrap("    ", "    ", parameter.about),
    ];
    if let Some(risk) = parameter.risk {
        let risk = screen.wrap("    ", "    ", &format!("Only for real: {risk}"));
        lines.push(screen.paint(Tone::Warning, &risk));
    }
    lines.join("\n")
}

/// What a value looks like.
fn value(kind: Kind) -> String {
    match kind {
        Kind::Flag => "true".to_owned(),
        Kind::Name => "NAME".to_owned(),
        Kind::QualifiedName => "KEYSPACE[.TABLE]".to_owned(),
        Kind::Number { min, max: u64::MAX } => format!("{min}…"),
        Kind::Number { min, max } => format!("{min}…{max}"),
        Kind::Fraction => "0…1".to_owned(),
        Kind::OneOf { words } => words.join("|"),
        Kind::SomeOf { words } => words.join(","),
        Kind::Address => "ADDRESS".to_owned(),
        Kind::AddressBlock => "ADDRESS/BITS".to_owned(),
        Kind::DataCentre => "DC".to_owned(),
        Kind::HostId => "HOST-ID".to_owned(),
        Kind::Token => "TOKEN".to_owned(),
        Kind::TokenPair => "TOKEN,TOKEN".to_owned(),
        Kind::PartitionKey => "KEY".to_owned(),
        Kind::SnapshotName => "SNAPSHOT".to_owned(),
        Kind::Time => "TIME".to_owned(),
        Kind::Moment => "MOMENT".to_owned(),
        Kind::Id => "ID".to_owned(),
        Kind::Role => "ROLE".to_owned(),
        Kind::Word => "WORD".to_owned(),
        Kind::Folder => "FOLDER".to_owned(),
        Kind::SsTable => "SSTABLE".to_owned(),
    }
}

fn origin(tool: &Tool) -> String {
    let there = match tool.managed {
        Managed::Offered => "let it be run",
        Managed::Withheld => "do not let it be run",
    };
    format!(
        "Cassandra has it from {} on. The managed instances of Azure {there}.",
        tool.since
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use ringkeeper_tools::{catalogue, find};

    use super::*;
    use crate::render::samples::screen;

    #[test]
    fn tools_are_listed() {
        let some = [
            "status",
            "cleanup",
            "repair",
            "decommission",
            "sstableverify",
            "sstablescrub",
        ];
        let tools: Vec<&Tool> = some.iter().map(|name| find(name).unwrap()).collect();
        assert_snapshot!(list(&tools, &screen(110)));
    }

    #[test]
    fn a_tool_is_explained() {
        for name in [
            "verify",
            "repair",
            "removenode",
            "sstablescrub",
            "sstablemetadata",
        ] {
            assert_snapshot!(name, one(find(name).unwrap(), &screen(90)));
        }
    }

    #[test]
    fn every_tool_can_be_explained_on_a_narrow_terminal() {
        for tool in catalogue() {
            let text = one(tool, &screen(80));
            let longest_word = text.split_whitespace().map(str::len).max().unwrap();
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= 80.max(longest_word + 4), "{}: {text}", tool.name);
        }
    }
}
