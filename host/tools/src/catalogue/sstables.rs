//! Programs that read and write SSTables without Cassandra.

use super::{KEYSPACE, ONE_TABLE, TABLE_NAME};
use crate::Line::{V4_1, V5_0};
use crate::{Kind, Parameter, Tool};

const fn sstable(name: &'static str, class: &'static str, summary: &'static str) -> Tool {
    Tool::sstable(name, class, summary)
}

const FILES: Parameter = Parameter::argument(
    "sstables",
    Kind::SsTable,
    "Their data files, from the keyspace on: shop/orders-5bc5…/nb-1-big-Data.db.",
)
.at_least_one();
const FILE: Parameter = Parameter {
    name: "sstable",
    about: "Its data file, from the keyspace on: shop/orders-5bc5…/nb-1-big-Data.db.",
    need: crate::Need::Required,
    ..FILES
};
const VERBOSE: Parameter = Parameter::flag("verbose", "-v", "Says more.");

pub(super) const TOOLS: &[Tool] = &[
    sstable("sstablemetadata", "SSTableMetadataViewer", "Shows what SSTables say of themselves: levels, times, tombstones.")
        .takes(&[
            Parameter::flag("scan", "-s", "Reads them whole, for more."),
            Parameter::option(
                "gc-grace",
                "-g",
                Kind::Number { min: 0, max: 31_536_000 },
                "gc_grace_seconds, for what could be dropped.",
            ),
            FILES,
        ]),
    sstable("sstableutil", "StandaloneSSTableUtil", "Shows the files of a table's finished SSTables.").takes(&[
        VERBOSE,
        ONE_TABLE[0],
        ONE_TABLE[1],
    ]),
    sstable("sstableexpiredblockers", "SSTableExpiredBlockers", "Shows SSTables that keep expired ones from being dropped.")
        .takes(&ONE_TABLE),
    sstable("sstableverify", "StandaloneVerifier", "Checks SSTables of a table, whether the node runs or not.").takes(&[
        Parameter::flag("check-version", "-c", "Also that all have the newest format."),
        Parameter::flag("extended", "-e", "Every cell."),
        Parameter::flag("force", "-f", "Must be given from 4.1 on, for the tool has rough edges.").since(V4_1),
        Parameter::flag("quick", "-q", "Without reading all of it."),
        Parameter::option("token-range", "-t", Kind::TokenPair, "That rows are in this range: left,right."),
        VERBOSE,
        KEYSPACE,
        TABLE_NAME,
    ]),
    sstable("sstabledump", "SSTableExport", "Writes the rows of an SSTable as JSON.")
        .withheld()
        .takes(&[
            FILE,
            Parameter::flag("rows", "-d", "Row by row, each on a line."),
            Parameter::flag("keys", "-e", "Partition keys only."),
            Parameter::option("key", "-k", Kind::PartitionKey, "This partition only."),
            Parameter::flag("lines", "-l", "Each partition on a line.").since(V5_0),
            Parameter::flag("raw-times", "-t", "Times as numbers."),
            Parameter::option("except", "-x", Kind::PartitionKey, "All partitions but this."),
        ]),
    sstable("sstablepartitions", "SSTablePartitions", "Shows large partitions of SSTables.")
        .since(V5_0)
        .withheld()
        .takes(&[
            Parameter::option("min-size", "-t", Kind::Word, "Those of at least this size: 10MiB."),
            Parameter::option("min-rows", "-w", Kind::Number { min: 0, max: u64::MAX }, "With at least so many rows."),
            Parameter::option("min-cells", "-c", Kind::Number { min: 0, max: u64::MAX }, "With at least so many cells."),
            Parameter::option(
                "min-tombstones",
                "-o",
                Kind::Number { min: 0, max: u64::MAX },
                "With at least so many tombstones.",
            ),
            Parameter::flag("partitions-only", "-y", "Without looking at rows and cells."),
            Parameter::flag("csv", "-m", "For programs."),
            FILES,
        ]),
    sstable("sstableutil-cleanup", "StandaloneSSTableUtil", "Deletes what unfinished compactions left behind.")
        .stopped("Files that belong to no finished SSTable are gone.")
        .fixed(&["--cleanup"])
        .takes(&[VERBOSE, ONE_TABLE[0], ONE_TABLE[1]])
        .look(&["sstableutil"]),
    sstable("sstablescrub", "StandaloneScrubber", "Writes the SSTables of a table anew, leaving out what cannot be read.")
        .stopped("Rows that cannot be read are left out. A snapshot is taken before.")
        .dry(&["--header-fix", "validate-only"])
        .takes(&[
            Parameter::flag("manifest-check", "-m", "Looks at levels only."),
            Parameter::flag("no-validate", "-n", "Columns are not validated."),
            Parameter::flag("reinsert-overflowed-ttl", "-r", "Rows whose expiry overflowed are written again."),
            Parameter::flag("skip-corrupted", "-s", "Corrupt rows of counter tables are skipped."),
            VERBOSE,
            KEYSPACE,
            TABLE_NAME,
        ])
        .look(&["sstableverify"]),
    sstable("sstableofflinerelevel", "SSTableOfflineRelevel", "Puts SSTables of a levelled table into levels anew.")
        .stopped("Reads may touch more SSTables until compactions have caught up.")
        .dry(&["--dry-run"])
        .takes(&ONE_TABLE),
    sstable("sstablelevelreset", "SSTableLevelResetter", "Puts all SSTables of a levelled table into the lowest level.")
        .stopped("All of the table is compacted again.")
        .fixed(&["--really-reset"])
        .takes(&ONE_TABLE)
        .look(&["sstablemetadata"]),
    sstable("sstablerepairedset", "SSTableRepairedAtSetter", "Marks SSTables as repaired or unrepaired.")
        .stopped("Marked as repaired without having been, rows that differ are compared by no incremental repair again.")
        .fixed(&["--really-set"])
        .takes(&[
            Parameter::switch("mark", &["is-repaired", "is-unrepaired"], "What they are from then on."),
            FILES,
        ])
        .look(&["sstablemetadata"]),
    sstable("sstablesplit", "StandaloneSplitter", "Splits a large SSTable.")
        .stopped("The SSTable is written anew in pieces. A snapshot is taken before.")
        .takes(&[
            Parameter::option("size", "-s", Kind::Number { min: 1, max: 1_000_000 }, "MiB a piece."),
            Parameter::flag("no-snapshot", "--no-snapshot", "No snapshot before it: nothing can be brought back."),
            FILES,
        ]),
    sstable("sstableupgrade", "StandaloneUpgrader", "Writes the SSTables of a table in the format of this release.")
        .withheld()
        .stopped("An older release cannot read them afterwards.")
        .takes(&[
            Parameter::flag("keep-source", "-k", "The old ones stay."),
            KEYSPACE,
            TABLE_NAME,
            Parameter::argument("snapshot", Kind::SnapshotName, "Those of a snapshot instead.").optional(),
        ]),
    sstable("sstableloader", "BulkLoader", "Sends SSTables to the cluster that their rows belong to.")
        .withheld()
        .destroys("What lies there becomes rows, also deleted ones.")
        .never("it logs in by itself with what is on its command line; import takes SSTables in on the node"),
];
