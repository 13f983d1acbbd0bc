//! What people see of work.

use insta::assert_snapshot;
use ringkeeper_api::RunDetail;
use ringkeeper_journal::{Call, EffectId, EffectResult, Intent, RunEvent, RunState, StepEnd, Undo};

use super::findings::Addresses;
use super::plan::Asked;
use super::samples::windows::windows;
use super::samples::work::{
    admitted_answer, awaited_plan, awaiting, awaiting_detail, blocked_answer, blocked_plan, coverage, detail,
    event, failed, failed_detail, freezes, leases, long_plan, running, schedules, succeeded,
};
use super::samples::{NOW, node, screen};
use crate::command::schedules::coming;

#[test]
fn runs_are_listed() {
    assert_snapshot!(super::runs::list(
        &[running(), failed(), succeeded()],
        &screen(120)
    ));
}

#[test]
fn runs_are_listed_in_80_columns() {
    assert_snapshot!(super::runs::list(
        &[running(), failed(), succeeded()],
        &screen(80)
    ));
}

#[test]
fn no_runs_is_said() {
    assert_snapshot!(super::runs::list(&[], &screen(80)), @"No runs.");
}

#[test]
fn a_run_that_was_opened_says_how_to_go_on() {
    assert_snapshot!(super::runs::opened(&running(), &screen(80)));
}

#[test]
fn a_run_that_waits_for_a_persons_word_says_so_wherever_it_is_shown() {
    assert_snapshot!(
        [
            super::runs::opened(&awaiting(), &screen(80)),
            super::runs::list(&[awaiting()], &screen(80)),
            super::run::run(&awaiting_detail(), false, &screen(80)),
        ]
        .join("---\n")
    );
}

#[test]
fn what_is_to_be_approved_is_shown_with_its_risk_and_its_undo() {
    let asked = super::plan::Asked {
        cluster: None,
        all: true,
    };
    assert_snapshot!(super::plan::plan(
        &awaited_plan(),
        asked,
        &Addresses::new(),
        &screen(80)
    ));
}

