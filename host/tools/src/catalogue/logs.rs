//! Logs: of the node, of queries, of who did what.

use crate::Line::V4_1;
use crate::{Kind, Parameter, Tool};

const QUEUE: &str =
    "Writes every query to the disk of the node: space, load, and whatever is in the queries.";
const BYTES: Kind = Kind::Number {
    min: 1,
    max: 1_000_000_000_000,
};

const BLOCKING: Parameter = Parameter::option(
    "blocking",
    "--blocking",
    Kind::OneOf {
        words: &["true", "false"],
    },
    "Whether requests wait for a full queue.",
);
const LOG_SIZE: Parameter =
    Parameter::option("max-log-size", "--max-log-size", BYTES, "Bytes that are kept.");
const WEIGHT: Parameter = Parameter::option(
    "max-queue-weight",
    "--max-queue-weight",
    BYTES,
    "Bytes that may wait.",
);
const CYCLE: Parameter = Parameter::option(
    "roll-cycle",
    "--roll-cycle",
    Kind::OneOf {
        words: &["MINUTELY", "HOURLY", "DAILY"],
    },
    "How often a new file is begun.",
);

const fn withheld(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary).withheld()
}

/// A parameter whose value is words, parted by commas.
const fn words(name: &'static str, option: &'static str, about: &'static str) -> Parameter {
    Parameter::option(name, option, Kind::Word, about)
}

pub(super) const TOOLS: &[Tool] = &[
    Tool::nodetool("getlogginglevels", "Shows levels of logging."),
    withheld(
        "setlogginglevel",
        "Sets the level of a logger; all as they were where none is named.",
    )
    .changes("A verbose one fills the disk and slows the node; a silent one hides trouble.")
    .takes(&[
        Parameter::argument("logger", Kind::Word, "A class, package or component.").optional(),
        Parameter::argument(
            "level",
            Kind::OneOf {
                words: &["ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"],
            },
            "Its level.",
        )
        .optional(),
    ])
    .look(&["getlogginglevels"]),
    withheld("getauditlog", "Shows how the audit log is set.").since(V4_1),
    withheld("enableauditlog", "Writes the audit log.")
        .changes(QUEUE)
        .takes(&[
            words(
                "excluded-categories",
                "--excluded-categories",
                "All categories but these.",
            ),
            words(
                "excluded-keyspaces",
                "--excluded-keyspaces",
                "All keyspaces but these.",
            ),
            words("excluded-users", "--excluded-users", "All users but these."),
            words(
                "included-categories",
                "--included-categories",
                "These categories.",
            ),
            words("included-keyspaces", "--included-keyspaces", "These keyspaces."),
            words("included-users", "--included-users", "These users."),
            words("logger", "--logger", "The class that writes it."),
            BLOCKING.since(V4_1),
            LOG_SIZE.since(V4_1),
            WEIGHT.since(V4_1),
            CYCLE.since(V4_1),
        ])
        .look(&["getauditlog"]),
    withheld("disableauditlog", "Writes no audit log.")
        .destroys("What is done from then on is nowhere written down.")
        .look(&["getauditlog"]),
    withheld("getfullquerylog", "Shows how the log of queries is set."),
    withheld(
        "enablefullquerylog",
        "Writes every query, to the folder that cassandra.yaml names.",
    )
    .changes(QUEUE)
    .takes(&[BLOCKING, LOG_SIZE, WEIGHT, CYCLE])
    .look(&["getfullquerylog"]),
    withheld("disablefullquerylog", "Writes no queries.").changes("The log has a gap."),
    withheld(
        "resetfullquerylog",
        "Writes no queries, and deletes those that were written.",
    )
    .destroys("The log of queries is gone.")
    .look(&["getfullquerylog"]),
];
