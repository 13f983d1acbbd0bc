//! Tables: what is in them, and work on their SSTables.

use super::{FORMAT, HUMAN, JOBS, KEY, KEYSPACE, ONE_TABLE, QUALIFIED, SOME_TABLES, TABLE_NAME};
use crate::Line::{V4_1, V5_0};
use crate::{Kind, Parameter, Tool};

const REWRITES: &str = "Every SSTable in question is read and written again: load for hours, and free space for the largest of them.";
const SORT_KEYS: &[&str] = &[
    "average_live_cells_per_slice_last_five_minutes",
    "average_tombstones_per_slice_last_five_minutes",
    "bloom_filter_false_positives",
    "bloom_filter_false_ratio",
    "bloom_filter_off_heap_memory_used",
    "bloom_filter_space_used",
    "compacted_partition_maximum_bytes",
    "compacted_partition_mean_bytes",
    "compacted_partition_minimum_bytes",
    "compression_metadata_off_heap_memory_used",
    "dropped_mutations",
    "full_name",
    "index_summary_off_heap_memory_used",
    "local_read_count",
    "local_read_latency_ms",
    "local_write_latency",
    "maximum_live_cells_per_slice_last_five_minutes",
    "maximum_tombstones_per_slice_last_five_minutes",
    "memtable_cell_count",
    "memtable_data_size",
    "memtable_off_heap_memory_used",
    "memtable_switch_count",
    "number_of_partitions_estimate",
    "off_heap_memory_used_total",
    "pending_flushes",
    "percent_repaired",
    "read_latency",
    "reads",
    "space_used_by_snapshots_total",
    "space_used_live",
    "space_used_total",
    "sstable_compression_ratio",
    "sstable_count",
    "table_name",
    "write_latency",
    "writes",
];

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("tablestats", "Shows statistics of tables.").takes(&[
        FORMAT,
        HUMAN,
        Parameter::flag("except", "-i", "All tables but those named."),
        Parameter::flag("sstable-location-check", "-l", "Whether SSTables are on the right disk."),
        Parameter::option("sort", "-s", Kind::OneOf { words: SORT_KEYS }, "What they are sorted by."),
        Parameter::option("top", "-t", Kind::Number { min: 1, max: 10_000 }, "Only the first of them."),
        QUALIFIED,
    ]),
    nodetool("tablehistograms", "Shows latencies, partition sizes and SSTables a read of a table.").takes(&[
        KEYSPACE.optional(),
        TABLE_NAME.optional(),
    ]),
    nodetool("datapaths", "Shows the directories of tables.")
        .since(V4_1)
        .withheld()
        .takes(&[FORMAT, QUALIFIED]),
    nodetool("getsstables", "Shows which SSTables hold a partition.").takes(&[
        Parameter::flag("hex-format", "-hf", "The key is written in hexadecimal."),
        Parameter::flag("show-levels", "-l", "With their levels.").since(V5_0),
        ONE_TABLE[0],
        ONE_TABLE[1],
        KEY,
    ]),
    nodetool("rangekeysample", "Shows sampled partition keys of all keyspaces."),
    nodetool("refreshsizeestimates", "Computes system.size_estimates anew.").changes("A little load."),
    nodetool("flush", "Writes memtables to disk.")
        .changes("Small SSTables where it is done often, and compactions after it.")
        .takes(&SOME_TABLES),
    nodetool("cleanup", "Removes rows that the node no longer owns.")
        .destroys(
            "Rows outside of the node's ranges are gone: wrong before every new node has joined and every range was \
             streamed. Every SSTable is written again.",
        )
        .takes(&[JOBS, SOME_TABLES[0], SOME_TABLES[1]])
        .look(&["status", "tablestats"]),
    nodetool("garbagecollect", "Removes deleted rows from single SSTables.")
        .destroys(REWRITES)
        .takes(&[
            Parameter::option(
                "granularity",
                "-g",
                Kind::OneOf { words: &["ROW", "CELL"] },
                "Rows and partitions, or cells as well.",
            ),
            JOBS,
            SOME_TABLES[0],
            SOME_TABLES[1],
        ])
        .look(&["tablestats"]),
    nodetool("scrub", "Writes SSTables anew, leaving out what cannot be read.")
        .destroys("Rows that cannot be read are left out; without a snapshot they are gone. Every SSTable is written again.")
        .takes(&[
            JOBS,
            Parameter::flag("no-validate", "-n", "Columns are not validated."),
            Parameter::flag("no-snapshot", "-ns", "No snapshot before it: nothing can be brought back."),
            Parameter::flag("reinsert-overflowed-ttl", "-r", "Rows whose expiry overflowed are written again."),
            Parameter::flag("skip-corrupted", "-s", "Corrupt partitions of counter tables are skipped, which alters counters."),
            SOME_TABLES[0],
            SOME_TABLES[1],
        ])
        .look(&["verify", "listsnapshots"]),
    nodetool("verify", "Checks SSTables.")
        .changes("Reads every SSTable in question; without quick, whole.")
        .takes(&[
            Parameter::flag("check-version", "-c", "Also that all have the newest format."),
            Parameter::flag("dfp", "-d", "Applies the disk failure policy to what is corrupt.")
                .risking("A corrupt SSTable makes the node stop, as its disk failure policy says."),
            Parameter::flag("extended-verify", "-e", "Every cell."),
            Parameter::flag("force", "-f", "Where the tool is disabled, as it is by default from 4.1 on.").since(V4_1),
            Parameter::flag("quick", "-q", "Without reading all of it."),
            Parameter::flag("rsc", "-r", "Marks corrupt SSTables as unrepaired.")
                .risking("What is repaired and what is not are mixed up where an SSTable is taken for corrupt."),
            Parameter::flag("check-tokens", "-t", "That the node owns every token."),
            SOME_TABLES[0],
            SOME_TABLES[1],
        ]),
    nodetool("upgradesstables", "Writes SSTables in the format of this release.")
        .withheld()
        .destroys("An older release cannot read them afterwards. Every SSTable in question is written again.")
        .takes(&[
            Parameter::flag("include-all-sstables", "-a", "Those in the newest format as well."),
            JOBS,
            Parameter::option(
                "max-timestamp",
                "-t",
                Kind::Number { min: 0, max: u64::MAX },
                "Only SSTables made before this moment, in milliseconds since 1970.",
            )
            .since(V4_1),
            SOME_TABLES[0],
            SOME_TABLES[1],
        ]),
    nodetool("recompress_sstables", "Writes SSTables anew whose compression is not that of their table.")
        .since(V4_1)
        .withheld()
        .destroys(REWRITES)
        .takes(&[JOBS, SOME_TABLES[0], SOME_TABLES[1]]),
    nodetool("relocatesstables", "Moves SSTables to the disk that they belong to.")
        .withheld()
        .destroys(REWRITES)
        .takes(&[JOBS, ONE_TABLE[0], ONE_TABLE[1]]),
    nodetool("rebuild_index", "Builds secondary indexes of a table anew.")
        .destroys("The index answers incompletely until it is built; reads the whole table.")
        .takes(&[
            KEYSPACE,
            TABLE_NAME,
            Parameter::argument("indexes", Kind::Name, "The indexes.").at_least_one(),
        ]),
    nodetool("refresh", "Takes in SSTables that lie in a table's folder.")
        .destroys("What lies there becomes rows, also deleted ones, and is not checked.")
        .takes(&ONE_TABLE),
    nodetool("import", "Takes in SSTables from another folder.")
        .withheld()
        .destroys("What lies there becomes rows, also deleted ones, and is moved.")
        .takes(&[
            Parameter::flag("no-invalidate-caches", "-c", "The row cache is left as it is."),
            Parameter::flag("extended-verify", "-e", "Every value is checked."),
            Parameter::flag("keep-level", "-l", "They keep their level."),
            Parameter::flag("quick", "-q", "Nothing is checked."),
            Parameter::flag("keep-repaired", "-r", "They stay marked as repaired."),
            Parameter::flag("no-tokens", "-t", "Whether the node owns the rows is not checked."),
            Parameter::flag("no-verify", "-v", "The SSTables are not checked."),
            Parameter::flag("no-index-validation", "-niv", "Checksums of attached indexes are not checked.").since(V5_0),
            Parameter::flag("require-index-components", "-ri", "Attached indexes must be there.").since(V5_0),
            KEYSPACE,
            TABLE_NAME,
            Parameter::argument("folders", Kind::Folder, "Where they lie.").at_least_one(),
        ]),
    nodetool("reloadlocalschema", "Reads the node's schema anew from its own tables.")
        .changes("The node forgets schema that was not written there.")
        .look(&["describecluster"]),
    nodetool("resetlocalschema", "Forgets the node's schema and fetches it from others.")
        .destroys("Writes to tables that others do not know yet are lost; alone in the ring, all schema is.")
        .look(&["describecluster"]),
    nodetool("reloadtriggers", "Loads the classes of triggers anew.")
        .withheld()
        .changes("Code that lies in the triggers' folder runs in Cassandra from then on."),
    nodetool("getdefaultrf", "Shows the replication factor of new keyspaces.")
        .since(V4_1)
        .withheld(),
    nodetool("setdefaultrf", "Sets the replication factor of new keyspaces.")
        .since(V4_1)
        .withheld()
        .changes("New keyspaces may be too thin to survive a node.")
        .takes(&[super::number("factor", 32, "How many replicas.")])
        .look(&["getdefaultrf"]),
    nodetool("getcolumnindexsize", "Shows how finely rows of a partition are indexed.")
        .since(V4_1)
        .withheld(),
    nodetool("setcolumnindexsize", "Sets how finely rows of a partition are indexed.")
        .since(V4_1)
        .withheld()
        .changes("A small value takes heap in wide partitions.")
        .takes(&[super::number("kib", 65_536, "KiB.")])
        .look(&["getcolumnindexsize"]),
    nodetool("getguardrailsconfig", "Shows guardrails.")
        .since(V5_0)
        .withheld()
        .takes(&[
            Parameter::option(
                "category",
                "-c",
                Kind::OneOf {
                    words: &["values", "thresholds", "flags", "others"],
                },
                "Those of this kind.",
            ),
            Parameter::flag("expand", "--expand", "Names as in cassandra.yaml."),
            Parameter::argument("guardrail", Kind::Word, "This one only.").optional(),
        ]),
    nodetool("setguardrailsconfig", "Sets a guardrail until the next restart.")
        .since(V5_0)
        .withheld()
        .changes("What a guardrail kept away is let through, or what clients do is refused.")
        .takes(&[
            Parameter::argument("guardrail", Kind::Word, "Which.").optional(),
            Parameter::argument("values", Kind::Word, "For a threshold, that to fail and that to warn.").several(),
        ])
        .look(&["getguardrailsconfig"]),
];
