//! Tools beside nodes, answered from memory: each prints a line a second until it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{
    NodeId, Order, ProcessPlace, ToolCall, ToolDriver, ToolEnd, ToolError, ToolErrorKind, ToolPiece,
    ToolReport, ToolState, ToolStream,
};
use ringkeeper_seams::Timestamp;

use crate::SimCluster;
use crate::state::State;

/// How long a call to begin a tool is on its way before its answer counts as lost.
const LIMIT: Duration = Duration::from_secs(30);

/// A tool that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimTool {
    /// On which node.
    pub node: NodeId,
    /// The number of its order.
    pub number: u64,
    /// What was asked for.
    pub call: ToolCall,
    /// When.
    pub began_at: Timestamp,
    /// When it ends or has ended.
    pub ends_at: Timestamp,
    /// How.
    pub end: ToolEnd,
    /// Whether the process of its node ran when it began.
    pub node_ran: bool,
}

/// What goes wrong when a tool is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolFault {
    /// It is begun; the answer is lost.
    AnswerLost,
    /// It is not begun, and nobody says so.
    NeverArrives,
    /// Nobody is there; nothing is begun.
    Unreachable,
    /// It is begun and ends with this code.
    EndsWith(i32),
    /// It is begun, and whoever runs it is killed right away and comes back.
    BrokenOff,
}

/// Everything about tools.
#[derive(Debug)]
pub(crate) struct Tools {
    takes: Duration,
    faults: Vec<(NodeId, ToolFault)>,
    begun: BTreeMap<(NodeId, u64), SimTool>,
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            takes: Duration::from_secs(3),
            faults: Vec::new(),
            begun: BTreeMap::new(),
        }
    }
}

impl SimCluster {
    /// How long each tool takes from now on; 3 s unless said otherwise.
    pub fn tools_take(&self, time: Duration) {
        self.lock().tools.takes = time;
    }

    /// What goes wrong with the next tool that is begun beside this node.
    pub fn fault_next_tool(&self, node: NodeId, fault: ToolFault) {
        self.lock().tools.faults.push((node, fault));
    }

    /// Every tool that was ever begun.
    #[must_use]
    pub fn tools(&self) -> Vec<SimTool> {
        self.lock().tools.begun.values().cloned().collect()
    }
}

impl State {
    fn take_fault(&mut self, node: NodeId) -> Option<ToolFault> {
        let faults = &mut self.tools.faults;
        let place = faults.iter().position(|(of, _)| *of == node)?;
        Some(faults.remove(place).1)
    }

    fn begin_tool(&mut self, node: NodeId, number: u64, call: &ToolCall, fault: Option<ToolFault>) {
        let now = self.lifecycle.now();
        let takes = match fault {
            Some(ToolFault::BrokenOff) => Duration::ZERO,
            _ => self.tools.takes,
        };
        let tool = SimTool {
            node,
            number,
            call: call.clone(),
            began_at: now,
            ends_at: now.after(takes),
            end: match fault {
                Some(ToolFault::EndsWith(code)) => ToolEnd::Code(code),
                Some(ToolFault::BrokenOff) => ToolEnd::BrokenOff,
                _ => ToolEnd::Code(0),
            },
            node_ran: self.nodes.get(&node).is_some_and(|node| node.running),
        };
        self.tools.begun.insert((node, number), tool);
    }

    fn tool(&self, node: NodeId, number: u64) -> Option<&SimTool> {
        self.tools.begun.get(&(node, number))
    }
}

impl SimTool {
    fn state(&self, now: Timestamp) -> ToolState {
        if now < self.ends_at {
            return ToolState::Running;
        }
        ToolState::Ended {
            report: ToolReport {
                words: vec![self.call.tool.clone()],
                ended: self.end,
                output_bytes: self.printed(now).len() as u64,
                complaint_bytes: 0,
                is_cut: false,
                began_at: self.began_at,
                ended_at: self.ends_at,
            },
        }
    }

    fn printed(&self, now: Timestamp) -> String {
        let seconds = now.min(self.ends_at).since(self.began_at).as_secs();
        (1..=seconds)
            .map(|second| format!("{} {second}\n", self.call.tool))
            .collect()
    }
}

#[async_trait]
impl ToolDriver for SimCluster {
    async fn begin(
        &self,
        node: &ProcessPlace,
        order: &Order,
        call: &ToolCall,
    ) -> Result<ToolState, ToolError> {
        let fault = {
            let mut state = self.lock();
            if let Some(tool) = state.tool(node.node, order.number) {
                return Ok(tool.state(state.lifecycle.now()));
            }
            let fault = state.take_fault(node.node);
            if !matches!(fault, Some(ToolFault::NeverArrives | ToolFault::Unreachable)) {
                state.begin_tool(node.node, order.number, call, fault);
            }
            fault
        };
        match fault {
            Some(ToolFault::Unreachable) => Err(error(ToolErrorKind::Unavailable, node, "nobody is there")),
            Some(ToolFault::AnswerLost | ToolFault::NeverArrives) => {
                tokio::time::sleep(LIMIT).await;
                Err(error(ToolErrorKind::Lost, node, "no answer in time"))
            }
            _ => self.state(node, order).await,
        }
    }

    async fn state(&self, node: &ProcessPlace, order: &Order) -> Result<ToolState, ToolError> {
        let state = self.lock();
        let now = state.lifecycle.now();
        let tool = state.tool(node.node, order.number);
        Ok(tool.map_or(ToolState::Unknown, |tool| tool.state(now)))
    }

    async fn printed(
        &self,
        node: &ProcessPlace,
        number: u64,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolPiece, ToolError> {
        let state = self.lock();
        let now = state.lifecycle.now();
        let tool = state
            .tool(node.node, number)
            .ok_or_else(|| error(ToolErrorKind::Refused, node, "no such tool"))?;
        let text = match stream {
            ToolStream::Output => tool.printed(now),
            ToolStream::Complaints => String::new(),
        };
        let text = usize::try_from(from).ok().and_then(|from| text.get(from..));
        let text = text.unwrap_or_default().to_owned();
        Ok(ToolPiece {
            next: from + text.len() as u64,
            text,
            is_last: now >= tool.ends_at,
        })
    }
}

fn error(kind: ToolErrorKind, place: &ProcessPlace, words: &str) -> ToolError {
    ToolError {
        kind,
        message: format!("{}: {words}", place.endpoint),
    }
}
