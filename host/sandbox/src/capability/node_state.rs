//! `node-state`: what state every node is in.

use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::{Answer, NodeView, PeerStatus};
use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::node_state::{
    self as wit, Criteria, Host, PeerView, State, Transition, add_to_linker,
};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Phase, Refused};
use crate::members::{id_text, members, parse_node};
use crate::work::{Criterion, Wait};

/// Longest wait of one call, in seconds.
const MOST_SECONDS: u32 = 600;

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

    async fn wait_until(
        &mut self,
        node: String,
        criteria: Criteria,
        steady_seconds: u32,
        limit_seconds: u32,
    ) -> Result<(), Refused> {
        let phase = self.phase;
        let context = self.enter(&CAPABILITY, node.len())?;
        if phase == Phase::Plan {
            let why = "`node-state.wait-until` waits, and a plan waits for nothing";
            return Err(Error::AccessDenied(why.to_owned()).into());
        }
        let wait = wait(&node, criteria, steady_seconds, limit_seconds).map_err(Error::Invalid)?;
        Ok(context.work.wait_until(wait).await?)
    }
}

/// What is waited for as the host has it, or what is wrong with it.
fn wait(node: &str, criteria: Criteria, steady: u32, limit: u32) -> Result<Wait, String> {
    let node = node.parse().map_err(|error| format!("{error}"))?;
    let criteria = criterions(criteria);
    if criteria.is_empty() {
        return Err("nothing is named to be waited for".to_owned());
    }
    if !(1..=MOST_SECONDS).contains(&limit) {
        return Err(format!(
            "limit-seconds is {limit}; 1 to {MOST_SECONDS} are possible"
        ));
    }
    if steady > limit {
        return Err(format!("steady-seconds is {steady}, and limit-seconds {limit}"));
    }
    Ok(Wait {
        node,
        criteria,
        steady: Duration::from_secs(steady.into()),
        limit: Duration::from_secs(limit.into()),
    })
}

fn criterions(criteria: Criteria) -> BTreeSet<Criterion> {
    let words = [
        (Criteria::PROCESS, Criterion::Process),
        (Criteria::RING, Criterion::Ring),
        (Criteria::NATIVE_TRANSPORT, Criterion::NativeTransport),
        (Criteria::SCHEMA, Criterion::Schema),
        (Criteria::HINTS, Criterion::Hints),
    ];
    let named = words.into_iter().filter(|(flag, _)| criteria.contains(*flag));
    named.map(|(_, criterion)| criterion).collect()
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
