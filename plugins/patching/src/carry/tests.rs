//! A step against a host that answers from a script.

mod scripted;

use ringkeeper_sdk::jobs::State;
use ringkeeper_sdk::prelude::*;

use self::scripted::{BEGAN, Call, Scripted, attempt, step};
use super::carry_out;
use crate::testing::{NOW, STARTED};
use crate::world::Presence;

fn first(host: &mut Scripted) -> Result<Outcome, Failure> {
    carry_out(host, &step(), attempt(1))
}

fn is_postponed(outcome: &Result<Outcome, Failure>, words: &str) -> bool {
    matches!(outcome, Ok(Outcome::Postpone(postponement)) if postponement.reasons == [words])
}

#[test]
fn a_node_is_stopped_started_and_seen_back() {
    let mut host = Scripted::new();
    let outcome = host.run_to_its_end(&step());
    let done = "10.0.0.1:7000 is back and was as wanted for 15 s, 90 s after it was begun";
    assert_eq!(outcome, Ok(Outcome::Done(done.to_owned())));
    assert_eq!(host.made(), [Call::Stop, Call::Start]);
    assert_eq!((host.waited_for, host.waits), (2, vec![(15, 300)]));
}

#[test]
fn an_old_look_does_not_make_it_stop_or_start_twice() {
    let mut host = Scripted::new();
    host.never_looks_again();
    let outcome = host.run_to_its_end(&step());
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    assert_eq!(host.made(), [Call::Stop, Call::Start]);
}

#[test]
fn a_look_from_the_midst_of_the_stop_does_not_put_it_off() {
    let mut host = Scripted::new();
    assert_eq!(first(&mut host), Ok(Outcome::WaitFor(vec!["job-1".to_owned()])));
    host.end_jobs();
    host.seen(Presence::Silent("connection refused".to_owned()), Some(STARTED));
    assert_eq!(first(&mut host), Ok(Outcome::WaitFor(vec!["job-2".to_owned()])));
    assert_eq!(host.made(), [Call::Stop, Call::Start]);
}

#[test]
fn what_the_guard_holds_up_is_put_off_with_its_words_and_ever_longer() {
    let blocks = "keyspace shop: replicas left 1 (limit 2); lifted when 10.0.0.3 is back";
    for (attempt_number, pause) in [(1, 30), (2, 60), (3, 120), (9, 600), (u32::MAX, 600)] {
        let mut host = Scripted::new();
        host.ends(Call::Stop, State::Lost, blocks);
        let outcome = carry_out(&mut host, &step(), attempt(attempt_number));
        let Ok(Outcome::Postpone(postponement)) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(postponement.reasons, [blocks]);
        assert_eq!(postponement.retry_after_seconds, pause);
        assert_eq!(host.made(), [Call::Stop]);
    }
}

#[test]
fn a_call_that_is_not_taken_now_is_put_off() {
    for error in [
        Error::Conflict("held".to_owned()),
        Error::Unavailable("held".to_owned()),
        Error::TimedOut("held".to_owned()),
    ] {
        let mut host = Scripted::new();
        host.refuses(Call::Stop, error);
        assert!(is_postponed(&first(&mut host), "held"));
    }
}

#[test]
fn a_host_that_cannot_start_nodes_is_a_failure_that_says_so() {
    let mut host = Scripted::new();
    host.refuses(Call::Stop, Error::Unsupported("no [cluster.process]".to_owned()));
    let failure = first(&mut host).unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Fault::Unsupported, "no [cluster.process]")
    );
}

#[test]
fn a_stop_that_fails_fails_the_step_and_starts_nothing() {
    let mut host = Scripted::new();
    host.ends(Call::Stop, State::Failed, "drain: timed out");
    let failure = first(&mut host).unwrap_err();
    assert_eq!(
        failure.message,
        "10.0.0.1:7000 could not be stopped: drain: timed out"
    );
    assert_eq!(host.made(), [Call::Stop]);
}

#[test]
fn a_start_that_fails_fails_the_step_also_where_a_process_answers() {
    for came_back in [false, true] {
        let mut host = Scripted::new();
        host.ends(Call::Start, State::Failed, "it came back with another rack");
        if came_back {
            host.seen(Presence::Answers, Some(NOW));
        }
        let failure = host.run_to_its_end(&step()).unwrap_err();
        assert_eq!(
            failure.message,
            "10.0.0.1:7000 did not come back: it came back with another rack"
        );
        assert_eq!(host.waits, []);
    }
}

