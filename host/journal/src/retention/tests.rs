use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Event, OpenedFindings, Recorded, RunEvent, RunState, fold_open_findings, samples};

/// Any events of a few matters, at times that mostly grow, as a clock that was set back leaves them.
pub(crate) fn stream() -> impl Strategy<Value = Vec<Recorded>> {
    let key = prop::sample::select(vec!["a", "a/b", "c"]);
    let run = prop::sample::select(vec!["r-1", "r-2"]);
    let event = prop_oneof![
        key.clone().prop_map(samples::opened),
        key.clone().prop_map(samples::changed),
        key.prop_map(samples::cleared),
        (1_u128..4).prop_map(|node| samples::node_changed(node, "down")),
        run.clone().prop_map(|run| samples::run(run, paused())),
        run.prop_map(|run| samples::run(run, samples::closed(RunState::Failed))),
        any::<bool>().prop_map(schedule),
        (0_i64..9).prop_map(due),
        any::<bool>().prop_map(freeze),
        Just(Event::HostStarted {
            version: "0.1.0".to_owned(),
        }),
    ];
    vec((event, -3_i64..10), 0..60).prop_map(|events| {
        let mut now = 0;
        let mut tick = |(event, step): (Event, i64)| {
            now += step;
            let at = Timestamp::from_millis(now);
            Recorded { at, event }
        };
        events.into_iter().map(&mut tick).collect()
    })
}

pub(crate) fn retention() -> impl Strategy<Value = Retention> {
    (-5_i64..250, -5_i64..250).prop_map(|(events, runs)| Retention {
        events_before: Timestamp::from_millis(events),
        runs_before: Timestamp::from_millis(runs),
    })
}

fn paused() -> RunEvent {
    RunEvent::State {
        state: RunState::Paused,
        reason: "asked for".to_owned(),
        by: None,
    }
}

fn schedule(is_set: bool) -> Event {
    Event::ScheduleChanged {
        operation: "repair.run".to_owned(),
        schedule: is_set.then(|| ringkeeper_schedule::Schedule::at("0 3 * * *")),
        by: None,
    }
}

fn due(millis: i64) -> Event {
    Event::ScheduleDue {
        operation: "repair.run".to_owned(),
        due: Timestamp::from_millis(millis),
        run: None,
        note: "it still ran".to_owned(),
    }
}

fn freeze(is_set: bool) -> Event {
    if is_set {
        let reason = "sale".to_owned();
        Event::Frozen { reason, by: None }
    } else {
        Event::Unfrozen { by: None }
    }
}

/// What a host takes up from a stream.
#[derive(Debug, PartialEq)]
pub(crate) struct Folded {
    open: OpenedFindings,
    settings: BTreeMap<Topic, Recorded>,
    open_runs: BTreeMap<Topic, Vec<Recorded>>,
}

pub(crate) fn folded<'a>(events: impl Iterator<Item = &'a Recorded> + Clone) -> Folded {
    let mut open = OpenedFindings::new();
    fold_open_findings(&mut open, events.clone());
    let (mut settings, mut open_runs) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
    let mut closed_runs = Vec::new();
    for recorded in events {
        let topic = recorded.event.topic();
        match &recorded.event {
            Event::ScheduleChanged { .. }
            | Event::ScheduleDue { .. }
            | Event::Frozen { .. }
            | Event::Unfrozen { .. }
            | Event::HostStarted { .. } => {
                settings.insert(topic, recorded.clone());
            }
            // Nothing ends them.
            Event::Agent { .. } | Event::Access { .. } | Event::Plugin { .. } => {
                open_runs.entry(topic).or_default().push(recorded.clone())
            }
            Event::Run { .. } => {
                if recorded.event.closes() {
                    closed_runs.push(topic.clone());
                }
                open_runs.entry(topic).or_default().push(recorded.clone());
            }
            _ => {}
        }
    }
    open_runs.retain(|topic, _| !closed_runs.contains(topic));
    Folded {
        open,
        settings,
        open_runs,
    }
}

fn doomed(stream: &[(Version, Recorded)], retention: &Retention) -> Vec<Version> {
    let mut topics: BTreeMap<Topic, Vec<Aged>> = BTreeMap::new();
    for (version, recorded) in stream {
        topics.entry(recorded.event.topic()).or_default().push(Aged {
            version: *version,
            at: recorded.at,
            closes: recorded.event.closes(),
        });
    }
    let each = topics
        .iter()
        .flat_map(|(topic, events)| retention.doomed(topic, events));
    each.collect()
}

fn without(stream: &[(Version, Recorded)], gone: &[Version]) -> Vec<(Version, Recorded)> {
    let left = stream.iter().filter(|(version, _)| !gone.contains(version));
    left.cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn what_is_taken_up_is_the_same_after_any_part_of_any_pruning(
        events in stream(), retention in retention(), part in 0_usize..60,
    ) {
        let stream: Vec<(Version, Recorded)> = (1..).map(Version).zip(events).collect();
        let doomed_at_first = doomed(&stream, &retention);
        let (gone, still_to_go) = doomed_at_first.split_at(part.min(doomed_at_first.len()));
        let rest = without(&stream, gone);
        let (before, after) = (folded(stream.iter().map(|(_, of)| of)), folded(rest.iter().map(|(_, of)| of)));
        prop_assert_eq!(before, after);
        // Killed in between, the next pruning finds the others.
        prop_assert_eq!(doomed(&rest, &retention), still_to_go);
    }

    #[test]
    fn nothing_young_goes_but_with_the_old_end_of_its_own_matter(events in stream(), retention in retention()) {
        let stream: Vec<(Version, Recorded)> = (1..).map(Version).zip(events).collect();
        for version in doomed(&stream, &retention) {
            let (_, gone) = &stream[version.0 as usize - 1];
            let limit = if matches!(gone.event, Event::Run { .. }) {
                retention.runs_before
            } else {
                retention.events_before
            };
            let ended = stream.iter().any(|(_, other)| {
                other.at < limit && other.event.closes() && other.event.topic() == gone.event.topic()
            });
            prop_assert!(gone.at < limit || ended);
        }
    }
}
