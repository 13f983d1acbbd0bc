//! What can be asked of a lab.

use std::net::IpAddr;

use anyhow::{Context, Result, bail};

use crate::faults;
use crate::node::LabNode;

/// By the Linux Standard Base: the program is not running.
const NOT_RUNNING: i32 = 3;

/// What to do with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Start,
    Stop,
    Status,
}

impl Verb {
    pub(crate) const EVERY: [Self; 3] = [Self::Start, Self::Stop, Self::Status];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Status => "status",
        }
    }
}

/// Does what a line asks for, and answers the exit code. A start that hangs is given up once `is_over`.
pub(super) fn carry_out(line: &str, nodes: &[LabNode], is_over: &dyn Fn() -> bool) -> Result<i32> {
    let (verb, node) = read(line, nodes)?;
    match verb {
        Verb::Start => {
            faults::let_start(node.directory(), is_over)?;
            node.start()?;
        }
        Verb::Stop => node.stop()?,
        Verb::Status if node.is_at_rest_running() => {}
        Verb::Status => return Ok(NOT_RUNNING),
    }
    Ok(0)
}

fn read<'a>(line: &str, nodes: &'a [LabNode]) -> Result<(Verb, &'a LabNode)> {
    let (word, address) = line.split_once(' ').unwrap_or((line, ""));
    let verb = Verb::EVERY.into_iter().find(|verb| verb.word() == word);
    let Some(verb) = verb else {
        bail!("a lab does not know `{word}`: start, stop or status");
    };
    let address: IpAddr = address
        .parse()
        .with_context(|| format!("`{address}` is not an address"))?;
    let node = nodes.iter().find(|node| node.address() == address);
    let node = node.with_context(|| format!("the lab has no node at {address}"))?;
    Ok((verb, node))
}
