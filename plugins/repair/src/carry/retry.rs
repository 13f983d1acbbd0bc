//! One command, and what follows when it fails.

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;

use super::Stop;
use super::command::Command;
use super::coordinator::{Rotation, members, not_up};
use super::host::{Host, Member};
use crate::body::Body;
use crate::words::{count, list};

/// How often a command that fails is made smaller: once to single tables, and then sixteenths of their ranges.
const MOST_TIMES_SMALLER: usize = 5;
/// So many commands of the smallest size may fail before the step is given up: the cause is not the data then.
const MOST_BROKEN: usize = 3;
/// Attempts at a step that somebody else ended.
const MOST_ENDED: u32 = 3;

/// A step being carried out.
pub(crate) struct Carrying<'a, H> {
    host: &'a mut H,
    body: &'a Body,
    members: &'a [Member],
    rotation: Rotation,
    attempt: u32,
    broken: Vec<Evidence>,
}

/// How a command ended.
enum End {
    Well,
    /// With the node's words.
    Badly(String),
    /// Without a verdict; how that is known.
    Lost(String),
}

impl<'a, H: Host> Carrying<'a, H> {
    pub(crate) fn new(
        host: &'a mut H,
        body: &'a Body,
        members: &'a [Member],
        rotation: Rotation,
        attempt: u32,
    ) -> Self {
        Self {
            host,
            body,
            members,
            rotation,
            attempt,
            broken: Vec::new(),
        }
    }

    /// Says how far it has come.
    pub(crate) fn progress(&self, index: usize, number: usize, command: &Command) {
        let message = format!("command {} of {number}: {}", index + 1, command.name());
        self.host.progress(index as f64 / number.max(1) as f64, &message);
    }

    /// Carries a command out; where it fails, in ever smaller ones, one after another.
    pub(crate) fn carry(&mut self, command: &Command) -> Result<(), Stop> {
        self.carry_smaller(command, 0)
    }

    fn carry_smaller(&mut self, command: &Command, times_smaller: usize) -> Result<(), Stop> {
        let mut end = self.run(command, times_smaller)?;
        if let End::Lost(_) = end {
            // It was never begun, or died with its node: nothing speaks against its size.
            self.are_up(command)?;
            end = self.run(command, times_smaller + 1)?;
        }
        let (End::Badly(words) | End::Lost(words)) = end else {
            return Ok(());
        };
        self.are_up(command)?;
        let smaller = if times_smaller < MOST_TIMES_SMALLER {
            command.smaller()
        } else {
            Vec::new()
        };
        if smaller.is_empty() {
            self.broken.push(Evidence {
                name: command.name(),
                value: format!("{}: {words}", ranges(command)),
                limit: None,
            });
            return if self.broken.len() < MOST_BROKEN {
                Ok(())
            } else {
                self.verdict()
            };
        }
        for part in &smaller {
            self.carry_smaller(part, times_smaller + 1)?;
        }
        Ok(())
    }

    /// Puts the step off while a replica is down. The look from before the job says nothing of what happened since.
    fn are_up(&mut self, command: &Command) -> Result<(), Stop> {
        match not_up(&members(self.host)?, &command.replicas, self.host.now()) {
            Some(reason) => Err(Stop::Later(reason)),
            None => Ok(()),
        }
    }

    /// Starts a command with the first replica that takes it, or finds it again.
    fn run(&mut self, command: &Command, tries: usize) -> Result<End, Stop> {
        if self.host.cancelled() {
            return Err(Stop::Later(
                "The run was cancelled; no further command is begun.".to_owned(),
            ));
        }
        let mut refusals = Vec::new();
        for coordinator in self.rotation.order(&command.replicas, tries) {
            match self.host.start(&command.order(coordinator, self.body)) {
                Ok(job) => return self.judge(command, job),
                Err(Error::Unavailable(why) | Error::Other(why)) => {
                    refusals.push(format!("{}: {why}", self.address(coordinator)));
                }
                // The other replicas would say the same of one another, or it is not known whether it runs.
                Err(Error::Conflict(why) | Error::TimedOut(why) | Error::NotFound(why)) => {
                    return Err(Stop::Later(why));
                }
                Err(error @ (Error::AccessDenied(_) | Error::Invalid(_) | Error::Unsupported(_))) => {
                    return Err(Stop::Fail(error.into()));
                }
            }
        }
        if refusals.is_empty() {
            return Err(Stop::Replan(format!(
                "no node holds all ranges of a piece of {}",
                command.keyspace
            )));
        }
        Err(Stop::Later(format!(
            "No replica leads a repair of {}: {}",
            command.name(),
            list(&refusals)
        )))
    }

    fn judge(&self, command: &Command, job: Standing) -> Result<End, Stop> {
        match job.state {
            State::Pending | State::Running => Err(Stop::Wait(job.id)),
            State::Succeeded => Ok(End::Well),
            State::Failed => Ok(End::Badly(job.message)),
            State::Lost => Ok(End::Lost(format!("lost: {}", job.message))),
            State::Cancelled if self.attempt < MOST_ENDED => Err(Stop::Later(format!(
                "The repair of {} was ended: {}",
                command.name(),
                job.message
            ))),
            State::Cancelled => {
                let message = format!("The repair of {} was ended: {}", command.name(), job.message);
                Err(Stop::Fail(Failure::new(Fault::Precondition, message)))
            }
        }
    }

    /// Fails with all that could not be repaired, if anything.
    pub(crate) fn verdict(&mut self) -> Result<(), Stop> {
        let Some(first) = self.broken.first() else {
            return Ok(());
        };
        let more = match self.broken.len() {
            1 => String::new(),
            number => format!(" And {} failed.", count(number - 1, "more command")),
        };
        let message = format!("{} could not be repaired on {}{more}", first.name, first.value);
        let failure = Failure::new(Fault::Precondition, message);
        let broken = std::mem::take(&mut self.broken);
        Err(Stop::Fail(broken.into_iter().fold(failure, Failure::with)))
    }

    fn address<'b>(&'b self, node: &'b NodeId) -> &'b str {
        let member = self.members.iter().find(|member| member.id == *node);
        member.map_or(node, |member| &member.address)
    }
}

/// `(1, 5]`, `3 ranges from (1, 5]`.
fn ranges(command: &Command) -> String {
    match command.ranges.as_slice() {
        [range] => range.to_string(),
        ranges => match ranges.first() {
            Some(first) => format!("{} from {first}", count(ranges.len(), "range")),
            None => "no range".to_owned(),
        },
    }
}
