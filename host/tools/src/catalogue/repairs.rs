//! Repair.

use super::{END, SOME_TABLES, START};
use crate::{Kind, Parameter, Tool};

const RANGES: &[Parameter] = &[START, END, Parameter::flag("verbose", "-v", "By range.")];
const FORCE: Parameter = Parameter::flag("force", "-f", "Also where the node is not its coordinator.");

const fn withheld(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary).withheld()
}

pub(super) const TOOLS: &[Tool] = &[
    withheld("repair", "Repairs tables.")
        .changes("Reads whole tables on every replica and streams what differs.")
        .takes(&SOME_TABLES)
        .instead("repair.full"),
    withheld("repair_admin-list", "Shows incremental repairs.").takes(&[
        START,
        END,
        Parameter::flag("all", "-a", "Those that ended too."),
    ]),
    withheld(
        "repair_admin-summarize-pending",
        "Shows what waits in incremental repairs.",
    )
    .takes(RANGES),
    withheld(
        "repair_admin-summarize-repaired",
        "Shows what is repaired since when.",
    )
    .takes(RANGES),
    withheld("repair_admin-cancel", "Fails an incremental repair.")
        .destroys("Whoever waits for it sees it fail.")
        .takes(&[
            FORCE,
            Parameter::option("session", "-s", Kind::Id, "Its session.").required(),
        ])
        .look(&["repair_admin-list"]),
    withheld(
        "repair_admin-cleanup",
        "Lets go of SSTables that ended incremental repairs hold.",
    )
    .changes("What they repaired counts as unrepaired.")
    .takes(&[FORCE, START, END])
    .look(&["repair_admin-summarize-pending"]),
];