#[test]
fn a_word_that_was_given_or_refused_is_shown() {
    let shown = |state: &str, by: Option<&str>| {
        let mut run = awaiting();
        run.state = "Running".to_owned();
        if let Some(approval) = &mut run.approval {
            approval.state = state.to_owned();
            approval.by = by.map(str::to_owned);
            approval.at = by.map(|_| NOW);
        }
        let text = super::run::run(
            &RunDetail {
                run,
                ..awaiting_detail()
            },
            false,
            &screen(80),
        );
        let lines = text.lines().skip_while(|line| !line.contains("Approval:"));
        lines
            .take_while(|line| !line.is_empty())
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    assert_snapshot!(shown("given", Some("alice (uid 1000)")) + &shown("refused", None));
}

#[test]
fn a_run_that_was_told_something_says_how_it_stands() {
    let told = |state: &str| {
        let run = ringkeeper_api::RunSummary {
            state: state.to_owned(),
            ..running()
        };
        super::runs::told(&run, &screen(80))
    };
    assert_snapshot!(told("Running") + &told("Paused") + &told("Cancelling"));
}

#[test]
fn of_a_long_run_the_steps_that_matter_are_shown() {
    assert_snapshot!(super::run::run(&detail(), false, &screen(100)));
}

#[test]
fn every_step_is_shown_when_asked_for() {
    let text = super::run::run(&detail(), true, &screen(100));
    for number in 1..=40 {
        assert!(text.contains(&format!("\n{number:>4}. ")), "{number}: {text}");
    }
    assert!(!text.contains("not shown"), "{text}");
}

#[test]
fn a_run_that_ended_says_what_came_of_it() {
    assert_snapshot!(super::run::run(&failed_detail(), false, &screen(100)));
}

#[test]
fn who_waited_for_a_run_is_told_how_it_ended() {
    assert_snapshot!(super::run::ending(&failed_detail(), &screen(100)));
}

#[test]
fn coverage_puts_what_is_urgent_first_and_explains_its_words() {
    assert_snapshot!(super::coverage::coverage(&coverage(), &screen(120)));
}

#[test]
fn coverage_without_trouble_explains_nothing() {
    let sound = coverage().split_off(3);
    assert_snapshot!(super::coverage::coverage(&sound, &screen(80)));
}

#[test]
fn schedules_are_listed() {
    assert_snapshot!(super::schedules::list(&schedules(), &screen(120)));
}

#[test]
fn a_schedule_that_was_set_shows_its_next_times() {
    let [set, disabled] = &schedules()[..] else {
        panic!("two schedules");
    };
    assert_snapshot!(
        super::schedules::one(set, &screen(100)) + "\n" + &super::schedules::one(disabled, &screen(100))
    );
}

#[test]
fn what_is_due_next_is_listed() {
    assert_snapshot!(super::schedules::coming(&coming(&schedules()), &screen(80)));
}

#[test]
fn windows_and_freezes_are_listed_with_what_contradicts_them() {
    let wide = super::windows::list(&windows(), &screen(250));
    assert_snapshot!(wide + "\n" + &super::windows::list(&windows(), &screen(100)));
}

#[test]
fn where_there_is_no_window_and_no_freeze_work_may_happen_at_any_time() {
    assert_eq!(
        super::windows::list(&[], &screen(80)),
        "Work may happen at any time: there is no window and no freeze. To add one: [[window]] and [[freeze]] in the \
         configuration\n"
    );
}

#[test]
fn leases_are_listed() {
    assert_snapshot!(super::leases::list(&leases(), &screen(140)));
}

#[test]
fn what_stands_in_the_way_is_said_with_what_lifts_it() {
    assert_snapshot!(super::guard::answer(&blocked_answer(), &screen(80)));
}

#[test]
fn what_is_admitted_is_said_in_the_first_line() {
    assert_snapshot!(super::guard::answer(&admitted_answer(), &screen(80)));
}

#[test]
fn a_plan_says_what_would_hold_its_steps_up() {
    assert_snapshot!(super::plan::plan(
        &blocked_plan(),
        Asked::default(),
        &Addresses::new(),
        &screen(100)
    ));
}

#[test]
fn who_holds_a_node_stands_beside_it() {
    let held = ringkeeper_api::NodeSummary {
        held_by: Some("shop-812".to_owned()),
        ..node(1, "dc1", "r1")
    };
    assert_snapshot!(super::nodes::list(&[held, node(2, "dc1", "r2")], &screen(80)));
}

#[test]
fn who_waited_for_a_run_is_told_of_nodes_that_are_still_away() {
    let text = super::run::ending(&detail(), &screen(100));
    assert!(text.contains("10.0.0.3: start it again"), "{text}");
    assert!(text.contains("no space left on device"), "{text}");
    assert!(!text.contains("10.0.0.2: start it again"), "{text}");
}

#[test]
fn freezes_are_said() {
    let [frozen, free] = &freezes()[..] else {
        panic!("two freezes");
    };
    let set = super::freeze::set(frozen, &screen(80)) + &super::freeze::set(free, &screen(80));
    assert_snapshot!(super::freeze::list(&freezes(), &screen(80)) + "\n" + &set);
}

#[test]
fn a_copy_of_the_journal_is_said() {
    let answer = ringkeeper_api::BackupAnswer {
        file: "/var/backups/ringkeeper.sqlite".to_owned(),
        size_bytes: 1_300_000,
    };
    assert_snapshot!(super::journal::backup(&answer, &screen(80)), @"The journal was copied to /var/backups/ringkeeper.sqlite (1.24 MiB).");
}

#[test]
fn of_a_long_plan_the_first_steps_are_shown() {
    let asked = Asked {
        cluster: Some("shop"),
        all: false,
    };
    assert_snapshot!(super::plan::plan(
        &long_plan(),
        asked,
        &Addresses::new(),
        &screen(100)
    ));
}

#[test]
fn every_step_of_a_plan_is_shown_when_asked_for() {
    let asked = Asked {
        cluster: None,
        all: true,
    };
    let text = super::plan::plan(&long_plan(), asked, &Addresses::new(), &screen(100));
    assert!(text.contains("\n 512. ") && !text.contains("--all"), "{text}");
}

#[test]
fn the_foot_of_a_terminal_says_how_far_it_is_and_what_it_waits_for() {
    let detail = detail();
    let text = format!(
        "{}\n{}\n",
        super::progress::how_far(&detail.run),
        super::progress::now(&detail, &screen(80))
    );
    assert_snapshot!(text);
}

#[test]
fn progress_is_never_more_than_it_is() {
    for (share, pieces, percent) in [
        (0.0, 0, "0%"),
        (0.379_9, 379, "37%"),
        (0.999_9, 999, "99%"),
        (1.0, 1_000, "100%"),
        (1.2, 1_000, "100%"),
        (-0.5, 0, "0%"),
        (f64::NAN, 0, "0%"),
    ] {
        assert_eq!(super::progress::pieces(share, 1_000), pieces, "{share}");
        assert_eq!(super::runs::percent(share), percent, "{share}");
    }
}

#[test]
fn events_worth_seeing_are_a_line_and_the_others_none() {
    let step = || "r1".to_owned();
    let effect = || EffectId("shop-812/1".to_owned());
    let text = || "why".to_owned();
    let shown = |what| super::event::line(&event(7, what, "step 1 of 40"), &screen(80));
    let ended = |result| {
        shown(RunEvent::Ended {
            effect: effect(),
            result,
        })
    };
    assert_eq!(
        shown(RunEvent::StepEnded {
            step: step(),
            end: StepEnd::Done { summary: text() },
        }),
        Some("12:00:00Z  step 1 of 40".to_owned())
    );
    assert!(
        shown(RunEvent::InDoubt {
            effect: effect(),
            reason: text()
        })
        .is_some()
    );
    assert!(ended(EffectResult::Lost { reason: text() }).is_some());
    assert_eq!(ended(EffectResult::Done { message: text() }), None);
    assert_eq!(
        shown(RunEvent::StepStarted {
            step: step(),
            attempt: 1,
            nodes: Vec::new(),
        }),
        None
    );
}

#[test]
fn what_takes_a_node_away_is_seen_to_go_by() {
    let intent = |undo| Intent {
        effect: EffectId("shop-812/1".to_owned()),
        step: "restart".to_owned(),
        attempt: 1,
        digest: String::new(),
        occurrence: 1,
        node: node(1, "dc1", "r1").host_id,
        endpoint: node(1, "dc1", "r1").address,
        process: ringkeeper_cluster::ProcessIdentity {
            name: "1@host".to_owned(),
            started_at: NOW,
        },
        call: Call::Stop,
        undo,
    };
    let shown = |undo| {
        let event = event(7, RunEvent::Intended(Box::new(intent(undo))), "stop");
        super::event::line(&event, &screen(80))
    };
    let undo = Undo::Serve {
        data_centre: "dc1".to_owned(),
        rack: "r1".to_owned(),
        release_version: None,
    };
    assert_eq!(shown(Some(undo)), Some("12:00:00Z  stop".to_owned()));
    assert_eq!(shown(None), None);
}

#[test]
fn an_event_of_a_later_host_is_shown_as_it_says_itself() {
    let odd = ringkeeper_api::EventRow {
        event: serde_json::json!({ "event": "comet-seen" }),
        at: NOW,
        ..event(
            7,
            RunEvent::State {
                state: RunState::Paused,
                reason: String::new(),
                by: None,
            },
            "a comet was seen",
        )
    };
    assert_eq!(
        super::event::line(&odd, &screen(80)),
        Some("12:00:00Z  a comet was seen".to_owned())
    );
    assert_eq!(super::event::ended(&odd), None);
}
