//! The table of all tools, by what they are about.

mod access;
mod caches;
mod compactions;
mod hints;
mod limits;
mod logs;
mod repairs;
mod ring;
mod sampling;
mod services;
mod snapshots;
mod sstables;
mod streams;
mod tables;
mod topology;

use crate::nearest::nearest;
use crate::{Kind, Parameter, Tool, ToolError};

const TABLE: [&[Tool]; 15] = [
    ring::TOOLS,
    tables::TOOLS,
    compactions::TOOLS,
    snapshots::TOOLS,
    hints::TOOLS,
    streams::TOOLS,
    limits::TOOLS,
    caches::TOOLS,
    access::TOOLS,
    logs::TOOLS,
    sampling::TOOLS,
    services::TOOLS,
    repairs::TOOLS,
    topology::TOOLS,
    sstables::TOOLS,
];

/// Every tool, those about one thing together.
pub fn catalogue() -> impl Iterator<Item = &'static Tool> {
    TABLE.into_iter().flatten()
}

/// The tool of this name.
///
/// # Errors
/// When there is none, with the one that may have been meant.
pub fn find(name: &str) -> Result<&'static Tool, ToolError> {
    let names = || catalogue().map(|tool| tool.name);
    catalogue()
        .find(|tool| tool.name == name)
        .ok_or_else(|| ToolError::NoTool {
            name: name.chars().take(80).collect(),
            nearest: nearest(name, names()).map(str::to_owned),
        })
}

const KEYSPACE: Parameter = Parameter::argument("keyspace", Kind::Name, "The keyspace.");
const TABLE_NAME: Parameter = Parameter::argument("table", Kind::Name, "The table.");
/// A keyspace and tables of it, both of which may be left out.
const SOME_TABLES: [Parameter; 2] = [
    KEYSPACE.optional(),
    Parameter::argument("tables", Kind::Name, "Tables of it; all where none is named.").several(),
];
const ONE_TABLE: [Parameter; 2] = [KEYSPACE, TABLE_NAME];
const QUALIFIED: Parameter = Parameter::argument(
    "tables",
    Kind::QualifiedName,
    "Tables as keyspace.table, or whole keyspaces.",
)
.several();
const KEY: Parameter = Parameter::argument("key", Kind::PartitionKey, "The partition key.");
const JOBS: Parameter = Parameter::option(
    "jobs",
    "-j",
    Kind::Number { min: 0, max: 64 },
    "SSTables worked on at once; 0 for as many as there are compactors.",
);
const HUMAN: Parameter = Parameter::flag("human-readable", "-H", "Sizes with units that people read.");
const FORMAT: Parameter = Parameter::option(
    "as",
    "-F",
    Kind::OneOf {
        words: &["json", "yaml"],
    },
    "How it is printed.",
);
const RESOLVE: Parameter = Parameter::flag("resolve-ip", "-r", "Names of nodes instead of addresses.");
const ADDRESS: Parameter = Parameter::argument("address", Kind::Address, "The node.");
const DATA_CENTRE: Parameter = Parameter::argument("datacenter", Kind::DataCentre, "The data centre.");
const START: Parameter = Parameter::option(
    "start-token",
    "-st",
    Kind::Token,
    "Token that the range begins after.",
);
const END: Parameter = Parameter::option("end-token", "-et", Kind::Token, "Token that the range ends with.");

/// A number that is set.
const fn number(name: &'static str, max: u64, about: &'static str) -> Parameter {
    Parameter::argument(name, Kind::Number { min: 0, max }, about)
}
