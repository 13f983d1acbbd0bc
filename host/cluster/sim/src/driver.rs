//! The drain, and the driver of processes, answered from memory.
//!
//! What a call began comes about whether or not the caller is still there, as with real nodes.

use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{
    Endpoint, NodeError, NodeErrorKind, Order, ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace,
    ProcessState,
};

use crate::lifecycle::{LifecycleCall, LifecycleChange, LifecycleFault};
use crate::{SimCluster, SimNode};

/// The limit of a drain, as of a real one.
const DRAIN_LIMIT: Duration = Duration::from_secs(300);

impl SimCluster {
    /// Drains the node that listens here.
    pub(crate) async fn drain_node(&self, at: Endpoint) -> Result<(), NodeError> {
        let (fault, takes) = {
            let mut state = self.lock();
            let mut node = state.listening(at)?.clone();
            let fault = state.lifecycle.next_fault(node.id, LifecycleCall::Drain);
            let takes = state.lifecycle.drain_takes;
            if fault == Some(LifecycleFault::DrainFails) {
                let words = "there was an error in draining: the commit log cannot be flushed";
                return Err(NodeError::new(NodeErrorKind::Failed, at, words));
            }
            if node.mode != "DRAINED" && node.mode != "DRAINING" {
                node.begin_drain();
                state.nodes.insert(node.id, node.clone());
                state.note_now();
                if fault != Some(LifecycleFault::DrainHangs) {
                    state.schedule(&node, LifecycleChange::Drained, takes, None);
                }
            }
            (fault, takes)
        };
        let is_lost = matches!(
            fault,
            Some(LifecycleFault::DrainHangs | LifecycleFault::DrainAnswerLost)
        );
        if is_lost || takes > DRAIN_LIMIT {
            tokio::time::sleep(DRAIN_LIMIT).await;
            return Err(NodeError::new(NodeErrorKind::TimedOut, at, "no answer in time"));
        }
        tokio::time::sleep(takes).await;
        self.lock().listening(at).map(drop)
    }

    /// Counts the call, finds the node there and what goes wrong this time, and how the call ends.
    async fn drive(&self, call: LifecycleCall, place: &ProcessPlace) -> Result<(), ProcessError> {
        let (takes, limit, ends) = {
            let mut state = self.lock();
            let name = match call {
                LifecycleCall::Start => "start",
                LifecycleCall::Stop | LifecycleCall::Drain => "stop",
            };
            *state
                .calls
                .entry(place.endpoint)
                .or_default()
                .entry(name)
                .or_default() += 1;
            let node = at(state.nodes.values(), place)?.clone();
            let fault = state.lifecycle.next_fault(node.id, call);
            let (takes, change) = match call {
                LifecycleCall::Start => (state.lifecycle.start_takes, LifecycleChange::Started),
                LifecycleCall::Stop | LifecycleCall::Drain => {
                    (state.lifecycle.stop_takes, LifecycleChange::Stopped)
                }
            };
            let ends = End::of(fault.as_ref());
            if !matches!(
                fault,
                Some(
                    LifecycleFault::StopFails
                        | LifecycleFault::StopHangs
                        | LifecycleFault::StartFails
                        | LifecycleFault::StartHangs
                )
            ) {
                state.schedule(&node, change, takes, fault);
            }
            (takes, state.lifecycle.driver_limit, ends)
        };
        if takes > limit || ends == End::TimesOut {
            tokio::time::sleep(limit).await;
            return Err(error(ProcessErrorKind::TimedOut, place, "did not end in time"));
        }
        tokio::time::sleep(takes).await;
        match ends {
            End::Fails => Err(error(
                ProcessErrorKind::Failed,
                place,
                "ended with 1: no such unit",
            )),
            End::Well | End::TimesOut => Ok(()),
        }
    }
}

/// How a call of the driver ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Well,
    Fails,
    TimesOut,
}

impl End {
    const fn of(fault: Option<&LifecycleFault>) -> Self {
        match fault {
            Some(LifecycleFault::StopFails | LifecycleFault::StartFails) => Self::Fails,
            Some(
                LifecycleFault::StopHangs
                | LifecycleFault::StopAnswerLost
                | LifecycleFault::StartHangs
                | LifecycleFault::StartAnswerLost,
            ) => Self::TimesOut,
            _ => Self::Well,
        }
    }
}

#[async_trait]
impl ProcessDriver for SimCluster {
    async fn start(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        self.drive(LifecycleCall::Start, node).await
    }

    async fn stop(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        self.drive(LifecycleCall::Stop, node).await
    }

    async fn state(&self, node: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        let state = self.lock();
        let found = at(state.nodes.values(), node)?;
        Ok(if found.running {
            ProcessState::Running
        } else {
            ProcessState::Stopped
        })
    }

    fn limit(&self) -> Duration {
        self.lock().lifecycle.driver_limit
    }
}

/// The node at this place, whether it runs or not.
fn at<'a>(
    mut nodes: impl Iterator<Item = &'a SimNode>,
    place: &ProcessPlace,
) -> Result<&'a SimNode, ProcessError> {
    nodes
        .find(|node| node.endpoint == place.endpoint)
        .ok_or_else(|| error(ProcessErrorKind::Failed, place, "no such machine"))
}

fn error(kind: ProcessErrorKind, place: &ProcessPlace, words: &str) -> ProcessError {
    ProcessError {
        kind,
        message: format!("{}: {words}", place.endpoint),
    }
}

#[cfg(test)]
mod tests;
