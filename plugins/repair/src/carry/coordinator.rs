//! Who leads a command, and whether all are there.

use ringkeeper_sdk::prelude::*;

use super::command::Command;
use super::host::Member;
use super::{Host, Stop};
use crate::digest::Digest;
use crate::words::duration;

/// The members, or why the step has to wait.
pub(crate) fn members(host: &impl Host) -> Result<Vec<Member>, Stop> {
    host.members()
        .map_err(|error| Stop::Later(error.message().to_owned()))
}

/// A repair fails where one replica is not up, so none is begun.
pub(crate) fn all_up(members: &[Member], work: &[Command], now: Timestamp) -> Result<(), Stop> {
    match work
        .iter()
        .find_map(|command| not_up(members, &command.replicas, now))
    {
        Some(reason) => Err(Stop::Later(reason)),
        None => Ok(()),
    }
}

/// The first of these nodes that is not up, in a sentence.
pub(crate) fn not_up(members: &[Member], nodes: &[NodeId], now: Timestamp) -> Option<String> {
    let mut among = members.iter().filter(|member| nodes.contains(&member.id));
    among.find_map(|member| {
        let since = member.not_up_since?;
        let seconds = u64::try_from(now.saturating_sub(since) / 1_000).unwrap_or(0);
        Some(format!(
            "{} has not been up for {}.",
            member.address,
            duration(seconds)
        ))
    })
}

/// Which replica leads: another one for every step, so that the work of leading is spread; the same one whenever the
/// step is executed again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation(u64);

impl Rotation {
    /// The rotation of this step.
    pub(crate) fn of(step: &str) -> Self {
        Self(Digest::new().text(step).value())
    }

    /// The nodes, each once, from the one whose turn it is after so many tries.
    pub(crate) fn order(self, nodes: &[NodeId], tries: usize) -> impl Iterator<Item = &NodeId> {
        let number = nodes.len().max(1) as u64;
        let first = self.0.wrapping_add(tries as u64) % number;
        let (before, after) = nodes.split_at(usize::try_from(first).unwrap_or(0).min(nodes.len()));
        after.iter().chain(before)
    }
}
