//! Services of the node: gossip, clients, the process.

use crate::Line::V5_0;
use crate::{Kind, Parameter, Tool};

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("statusbinary", "Shows whether clients are served."),
    nodetool("disablebinary", "Serves no clients.")
        .withheld()
        .disrupts("Clients lose the node until it is enabled again: with others away, their quorum too.")
        .takes(&[Parameter::flag("force", "-f", "Requests under way are cut off.").since(V5_0)])
        .look(&["statusbinary", "status"]),
    nodetool("enablebinary", "Serves clients again.")
        .withheld()
        .changes("Clients come at once.")
        .look(&["statusbinary"]),
    nodetool(
        "disableoldprotocolversions",
        "Serves no clients with old protocol versions.",
    )
    .withheld()
    .disrupts("Clients with old drivers are cut off.")
    .look(&["clientstats"]),
    nodetool(
        "enableoldprotocolversions",
        "Serves clients with old protocol versions.",
    )
    .withheld()
    .changes("Old drivers come back."),
    nodetool("statusgossip", "Shows whether the node gossips."),
    nodetool("disablegossip", "Gossips no more: others take the node for down.")
        .withheld()
        .disrupts("Its ranges lose a replica, as if it were stopped, until it is enabled again.")
        .look(&["statusgossip", "status"]),
    nodetool("enablegossip", "Gossips again.")
        .withheld()
        .changes("Others take the node for up.")
        .look(&["statusgossip"]),
    nodetool(
        "drain",
        "Writes everything to disk and takes no more requests, until a restart.",
    )
    .disrupts("The node is of no use until it is restarted.")
    .instead("patching.restart"),
    nodetool("stopdaemon", "Ends Cassandra.")
        .withheld()
        .disrupts("The node is gone until somebody starts it.")
        .instead("patching.restart"),
    nodetool("reloadseeds", "Reads the list of seeds anew.")
        .withheld()
        .changes("With a wrong list the node may not find the ring after a restart.")
        .look(&["getseeds"]),
    nodetool("sjk", "Runs commands of Swiss Java Knife.")
        .withheld()
        .disrupts("It can call anything in the virtual machine.")
        .takes(&[Parameter::argument("arguments", Kind::Word, "Its arguments.").several()])
        .never("it can call anything in the virtual machine, past every check"),
];
