//! Windows that freezes leave no opening.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use ringkeeper_seams::Timestamp;

use super::{FrozenSpan, OpenHours};

/// How far ahead a window is looked at: one that opens within this time is no contradiction.
pub const LOOKS_AHEAD: Duration = Duration::from_secs(60 * 86_400);

/// A window whose every opening of the next [`LOOKS_AHEAD`] is frozen, somewhere. The freeze wins; its
/// [`fmt::Display`] says so to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The window.
    pub window: String,
    /// The cluster in which it is so; none for every one the window is about.
    pub cluster: Option<String>,
    /// The data centre in which it is so; none for every one the window is about.
    pub data_centre: Option<String>,
    /// The impacts for which it is so.
    pub impacts: BTreeSet<String>,
    /// The freezes that hold at its openings.
    pub freezes: BTreeSet<String>,
    /// When work may happen in it again; none beyond the calendar's end.
    pub opens: Option<Timestamp>,
}

/// Every window that freezes leave no opening from `from` on, in the order of the windows, each with the places and
/// impacts for which it is so.
#[must_use]
pub fn contradictions(windows: &[OpenHours], freezes: &[FrozenSpan], from: Timestamp) -> Vec<Contradiction> {
    windows
        .iter()
        .flat_map(|window| of_window(window, freezes, from))
        .collect()
}

fn of_window(window: &OpenHours, freezes: &[FrozenSpan], from: Timestamp) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = Vec::new();
    for (cluster, data_centre) in places(window, freezes) {
        for impact in &window.window().impacts {
            let known = |wider: &Contradiction| wider.covers(cluster, data_centre, impact);
            if found.iter().any(known) {
                continue;
            }
            let here: Vec<&FrozenSpan> = freezes
                .iter()
                .filter(|span| holds_in(span, cluster, data_centre, impact))
                .collect();
            let (opens, held) = first_free(window, &here, from);
            if held.is_empty() || opens.is_some_and(|opens| opens < from.after(LOOKS_AHEAD)) {
                continue;
            }
            let new = Contradiction {
                window: window.window().name.clone(),
                cluster: cluster.map(str::to_owned),
                data_centre: data_centre.map(str::to_owned),
                impacts: BTreeSet::from([impact.clone()]),
                freezes: held,
                opens,
            };
            match found.iter_mut().find(|other| other.differs_in_impact_alone(&new)) {
                Some(other) => other.impacts.extend(new.impacts),
                None => found.push(new),
            }
        }
    }
    found
}

type Place<'a> = (Option<&'a str>, Option<&'a str>);

/// The clusters and data centres between which freezes can make a difference, wider ones first; none stands for all that
/// are not named.
fn places<'a>(window: &'a OpenHours, freezes: &'a [FrozenSpan]) -> Vec<Place<'a>> {
    let window = window.window();
    let clusters: BTreeSet<Option<&str>> = match &window.cluster {
        Some(own) => BTreeSet::from([Some(own.as_str())]),
        None => freezes
            .iter()
            .map(|span| span.freeze().cluster.as_deref())
            .chain([None])
            .collect(),
    };
    let data_centres: BTreeSet<Option<&str>> = if window.data_centres.is_empty() {
        let named = freezes.iter().flat_map(|span| &span.freeze().data_centres);
        named.map(|name| Some(name.as_str())).chain([None]).collect()
    } else {
        window
            .data_centres
            .iter()
            .map(|name| Some(name.as_str()))
            .collect()
    };
    clusters
        .iter()
        .flat_map(|cluster| data_centres.iter().map(|data_centre| (*cluster, *data_centre)))
        .collect()
}

fn holds_in(span: &FrozenSpan, cluster: Option<&str>, data_centre: Option<&str>, impact: &str) -> bool {
    let freeze = span.freeze();
    let all_or = |set: &BTreeSet<String>, one: Option<&str>| {
        set.is_empty() || one.is_some_and(|one| set.contains(one))
    };
    (freeze.cluster.is_none() || freeze.cluster.as_deref() == cluster)
        && all_or(&freeze.data_centres, data_centre)
        && all_or(&freeze.impacts, Some(impact))
}

/// The first moment from `from` on at which the window is open and no freeze holds, and the freezes that held before.
fn first_free(
    window: &OpenHours,
    freezes: &[&FrozenSpan],
    from: Timestamp,
) -> (Option<Timestamp>, BTreeSet<String>) {
    let mut held = BTreeSet::new();
    let mut at = Some(from);
    // Every turn passes a freeze or comes to an opening that none holds at the beginning of: it ends.
    while let Some(moment) = at {
        if window.open_until(moment).is_none() {
            at = window.opens_after(moment);
            continue;
        }
        let Some(freeze) = freezes.iter().find(|freeze| freeze.holds_at(moment)) else {
            return (at, held);
        };
        held.insert(freeze.freeze().name.clone());
        at = Some(freeze.to());
    }
    (None, held)
}

impl Contradiction {
    fn covers(&self, cluster: Option<&str>, data_centre: Option<&str>, impact: &str) -> bool {
        let wider = |own: Option<&str>, other: Option<&str>| own.is_none() || own == other;
        wider(self.cluster.as_deref(), cluster)
            && wider(self.data_centre.as_deref(), data_centre)
            && self.impacts.contains(impact)
    }

    fn differs_in_impact_alone(&self, other: &Self) -> bool {
        let alike = Self {
            impacts: other.impacts.clone(),
            ..self.clone()
        };
        alike == *other
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined =
            |words: &BTreeSet<String>| words.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        write!(
            f,
            "window `{}` does not open for {}",
            self.window,
            joined(&self.impacts)
        )?;
        if let Some(data_centre) = &self.data_centre {
            write!(f, " in {data_centre}")?;
        }
        if let Some(cluster) = &self.cluster {
            write!(f, " of cluster {cluster}")?;
        }
        if let Some(opens) = self.opens {
            write!(f, " before {opens}")?;
        }
        let names: Vec<_> = self.freezes.iter().map(|name| format!("`{name}`")).collect();
        write!(
            f,
            ": a freeze goes before a window, and at every opening holds {}",
            names.join(" or ")
        )
    }
}

#[cfg(test)]
mod tests;
