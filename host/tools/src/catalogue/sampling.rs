//! Which partitions are busy.

use super::{KEYSPACE, TABLE_NAME};
use crate::Line::V5_0;
use crate::{Kind, Parameter, Tool};

const SAMPLERS: &[&str] = &[
    "READS",
    "WRITES",
    "CAS_CONTENTIONS",
    "LOCAL_READ_TIME",
    "READ_ROW_COUNT",
    "READ_TOMBSTONE_COUNT",
    "READ_SSTABLE_COUNT",
    "WRITE_SIZE",
];

const SAMPLE: &[Parameter] = &[
    Parameter::option(
        "samplers",
        "-a",
        Kind::SomeOf { words: SAMPLERS },
        "What is sampled; all where not said.",
    ),
    Parameter::option(
        "top",
        "-k",
        Kind::Number { min: 1, max: 1_000 },
        "How many are shown.",
    ),
    Parameter::option(
        "capacity",
        "-s",
        Kind::Number { min: 1, max: 65_536 },
        "How many are remembered meanwhile.",
    ),
    Parameter::option(
        "interval",
        "-i",
        Kind::Number {
            min: 1_000,
            max: 86_400_000,
        },
        "Goes on in the background, anew after so many milliseconds.",
    )
    .since(V5_0),
    Parameter::flag("list", "-l", "Shows what goes on in the background.").since(V5_0),
    Parameter::flag("stop", "-t", "Ends what goes on in the background for the table.").since(V5_0),
    KEYSPACE.optional(),
    TABLE_NAME.optional(),
    Parameter::argument(
        "ms",
        Kind::Number { min: 1, max: 600_000 },
        "For how many milliseconds.",
    )
    .optional(),
];

pub(super) const TOOLS: &[Tool] = &[
    Tool::nodetool(
        "toppartitions",
        "Samples requests for a while and shows the busiest partitions.",
    )
    .takes(SAMPLE),
    Tool::nodetool(
        "profileload",
        "Samples requests for a while and shows where they go.",
    )
    .withheld()
    .takes(SAMPLE),
];
