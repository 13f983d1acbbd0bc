use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::Schedule;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn timetable(change: impl FnOnce(&mut Schedule)) -> Timetable {
    let mut schedule = Schedule::at("0 3 * * *");
    change(&mut schedule);
    Timetable::parse(&schedule).unwrap()
}

/// Set on 1 May at midnight, never served, not running.
fn standing(now: &str) -> Standing {
    Standing {
        now: at(now),
        last_served: None,
        since: at("2026-05-01T00:00:00Z"),
        running: false,
        last_ended: None,
    }
}

#[test]
fn waits_for_its_time_and_runs_when_it_comes() {
    let timetable = timetable(|_| {});
    let first = at("2026-05-01T03:00:00Z");
    assert_eq!(
        timetable.decide(&standing("2026-05-01T02:59:59Z")),
        Decision::Wait { until: Some(first) }
    );
    assert_eq!(
        timetable.decide(&standing("2026-05-01T03:00:00Z")),
        Decision::Run {
            due: first,
            missed: 0
        }
    );
}

#[test]
fn waits_out_the_jitter() {
    let timetable = timetable(|schedule| schedule.jitter_seconds = 3600);
    let due = at("2026-05-01T03:00:00Z");
    let start = timetable.starts_at(due);
    assert!(start > due);
    let decide = |now| {
        timetable.decide(&Standing {
            now,
            ..standing("2026-05-01T00:00:00Z")
        })
    };
    assert_eq!(
        decide(start.before(Duration::from_millis(1))),
        Decision::Wait { until: Some(start) }
    );
    assert_eq!(decide(start), Decision::Run { due, missed: 0 });
}

#[test]
fn a_schedule_that_is_not_in_force_waits_for_ever() {
    let timetable = timetable(|schedule| schedule.enabled = false);
    assert_eq!(
        timetable.decide(&standing("2026-06-01T00:00:00Z")),
        Decision::Wait { until: None }
    );
}

#[test]
fn times_that_passed_while_nobody_looked_run_once_or_not_at_all() {
    let due = at("2026-05-09T03:00:00Z");
    let late = standing("2026-05-09T12:00:00Z");
    assert_eq!(timetable(|_| {}).decide(&late), Decision::Run { due, missed: 8 });
    let skipping = timetable(|schedule| schedule.missed = Missed::Skip);
    assert_eq!(skipping.decide(&late), Decision::SkipMissed { due, count: 9 });
    // The one whose time it is runs, whatever was missed before.
    assert_eq!(
        skipping.decide(&standing("2026-05-09T03:00:30Z")),
        Decision::Run { due, missed: 8 }
    );
}

#[test]
fn a_clock_that_jumps_back_runs_nothing_again() {
    let timetable = timetable(|_| {});
    let served = Standing {
        last_served: Some(at("2026-05-09T03:00:00Z")),
        ..standing("2026-05-02T03:00:00Z")
    };
    assert_eq!(
        timetable.decide(&served),
        Decision::Wait {
            until: Some(at("2026-05-10T03:00:00Z"))
        }
    );
}

#[test]
fn a_time_that_comes_while_it_runs_is_left_out_or_queues() {
    let due = at("2026-05-01T03:00:00Z");
    let running = Standing {
        running: true,
        ..standing("2026-05-01T03:00:10Z")
    };
    assert_eq!(timetable(|_| {}).decide(&running), Decision::SkipOverlap { due });
    let queueing = timetable(|schedule| {
        schedule.overlap = Overlap::Queue;
        schedule.missed = Missed::Skip;
    });
    assert_eq!(
        queueing.decide(&running),
        Decision::Wait {
            until: Some(at("2026-05-02T03:00:00Z"))
        }
    );
    // Hours later the other ends: what queued was not missed.
    let ended = Standing {
        last_ended: Some(at("2026-05-01T09:00:00Z")),
        ..standing("2026-05-01T09:00:05Z")
    };
    assert_eq!(queueing.decide(&ended), Decision::Run { due, missed: 0 });
}

#[test]
fn a_year_of_seconds_is_passed_over_at_once() {
    let every_second = timetable(|schedule| schedule.cron = "* * * * * *".to_owned());
    let now = standing("2027-05-01T00:00:00.500Z");
    assert_eq!(
        every_second.decide(&now),
        Decision::Run {
            due: at("2027-05-01T00:00:00Z"),
            missed: 999
        }
    );
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Seconds(i64),
    Begins,
    Ends,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        6 => (0_i64..4000).prop_map(Happening::Seconds),
        1 => (-500_000_i64..500_000).prop_map(Happening::Seconds),
        1 => Just(Happening::Begins),
        1 => Just(Happening::Ends),
    ];
    vec(happening, 1..60)
}

proptest! {
    /// A host that looks now and then, under a clock that jumps both ways.
    #[test]
    fn each_time_is_served_once_at_most_and_none_before_it_starts(
        happenings in happenings(),
        cron in prop::sample::select(vec!["*/20 * * * *", "0 3 * * *", "7,50 1-5 * * *"]),
        jitter_seconds in prop::sample::select(vec![0_u64, 90, 100_000]),
        queue in any::<bool>(),
        skip in any::<bool>(),
    ) {
        let timetable = timetable(|schedule| {
            schedule.cron = cron.to_owned();
            schedule.jitter_seconds = jitter_seconds;
            schedule.overlap = if queue { Overlap::Queue } else { Overlap::Skip };
            schedule.missed = if skip { Missed::Skip } else { Missed::RunOnce };
        });
        let mut standing = standing("2026-05-01T00:00:00Z");
        for happening in happenings {
            match happening {
                Happening::Seconds(seconds) => {
                    standing.now = Timestamp::from_millis(standing.now.as_millis() + seconds * 1000);
                }
                Happening::Begins => standing.running = true,
                Happening::Ends => {
                    standing.running = false;
                    standing.last_ended = Some(standing.now);
                }
            }
            let decision = timetable.decide(&standing);
            let due = match decision {
                Decision::Wait { until } => {
                    prop_assert!(until.is_some_and(|until| until > standing.now));
                    continue;
                }
                Decision::Run { due, .. } => {
                    prop_assert!(!standing.running);
                    due
                }
                Decision::SkipOverlap { due } => {
                    prop_assert!(standing.running && !queue);
                    due
                }
                Decision::SkipMissed { due, .. } => {
                    prop_assert!(skip && standing.now.since(timetable.starts_at(due)) > LATE_AFTER);
                    due
                }
            };
            prop_assert!(timetable.starts_at(due) <= standing.now);
            prop_assert!(standing.last_served.is_none_or(|served| due > served));
            // It is the latest: the one after it has not started.
            prop_assert!(timetable.next_after(due).is_none_or(|next| timetable.starts_at(next) > standing.now));
            standing.last_served = Some(due);
            standing.running = standing.running || matches!(decision, Decision::Run { .. });
            prop_assert!(matches!(timetable.decide(&standing), Decision::Wait { .. }), "{decision:?}");
        }
    }
}
