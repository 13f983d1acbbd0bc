//! docs/tools.md, made of the catalogue.

use std::fmt::Write as _;

use crate::{Ground, Managed, Program, Rule, Tool, catalogue};

const INTRODUCTION: &str = "\
# Tools

Every command of nodetool and every sstable tool of Cassandra 4.0, 4.1 and 5.0, and what becomes of it here.
`ringkeeper tool explain NAME` says what each takes.

- **impact**: *observe* reads; *change* alters data, settings or load; *disrupt* takes the node or a service of it away.
- **here**: *runs* at once; *for real*: shows what it would do unless it is said to be meant; *copy*: reads a copy of the
  SSTables by hard links, beside the running node; *stopped*: needs the node to be stopped, and is for real as well; *instead*:
  refused, with the operation that does it; *never*: refused.
- **there**: whether the managed instances of Azure let it be run. There every sstable tool costs a restart of the node.
";

fn expected() -> String {
    let mut text = INTRODUCTION.to_owned();
    for (title, is_nodetool) in [("nodetool", true), ("SSTables", false)] {
        let _ = write!(
            text,
            "\n## {title}\n\n| tool | from | impact | here | there | what it does | what it can break |\n|---|---|---|---|---|---|---|\n"
        );
        let mut tools: Vec<&Tool> = catalogue()
            .filter(|tool| (tool.program == Program::Nodetool) == is_nodetool)
            .collect();
        tools.sort_unstable_by_key(|tool| tool.name);
        for tool in tools {
            let there = match tool.managed {
                Managed::Offered => "yes",
                Managed::Withheld => "no",
            };
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {there} | {} | {} |",
                tool.name,
                tool.since,
                tool.impact,
                here(tool),
                tool.summary,
                tool.risk
            );
        }
    }
    text
}

fn here(tool: &Tool) -> String {
    match (tool.rule, tool.ground) {
        (Rule::Instead(operation), _) => format!("instead: `{operation}`"),
        (Rule::Never(_), _) => "never".to_owned(),
        (_, Ground::StoppedNode) => "stopped".to_owned(),
        (_, Ground::Copy) => "copy".to_owned(),
        (Rule::ForReal, _) => "for real".to_owned(),
        (Rule::Freely, _) => "runs".to_owned(),
    }
}

#[test]
fn docs_list_every_tool() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tools.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, expected()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == expected(),
        "docs/tools.md is stale: run `UPDATE_DOCS=1 cargo test -p ringkeeper-tools docs_list_every_tool`"
    );
}
