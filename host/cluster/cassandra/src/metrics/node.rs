//! Numbers about the node: all in one request.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, METRICS, NodeError, Sample, Tier};
use serde_json::Value;

use super::object_name::property;
use super::source::Source;
use crate::jolokia::{Jolokia, Question};

/// Messages that were dropped, by their scope.
type ByObjectName = BTreeMap<String, Value>;

/// Asks for every metric of the node tier. One that the node lacks is left out.
pub(crate) async fn ask(jolokia: &Jolokia, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
    let reads = Read::all();
    let questions: Vec<Question> = reads.iter().map(Read::question).collect();
    let mut answers = jolokia.ask(node, &questions).await?;
    let mut samples = Vec::new();
    for read in reads {
        if let Ok(value) = answers.take_if_known::<Value>()? {
            samples.extend(read.samples(value).map_err(|message| answers.nonsense(message))?);
        }
    }
    Ok(samples)
}

/// What is asked for all of it.
pub(super) fn questions() -> Vec<Question> {
    Read::all().iter().map(Read::question).collect()
}

/// All metrics that come from one MBean or pattern.
struct Read {
    sources: Vec<Source>,
}

impl Read {
    fn all() -> Vec<Self> {
        let mut by_mbean: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for source in METRICS
            .iter()
            .filter(|metric| metric.tier == Tier::Node)
            .filter_map(Source::of)
        {
            by_mbean.entry(source.mbean.clone()).or_default().push(source);
        }
        by_mbean.into_values().map(|sources| Self { sources }).collect()
    }

    fn question(&self) -> Question {
        let mbean = self
            .sources
            .first()
            .map(|source| source.mbean.clone())
            .unwrap_or_default();
        let attributes: BTreeSet<&str> = self.sources.iter().map(|source| source.attribute).collect();
        Question::read(mbean, &attributes.into_iter().collect::<Vec<_>>())
    }

    fn samples(&self, value: Value) -> Result<Vec<Sample>, String> {
        let Value::Object(object) = &value else {
            return Err("answered wrong types: attributes are no object".to_owned());
        };
        let by_name = || -> ByObjectName {
            object
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        let sample = |source: &Source| {
            let number = if source.is_pattern() {
                combine(source, &by_name())
            } else {
                source.number(&value)
            }?;
            Some(Sample::of_node(source.metric.name, number))
        };
        Ok(self.sources.iter().filter_map(sample).collect())
    }
}

/// The one number of several MBeans.
fn combine(source: &Source, mbeans: &ByObjectName) -> Option<f64> {
    match source.metric.name {
        "heap.after_gc_bytes" => mbeans
            .iter()
            .filter(|(name, _)| is_old_generation(name))
            .find_map(|(_, value)| source.number(value)),
        "dropped.other" => sum(source, mbeans, |name| is_other_message(name, mbeans)),
        _ => sum(source, mbeans, |_| true),
    }
}

fn sum(source: &Source, mbeans: &ByObjectName, wanted: impl Fn(&str) -> bool) -> Option<f64> {
    let numbers: Vec<f64> = mbeans
        .iter()
        .filter(|(name, _)| wanted(name))
        .filter_map(|(_, value)| source.number(value))
        .collect();
    (!numbers.is_empty()).then(|| numbers.iter().sum())
}

/// The pool of objects that survive, as each collector calls it.
fn is_old_generation(object_name: &str) -> bool {
    property(object_name, "name").is_some_and(|pool| {
        ["Old Gen", "Tenured Gen", "Old Generation", "ZHeap", "Shenandoah"]
            .iter()
            .any(|name| pool.ends_with(name))
    })
}

/// Whether the scope is neither reads nor writes, and not a second name of another one: since 4.0 a verb `HINT_REQ`
/// also counts as `HINT`, as it was called before.
fn is_other_message(object_name: &str, mbeans: &ByObjectName) -> bool {
    const COUNTED_ELSEWHERE: [&str; 4] = ["MUTATION", "MUTATION_REQ", "READ", "READ_REQ"];
    const FORMER_NAMES: [&str; 2] = ["RANGE_SLICE", "REQUEST_RESPONSE"];
    let Some(scope) = property(object_name, "scope") else {
        return false;
    };
    let has_new_name = || {
        mbeans
            .keys()
            .any(|name| property(name, "scope").and_then(|s| s.strip_suffix("_REQ")) == Some(scope))
    };
    !COUNTED_ELSEWHERE.contains(&scope) && !FORMER_NAMES.contains(&scope) && !has_new_name()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn combined(metric: &str, value: &Value) -> Option<f64> {
        let source = Source::of(ringkeeper_cluster::metric(metric).unwrap()).unwrap();
        let Value::Object(mbeans) = value else {
            panic!("an object")
        };
        combine(
            &source,
            &mbeans
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    #[test]
    fn a_dropped_message_of_two_names_counts_once() {
        let dropped = |scopes: &[(&str, i64)]| {
            let mbean = |scope: &str| format!("m:name=Dropped,scope={scope},type=DroppedMessage");
            Value::Object(
                scopes
                    .iter()
                    .map(|(scope, count)| (mbean(scope), json!({"Count": count})))
                    .collect(),
            )
        };
        let value = dropped(&[
            ("MUTATION", 1_000),
            ("MUTATION_REQ", 1_000),
            ("READ", 1_000),
            ("READ_REQ", 1_000),
            ("HINT", 1),
            ("HINT_REQ", 1),
            ("RANGE_SLICE", 10),
            ("RANGE_REQ", 10),
            ("REQUEST_RESPONSE", 100),
            ("REQUEST_RSP", 100),
            ("_TRACE", 500),
        ]);
        assert_eq!(combined("dropped.other", &value), Some(611.0));
    }

    #[test]
    fn the_old_generation_is_found_for_every_collector() {
        for pool in [
            "Tenured Gen",
            "G1 Old Gen",
            "PS Old Gen",
            "CMS Old Gen",
            "ZGC Old Generation",
            "ZHeap",
            "Shenandoah",
        ] {
            let value = json!({
                format!("java.lang:name={pool},type=MemoryPool"): {"CollectionUsage": {"used": 7}},
                "java.lang:name=Eden Space,type=MemoryPool": {"CollectionUsage": {"used": 9}},
                "java.lang:name=Metaspace,type=MemoryPool": {"CollectionUsage": null},
            });
            assert_eq!(combined("heap.after_gc_bytes", &value), Some(7.0), "{pool}");
        }
    }

    #[test]
    fn collectors_are_added_up() {
        let value = json!({
            "java.lang:name=Copy,type=GarbageCollector": {"CollectionTime": 5, "CollectionCount": 2},
            "java.lang:name=MarkSweepCompact,type=GarbageCollector": {"CollectionTime": 7, "CollectionCount": 1},
        });
        assert_eq!(combined("gc.time_ms", &value), Some(12.0));
        assert_eq!(combined("gc.collections", &value), Some(3.0));
        assert_eq!(combined("gc.time_ms", &json!({})), None);
    }
}
