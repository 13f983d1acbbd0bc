//! Compactions.

use super::{END, FORMAT, HUMAN, KEYSPACE, ONE_TABLE, SOME_TABLES, START, TABLE_NAME, number};
use crate::Line::{V4_1, V5_0};
use crate::{Kind, Parameter, Tool};

const TYPES: &[&str] = &[
    "COMPACTION",
    "VALIDATION",
    "CLEANUP",
    "SCRUB",
    "UPGRADE_SSTABLES",
    "INDEX_BUILD",
    "TOMBSTONE_COMPACTION",
    "ANTICOMPACTION",
    "VERIFY",
    "VIEW_BUILD",
    "INDEX_SUMMARY",
    "RELOCATE",
    "GARBAGE_COLLECT",
];

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("compactionstats", "Shows compactions that run and wait.").takes(&[
        HUMAN,
        Parameter::flag("vtable", "-V", "In the columns of the virtual table.").since(V4_1),
    ]),
    nodetool("compactionhistory", "Shows compactions that ended.").takes(&[FORMAT]),
    nodetool("compact", "Compacts tables outside of their strategy.")
        .destroys(
            "Leaves one SSTable that its strategy will not compact again for long; needs as much free space as the table; \
             load for hours.",
        )
        .takes(&[
            START,
            END,
            Parameter::option("partition", "--partition", Kind::PartitionKey, "Only SSTables with this partition.")
                .since(V4_1),
            Parameter::flag("split-output", "-s", "Not one single SSTable."),
            SOME_TABLES[0],
            SOME_TABLES[1],
        ])
        .look(&["tablestats", "compactionstats"]),
    nodetool("forcecompact", "Compacts partitions and drops their tombstones before gc_grace has passed.")
        .since(V5_0)
        .withheld()
        .destroys("Deleted rows come back where a replica did not hear of the deletion.")
        .takes(&[
            KEYSPACE,
            TABLE_NAME,
            Parameter::argument("keys", Kind::PartitionKey, "The partitions.").at_least_one(),
        ]),
    nodetool("stop", "Stops compactions of one kind, or one by its id.")
        .changes("What was worked on begins anew; a validation that is stopped fails the repair that waits for it.")
        .takes(&[
            Parameter::option("compaction-id", "-id", Kind::Id, "The compaction, as in the names of its files."),
            Parameter::argument("type", Kind::OneOf { words: TYPES }, "All of this kind.").optional(),
        ])
        .look(&["compactionstats"]),
    nodetool("disableautocompaction", "Stops compacting by itself.")
        .changes("SSTables pile up and reads become slow until it is enabled again or the node restarts.")
        .takes(&SOME_TABLES)
        .look(&["statusautocompaction"]),
    nodetool("enableautocompaction", "Compacts by itself again.")
        .changes("What piled up is compacted now.")
        .takes(&SOME_TABLES),
    nodetool("statusautocompaction", "Shows whether tables compact by themselves.")
        .withheld()
        .takes(&[
            Parameter::flag("all", "-a", "Each table."),
            SOME_TABLES[0],
            SOME_TABLES[1],
        ]),
    nodetool("getcompactionthreshold", "Shows how many SSTables a compaction of a table takes.").takes(&ONE_TABLE),
    nodetool("setcompactionthreshold", "Sets how many SSTables a compaction of a table takes.")
        .changes("Too many at once fill the disk, too few pile up; gone at the next restart.")
        .takes(&[
            KEYSPACE,
            TABLE_NAME,
            number("min", 1_000, "The fewest."),
            number("max", 1_000, "The most."),
        ])
        .look(&["getcompactionthreshold"]),
    nodetool("getcompactionthroughput", "Shows how fast compactions may be.")
        .takes(&[Parameter::flag("precise", "-d", "Not rounded.").since(V4_1)]),
    nodetool("setcompactionthroughput", "Sets how fast compactions may be.")
        .changes("Without a limit they take the disk from clients; with a low one they fall behind.")
        .takes(&[number("mib", 1_000_000, "MiB a second; 0 for no limit.")])
        .look(&["getcompactionthroughput", "compactionstats"]),
    nodetool("getconcurrentcompactors", "Shows how many compactions may run at once."),
    nodetool("setconcurrentcompactors", "Sets how many compactions may run at once.")
        .changes("Too many take processors and disk from clients.")
        .takes(&[Parameter::argument("count", Kind::Number { min: 1, max: 128 }, "How many.")])
        .look(&["getconcurrentcompactors"]),
    nodetool("getconcurrentviewbuilders", "Shows how many views may be built at once.").withheld(),
    nodetool("setconcurrentviewbuilders", "Sets how many views may be built at once.")
        .withheld()
        .changes("Too many take processors and disk from clients.")
        .takes(&[Parameter::argument("count", Kind::Number { min: 1, max: 128 }, "How many.")])
        .look(&["getconcurrentviewbuilders"]),
];
