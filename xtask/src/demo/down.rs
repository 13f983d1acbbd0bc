//! The first story: a node is stopped, found, started and forgotten.

use std::net::IpAddr;
use std::time::Instant;

use anyhow::{Context, Result};
use ringkeeper_lab::{Lab, wait_until};
use serde_json::Value;

use super::{DEADLINE, seconds, title};
use crate::host::Host;

/// How the health plugin's finding about a node begins.
const NODE_DOWN: &str = "node-down/";

pub(super) fn tell(lab: &Lab, host: &Host) -> Result<()> {
    let node = lab.nodes().last().context("a lab has nodes")?;
    title(&format!("Stopping node {}", node.address()));
    let asked = Instant::now();
    node.stop()?;
    println!("gone {} after it was asked to end", seconds(asked));
    wait_until_down_is(true, node.address(), host)?;
    println!("found {} or less after it was asked to end", seconds(asked));
    host.show(&["findings"])?;
    host.show(&["status"])?;

    title(&format!("Starting node {} again", node.address()));
    node.start()?;
    node.wait_until_ready(DEADLINE)?;
    let ready = Instant::now();
    wait_until_down_is(false, node.address(), host)?;
    println!("cleared {} after the node took connections", seconds(ready));
    host.show(&["findings"])?;
    host.show(&["status"])
}

/// Waits until the host says so.
pub(super) fn wait_until_down_is(wanted: bool, address: IpAddr, host: &Host) -> Result<()> {
    let matter = if wanted { "found" } else { "cleared" };
    wait_until(&format!("node {address} being {matter}"), DEADLINE, || {
        host.ensure_running()?;
        let down = host.findings()?.iter().any(is_node_down);
        Ok((down == wanted).then_some(()))
    })
}

fn is_node_down(open: &Value) -> bool {
    let key = open.pointer("/finding/key").and_then(Value::as_str);
    key.is_some_and(|key| key.starts_with(NODE_DOWN))
}
