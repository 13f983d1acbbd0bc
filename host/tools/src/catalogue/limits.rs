//! Timeouts and threads.

use super::number;
use crate::{Kind, Parameter, Tool};

const TIMEOUTS: Kind = Kind::OneOf {
    words: &[
        "read",
        "range",
        "write",
        "counterwrite",
        "cascontention",
        "truncate",
        "internodeconnect",
        "internodeuser",
        "internodestreaminguser",
        "misc",
    ],
};

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("gettimeout", "Shows a timeout.").takes(&[Parameter::argument("type", TIMEOUTS, "Which.")]),
    nodetool("settimeout", "Sets a timeout until the next restart.")
        .changes("A short one fails requests, a long one lets them pile up.")
        .takes(&[
            Parameter::argument("type", TIMEOUTS, "Which."),
            number("ms", 3_600_000, "Milliseconds."),
        ])
        .look(&["gettimeout"]),
    nodetool("getconcurrency", "Shows how many threads stages have.")
        .withheld()
        .takes(&[Parameter::argument("stages", Kind::Word, "These only.").several()]),
    nodetool("setconcurrency", "Sets how many threads a stage has.")
        .withheld()
        .changes("Too few throttle clients, too many take memory and processors.")
        .takes(&[
            Parameter::argument("stage", Kind::Word, "Which."),
            Parameter::argument("threads", Kind::Number { min: 1, max: 4_096 }, "How many."),
        ])
        .look(&["getconcurrency"]),
];
