//! Streaming.

use super::number;
use crate::Line::V4_1;
use crate::{Parameter, Tool};

const FULL: &str =
    "Without a limit streams take the network from clients; with a low one repairs and new nodes take long.";
const SHOWN: &[Parameter] = &[
    Parameter::flag("precise", "-d", "Not rounded.").since(V4_1),
    Parameter::flag("entire-sstable", "-e", "That of whole SSTables.").since(V4_1),
    Parameter::flag("mib", "-m", "In MiB instead of megabits.").since(V4_1),
];
const SET: &[Parameter] = &[
    Parameter::flag("entire-sstable", "-e", "That of whole SSTables, in MiB.").since(V4_1),
    Parameter::flag("mib", "-m", "In MiB instead of megabits.").since(V4_1),
    number("throughput", 10_000_000, "Megabits a second; 0 for no limit."),
];

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("getstreamthroughput", "Shows how fast streams may be.").takes(SHOWN),
    nodetool("setstreamthroughput", "Sets how fast streams may be.")
        .changes(FULL)
        .takes(SET)
        .look(&["getstreamthroughput"]),
    nodetool(
        "getinterdcstreamthroughput",
        "Shows how fast streams between data centres may be.",
    )
    .takes(SHOWN),
    nodetool(
        "setinterdcstreamthroughput",
        "Sets how fast streams between data centres may be.",
    )
    .changes(FULL)
    .takes(SET)
    .look(&["getinterdcstreamthroughput"]),
];