#[test]
fn a_node_that_is_not_as_wanted_in_time_fails_with_what_is_missing() {
    let mut host = Scripted::new();
    host.wait_ends(Error::TimedOut("after 300 s: it takes no CQL clients".to_owned()));
    let failure = host.run_to_its_end(&step()).unwrap_err();
    assert_eq!(
        failure.message,
        "10.0.0.1:7000 runs again and is not as wanted: after 300 s: it takes no CQL clients"
    );
}

#[test]
fn a_wait_that_a_cancelled_run_ends_is_no_failure() {
    let mut host = Scripted::new();
    host.wait_ends(Error::Unavailable("the run is being cancelled".to_owned()));
    let outcome = host.run_to_its_end(&step());
    assert!(
        is_postponed(&outcome, "the run is being cancelled"),
        "{outcome:?}"
    );
}

#[test]
fn a_cancelled_run_stops_no_node_and_starts_one_that_is_gone() {
    let mut host = Scripted::new();
    host.cancelled = true;
    assert!(is_postponed(&first(&mut host), "the run was cancelled"));
    assert_eq!(host.made(), []);
    host.seen(Presence::Down(NOW), Some(STARTED));
    assert_eq!(first(&mut host), Ok(Outcome::WaitFor(vec!["job-1".to_owned()])));
    assert_eq!(host.made(), [Call::Start]);
}

#[test]
fn a_node_that_somebody_else_restarted_is_not_stopped_again() {
    let mut host = Scripted::new();
    host.seen(Presence::Answers, Some(STARTED + 60_000));
    let outcome = host.run_to_its_end(&step());
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    assert_eq!(host.made(), [Call::Start]);
    assert_eq!(host.waits, [(15, 300)]);
}

#[test]
fn a_node_that_is_down_is_only_started() {
    let mut host = Scripted::new();
    host.seen(Presence::Down(NOW), Some(STARTED));
    let outcome = host.run_to_its_end(&step());
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    assert_eq!(host.made(), [Call::Start]);
}

#[test]
fn a_node_whose_process_nobody_knows_is_waited_for() {
    let mut host = Scripted::new();
    host.seen(Presence::Silent("connection refused".to_owned()), None);
    let outcome = first(&mut host);
    let words = "10.0.0.1:7000 cannot be asked which process it runs: connection refused";
    assert!(is_postponed(&outcome, words), "{outcome:?}");
    assert_eq!(host.made(), []);
}

#[test]
fn a_process_that_was_not_known_goes_if_it_began_before_the_step_and_need_be() {
    for (process, fresh_from, calls) in [
        (BEGAN - 1, None, vec![Call::Stop]),
        (BEGAN, None, vec![Call::Start]),
        (BEGAN - 1, Some(BEGAN - 1), vec![Call::Start]),
        (BEGAN - 2, Some(BEGAN - 1), vec![Call::Stop]),
    ] {
        let mut step = step();
        step.body.process = None;
        step.body.fresh_from = fresh_from;
        let mut host = Scripted::new();
        host.seen(Presence::Answers, Some(process));
        let outcome = carry_out(&mut host, &step, attempt(1));
        assert!(matches!(outcome, Ok(Outcome::WaitFor(_))), "{outcome:?}");
        assert_eq!(host.made(), calls, "{process} {fresh_from:?}");
    }
}

#[test]
fn a_node_that_left_the_ring_needs_another_plan() {
    let mut host = Scripted::new();
    host.gone = true;
    let replan = "10.0.0.1:7000 is no member of the ring any more";
    assert_eq!(first(&mut host), Ok(Outcome::Replan(replan.to_owned())));
}

/// The host's answers come one by one, and the instance may die after each of them.
#[test]
fn an_instance_that_dies_anywhere_leaves_the_next_one_the_same_way() {
    let mut dies_after = 0;
    loop {
        let mut host = Scripted::new();
        let died = host.run_with_one_death(&step(), dies_after);
        assert_eq!(
            host.made(),
            [Call::Stop, Call::Start],
            "after {dies_after} answers"
        );
        if !died {
            break;
        }
        dies_after += 1;
    }
    assert!(dies_after >= 8, "it died after {dies_after} different answers");
}
