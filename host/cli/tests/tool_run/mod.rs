//! Running a tool, as a shell sees it.

use ringkeeper_api::ToolOutput;
use ringkeeper_journal::RunState;

use super::told_host::{RUN, ToldHost};

const STATUS: [&str; 5] = ["tool", "run", "status", "--node", "10.0.0.1"];

#[tokio::test(flavor = "multi_thread")]
async fn what_the_tool_prints_comes_apart_from_what_is_said_about_it() {
    let host = ToldHost::start();
    let follower = host.ringkeeper(&STATUS);
    host.print(["Datacenter: dc1\n", ""]);
    host.asked_for_output(4).await;
    host.print(["UN  10.0.0.1\n", "a warning\n"]);
    host.end(RunState::Succeeded);
    let (exit, out, err) = follower.end().await;
    assert_eq!(
        (exit, out.as_str()),
        (Some(0), "Datacenter: dc1\nUN  10.0.0.1\n"),
        "{err}"
    );
    assert_eq!(
        err,
        "run shop-812: Repair shop\na warning\nSucceeded: Both steps are done.\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_as_the_tool_does() {
    for (state, code) in [
        (RunState::Failed, 1),
        (RunState::Cancelled, 1),
        (RunState::Refused, 3),
    ] {
        let host = ToldHost::start();
        host.end(state);
        let (exit, _, err) = host.ringkeeper(&STATUS).end().await;
        assert_eq!(exit, Some(code), "{state}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_all_of_it_in_one_document() {
    let host = ToldHost::start();
    host.print(["UN  10.0.0.1\n", "a warning\n"]);
    host.end(RunState::Succeeded);
    for arguments in [&STATUS[..], &["runs", "output", RUN]] {
        let follower = host.ringkeeper(&[arguments, &["--format", "json"]].concat());
        let (exit, out, err) = follower.end().await;
        assert_eq!((exit, err.as_str()), (Some(0), ""));
        let told: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&told["output"], &told["complaints"]),
            (&"UN  10.0.0.1\n".into(), &"a warning\n".into())
        );
        assert_eq!(told["run"]["id"], RUN);
    }
    // A person gets it as it was printed.
    let (exit, out, err) = host.ringkeeper(&["runs", "output", RUN]).end().await;
    assert_eq!(
        (exit, out.as_str(), err.as_str()),
        (Some(0), "UN  10.0.0.1\n", "a warning\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_is_told_the_run_and_what_makes_no_sense_reaches_nobody() {
    let host = ToldHost::start();
    let (exit, out, err) = host
        .ringkeeper(&[&STATUS[..], &["--detach"]].concat())
        .end()
        .await;
    assert_eq!((exit, err.as_str()), (Some(0), ""));
    assert!(out.contains(RUN), "{out}");
    assert_eq!(host.asked_to_change(), 1);
    let (exit, _, err) = host
        .ringkeeper(&[&STATUS[..], &["--", "shop", "more"]].concat())
        .end()
        .await;
    assert_eq!(exit, Some(2));
    assert_eq!(
        err,
        "error: status takes no \"more\"\n  fix: `ringkeeper tool explain status` says what it takes\n"
    );
    assert_eq!(host.asked_to_change(), 1);
}

/// A piece of what was printed, from a byte on; all of it once the run has ended.
pub(super) fn piece(printed: &str, from: u64, is_over: bool) -> ToolOutput {
    let text = printed
        .get(usize::try_from(from).unwrap()..)
        .unwrap_or_default()
        .to_owned();
    ToolOutput {
        job: Some("shop-812/1".to_owned()),
        next: from + u64::try_from(text.len()).unwrap(),
        text,
        is_last: is_over,
    }
}
