//! `metrics`: numbers about nodes, their tables and the machines below them.

use ringkeeper_cluster::{METRICS, MetricKind, SeriesKey, Snapshot, TableName, metric};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::metrics::{
    Host, Metric, PartSample, Point, Sample, add_to_linker,
};
use crate::bindings::ringkeeper::maintenance::types::{self as wit, Error};
use crate::call_state::{CallState, Refused};
use crate::members::{id_text, parse_node};

pub(super) const CAPABILITY: Capability = Capability {
    name: "metrics",
    summary: "sees numbers about nodes, their machines and tables, and what is remembered of them",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn names(&mut self) -> wasmtime::Result<Vec<Metric>> {
        self.meter.host_call(0)?;
        let names = METRICS.iter().map(|metric| Metric {
            name: metric.name.to_owned(),
            unit: metric.unit.name().to_owned(),
            is_counter: metric.kind == MetricKind::Counter,
            meaning: metric.meaning.to_owned(),
        });
        Ok(names.collect())
    }

    fn latest(&mut self, name: String) -> Result<Vec<Sample>, Refused> {
        let snapshot = self.enter(&CAPABILITY, name.len())?.snapshot()?;
        known(&name)?;
        let whole = snapshot
            .metrics
            .latest(&name)
            .filter(|(key, _)| key.part.is_none());
        Ok(whole.map(sample).collect())
    }

    fn latest_of_node(&mut self, name: String, node: String) -> Result<Vec<Sample>, Refused> {
        let snapshot = self.enter(&CAPABILITY, name.len() + node.len())?.snapshot()?;
        known(&name)?;
        let node = parse_node(snapshot, &node)?.id;
        let newest = snapshot.metrics.latest_by(&name, node);
        Ok(newest.filter(|(key, _)| key.part.is_none()).map(sample).collect())
    }

    fn series(
        &mut self,
        name: String,
        node: String,
        table: Option<wit::TableName>,
        since: i64,
    ) -> Result<Vec<Point>, Refused> {
        let table_bytes = table
            .as_ref()
            .map_or(0, |table| table.keyspace.len() + table.table.len());
        let snapshot = self
            .enter(&CAPABILITY, name.len() + node.len() + table_bytes)?
            .snapshot()?;
        known(&name)?;
        let table = table.map(|table| TableName {
            keyspace: table.keyspace,
            table: table.table,
        });
        let key = SeriesKey {
            node: parse_node(snapshot, &node)?.id,
            table,
            part: None,
        };
        Ok(points(snapshot, &name, &key, since))
    }

    fn latest_of_parts(&mut self, name: String) -> Result<Vec<PartSample>, Refused> {
        let snapshot = self.enter(&CAPABILITY, name.len())?.snapshot()?;
        known(&name)?;
        let parts = snapshot.metrics.latest(&name).filter_map(|(key, point)| {
            Some(PartSample {
                node: id_text(key.node),
                part: key.part.clone()?,
                at: point.at.as_millis(),
                value: point.value,
            })
        });
        Ok(parts.collect())
    }

    fn series_of_part(
        &mut self,
        name: String,
        node: String,
        part: String,
        since: i64,
    ) -> Result<Vec<Point>, Refused> {
        let snapshot = self
            .enter(&CAPABILITY, name.len() + node.len() + part.len())?
            .snapshot()?;
        known(&name)?;
        let key = SeriesKey {
            part: Some(part),
            ..SeriesKey::of_node(parse_node(snapshot, &node)?.id)
        };
        Ok(points(snapshot, &name, &key, since))
    }
}

fn points(snapshot: &Snapshot, name: &str, key: &SeriesKey, since: i64) -> Vec<Point> {
    let points = snapshot.metrics.series(name, key, Timestamp::from_millis(since));
    points
        .map(|point| Point {
            at: point.at.as_millis(),
            value: point.value,
        })
        .collect()
}

fn known(name: &str) -> Result<(), Refused> {
    match metric(name) {
        Some(_) => Ok(()),
        None => Err(Error::NotFound(format!("there is no metric `{name}`")).into()),
    }
}

fn sample((key, point): (&SeriesKey, ringkeeper_cluster::Point)) -> Sample {
    Sample {
        node: id_text(key.node),
        table: key.table.as_ref().map(table_name),
        at: point.at.as_millis(),
        value: point.value,
    }
}

fn table_name(table: &TableName) -> wit::TableName {
    wit::TableName {
        keyspace: table.keyspace.clone(),
        table: table.table.clone(),
    }
}
