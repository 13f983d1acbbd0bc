//! What every source of host metrics keeps to.

use std::collections::BTreeSet;

use super::{Directories, HostMetrics, Kind, Unit, host_metric};

/// Runs the whole suite on a machine with at least a processor and memory.
pub(super) async fn check(metrics: &dyn HostMetrics) {
    let nowhere = Directories::default();
    let first = metrics.read(&nowhere).await.unwrap();
    let later = metrics.read(&nowhere).await.unwrap();
    let mut seen = BTreeSet::new();
    for sample in &first {
        let metric = host_metric(sample.metric).unwrap_or_else(|| panic!("{} has no entry", sample.metric));
        assert!(
            seen.insert((sample.metric, sample.of.clone())),
            "{sample:?} comes twice"
        );
        assert!(sample.value.is_finite(), "{sample:?}");
        assert!(
            sample.value >= 0.0 || metric.name == "clock.offset_seconds",
            "{sample:?}"
        );
        if metric.unit == Unit::Flag {
            assert!([0.0, 1.0].contains(&sample.value), "{sample:?}");
        }
        let again = later
            .iter()
            .find(|other| (other.metric, &other.of) == (sample.metric, &sample.of));
        if let (Kind::Counter, Some(again)) = (metric.kind, again) {
            assert!(again.value >= sample.value, "{sample:?}, then {again:?}");
        }
    }
    for name in ["cpu.count", "memory.total_bytes"] {
        assert!(
            first
                .iter()
                .any(|sample| sample.metric == name && sample.value > 0.0),
            "{name}"
        );
    }
}
