//! Rows of `system_views.repairs`, which 4.1 and 5.0 have alike.

use std::collections::BTreeSet;

use ringkeeper_cluster::RecordedRepair;
use ringkeeper_seams::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::{RowError, ranges};

pub(super) const QUERY: &str = "SELECT JSON id, command_id, keyspace_name, options_column_families, \
     options_data_centers, options_hosts, options_ranges, options_preview_kind, options_force_repair, \
     options_pull_repair, table_names, ranges, completed, failure_cause, state_init_timestamp, last_updated_at \
     FROM system_views.repairs";

/// Columns that a repair has from the beginning are no options.
#[derive(Deserialize)]
struct Row {
    id: Uuid,
    command_id: i32,
    keyspace_name: String,
    options_column_families: BTreeSet<String>,
    options_data_centers: BTreeSet<String>,
    options_hosts: BTreeSet<String>,
    options_ranges: Vec<String>,
    options_preview_kind: String,
    options_force_repair: bool,
    options_pull_repair: bool,
    /// The tables asked for, or all of the keyspace; none before they are looked up.
    table_names: Option<BTreeSet<String>>,
    /// The ranges that are repaired, grouped by their replicas; none before those are known.
    ranges: Option<Vec<Vec<String>>>,
    completed: bool,
    failure_cause: Option<String>,
    state_init_timestamp: Timestamp,
    last_updated_at: Timestamp,
}

pub(super) fn read(row: &str) -> Result<RecordedRepair, RowError> {
    let row: Row = serde_json::from_str(row)?;
    let is_preview = row.options_preview_kind != "NONE";
    let has_repaired = row.completed && row.failure_cause.is_none() && !is_preview;
    // One that was skipped has not failed, and got no ranges.
    let repaired = row.ranges.filter(|_| has_repaired).unwrap_or_default();
    let is_whole = row.options_data_centers.is_empty()
        && row.options_hosts.is_empty()
        && !is_preview
        && !row.options_force_repair
        && !row.options_pull_repair;
    Ok(RecordedRepair {
        id: row.id,
        command: Some(row.command_id),
        keyspace: row.keyspace_name,
        tables: row.table_names.unwrap_or(row.options_column_families),
        ranges: ranges(&row.options_ranges)?,
        repaired: ranges(repaired.iter().flatten())?,
        started_at: row.state_init_timestamp,
        ended_at: row.completed.then_some(row.last_updated_at),
        failure: row.failure_cause,
        whole: is_whole,
        data_centres: row.options_data_centers,
    })
}
