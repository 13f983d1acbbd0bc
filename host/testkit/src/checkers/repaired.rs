//! Every range is repaired within gc_grace, where repair is scheduled at all.

use std::collections::BTreeMap;

use ringkeeper_ring::Ledger;
use ringkeeper_seams::Timestamp;

use super::{Checker, Scene};
use crate::log::Line;

pub(super) const NAME: &str = "repaired";

#[derive(Debug)]
pub(super) struct Repaired;

impl Checker for Repaired {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, _: &Line, _: &Scene<'_>) -> Option<String> {
        None
    }

    fn at(&mut self, now: Timestamp, scene: &Scene<'_>) -> Option<String> {
        let mut ledgers: BTreeMap<(String, String), Vec<_>> = BTreeMap::new();
        let youngest = scene
            .scenario
            .keyspaces
            .iter()
            .map(|keyspace| keyspace.gc_grace)
            .min()?;
        if now.since(scene.begin) <= youngest {
            return None;
        }
        for repair in scene.cluster.repairs() {
            if repair.failure.is_some() || repair.ends_at > now {
                continue;
            }
            for table in &repair.order.tables {
                let key = (repair.order.keyspace.clone(), table.clone());
                let marks = repair
                    .order
                    .ranges
                    .iter()
                    .map(|range| (*range, repair.started_at));
                ledgers.entry(key).or_default().extend(marks);
            }
        }
        for keyspace in &scene.scenario.keyspaces {
            if now.since(scene.begin) <= keyspace.gc_grace
                || keyspace.replicas.values().all(|count| *count < 2)
            {
                continue;
            }
            for table in &keyspace.tables {
                let key = (keyspace.name.clone(), table.clone());
                let ledger = Ledger::from_records(ledgers.remove(&key).unwrap_or_default());
                let lately = ledger.since(now.before(keyspace.gc_grace));
                let lacking = lately.complement();
                if !lacking.is_empty() {
                    return Some(format!(
                        "{}.{table}: {} ranges were not repaired within gc_grace of {} h",
                        keyspace.name,
                        lacking.ranges().len(),
                        keyspace.gc_grace.as_secs() / 3_600
                    ));
                }
            }
        }
        None
    }
}
