//! Rows of `system_distributed.parent_repair_history`, which all versions have alike.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::RecordedRepair;
use ringkeeper_seams::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::{RowError, all_repaired, ranges};

pub(super) const QUERY: &str = "SELECT JSON parent_id, keyspace_name, columnfamily_names, requested_ranges, \
     successful_ranges, started_at, finished_at, exception_message, options \
     FROM system_distributed.parent_repair_history WHERE started_at >= ? ALLOW FILTERING";

/// Options that keep replicas, or the data itself, out of a repair.
const PARTIAL: [&str; 3] = ["forceRepair", "pullRepair", "paxosOnly"];

#[derive(Deserialize)]
struct Row {
    parent_id: Uuid,
    keyspace_name: Option<String>,
    columnfamily_names: Option<BTreeSet<String>>,
    requested_ranges: Option<Vec<String>>,
    successful_ranges: Option<Vec<String>>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    exception_message: Option<String>,
    options: Option<BTreeMap<String, String>>,
}

/// A command that failed before it began (an unknown table, a range that is none) leaves a row with nothing but its
/// failure; it repaired nothing and is left out.
pub(super) fn read(row: &str) -> Result<Option<RecordedRepair>, RowError> {
    let row: Row = serde_json::from_str(row)?;
    let (Some(keyspace), Some(started_at)) = (row.keyspace_name, row.started_at) else {
        return Ok(None);
    };
    let asked = ranges(row.requested_ranges.iter().flatten())?;
    let repaired = ranges(row.successful_ranges.iter().flatten())?;
    // Sessions that fail are told by what is missing, in 4.0 by that alone.
    let failure = row.exception_message.or_else(|| {
        let is_incomplete = row.finished_at.is_some() && !all_repaired(&asked, &repaired);
        is_incomplete.then(|| format!("{} of {} ranges were repaired", repaired.len(), asked.len()))
    });
    let data_centres = row.options.as_ref().map(data_centres).unwrap_or_default();
    let is_whole = row
        .options
        .is_some_and(|options| data_centres.is_empty() && takes_every_replica(&options));
    Ok(Some(RecordedRepair {
        id: row.parent_id,
        command: None,
        keyspace,
        tables: row.columnfamily_names.unwrap_or_default(),
        ranges: asked,
        repaired,
        started_at,
        ended_at: row.finished_at,
        failure,
        whole: is_whole,
        data_centres,
    }))
}

fn data_centres(options: &BTreeMap<String, String>) -> BTreeSet<String> {
    let text = options.get("dataCenters").map_or("", String::as_str);
    text.split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn takes_every_replica(options: &BTreeMap<String, String>) -> bool {
    let is = |key: &str, value: &str| options.get(key).is_none_or(|given| given == value);
    is("hosts", "") && is("previewKind", "NONE") && PARTIAL.iter().all(|key| is(key, "false"))
}
