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

## Running them

Tools run beside a node that has an [agent](agent.md), as runs of the operation `tools.run`: with guard, leases, approvals and journal
as any other work.

```text
ringkeeper tool run status --node 10.0.0.1
ringkeeper tool run tablestats --node 10.0.0.1 -- -H shop.orders
ringkeeper tool run sstablescrub --node 10.0.0.1 --dry-run -- shop orders
ringkeeper tool run cleanup --node 10.0.0.1 --really -- keyspace=shop
ringkeeper runs output shop-812
```

- Behind `--` stands what the tool takes: `NAME=VALUE`, a value at its place, or the tool's own option, as behind nodetool. It is
  checked against the catalogue before anybody is asked. There is no shell: a value is one word, whatever is in it.
- What the tool prints comes as it prints it, standard output and standard error apart; everything else goes to standard error. Ctrl-C ends the
  showing. `--detach` does not wait; `runs output` shows later what is kept beside the node.
- Exit codes: 0 where the tool ended with 0, 1 where it ended otherwise or its run failed, 3 where it was refused.
- What can break something says so first, and does only its dry run unless `--really` is said. Where it has no dry run, it is refused,
  with that word.
- `--dry-run` of a tool that has none shows its words and runs nothing.
- What needs a stopped node has it drained and stopped by the host, which asks its guard before, and started again after, however the tool
  ends. It needs the approval that any stop needs.
- What only looks holds no node and goes on in a freeze. What changes something waits for whoever holds the node.
- A tool that only looks is ended after an hour, any other after a day.
- A tool is begun once. A host that was killed, or lost the answer, asks the agent by the number of the order. Where the agent has no word
  of it, a tool that only looks is begun; for any other the run fails, and says that nobody knows whether it ran.
- A tool ends with its agent, and its run fails: \"the agent ended while it ran\".
- The journal has who asked (`by` in the event that opens the run), the run and step, tool, arguments and node, and how it ended.
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
