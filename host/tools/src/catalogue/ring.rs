//! The ring and the node: who is there and how it does.

use super::{FORMAT, HUMAN, KEY, KEYSPACE, ONE_TABLE, RESOLVE};
use crate::Line::{V4_1, V5_0};
use crate::{Parameter, Tool};

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool(
        "status",
        "Shows nodes with state, load and ownership, by data centre.",
    )
    .takes(&[RESOLVE, KEYSPACE.optional()]),
    nodetool("ring", "Shows every token with its node.").takes(&[RESOLVE, KEYSPACE.optional()]),
    nodetool("info", "Shows the node: uptime, load, heap, caches.").takes(&[
        Parameter::flag("tokens", "-T", "Its tokens as well."),
        Parameter::flag(
            "out-of-range-ops",
            "-O",
            "Operations for tokens that it does not own, by keyspace.",
        ),
    ]),
    nodetool("version", "Shows the release of Cassandra.").takes(&[Parameter::flag(
        "verbose",
        "-v",
        "With its source and date.",
    )
    .since(V5_0)]),
    nodetool(
        "describecluster",
        "Shows name, snitch, partitioner and schema versions of the cluster.",
    ),
    nodetool(
        "describering",
        "Shows the token ranges of a keyspace with their replicas.",
    )
    .takes(&[KEYSPACE]),
    nodetool("getendpoints", "Shows which nodes hold a partition.").takes(&[ONE_TABLE[0], ONE_TABLE[1], KEY]),
    nodetool("gossipinfo", "Shows what gossip says of every node.").takes(&[RESOLVE.since(V4_1)]),
    nodetool(
        "failuredetector",
        "Shows how sure the node is that each other one lives.",
    ),
    nodetool(
        "checktokenmetadata",
        "Compares gossip with the node's picture of tokens.",
    )
    .since(V4_1)
    .withheld(),
    nodetool("getseeds", "Shows the seeds in use.").withheld(),
    nodetool("tpstats", "Shows thread pools, dropped messages and latencies.").takes(&[FORMAT]),
    nodetool("gcstats", "Shows garbage collection since it was last asked."),
    nodetool("proxyhistograms", "Shows latencies of the node as a coordinator."),
    nodetool("clientstats", "Shows connected clients.")
        .withheld()
        .takes(&[
            Parameter::flag("all", "--all", "Every connection."),
            Parameter::flag(
                "by-protocol",
                "--by-protocol",
                "The newest connections by protocol version.",
            ),
            Parameter::flag(
                "client-options",
                "--client-options",
                "Every connection with its options.",
            )
            .since(V4_1),
            Parameter::flag(
                "clear-history",
                "--clear-history",
                "Forgets which clients were connected.",
            )
            .risking("The node's record of who was connected is gone."),
        ]),
    nodetool(
        "netstats",
        "Shows streams, repairs' read statistics and messages.",
    )
    .takes(&[HUMAN]),
    nodetool("viewbuildstatus", "Shows how far a materialized view is built.").takes(&[
        KEYSPACE,
        Parameter::argument("view", crate::Kind::Name, "The view."),
    ]),
    nodetool("gettraceprobability", "Shows how many requests are traced."),
    nodetool("settraceprobability", "Sets how many requests are traced.")
        .changes("Each traced request writes many rows: a high value multiplies the load of the cluster.")
        .takes(&[Parameter::argument(
            "probability",
            crate::Kind::Fraction,
            "0 for none, 1 for all.",
        )])
        .look(&["gettraceprobability"]),
];
