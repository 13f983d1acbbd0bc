//! What agents told of the machines.

use std::collections::BTreeMap;

use ringkeeper_sdk::metrics::{self, PartSample, Point};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{Timestamp, log};

use super::gather::{MINUTE, latest};
use super::places::Places;
use crate::machine::{Array, FileSystem, Interface, Machine, Process};
use crate::numbers::{Increase, Numbers, increase};
use crate::settings::Settings;
use crate::world::Place;

/// How old a word about a process may be: that of a silent node's machine comes with every sweep.
const PROCESS_HOLDS: i64 = 3 * MINUTE;
/// How far back it is looked where a disk leads.
const DAY: i64 = 24 * 60 * MINUTE;
/// How far back processes are counted that were killed for memory.
const HOUR: i64 = 60 * MINUTE;

/// Machines by the places of their nodes; none where nobody tells.
pub(super) fn machines(
    now: Timestamp,
    settings: &Settings,
    places: &Places,
    numbers: &mut Numbers,
) -> BTreeMap<Place, Machine> {
    let fresh = now - i64::from(settings.stale_minutes) * MINUTE;
    let mut machines = BTreeMap::new();
    processes(now, places, &mut machines);
    file_systems(now, fresh, places, &mut machines);
    arrays(fresh, places, &mut machines);
    let window = now - i64::from(settings.window_minutes) * MINUTE;
    interfaces(fresh, window, places, &mut machines);
    for (node, port, point) in parts("certificate.expires_seconds", fresh) {
        if let Some(place) = places.get(&node) {
            let ends = point.at + milliseconds(point.value);
            machines.entry(place).or_default().certificates.insert(port, ends);
        }
    }
    for metric in [
        "machine.cpu.count",
        "machine.clock.offset_seconds",
        "machine.clock.synchronised",
        "machine.memory.swap_total_bytes",
        "machine.memory.swap_used_bytes",
        "machine.packages.updates",
        "machine.packages.security_updates",
        "machine.reboot_required",
        "process.release_replaced",
    ] {
        for (_, place, point) in latest(metric, fresh, places) {
            numbers.put(metric, place, vec![point]);
        }
    }
    for (metric, since) in [
        ("machine.cpu.iowait_seconds", window),
        ("machine.cpu.steal_seconds", window),
        ("machine.memory.swapped_in_bytes", window),
        ("machine.memory.oom_kills", now - HOUR),
    ] {
        for (node, place, newest) in latest(metric, fresh, places) {
            if newest.value > 0.0 {
                numbers.put(metric, place, known(metrics::series(metric, &node, None, since)));
            }
        }
    }
    machines
}

fn processes(now: Timestamp, places: &Places, machines: &mut BTreeMap<Place, Machine>) {
    let fresh = now - PROCESS_HOLDS;
    let mut running = BTreeMap::new();
    for (_, place, point) in latest("process.running", fresh, places) {
        running.insert(place, point.at);
        machines.entry(place).or_default().process = Some(Process {
            said_at: point.at,
            is_running: point.value > 0.0,
            since: None,
            starts_last_hour: 0,
            stopped_on_purpose: None,
            killed_for_memory: false,
        });
    }
    let mut note = |metric, note: fn(&mut Process, Point)| {
        for (_, place, point) in latest(metric, fresh, places) {
            // What was said at another moment is about another state.
            let is_same = running.get(&place) == Some(&point.at);
            let machine = machines.get_mut(&place).filter(|_| is_same);
            if let Some(process) = machine.and_then(|machine| machine.process.as_mut()) {
                note(process, point);
            }
        }
    };
    note("process.state_seconds", |process, point| {
        process.since = Some(point.at - milliseconds(point.value));
    });
    note("process.starts_last_hour", |process, point| {
        process.starts_last_hour = point.value as u32;
    });
    note("process.stopped_on_purpose", |process, point| {
        process.stopped_on_purpose = Some(point.value > 0.0);
    });
    note("process.killed_for_memory", |process, point| {
        process.killed_for_memory = point.value > 0.0;
    });
}

