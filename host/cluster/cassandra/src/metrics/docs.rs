//! docs/metrics.md, made of the registry.

use std::fmt::Write as _;

use ringkeeper_cluster::{METRICS, MetricKind, Tier};

const INTRODUCTION: &str = "\
# Metrics

What Ringkeeper reads from every node, by the name under which plugins ask for it. Gauges move up and down; counters
only go up and begin at 0 when Cassandra starts; a flag is 1 for yes and 0 for no. A number that a node does not have is left out, never shown as 0: a
thread pool, for instance, has none before its first task.

In the sources `M:` stands for `org.apache.cassandra.metrics:`. A source with `*` adds up all MBeans that match, unless
its remark says otherwise; a table's source matches once for each table. All of them exist in Cassandra 4.0, 4.1 and
5.0.

`client.reads` and `client.writes` count every request a node coordinates, Cassandra's own and Ringkeeper's included, and
so do the counters of a consistency level. Where clients log in, Cassandra reads roles and permissions: at `QUORUM` for
the built-in role `cassandra`, every time its caches expire (2 s by default); at `LOCAL_QUORUM` for others since 4.1, at
`LOCAL_ONE` before; and changes of roles write at `EACH_QUORUM` since 4.1. Ringkeeper reads the repair history at
`QUORUM`. So a few requests at those levels are not taken for clients' use of them; let no application log in as
`cassandra`.
";

fn expected() -> String {
    let mut text = INTRODUCTION.to_owned();
    for (tier, heading) in [
        (Tier::Node, "## Of a node\n\nRead every minute by default."),
        (
            Tier::Table,
            "## Of a table on a node\n\nRead every five minutes by default. Of Cassandra's own keyspaces only `system_auth` and \
             `system_distributed` are read.",
        ),
        (
            Tier::Machine,
            "## Of the machine below a node\n\nRead with the node's, where nodes are reached by [agents](agent.md); the machine of a \
             node that does not answer after every membership sweep, every 15 s by default. Counters begin at 0 when the machine \
             starts. Where a number is said of parts (mount points, devices, interfaces, arrays, ports), `/metrics` has \
             them as the label `part`, and plugins ask for them by `latest-of-parts`. A day is remembered. All that an agent reads \
             of its machine: [host-metrics.md](host-metrics.md).",
        ),
    ] {
        let _ = write!(
            text,
            "\n{heading}\n\n| name | unit | kind | meaning | source |\n|---|---|---|---|---|\n"
        );
        for metric in METRICS.iter().filter(|metric| metric.tier == tier) {
            let kind = match metric.kind {
                MetricKind::Gauge => "gauge",
                MetricKind::Counter => "counter",
            };
            let (name, unit, meaning, source) =
                (metric.name, metric.unit.name(), metric.meaning, metric.source);
            let _ = writeln!(text, "| `{name}` | {unit} | {kind} | {meaning} | `{source}` |");
        }
    }
    text
}

#[test]
fn docs_list_every_metric() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/metrics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, expected()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == expected(),
        "docs/metrics.md is stale: run `UPDATE_DOCS=1 cargo test -p ringkeeper-cassandra docs_list_every_metric`"
    );
}
