//! Who holds which ranges.

use super::{ADDRESS, DATA_CENTRE};
use crate::Line::V5_0;
use crate::{Kind, Parameter, Tool};

const BY_HAND: &str =
    "it moves ranges between nodes for good; do it by hand, one node at a time, with nothing else at work";

const fn withheld(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary).withheld()
}

pub(super) const TOOLS: &[Tool] = &[
    Tool::nodetool("rebuild", "Fetches all rows of the node's ranges from others.")
        .destroys(
            "Streams whole ranges: load for hours. From the wrong data centre, ranges count as fetched that were not.",
        )
        .takes(&[
            Parameter::option("of-keyspace", "-ks", Kind::Name, "Only this keyspace."),
            Parameter::flag("exclude-local-dc", "--exclude-local-dc", "From other data centres only.").since(V5_0),
            Parameter { name: "source", about: "The data centre it fetches from.", ..DATA_CENTRE },
        ])
        .look(&["netstats", "describecluster"]),
    withheld("bootstrap-resume", "Goes on with a bootstrap that was broken off.")
        .destroys("With force, rows that were not fetched are missed from then on.")
        .takes(&[Parameter::flag("force", "-f", "Also where progress would be reset.").since(V5_0)])
        .look(&["netstats"]),
    withheld("decommission", "Gives the node's ranges to others and leaves the ring.")
        .disrupts("The node leaves the ring; with force, replicas are lost.")
        .takes(&[Parameter::flag("force", "-f", "Even where fewer replicas are left than configured.")])
        .never(BY_HAND),
    withheld("removenode", "Takes a dead node out of the ring; others stream its ranges anew.")
        .disrupts("What only the dead node had is lost.")
        .takes(&[Parameter::argument("host-id", Kind::HostId, "The dead node.")])
        .never(BY_HAND),
    withheld("removenode-status", "Shows how far the removal of a node is."),
    withheld("removenode-force", "Ends the removal of a node without waiting for streams.")
        .disrupts("What was not streamed yet has a replica less until it is repaired.")
        .never(BY_HAND)
        .look(&["removenode-status"]),
    withheld("assassinate", "Takes a dead node out of the ring without streaming anything.")
        .disrupts("Its ranges have a replica less, and no node knows.")
        .takes(&[ADDRESS])
        .never(BY_HAND),
    withheld("join", "Joins the ring.")
        .disrupts("Ranges go over to the node.")
        .never(BY_HAND),
    withheld("move", "Moves the node to another token.")
        .disrupts("Ranges go over between nodes; with several tokens a node it cannot work.")
        .takes(&[Parameter::argument("token", Kind::Token, "The new token."), ])
        .never(BY_HAND),
];
