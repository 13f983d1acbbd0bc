//! Who may do what: caches of authorisation, groups of addresses, certificates.

use crate::Line::{V4_1, V5_0};
use crate::{Kind, Parameter, Tool};

const ASKED: &str = "Each is read from system_auth again: load there, and refusals where it cannot be read.";
const ROLES: &[Parameter] =
    &[Parameter::argument("roles", Kind::Role, "Those of these roles only.").several()];
const GROUP: Parameter = Parameter::argument("group", Kind::Word, "The group.");
const CACHE: Parameter = Parameter::option("cache-name", "--cache-name", Kind::Word, "The cache.").required();

const fn withheld(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary).withheld()
}

pub(super) const TOOLS: &[Tool] = &[
    withheld(
        "getauthcacheconfig",
        "Shows how long a cache of authorisation keeps what it has.",
    )
    .since(V4_1)
    .takes(&[CACHE]),
    withheld(
        "setauthcacheconfig",
        "Sets how long a cache of authorisation keeps what it has.",
    )
    .since(V4_1)
    .changes("A long time lets those in who were locked out, a short one loads system_auth.")
    .takes(&[
        CACHE,
        Parameter::flag(
            "disable-active-update",
            "--disable-active-update",
            "It is not renewed by itself.",
        ),
        Parameter::flag(
            "enable-active-update",
            "--enable-active-update",
            "It is renewed by itself.",
        ),
        Parameter::option(
            "max-entries",
            "--max-entries",
            Kind::Number {
                min: 0,
                max: 10_000_000,
            },
            "The most entries.",
        ),
        Parameter::option(
            "update-interval",
            "--update-interval",
            Kind::Number {
                min: 0,
                max: 86_400_000,
            },
            "After how many milliseconds it is renewed.",
        ),
        Parameter::option(
            "validity-period",
            "--validity-period",
            Kind::Number {
                min: 1,
                max: 86_400_000,
            },
            "How many milliseconds it is good for.",
        ),
    ])
    .look(&["getauthcacheconfig"]),
    withheld("invalidatecredentialscache", "Forgets cached passwords.")
        .since(V4_1)
        .changes(ASKED)
        .takes(ROLES),
    withheld(
        "invalidatejmxpermissionscache",
        "Forgets cached permissions of JMX.",
    )
    .since(V4_1)
    .changes(ASKED)
    .takes(ROLES),
    withheld(
        "invalidatenetworkpermissionscache",
        "Forgets cached permissions of data centres.",
    )
    .since(V4_1)
    .changes(ASKED)
    .takes(ROLES),
    withheld("invalidaterolescache", "Forgets cached roles.")
        .since(V4_1)
        .changes(ASKED)
        .takes(ROLES),
    withheld("invalidatepermissionscache", "Forgets cached permissions.")
        .since(V4_1)
        .changes(ASKED)
        .takes(&[
            Parameter::flag("all-functions", "--all-functions", "Those of all functions."),
            Parameter::flag("all-keyspaces", "--all-keyspaces", "Those of all keyspaces."),
            Parameter::flag("all-mbeans", "--all-mbeans", "Those of all beans."),
            Parameter::flag("all-roles", "--all-roles", "Those of all roles."),
            Parameter::flag("all-tables", "--all-tables", "Those of all tables."),
            Parameter::option(
                "functions-in-keyspace",
                "--functions-in-keyspace",
                Kind::Name,
                "Those of a keyspace's functions.",
            ),
            Parameter::option("of-keyspace", "--keyspace", Kind::Name, "Those of a keyspace."),
            Parameter::option("of-role", "--role", Kind::Role, "Those of a role."),
            Parameter::option(
                "of-table",
                "--table",
                Kind::Name,
                "Those of a table of the keyspace.",
            ),
            Parameter::argument("role", Kind::Role, "Those that this role has.").optional(),
        ]),
    withheld(
        "invalidatecidrpermissionscache",
        "Forgets cached permissions of addresses.",
    )
    .since(V5_0)
    .changes(ASKED)
    .takes(ROLES),
    withheld(
        "cidrfilteringstats",
        "Shows what the filter of addresses let through.",
    )
    .since(V5_0),
    withheld("listcidrgroups", "Shows groups of addresses.")
        .since(V5_0)
        .takes(&[GROUP.optional()]),
    withheld("getcidrgroupsofip", "Shows the groups that an address is in.")
        .since(V5_0)
        .takes(&[Parameter::argument("address", Kind::Address, "The address.")]),
    withheld("updatecidrgroup", "Makes or replaces a group of addresses.")
        .since(V5_0)
        .destroys("Who may log in from where changes in the whole cluster, and what the group was is gone.")
        .takes(&[
            GROUP,
            Parameter::argument("blocks", Kind::AddressBlock, "Its blocks of addresses.").at_least_one(),
        ])
        .look(&["listcidrgroups"]),
    withheld("dropcidrgroup", "Deletes a group of addresses.")
        .since(V5_0)
        .destroys("Who was let in by the group is locked out, in the whole cluster.")
        .takes(&[GROUP])
        .look(&["listcidrgroups"]),
    withheld("reloadcidrgroupscache", "Reads groups of addresses anew.")
        .since(V5_0)
        .changes("Changes that were made take effect."),
    withheld("reloadssl", "Reads certificates anew.")
        .changes("With a wrong key store, new connections fail."),
];
