//! How far tables are repaired, by every repair that is known.

use std::collections::BTreeSet;

use ringkeeper_api::CoverageRow;
use ringkeeper_cluster::{Snapshot, TableName};
use ringkeeper_ring::Oldest;
use ringkeeper_seams::Timestamp;

use super::ledger::{Mark, Record, ledger_of, replicated};

/// How far tables are repaired, the most urgent first.
pub(crate) fn coverage(
    snapshot: &Snapshot,
    records: &[Record],
    keyspace: Option<&str>,
    now: Timestamp,
) -> Vec<CoverageRow> {
    let wanted = |name: &str| match keyspace {
        Some(keyspace) => name == keyspace,
        None => true,
    };
    let mut rows = Vec::new();
    for (name, view) in snapshot.keyspaces.iter().filter(|(name, _)| wanted(name)) {
        let Some(ranges) = replicated(snapshot, name, &[]).filter(|ranges| !ranges.is_empty()) else {
            continue;
        };
        for table in view.keyspace.tables.values() {
            let place = TableName {
                keyspace: name.clone(),
                table: table.name.clone(),
            };
            let ledger = ledger_of(records, &place, &[]).within(&ranges);
            let grace = std::time::Duration::from_secs(table.gc_grace_seconds);
            let covered = ledger
                .since(Mark {
                    at: now.before(grace),
                    ours: false,
                })
                .width();
            let (oldest_range, repaired_at) = match ledger.oldest_of(&ranges) {
                Oldest::Nothing => (None, None),
                Oldest::Never(range) => (Some(range), None),
                Oldest::Marked(range, mark) => (Some(range), Some(mark.at)),
            };
            let by: BTreeSet<&str> = ledger
                .pieces()
                .map(|(_, mark)| if mark.ours { "ringkeeper" } else { "other" })
                .collect();
            let left = repaired_at.map(|at| {
                let passed = i64::try_from(now.since(at).as_secs()).unwrap_or(i64::MAX);
                i64::try_from(table.gc_grace_seconds)
                    .unwrap_or(i64::MAX)
                    .saturating_sub(passed)
            });
            rows.push(CoverageRow {
                keyspace: name.clone(),
                table: table.name.clone(),
                covered_percent: percent(covered, ranges.width()),
                repaired_at,
                last_repair_at: ledger.pieces().map(|(_, mark)| mark.at).max(),
                repaired_by: by.into_iter().map(str::to_owned).collect(),
                gc_grace_seconds: table.gc_grace_seconds,
                left_seconds: left,
                oldest_range: oldest_range.map(|range| {
                    if range.is_whole_ring() {
                        "the whole ring".to_owned()
                    } else {
                        range.to_string()
                    }
                }),
            });
        }
    }
    rows.sort_by_key(|row| {
        (
            row.left_seconds.is_some(),
            row.left_seconds,
            row.keyspace.clone(),
            row.table.clone(),
        )
    });
    rows
}

/// A share in percent with two digits, rounded down.
fn percent(part: u128, whole: u128) -> f64 {
    if part >= whole {
        return 100.0;
    }
    f64::from(u32::try_from(part * 10_000 / whole).unwrap_or(0)) / 100.0
}
