//! No finding is opened that is open, or cleared that is not: whoever is told of one is told once.

use std::collections::BTreeSet;

use ringkeeper_journal::Event;

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "findings";

#[derive(Debug, Default)]
pub(super) struct Findings {
    /// By operation and key.
    open: BTreeSet<(String, String)>,
}

impl Checker for Findings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, _: &Scene<'_>) -> Option<String> {
        let Entry::Journal(_, recorded) = &line.entry else {
            return None;
        };
        match &recorded.event {
            Event::FindingOpened { operation, finding } => {
                let is_new = self.open.insert((operation.clone(), finding.key.clone()));
                (!is_new).then(|| format!("{} of {operation} is opened, which is open", finding.key))
            }
            Event::FindingCleared { operation, key } => {
                let was_open = self.open.remove(&(operation.clone(), key.clone()));
                (!was_open).then(|| format!("{key} of {operation} is cleared, which is not open"))
            }
            _ => None,
        }
    }
}
