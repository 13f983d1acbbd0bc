//! Snapshots and incremental backup.

use super::{KEYSPACE, number};
use crate::Line::{V4_1, V5_0};
use crate::{Kind, Parameter, Tool};

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

const KEYSPACES: Parameter = Parameter {
    name: "keyspaces",
    about: "Keyspaces; all where none is named.",
    ..KEYSPACE
}
.several();

pub(super) const TOOLS: &[Tool] = &[
    nodetool("listsnapshots", "Shows snapshots with their sizes.").takes(&[
        Parameter::flag("no-ttl", "-nt", "Only those that stay.").since(V4_1),
        Parameter::flag("ephemeral", "-e", "Those of running repairs too.").since(V5_0),
    ]),
    nodetool("snapshot", "Takes a snapshot.")
        .withheld()
        .changes("It keeps the space of its SSTables until it is cleared, also when they are compacted.")
        .takes(&[
            Parameter::option("tag", "-t", Kind::SnapshotName, "Its name.").required(),
            Parameter::option("table", "--table", Kind::Name, "One table of the one keyspace that is named."),
            Parameter::flag("skip-flush", "-sf", "Without what is in memtables."),
            Parameter::option("ttl", "--ttl", Kind::Time, "How long it stays.").since(V4_1),
            KEYSPACES,
        ]),
    nodetool("clearsnapshot", "Deletes snapshots.")
        .destroys("They are gone: backups that are being copied, and what scrub, truncate and drop left to go back to.")
        .takes(&[
            Parameter::flag("all", "--all", "All of them."),
            Parameter::option("tag", "-t", Kind::SnapshotName, "The one of this name."),
            Parameter::option("older-than", "--older-than", Kind::Time, "Those older than this.").since(V5_0),
            Parameter::option("older-than-timestamp", "--older-than-timestamp", Kind::Moment, "Those from before this moment.")
                .since(V5_0),
            KEYSPACES,
        ])
        .look(&["listsnapshots"]),
    nodetool("getsnapshotthrottle", "Shows how many links a second a snapshot makes.").withheld(),
    nodetool("setsnapshotthrottle", "Sets how many links a second a snapshot makes.")
        .withheld()
        .changes("With a low limit a snapshot takes long.")
        .takes(&[number("links", 1_000_000, "Links a second; 0 for no limit.")])
        .look(&["getsnapshotthrottle"]),
    nodetool("statusbackup", "Shows whether new SSTables are linked for incremental backup."),
    nodetool("enablebackup", "Links new SSTables for incremental backup.")
        .withheld()
        .changes("The links fill the disk unless somebody takes them away.")
        .look(&["statusbackup"]),
    nodetool("disablebackup", "Links no new SSTables for incremental backup.")
        .withheld()
        .changes("Incremental backups have a gap from then on.")
        .look(&["statusbackup"]),
];
