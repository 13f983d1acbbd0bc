//! Rows of the story, through a program of the workspace: a driver would have to be built into these commands.

use std::process::Command;

use anyhow::{Context as _, Result};
use ringkeeper_lab::{Lab, LabNode};

use crate::workspace::{binary, output};

/// Its package, and the program in it.
pub(super) const PROGRAM: &str = "ringkeeper-rows";

/// Makes a keyspace that every node has whole, with tables that nothing but repair heals.
pub(super) fn create(lab: &Lab, keyspace: &str, tables: &[&str]) -> Result<()> {
    call(lab.nodes(), &[&["create", keyspace], tables].concat())?;
    Ok(())
}

/// Writes rows with the ids from `first` to before `end`, through the nodes that run.
pub(super) fn write(lab: &Lab, table: &str, first: u32, end: u32) -> Result<()> {
    let running = lab.nodes().iter().filter(|node| node.is_running());
    call(running, &["write", table, &first.to_string(), &end.to_string()])?;
    Ok(())
}

/// How many rows a node gives while every other one stands still.
pub(super) fn count_alone(lab: &Lab, node: &LabNode, table: &str) -> Result<u32> {
    let _alone = lab.leave_alone(node)?;
    let printed = call([node], &["count", table])?;
    printed.trim().parse().context("a number of rows")
}

fn call<'a>(nodes: impl IntoIterator<Item = &'a LabNode>, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(binary(PROGRAM));
    for node in nodes {
        command.arg("--node").arg(node.cql().to_string());
    }
    output(command.args(arguments))
}
