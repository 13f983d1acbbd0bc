//! Steps against a host that follows a script.

mod scripted;

use ringkeeper_sdk::jobs::State;
use ringkeeper_sdk::prelude::*;

use self::scripted::{Scripted, step, step_of, tables};
use super::carry_out;
use crate::testing::{NOW, id};

#[test]
fn a_step_starts_its_command_and_waits_for_it() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.ends(State::Running, "");
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(outcome, Outcome::WaitFor(vec!["job-1".to_owned()]));
    assert_eq!(host.started()[0].tables, ["orders", "carts"]);
    assert_eq!(host.started()[0].ranges.len(), 2);
}

#[test]
fn a_step_whose_command_ended_well_is_done() {
    let mut host = Scripted::new(&["orders", "carts"]);
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(outcome, Outcome::Done("repaired shop in 1 command".to_owned()));
}

#[test]
fn the_same_step_is_led_by_the_same_node_every_time() {
    let coordinator = || {
        let mut host = Scripted::new(&["orders", "carts"]);
        carry_out(&mut host, &step(), 1).unwrap();
        host.started()[0].coordinator.clone()
    };
    assert_eq!(coordinator(), coordinator());
}

#[test]
fn what_fails_once_is_repaired_in_smaller_commands_led_by_another() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.fails_with_more_than(1, "some repair failed");
    let outcome = host.run_to_its_end(&step());
    assert_eq!(
        outcome,
        Ok(Outcome::Done("repaired shop in 1 command".to_owned()))
    );
    let tables: Vec<_> = host
        .started()
        .iter()
        .map(|order| order.tables.join("+"))
        .collect();
    assert_eq!(tables, ["orders+carts", "orders", "carts"]);
    assert_ne!(host.started()[0].coordinator, host.started()[1].coordinator);
}

#[test]
fn what_keeps_failing_fails_the_step_with_the_words_of_the_node() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.breaks("carts", "validation failed\non /10.0.0.3");
    let failure = host.run_to_its_end(&step()).unwrap_err();
    assert!(
        failure
            .message
            .starts_with("shop.carts could not be repaired on ("),
        "{}",
        failure.message
    );
    assert!(
        failure.message.contains("validation failed"),
        "{}",
        failure.message
    );
    assert_eq!(failure.evidence.len(), 3, "given up after three");
    assert!(
        host.started().iter().any(|order| order.tables == ["orders"]),
        "the other table was repaired"
    );
}

#[test]
fn a_lost_job_is_repaired_once_more_as_it_was_by_another_leader() {
    let mut host = Scripted::new(&["orders"]);
    host.ends(State::Lost, "the node was restarted");
    let outcome = host.run_to_its_end(&step_of(&["orders"]));
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    let started = host.started();
    assert_eq!(started.len(), 2, "nothing spoke against its size");
    assert_eq!(started[0].ranges, started[1].ranges);
    assert_ne!(started[0].coordinator, started[1].coordinator);
}

#[test]
fn a_replica_that_is_down_puts_the_step_off_longer_every_time() {
    for (attempt, seconds) in [(1, 30), (2, 60), (4, 240), (30, 900)] {
        let mut host = Scripted::new(&["orders", "carts"]);
        host.down(1, NOW - 90_000);
        let outcome = carry_out(&mut host, &step(), attempt).unwrap();
        let Outcome::Postpone(postponed) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(postponed.reasons, ["10.0.0.2:7000 has not been up for 1 min."]);
        assert_eq!(postponed.retry_after_seconds, seconds);
        assert_eq!(host.started().len(), 0);
    }
}

#[test]
fn a_failure_as_a_replica_went_down_puts_the_step_off() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.ends(State::Failed, "endpoint not alive: /10.0.0.2");
    host.goes_down_after_a_start(1, NOW);
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert!(matches!(outcome, Outcome::Postpone(_)), "{outcome:?}");
    assert_eq!(host.started().len(), 1);
}

#[test]
fn another_replica_leads_where_one_cannot_be_reached() {
    let mut host = Scripted::new(&["orders", "carts"]);
    carry_out(&mut host, &step(), 1).unwrap();
    let first = host.started()[0].coordinator.clone();
    let mut host = Scripted::new(&["orders", "carts"]);
    host.refuses(&first, Error::Unavailable("no answer".to_owned()));
    carry_out(&mut host, &step(), 1).unwrap();
    assert_ne!(host.started()[0].coordinator, first);
}

