//! `node-state`: what state every node is in.

use ringkeeper_cluster::{Answer, NodeView, PeerStatus};
use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::node_state::{
    self as wit, Host, PeerView, State, Transition, add_to_linker,
};
use crate::call_state::{CallState, Refused};
use crate::members::{id_text, members, parse_node};

pub(super) const CAPABILITY: Capability = Capability {
    name: "node-state",
    summary: "sees which nodes are up, as they and their peers say",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn states(&mut self) -> Result<Vec<State>, Refused> {
        let snapshot = self.enter(&CAPABILITY, 0)?.snapshot()?;
        Ok(members(snapshot).into_iter().map(state).collect())
    }

    fn views(&mut self, node: String) -> Result<Vec<PeerView>, Refused> {
        let snapshot = self.enter(&CAPABILITY, node.len())?.snapshot()?;
        let node = parse_node(snapshot, &node)?;
        let views = node.views.iter().map(|(observer, sees_up)| PeerView {
            observer: id_text(*observer),
            sees_up: *sees_up,
        });
        Ok(views.collect())
    }

    fn transitions(&mut self, node: String) -> Result<Vec<Transition>, Refused> {
        let snapshot = self.enter(&CAPABILITY, node.len())?.snapshot()?;
        let node = parse_node(snapshot, &node)?;
        let transitions = node.transitions.iter().map(|transition| Transition {
            at: transition.at.as_millis(),
            before: transition.before.clone(),
            after: transition.after.clone(),
        });
        Ok(transitions.collect())
    }
}

fn state(node: &NodeView) -> State {
    State {
        node: id_text(node.id),
        status: match node.status {
            PeerStatus::Up => wit::PeerStatus::Up,
            PeerStatus::Down => wit::PeerStatus::Down,
            PeerStatus::Disputed => wit::PeerStatus::Disputed,
            PeerStatus::Unknown => wit::PeerStatus::Unknown,
        },
        status_since: node.status_since.as_millis(),
        membership: node.membership.name().to_owned(),
        membership_since: node.membership_since.as_millis(),
        answer: match &node.answer {
            Answer::Answered => wit::Answer::Answered,
            Answer::Silent(error) => wit::Answer::Silent(error.to_string()),
        },
        answer_since: node.answer_since.as_millis(),
        last_answered_at: node.last_answered_at.map(|moment| moment.as_millis()),
        process_started_at: node
            .process
            .as_ref()
            .map(|process| process.started_at.as_millis()),
        operation_mode: node.operation_mode.clone(),
        gossip_running: node.gossip_running,
        native_transport_running: node.native_transport_running,
    }
}
