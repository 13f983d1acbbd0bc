//! Following a run, as a shell sees it: the program against a host that says what the test lets it say.

#[cfg(test)]
mod told_host;
#[cfg(test)]
mod tool_run;

use ringkeeper_journal::{EffectId, EffectResult, RunEvent, RunState, StepEnd};
use told_host::{RUN, ToldHost};

fn step_done(number: usize) -> RunEvent {
    RunEvent::StepEnded {
        step: format!("r{number}"),
        end: StepEnd::Done {
            summary: String::new(),
        },
    }
}

fn closed(state: RunState) -> RunEvent {
    RunEvent::Closed {
        state,
        summary: String::new(),
        goals: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_plain_lines_until_the_run_ends() {
    let host = ToldHost::start();
    let follower = host.ringkeeper(&["runs", "follow", RUN]);
    host.followed(1).await;
    host.tell(step_done(1), "step 1 of 2 is done");
    // A call that went well is not worth a line.
    let well = RunEvent::Ended {
        effect: EffectId("shop-812/2".to_owned()),
        result: EffectResult::Done {
            message: String::new(),
        },
    };
    host.tell(well, "call 2 went well");
    host.end(RunState::Succeeded);
    host.tell(closed(RunState::Succeeded), "the run succeeded");
    let (exit, out, err) = follower.end().await;
    assert_eq!(exit, Some(0), "{err}");
    assert_eq!(
        out,
        "12:00:00Z  step 1 of 2 is done\n12:00:00Z  the run succeeded\nRun shop-812: Succeeded, 100% (2 of 2 steps), after \
         60 s\n  Both steps are done.\n  All of it: ringkeeper runs show shop-812\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_as_the_run_does_and_gives_programs_every_event() {
    for (state, exit) in [
        (RunState::Succeeded, 0),
        (RunState::Failed, 1),
        (RunState::Cancelled, 1),
        (RunState::Refused, 3),
    ] {
        let host = ToldHost::start();
        host.tell(step_done(1), "one");
        host.tell(step_done(2), "two");
        let follower = host.ringkeeper(&["runs", "follow", RUN, "--format", "json"]);
        host.followed(1).await;
        host.end(state);
        host.tell(closed(state), "the end");
        let (ended, out, err) = follower.end().await;
        assert_eq!((ended, err.as_str()), (Some(exit), ""), "{state}");
        let versions: Vec<_> = out
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["version"].clone())
            .collect();
        assert_eq!(versions, [1, 2, 3], "{out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_starts_again_is_followed_from_where_it_was() {
    let mut host = ToldHost::start();
    let follower = host.ringkeeper(&["runs", "follow", RUN]);
    host.followed(1).await;
    host.tell(step_done(1), "before");
    host.sent(1).await;
    host.stop().await;
    host.tell(step_done(2), "meanwhile");
    host.start_again();
    host.followed(2).await;
    host.end(RunState::Succeeded);
    host.tell(closed(RunState::Succeeded), "after");
    let (exit, out, err) = follower.end().await;
    assert_eq!(exit, Some(0), "{out}{err}");
    assert_eq!(host.begins(), [0, 1], "where each connection began");
    let lines: Vec<_> = out.lines().take(5).collect();
    assert_eq!(
        lines,
        [
            "12:00:00Z  before",
            "the host ended the connection; trying to reach it again for up to 2 min",
            "the host answers again",
            "12:00:00Z  meanwhile",
            "12:00:00Z  after",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_the_run_running_and_says_so() {
    let host = ToldHost::start();
    let follower = host.ringkeeper(&["runs", "follow", RUN]);
    host.followed(1).await;
    host.tell(step_done(1), "one");
    // It hears Ctrl-C once it shows something.
    let follower = follower.until("one").await;
    follower.interrupt().await;
    let (exit, out, _) = follower.end().await;
    assert_eq!(exit, Some(130));
    assert!(
        out.ends_with(
            "The run goes on. See it again: ringkeeper runs follow shop-812; end it: ringkeeper runs cancel shop-812\n"
        ),
        "{out}"
    );
    assert_eq!(host.asked_to_change(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_opened_is_followed_from_its_beginning() {
    let host = ToldHost::start();
    host.tell(step_done(1), "before anybody looked");
    let follower = host.ringkeeper(&["run", "repair.full", "-p", "keyspaces=[\"shop\"]", "--follow"]);
    host.followed(1).await;
    host.end(RunState::Failed);
    host.tell(closed(RunState::Failed), "the run failed");
    let (exit, out, err) = follower.end().await;
    assert_eq!(exit, Some(1), "{out}{err}");
    assert!(out.starts_with("Run shop-812 was opened: Repair shop\n"), "{out}");
    assert!(out.contains("before anybody looked\n"), "{out}");
    assert_eq!(host.asked_to_change(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ended_before_is_not_waited_for() {
    let host = ToldHost::start();
    host.end(RunState::Cancelled);
    let (exit, out, err) = host.ringkeeper(&["runs", "follow", RUN]).end().await;
    assert_eq!(exit, Some(1), "{err}");
    assert!(out.starts_with("Run shop-812: Cancelled"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_end_the_journal_no_longer_has_ends_by_its_state() {
    let host = ToldHost::start();
    host.end(RunState::Succeeded);
    let follower = host.ringkeeper(&["runs", "follow", RUN, "--format", "json"]);
    let (exit, out, err) = follower.end().await;
    assert_eq!((exit, out.as_str(), err.as_str()), (Some(0), "", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_at_once() {
    let host = ToldHost::start();
    let (exit, _, err) = host.ringkeeper(&["runs", "follow", "shop-1"]).end().await;
    assert_eq!(exit, Some(4));
    assert_eq!(err, "error: no run is called `shop-1`\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_cannot_tell_any_more_ends_it_with_its_reason() {
    let host = ToldHost::start();
    let follower = host.ringkeeper(&["runs", "follow", RUN]);
    host.followed(1).await;
    host.fail("the journal cannot be used: disk full");
    let (exit, _, err) = follower.end().await;
    assert_eq!(exit, Some(1));
    assert_eq!(err, "error: the journal cannot be used: disk full\n");
}
