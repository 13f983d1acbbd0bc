//! The source of a metric: MBean, attribute, and what to do with the number.

use ringkeeper_cluster::Metric;
use serde_json::Value;

const ABBREVIATION: (&str, &str) = ("M:", "org.apache.cassandra.metrics:");

/// Where a number stands in a node's MBeans. Written in the registry as `MBEAN ATTRIBUTE` or
/// `MBEAN ATTRIBUTE/KEY`, with `*` in the MBean where several are meant, and a remark after `, `.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) metric: &'static Metric,
    /// Object name or pattern.
    pub(super) mbean: String,
    pub(super) attribute: &'static str,
    /// The part of the attribute, where it is composite.
    key: Option<&'static str>,
}

impl Source {
    /// Reads the registry's text; none where it does not follow the form, which a test rules out.
    pub(super) fn of(metric: &'static Metric) -> Option<Self> {
        let (place, _remark) = metric.source.split_once(", ").unwrap_or((metric.source, ""));
        let (mbean, attribute) = place.rsplit_once(' ')?;
        let (attribute, key) = match attribute.split_once('/') {
            Some((attribute, key)) => (attribute, Some(key)),
            None => (attribute, None),
        };
        let mbean = match mbean.strip_prefix(ABBREVIATION.0) {
            Some(rest) => format!("{}{rest}", ABBREVIATION.1),
            None => mbean.to_owned(),
        };
        Some(Self {
            metric,
            mbean,
            attribute,
            key,
        })
    }

    /// Whether several MBeans are meant.
    pub(super) fn is_pattern(&self) -> bool {
        self.mbean.contains('*')
    }

    /// The number in an MBean's attributes, in the metric's unit; none where there is no such number.
    pub(super) fn number(&self, attributes: &Value) -> Option<f64> {
        let value = attributes.get(self.attribute)?;
        let number = self.key.map_or(Some(value), |key| value.get(key))?.as_f64()?;
        // Java says -1 for what it does not know.
        (number >= 0.0).then_some(number * self.factor())
    }

    /// Cassandra's timers keep percentiles in microseconds.
    fn factor(&self) -> f64 {
        if self.attribute.ends_with("Percentile") {
            0.001
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use ringkeeper_cluster::{METRICS, Tier, Unit, metric};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_metric_of_the_registry_has_a_source() {
        for metric in METRICS.iter().filter(|metric| metric.tier != Tier::Machine) {
            let source = Source::of(metric).unwrap_or_else(|| panic!("{}: `{}`", metric.name, metric.source));
            assert!(
                source.mbean.contains(":type="),
                "{}: {}",
                metric.name,
                source.mbean
            );
            assert!(
                !source.attribute.contains([',', '=']),
                "{}: {}",
                metric.name,
                source.attribute
            );
            assert!(
                metric.tier == Tier::Node || source.mbean.contains("keyspace=*,scope=*"),
                "{}",
                metric.name
            );
        }
    }

    #[test]
    fn percentiles_and_only_they_are_turned_into_milliseconds() {
        for metric in METRICS.iter().filter(|metric| metric.tier != Tier::Machine) {
            let source = Source::of(metric).unwrap();
            let is_timer = source.mbean.ends_with("name=Latency") && metric.unit == Unit::Milliseconds;
            assert_eq!(source.factor() < 1.0, is_timer, "{}", metric.name);
        }
    }

    #[test]
    fn a_number_is_found_in_plain_and_composite_attributes() {
        let heap = Source::of(metric("heap.max_bytes").unwrap()).unwrap();
        assert_eq!(
            heap.number(&json!({"HeapMemoryUsage": {"used": 1, "max": 512}})),
            Some(512.0)
        );
        assert_eq!(
            heap.number(&json!({"HeapMemoryUsage": {"used": 1, "max": -1}})),
            None
        );
        assert_eq!(heap.number(&json!({"HeapMemoryUsage": null})), None);
        let latency = Source::of(metric("client.read_p99_ms").unwrap()).unwrap();
        assert_eq!(
            latency.mbean,
            "org.apache.cassandra.metrics:type=ClientRequest,scope=Read,name=Latency"
        );
        assert_eq!(latency.number(&json!({"99thPercentile": 2_500.0})), Some(2.5));
        assert_eq!(latency.number(&json!({"99thPercentile": "NaN"})), None);
    }
}
