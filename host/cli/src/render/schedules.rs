//! Schedules.

use std::time::Duration;

use ringkeeper_api::ScheduleRow;
use ringkeeper_schedule::{Missed, Overlap};
use ringkeeper_seams::Timestamp;

use super::grid::{Column, Grid, NOTHING, Value};
use super::quantity::{ago, ahead, lasting};
use crate::command::schedules::Coming;
use crate::screen::{Screen, Tone};

/// Schedules in a line each.
pub(crate) fn list(rows: &[ScheduleRow], screen: &Screen) -> String {
    if rows.is_empty() {
        return "No operation runs by itself. To let one: ringkeeper schedules set OPERATION --cron '…'\n"
            .to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("Operation", 0),
        Column::left("Cron", 0),
        Column::left("Zone", 3),
        Column::left("Next", 0),
        Column::left("In", 4),
        Column::left("Origin", 2),
        Column::left("Last due", 5),
        Column::left("Cluster", 6),
    ]);
    grid.group(rows.iter().map(|row| self::row(row, screen)).collect());
    grid.draw(screen).groups.concat() + "\n"
}

fn row(row: &ScheduleRow, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let schedule = &row.schedule;
    let next = row.next.first();
    let (when, tone) = match next {
        Some(next) => (local(*next, &schedule.zone), Tone::Plain),
        None if !schedule.enabled => ("disabled".to_owned(), Tone::Warning),
        None => ("never".to_owned(), Tone::Warning),
    };
    vec![
        plain(row.operation.clone()),
        plain(schedule.cron.clone()),
        plain(schedule.zone.clone()),
        (when, tone),
        plain(next.map_or_else(|| NOTHING.to_owned(), |next| ahead(screen.now, *next))),
        plain(row.origin.clone()),
        plain(last(row, screen).unwrap_or_else(|| NOTHING.to_owned())),
        plain(row.cluster.clone()),
    ]
}

/// The last time it was due, and what came of it.
fn last(row: &ScheduleRow, screen: &Screen) -> Option<String> {
    let last = row.last.as_ref()?;
    let came = last.run.as_deref().unwrap_or("no run");
    Some(format!("{}: {came}", ago(screen.now, last.due)))
}

/// A schedule in full, with the times that come next.
pub(crate) fn one(row: &ScheduleRow, screen: &Screen) -> String {
    let schedule = &row.schedule;
    let heading = format!("Schedule of {} for {}", row.operation, row.cluster);
    let (tone, state) = if schedule.enabled {
        (Tone::Good, "in force")
    } else {
        (Tone::Warning, "disabled: it does not run by itself")
    };
    let mut lines = vec![
        format!(
            "{}  {}",
            screen.paint(Tone::Strong, &heading),
            screen.paint(tone, state)
        ),
        format!("  Cron:    {} in {}", schedule.cron, schedule.zone),
    ];
    lines.push(format!("  Origin:  {}", row.origin));
    if schedule.jitter_seconds > 0 {
        let jitter = lasting(Duration::from_secs(schedule.jitter_seconds));
        lines.push(format!(
            "  Jitter:  each run is put off at random, by at most {jitter}"
        ));
    }
    lines.push(format!(
        "  Overlap: {}",
        match schedule.overlap {
            Overlap::Skip => "a time that comes while it still runs is left out",
            Overlap::Queue => "a time that comes while it still runs is served afterwards",
        }
    ));
    lines.push(format!(
        "  Missed:  {}",
        match schedule.missed {
            Missed::RunOnce => "it runs once for all times that passed while the host did not run",
            Missed::Skip => "times that passed while the host did not run are left out",
        }
    ));
    if !schedule.parameters.is_empty() {
        let each = schedule
            .parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        lines.push(format!("  Given:   {}", each.collect::<Vec<_>>().join(" ")));
    }
    if let Some(last) = &row.last {
        let came = match &last.run {
            Some(run) => format!("run {run}"),
            None => format!("no run: {}", last.note),
        };
        let due = format!(
            "{} ({}), {came}",
            local(last.due, &schedule.zone),
            ago(screen.now, last.due)
        );
        lines.push(screen.wrap("  Last:    ", "           ", &due));
    }
    for (number, next) in row.next.iter().enumerate() {
        let name = if number == 0 { "Next:" } else { "" };
        let when = local(*next, &schedule.zone);
        lines.push(format!("  {name:<8} {when} ({})", ahead(screen.now, *next)));
    }
    lines.join("\n") + "\n"
}

/// What is due, the soonest first as it is given.
pub(crate) fn coming(times: &[Coming], screen: &Screen) -> String {
    if times.is_empty() {
        return "Nothing is due: no schedule is in force.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("When", 0),
        Column::left("In", 1),
        Column::left("Operation", 0),
        Column::left("Cluster", 2),
    ]);
    let plain = |text: String| (text, Tone::Plain);
    grid.group(
        times
            .iter()
            .map(|time| {
                vec![
                    plain(local(time.at, &time.zone)),
                    plain(ahead(screen.now, time.at)),
                    plain(time.operation.clone()),
                    plain(time.cluster.clone()),
                ]
            })
            .collect(),
    );
    grid.draw(screen).groups.concat() + "\n"
}

/// A moment as clocks in a zone show it: `2026-03-07 02:00 CET`; in UTC where this machine does not know the zone.
pub(super) fn local(moment: Timestamp, zone: &str) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(moment.as_millis()) else {
        return moment.to_string();
    };
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let shown = instant.to_zoned(zone);
    let seconds = if shown.second() == 0 { "" } else { ":%S" };
    shown.strftime(&format!("%Y-%m-%d %H:%M{seconds} %Z")).to_string()
}
