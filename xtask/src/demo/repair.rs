//! The second story: a node missed rows, and gets them by a repair.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use ringkeeper_lab::{Lab, LabNode};

use super::{DEADLINE, down, rows, seconds, title};
use crate::host::Host;

const KEYSPACE: &str = "shop";
const TABLES: [&str; 4] = ["orders", "customers", "carts", "reviews"];
/// The table that is looked at.
const TABLE: &str = "shop.orders";
const BEFORE: u32 = 500;
const ALL: u32 = 800;

pub(super) fn tell(lab: &Lab, host: &Host) -> Result<()> {
    let node = lab.nodes().last().context("a lab has nodes")?;
    let address = node.address();
    title(&format!("Having node {address} miss rows"));
    rows::create(lab, KEYSPACE, &TABLES)?;
    write(lab, 0, BEFORE)?;
    println!(
        "Wrote {BEFORE} rows to each table of keyspace {KEYSPACE}. Three replicas: every node has every row."
    );
    node.kill();
    println!("Killed node {address}, as a power cut would.");
    write(lab, BEFORE, ALL)?;
    println!(
        "Wrote {} more rows, each to a majority: the other two nodes.",
        ALL - BEFORE
    );
    node.start()?;
    node.wait_until_ready(DEADLINE)?;
    lab.wait_until_all_see_all(DEADLINE)?;
    down::wait_until_down_is(false, address, host)?;
    println!("Started it again. Every node is up, and nothing looks wrong:");
    host.show(&["status"])?;

    title("What that node has: a read while the other two stand still, so that it alone can answer");
    let missing = ALL - say_rows(lab, node)?;
    ensure!(missing > 0, "the node missed nothing");

    title("Repairing");
    let begun = Instant::now();
    let parameter = format!("keyspaces=[\"{KEYSPACE}\"]");
    host.show(&["run", "repair.full", "-p", &parameter, "--follow"])?;
    println!(
        "\nrepaired within {}, with the time this command took to start",
        seconds(begun)
    );

    title("What that node has now: the same read");
    let given = say_rows(lab, node)?;
    ensure!(
        given == ALL,
        "the repair left the node without {} rows",
        ALL - given
    );
    host.show(&["repairs", "coverage", "--keyspace", KEYSPACE])?;
    host.show(&["runs", "list"])
}

fn write(lab: &Lab, first: u32, end: u32) -> Result<()> {
    for table in TABLES {
        rows::write(lab, &format!("{KEYSPACE}.{table}"), first, end)?;
    }
    Ok(())
}

fn say_rows(lab: &Lab, node: &LabNode) -> Result<u32> {
    let given = rows::count_alone(lab, node, TABLE)?;
    println!("{TABLE} at node {}: {given} of {ALL} rows", node.address());
    Ok(given)
}
