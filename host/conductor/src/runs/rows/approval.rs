//! How runs stand with a person's word, and what that person must know of what they approve.

use std::collections::BTreeMap;

use ringkeeper_api::{ApprovalRow, StakeRow};
use ringkeeper_plan::Step;

use crate::runs::run::Run;
use crate::runs::touched;

/// How a run stands with a person's word; none where nobody was ever asked.
pub(super) fn approval(run: &Run) -> Option<ApprovalRow> {
    let (asked, given) = (run.approvals.last_asked(), run.approvals.given.last());
    // Of a word that was given and one that is asked for since, the newer counts.
    let given =
        given.filter(|given| asked.is_none_or(|asked| asked.hash == given.hash || asked.at < given.at));
    let row = |state: &str, hash: &str| ApprovalRow {
        state: state.to_owned(),
        hash: hash.to_owned(),
        reason: asked.map(|asked| asked.reason.clone()).unwrap_or_default(),
        asked_at: asked.map(|asked| asked.at),
        until: asked.map(|asked| asked.until),
        by: given.map(|given| given.by.clone()),
        at: given.map(|given| given.at),
    };
    match (asked, given) {
        (Some(asked), _) if run.approvals.rejected => Some(row("refused", &asked.hash)),
        (_, Some(given)) => Some(row("given", &given.hash)),
        (Some(asked), None) => Some(row("waiting", &asked.hash)),
        (None, None) => None,
    }
}

/// What the functions of these steps put at risk, and what undoes it, the strongest first.
pub(crate) fn stakes<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<StakeRow> {
    let mut callers: BTreeMap<&str, usize> = BTreeMap::new();
    for function in steps.flat_map(|step| &step.functions) {
        *callers.entry(function).or_default() += 1;
    }
    let mut rows: Vec<StakeRow> = callers
        .into_iter()
        .map(|(function, steps)| {
            let (impact, risk, undo) = touched::stake(function);
            StakeRow {
                function: function.to_owned(),
                impact,
                steps,
                risk: risk.to_owned(),
                undo: undo.to_owned(),
            }
        })
        .collect();
    rows.sort_by(|one, other| {
        other
            .impact
            .cmp(&one.impact)
            .then_with(|| one.function.cmp(&other.function))
    });
    rows
}
