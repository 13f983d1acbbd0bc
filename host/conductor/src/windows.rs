//! When work may happen and when it must not, for people.

use ringkeeper_api::{OpeningRow, WindowKind, WindowRow, WindowState};
use ringkeeper_schedule::{Contradiction, FrozenSpan, IMPACTS, OpenHours, contradictions};
use ringkeeper_seams::Timestamp;

use crate::Conductor;
use crate::ask::RunError;

/// Openings shown to people.
const SHOWN: usize = 3;
/// Where windows and freezes come from.
const ORIGIN: &str = "the configuration";

impl Conductor {
    /// Windows, then freezes, that are about one cluster, or all, each in the order of the configuration.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn windows(&self, cluster: Option<&str>) -> Result<Vec<WindowRow>, RunError> {
        // So that a misspelt name is no empty list.
        self.named_or_all(cluster)?;
        let now = self.seams().clock.now();
        let (windows, freezes) = self.windows_and_freezes();
        Ok(rows(windows, freezes, cluster, now))
    }
}

fn rows(
    windows: &[OpenHours],
    freezes: &[FrozenSpan],
    cluster: Option<&str>,
    now: Timestamp,
) -> Vec<WindowRow> {
    let asked = |own: Option<&str>| own.is_none() || cluster.is_none() || own == cluster;
    let mut found = contradictions(windows, freezes, now);
    found.retain(|contradiction| asked(contradiction.cluster.as_deref()));
    let open = windows
        .iter()
        .filter(|hours| asked(hours.window().cluster.as_deref()))
        .map(|hours| window(hours, &found, now));
    let frozen = freezes
        .iter()
        .filter(|span| asked(span.freeze().cluster.as_deref()))
        .map(|span| freeze(span, now));
    open.chain(frozen).collect()
}

fn window(hours: &OpenHours, found: &[Contradiction], now: Timestamp) -> WindowRow {
    let window = hours.window();
    let until = hours.open_until(now);
    let next = hours.next(SHOWN, now).into_iter();
    let notes = found
        .iter()
        .filter(|contradiction| contradiction.window == window.name);
    WindowRow {
        kind: WindowKind::Window,
        name: window.name.clone(),
        cluster: window.cluster.clone(),
        data_centres: window.data_centres.iter().cloned().collect(),
        impacts: window.impacts.iter().cloned().collect(),
        days: window.days.iter().copied().collect(),
        from: window.from.clone(),
        to: window.to.clone(),
        zone: window.zone.clone(),
        reason: None,
        state: match until {
            Some(_) => WindowState::Open,
            None => WindowState::Closed,
        },
        until,
        next: next
            .map(|opening| OpeningRow {
                from: opening.opens,
                to: opening.closes,
            })
            .collect(),
        origin: ORIGIN.to_owned(),
        notes: notes.map(ToString::to_string).collect(),
    }
}

fn freeze(span: &FrozenSpan, now: Timestamp) -> WindowRow {
    let freeze = span.freeze();
    let (from, to) = (span.from(), span.to());
    let state = if span.holds_at(now) {
        WindowState::Holds
    } else if now < from {
        WindowState::Comes
    } else {
        WindowState::Over
    };
    let impacts = IMPACTS
        .into_iter()
        .filter(|impact| freeze.impacts.is_empty() || freeze.impacts.contains(*impact));
    WindowRow {
        kind: WindowKind::Freeze,
        name: freeze.name.clone(),
        cluster: freeze.cluster.clone(),
        data_centres: freeze.data_centres.iter().cloned().collect(),
        impacts: impacts.map(str::to_owned).collect(),
        days: Vec::new(),
        from: freeze.from.clone(),
        to: freeze.to.clone(),
        zone: freeze.zone.clone(),
        reason: Some(freeze.reason.clone()),
        state,
        until: (state == WindowState::Holds).then_some(to),
        next: (state == WindowState::Comes)
            .then_some(OpeningRow { from, to })
            .into_iter()
            .collect(),
        origin: ORIGIN.to_owned(),
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
