//! Hints and the batch log.

use super::{DATA_CENTRE, number};
use crate::Line::V4_1;
use crate::{Kind, Parameter, Tool};

const MISSES: &str = "Writes that a node misses are not kept for it: it lacks them until the next repair.";

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("statushandoff", "Shows whether hints are kept."),
    nodetool("listpendinghints", "Shows hints that wait, by node.")
        .since(V4_1)
        .withheld(),
    nodetool("disablehandoff", "Keeps no hints.")
        .changes(MISSES)
        .look(&["statushandoff"]),
    nodetool("enablehandoff", "Keeps hints again.").changes("Hints take space."),
    nodetool("disablehintsfordc", "Keeps no hints for a data centre.")
        .changes(MISSES)
        .takes(&[DATA_CENTRE])
        .look(&["statushandoff"]),
    nodetool("enablehintsfordc", "Keeps hints for a data centre again.")
        .changes("Hints take space.")
        .takes(&[DATA_CENTRE])
        .look(&["statushandoff"]),
    nodetool("pausehandoff", "Delivers no hints for now.")
        .changes("Nodes that were away lack rows for longer."),
    nodetool("resumehandoff", "Delivers hints again.").changes("Those who get them have load."),
    nodetool("truncatehints", "Deletes hints.")
        .destroys("The nodes that they were for lack these writes until the next repair.")
        .takes(&[Parameter::argument("addresses", Kind::Address, "Only those for these nodes.").several()])
        .look(&["listpendinghints"]),
    nodetool("sethintedhandoffthrottlekb", "Sets how fast hints are delivered.")
        .changes("Fast delivery loads nodes that have just come back.")
        .takes(&[number("kib", 10_000_000, "KiB a second and thread.")]),
    nodetool(
        "getmaxhintwindow",
        "Shows for how long hints are kept for a silent node.",
    )
    .withheld(),
    nodetool(
        "setmaxhintwindow",
        "Sets for how long hints are kept for a silent node.",
    )
    .withheld()
    .changes("With a short window rows are missed, with a long one hints fill the disk.")
    .takes(&[number("ms", 2_592_000_000, "Milliseconds.")])
    .look(&["getmaxhintwindow"]),
    nodetool(
        "replaybatchlog",
        "Replays the batch log now and waits for its end.",
    )
    .changes("A little load."),
    nodetool(
        "getbatchlogreplaythrottle",
        "Shows how fast the batch log is replayed.",
    )
    .withheld(),
    nodetool(
        "setbatchlogreplaythrottle",
        "Sets how fast the batch log is replayed.",
    )
    .withheld()
    .changes("Without a limit it loads other nodes.")
    .takes(&[number("kib", 10_000_000, "KiB a second; 0 for no limit.")])
    .look(&["getbatchlogreplaythrottle"]),
];
