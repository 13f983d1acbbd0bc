//! docs/host-metrics.md, made of the registry.

use std::fmt::Write as _;

use super::{HOST_METRICS, Kind, Unit};

const INTRODUCTION: &str = "\
# Host metrics

What the agent reads of the machine below Cassandra. Counters only grow and begin at 0 when the machine starts; gauges go up
and down. What a machine does not tell is left out, never shown as 0. Devices, mount points, interfaces and arrays have
numbers of their own; of file systems only those that are on a disk of the machine are asked, for others may hang.

| name | unit | kind | meaning (source) |
|---|---|---|---|
";

fn expected() -> String {
    let mut text = INTRODUCTION.to_owned();
    for metric in HOST_METRICS {
        let unit = match metric.unit {
            Unit::Bytes => "bytes",
            Unit::Seconds => "seconds",
            Unit::Count => "count",
            Unit::Flag => "0 or 1",
        };
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let _ = writeln!(text, "| `{}` | {unit} | {kind} | {} |", metric.name, metric.help);
    }
    text
}

#[test]
fn docs_list_every_host_metric() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/host-metrics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, expected()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == expected(),
        "docs/host-metrics.md is stale: run `UPDATE_DOCS=1 cargo test -p ringkeeper-drivers docs_list_every_host_metric`"
    );
}