fn file_systems(now: Timestamp, fresh: Timestamp, places: &Places, machines: &mut BTreeMap<Place, Machine>) {
    const TOTAL: &str = "machine.filesystem.total_bytes";
    const FREE: &str = "machine.filesystem.free_bytes";
    const FREE_FILES: &str = "machine.filesystem.free_files";
    for (metric, is_data) in [
        ("machine.filesystem.holds_data", true),
        ("machine.filesystem.holds_commitlog", false),
    ] {
        for (node, point, holds) in parts(metric, fresh) {
            let Some(place) = places.get(&node).filter(|_| holds.value > 0.0) else {
                continue;
            };
            let file_systems = &mut machines.entry(place).or_default().file_systems;
            if !file_systems.contains_key(&point) {
                let series = |metric| known(metrics::series_of_part(metric, &node, &point, now - DAY));
                let found = file_systems.entry(point.clone()).or_default();
                (found.free, found.free_files) = (series(FREE), series(FREE_FILES));
            }
            if let Some(found) = file_systems.get_mut(&point) {
                found.holds_data |= is_data;
                found.holds_commitlog |= !is_data;
            }
        }
    }
    let mut note = |metric, note: fn(&mut FileSystem, f64)| {
        for (node, point, value) in parts(metric, fresh) {
            let machine = places.get(&node).and_then(|place| machines.get_mut(&place));
            if let Some(found) = machine.and_then(|machine| machine.file_systems.get_mut(&point)) {
                note(found, value.value);
            }
        }
    };
    note(TOTAL, |found, total| found.total = total);
    note("machine.filesystem.total_files", |found, total| {
        found.total_files = total;
    });
    note("machine.filesystem.read_only", |found, flag| {
        found.is_read_only = flag > 0.0
    });
}

fn arrays(fresh: Timestamp, places: &Places, machines: &mut BTreeMap<Place, Machine>) {
    let mut note = |metric, note: fn(&mut Array, f64)| {
        for (node, name, point) in parts(metric, fresh) {
            if let Some(place) = places.get(&node) {
                let machine = machines.entry(place).or_default();
                note(machine.arrays.entry(name).or_default(), point.value);
            }
        }
    };
    note("machine.raid.members", |array, disks| array.members = disks);
    note("machine.raid.members_missing", |array, disks| {
        array.missing = disks
    });
    note("machine.raid.is_syncing", |array, flag| {
        array.is_syncing = flag > 0.0
    });
}

/// Only those are asked for that ever lost a packet: each costs a call.
fn interfaces(fresh: Timestamp, window: Timestamp, places: &Places, machines: &mut BTreeMap<Place, Machine>) {
    const PACKETS: &str = "machine.network.packets";
    let mut note = |metric, note: fn(&mut Interface, Option<Increase>)| {
        for (node, name, counted) in parts(metric, fresh) {
            let Some(place) = places.get(&node).filter(|_| counted.value > 0.0) else {
                continue;
            };
            let series = |metric| increase(&known(metrics::series_of_part(metric, &node, &name, window)));
            let interfaces = &mut machines.entry(place).or_default().interfaces;
            let found = interfaces.entry(name.clone()).or_insert_with(|| Interface {
                packets: series(PACKETS),
                ..Interface::default()
            });
            note(found, series(metric));
        }
    };
    note("machine.network.errors", |found, errors| found.errors = errors);
    note("machine.network.dropped", |found, dropped| {
        found.dropped = dropped
    });
}

/// The newest number of every part that is not older than `since`.
fn parts(metric: &str, since: Timestamp) -> impl Iterator<Item = (NodeId, String, Point)> {
    let samples = known(metrics::latest_of_parts(metric)).into_iter();
    samples.filter(move |sample: &PartSample| sample.at >= since).map(
        |PartSample {
             node,
             part,
             at,
             value,
         }| (node, part, Point { at, value }),
    )
}

/// What a host does not know is not there.
fn known<T>(said: Result<Vec<T>, Error>) -> Vec<T> {
    said.unwrap_or_else(|error| {
        log::debug(format_args!("{}", error.message()));
        Vec::new()
    })
}

fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1_000.0) as i64
}