#[test]
fn a_step_that_nobody_leads_is_put_off_with_their_words() {
    let mut host = Scripted::new(&["orders", "carts"]);
    for place in 0..3 {
        host.refuses(&id(place), Error::Unavailable("no answer".to_owned()));
    }
    let Outcome::Postpone(postponed) = carry_out(&mut host, &step(), 1).unwrap() else {
        panic!()
    };
    assert!(
        postponed.reasons[0].contains("10.0.0.1:7000: no answer"),
        "{postponed:?}"
    );
}

#[test]
fn a_foreign_repair_puts_the_step_off() {
    let mut host = Scripted::new(&["orders", "carts"]);
    for place in 0..3 {
        host.refuses(&id(place), Error::Conflict("another repair runs".to_owned()));
    }
    let Outcome::Postpone(postponed) = carry_out(&mut host, &step(), 1).unwrap() else {
        panic!()
    };
    assert_eq!(postponed.reasons, ["another repair runs"]);
}

#[test]
fn what_the_backend_cannot_do_fails_the_step() {
    let mut host = Scripted::new(&["orders", "carts"]);
    for place in 0..3 {
        host.refuses(&id(place), Error::Unsupported("no repair here".to_owned()));
    }
    let failure = carry_out(&mut host, &step(), 1).unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Fault::Unsupported, "no repair here")
    );
}

#[test]
fn a_dropped_table_is_left_out() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.tables = Some(tables(&["orders"]));
    carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(host.started()[0].tables, ["orders"]);
}

#[test]
fn a_dropped_keyspace_is_done() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.tables = None;
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(
        outcome,
        Outcome::Done("nothing left to repair: shop was dropped".to_owned())
    );
    let mut host = Scripted::new(&["orders", "carts"]);
    host.tables = Some(Vec::new());
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(
        outcome,
        Outcome::Done("nothing left to repair: its tables in shop were dropped".to_owned())
    );
}

#[test]
fn a_table_that_came_since_is_not_repaired() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.tables = Some(tables(&["baskets", "orders", "carts"]));
    carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(host.started()[0].tables, ["orders", "carts"]);
}

#[test]
fn tables_that_are_others_are_planned_anew() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.tables = Some(tables(&["orders", "baskets"]));
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(
        outcome,
        Outcome::Replan("the tables of shop are others now".to_owned())
    );
}

#[test]
fn ranges_that_lie_elsewhere_are_planned_anew() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.placements[0].replicas[2] = id(7);
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert_eq!(
        outcome,
        Outcome::Replan("ranges of shop lie elsewhere now".to_owned())
    );
    let mut host = Scripted::new(&["orders", "carts"]);
    host.placements[0].ranges[0].end = 50;
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert!(
        matches!(outcome, Outcome::Replan(_)),
        "a node joined in the middle: {outcome:?}"
    );
}

#[test]
fn a_cancelled_run_begins_no_further_command() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.cancelled = true;
    let outcome = carry_out(&mut host, &step(), 1).unwrap();
    assert!(matches!(outcome, Outcome::Postpone(_)), "{outcome:?}");
    assert_eq!(host.started().len(), 0);
}

#[test]
fn a_repair_that_somebody_ended_is_tried_again_and_then_fails() {
    let mut host = Scripted::new(&["orders", "carts"]);
    host.ends(State::Cancelled, "terminated");
    assert!(matches!(
        carry_out(&mut host, &step(), 1),
        Ok(Outcome::Postpone(_))
    ));
    let mut host = Scripted::new(&["orders", "carts"]);
    host.ends(State::Cancelled, "terminated");
    assert!(carry_out(&mut host, &step(), 3).is_err());
}

#[test]
fn a_step_of_several_commands_does_one_after_another() {
    let mut step = step();
    step.body.pieces[0].commands = 4;
    let mut host = Scripted::new(&["orders", "carts"]);
    host.ends_all_running_first();
    let outcome = host.run_to_its_end(&step);
    assert_eq!(
        outcome,
        Ok(Outcome::Done("repaired shop in 4 commands".to_owned()))
    );
    assert_eq!(host.started().len(), 4);
    assert_eq!(host.waits, 4);
}
