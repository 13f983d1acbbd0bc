//! Windows and freezes in every state.

use std::time::Duration;

use ringkeeper_api::{OpeningRow, WindowKind, WindowRow, WindowState};
use ringkeeper_schedule::Day;

use super::NOW;

const DAY: u64 = 86_400;

pub(in crate::render) fn windows() -> Vec<WindowRow> {
    let later = |seconds: u64| NOW.after(Duration::from_secs(seconds));
    let opening = |from: u64, hours: u64| OpeningRow {
        from: later(from),
        to: later(from + hours * 3_600),
    };
    let nights = WindowRow {
        kind: WindowKind::Window,
        name: "nights".to_owned(),
        cluster: None,
        data_centres: Vec::new(),
        impacts: vec!["change".to_owned()],
        days: Vec::new(),
        from: "11:00".to_owned(),
        to: "15:00".to_owned(),
        zone: "UTC".to_owned(),
        reason: None,
        state: WindowState::Open,
        until: Some(later(10_800)),
        next: vec![
            opening(DAY - 3_600, 4),
            opening(2 * DAY - 3_600, 4),
            opening(3 * DAY - 3_600, 4),
        ],
        origin: "the configuration".to_owned(),
        notes: Vec::new(),
    };
    let weekend = WindowRow {
        name: "weekend".to_owned(),
        cluster: Some("shop".to_owned()),
        data_centres: vec!["dc1".to_owned(), "dc2".to_owned()],
        impacts: vec!["change".to_owned(), "disrupt".to_owned()],
        days: vec![Day::Sat, Day::Sun],
        zone: "Europe/Berlin".to_owned(),
        state: WindowState::Closed,
        until: None,
        next: vec![opening(6 * DAY, 4), opening(7 * DAY, 4), opening(13 * DAY, 4)],
        notes: vec![
            "window `weekend` does not open for disrupt in dc2 of cluster shop before 2026-08-31T22:00:00.000Z: a freeze \
             goes before a window, and at every opening holds `move`"
                .to_owned(),
        ],
        ..nights.clone()
    };
    let moving = WindowRow {
        kind: WindowKind::Freeze,
        name: "move".to_owned(),
        data_centres: vec!["dc2".to_owned()],
        impacts: vec!["disrupt".to_owned()],
        days: Vec::new(),
        from: "2026-02-01T00:00".to_owned(),
        to: "2026-09-01T00:00".to_owned(),
        reason: Some("the data centre moves".to_owned()),
        state: WindowState::Holds,
        until: Some(later(183 * DAY)),
        next: Vec::new(),
        notes: Vec::new(),
        ..weekend.clone()
    };
    let christmas = WindowRow {
        name: "christmas".to_owned(),
        data_centres: Vec::new(),
        from: "2026-12-20T00:00".to_owned(),
        to: "2027-01-06T00:00".to_owned(),
        reason: Some("Christmas trade".to_owned()),
        state: WindowState::Comes,
        until: None,
        next: vec![opening(293 * DAY, 24 * 17)],
        ..moving.clone()
    };
    let over = WindowRow {
        name: "black-friday".to_owned(),
        from: "2025-11-27T00:00".to_owned(),
        to: "2025-12-02T00:00".to_owned(),
        reason: Some("Black Friday".to_owned()),
        state: WindowState::Over,
        next: Vec::new(),
        ..christmas.clone()
    };
    vec![nights, weekend, moving, christmas, over]
}
