//! Which findings are open, folded from the stream.

use std::collections::BTreeMap;

use ringkeeper_plan::Finding;
use ringkeeper_seams::Timestamp;

use crate::{Event, Recorded};

/// A finding that was opened and not cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedFinding {
    /// When it was first seen.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The finding as last written.
    pub finding: Finding,
}

/// Open findings by operation and key.
pub type OpenedFindings = BTreeMap<(String, String), OpenedFinding>;

/// Carries open findings forward over more events of the stream.
pub fn fold_open_findings<'a>(open: &mut OpenedFindings, events: impl IntoIterator<Item = &'a Recorded>) {
    for Recorded { at, event } in events {
        match event {
            Event::FindingOpened { operation, finding } => {
                let opened = OpenedFinding {
                    opened_at: *at,
                    changed_at: *at,
                    finding: (**finding).clone(),
                };
                open.insert((operation.clone(), finding.key.clone()), opened);
            }
            Event::FindingChanged { operation, finding } => {
                if let Some(opened) = open.get_mut(&(operation.clone(), finding.key.clone())) {
                    opened.changed_at = *at;
                    opened.finding = (**finding).clone();
                }
            }
            Event::FindingCleared { operation, key } => {
                open.remove(&(operation.clone(), key.clone()));
            }
            _ => {}
        }
    }
}
