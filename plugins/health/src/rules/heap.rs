//! Java heaps that are nearly full.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::{bytes, percent};
use crate::world::{Member, Place, World};

/// Judged by what a collection could not free. Where that is not known, by a heap that was full all the time.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let max = world
            .numbers
            .latest("heap.max_bytes", place)
            .filter(|max| *max > 0.0)?;
        let finding = match world
            .numbers
            .latest("heap.after_gc_bytes", place)
            .filter(|after| *after > 0.0)
        {
            Some(after) => after_collection(settings, member, after, max),
            None => always(world, settings, member, place, max),
        };
        Some((place, finding?))
    });
    Alike {
        rule: "heap",
        what: "The Java heap is nearly full",
    }
    .tell(world, settings, found.collect())
}

fn after_collection(settings: &Settings, member: &Member, after: f64, max: f64) -> Option<Finding> {
    let ratio = after / max;
    let severity = match ratio {
        _ if ratio >= settings.heap_after_gc_severe_ratio => Severity::Severe,
        _ if ratio >= settings.heap_after_gc_ratio => Severity::Warning,
        _ => return None,
    };
    let title = format!(
        "{} cannot free more than {} of its Java heap.",
        member.name,
        percent(1.0 - ratio)
    );
    let limit = format!("below {}", percent(settings.heap_after_gc_ratio));
    let finding = about_node(severity, "heap", member, Owner::Configuration, title)
        .beyond("heap in use after a collection", percent(ratio), limit)
        .seen(
            "heap in use after a collection, bytes",
            format!("{} of {}", bytes(after), bytes(max)),
        );
    Some(finding.suggest(SUGGESTION))
}

fn always(world: &World, settings: &Settings, member: &Member, place: Place, max: f64) -> Option<Finding> {
    let points = world.numbers.series("heap.used_bytes", place);
    let (first, last) = (points.first()?, points.last()?);
    // Half of the window must be known, or a moment would be taken for a habit.
    if last.at - first.at < i64::from(settings.window_minutes) * 30_000 {
        return None;
    }
    let least = points
        .iter()
        .map(|point| point.value)
        .fold(f64::INFINITY, f64::min)
        / max;
    if least < settings.heap_used_ratio {
        return None;
    }
    let minutes = settings.window_minutes;
    let title = format!(
        "The Java heap of {} was never below {} in {minutes} min.",
        member.name,
        percent(least)
    );
    let finding = about_node(Severity::Warning, "heap", member, Owner::Configuration, title)
        .beyond(
            "heap in use at least",
            percent(least),
            format!("below {}", percent(settings.heap_used_ratio)),
        )
        .seen("heap at most", bytes(max));
    Some(finding.suggest(SUGGESTION))
}

const SUGGESTION: &str = "Look for large partitions, wide reads and too many tables; then give the process more heap or \
    the cluster more nodes.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(after: Option<f64>, used: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("heap.max_bytes", 0, &[100.0])
            .metric("heap.used_bytes", 0, used);
        if let Some(after) = after {
            ring.metric("heap.after_gc_bytes", 0, &[after]);
        }
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn what_a_collection_cannot_free_is_pressure() {
        assert_eq!(found(Some(70.0), &[]), []);
        let warning = found(Some(80.0), &[]);
        assert_eq!(warning[0].severity, Severity::Warning);
        assert_eq!(
            warning[0].title,
            "10.0.1.1 cannot free more than 20 % of its Java heap."
        );
        assert_eq!(found(Some(95.0), &[])[0].severity, Severity::Severe);
    }

    #[test]
    fn garbage_that_can_be_freed_is_not() {
        assert_eq!(found(Some(30.0), &[99.0; 15]), []);
    }

    #[test]
    fn without_a_collection_a_heap_that_stays_full_counts() {
        assert_eq!(found(None, &[95.0; 15]).len(), 1);
        assert_eq!(found(Some(0.0), &[95.0; 15]).len(), 1);
        let sawtooth: Vec<f64> = (0..15).map(|i| if i % 5 == 0 { 40.0 } else { 95.0 }).collect();
        assert_eq!(found(None, &sawtooth), []);
    }

    #[test]
    fn a_moment_is_no_habit() {
        assert_eq!(found(None, &[95.0, 95.0, 95.0]), []);
    }

    #[test]
    fn a_heap_without_a_known_size_is_not_judged() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("heap.after_gc_bytes", 0, &[95.0]);
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
