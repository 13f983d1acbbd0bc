//! What a run took away, and how its return stands.

use ringkeeper_api::UndoRow;
use ringkeeper_cluster::Snapshot;
use ringkeeper_journal::{Call, Undo};

use crate::runs::run::{Effect, Run, UndoState};

/// Every call that has something to take back, in the order they were made.
pub(super) fn undos(run: &Run, snapshot: Option<&Snapshot>) -> Vec<UndoRow> {
    run.effects
        .values()
        .filter_map(|effect| undo(effect, snapshot))
        .collect()
}

fn undo(effect: &Effect, snapshot: Option<&Snapshot>) -> Option<UndoRow> {
    let (wanted, stands) = (effect.intent.undo.as_ref()?, effect.undo.as_ref()?);
    let (state, message) = match stands {
        UndoState::Open(None) => ("open", String::new()),
        UndoState::Open(Some(reason)) => ("failing", reason.clone()),
        UndoState::Done(how, at) => ("done", format!("{how}, at {at}")),
    };
    let view = snapshot.and_then(|snapshot| snapshot.nodes.get(&effect.intent.node));
    Some(UndoRow {
        job: effect.intent.effect.0.clone(),
        step: effect.intent.step.clone(),
        node: effect.intent.node.to_string(),
        address: view.map_or(effect.intent.endpoint, |view| view.endpoint),
        what: words(wanted, &effect.intent.call).to_owned(),
        since: effect.intended_at,
        state: state.to_owned(),
        message,
    })
}

const fn words(undo: &Undo, call: &Call) -> &'static str {
    match (undo, call) {
        (Undo::Serve { .. }, Call::Drain) => "restart it",
        (Undo::Serve { .. }, _) => "start it again",
    }
}
