//! What becomes of tools that are asked for.

use ringkeeper_api::FreezeRequest;
use ringkeeper_cluster::ToolStream;
use ringkeeper_journal::{Call, Event, RunEvent};
use ringkeeper_sim::ToolFault;
use ringkeeper_suite::SimHost;
use serde_json::json;

use super::support::{NODE, all_serve, end, flush, open, request, scrub, status};

#[tokio::test(start_paused = true)]
async fn a_tool_that_only_looks_is_run_beside_its_node_and_takes_nothing_away() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    let run = open(&host, &status()).await;
    let detail = end(&host, &run).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    let tools = host.cluster.tools();
    assert_eq!(
        (tools.len(), tools[0].node, tools[0].call.tool.as_str()),
        (1, host.node(0), "status")
    );
    assert!(host.cluster.downs().is_empty());
    assert!(
        detail.step_rows[0]
            .message
            .starts_with("it ended with 0 after 3 s"),
        "{detail:#?}"
    );
    assert_eq!(detail.step_rows[0].jobs[0].call, "status on 10.0.0.2");
}

#[tokio::test(start_paused = true)]
async fn what_it_prints_is_had_piece_by_piece_and_later_again() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    let run = open(&host, &status()).await;
    let piece = async |from| {
        let output = host.conductor.tool_output(&run, None, ToolStream::Output, from);
        output.await.unwrap()
    };
    let nothing = piece(0).await;
    assert_eq!((nothing.text.as_str(), nothing.is_last), ("", false));
    end(&host, &run).await;
    let whole = piece(0).await;
    assert_eq!(
        (whole.text.as_str(), whole.is_last),
        ("status 1\nstatus 2\nstatus 3\n", true)
    );
    assert_eq!(piece(whole.next).await.text, "");
    assert_eq!(piece(9).await.text, "status 2\nstatus 3\n");
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_files_are_written_is_stopped_before_and_serves_after() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    let run = open(&host, &scrub()).await;
    let detail = end(&host, &run).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    let tools = host.cluster.tools();
    assert_eq!(
        (tools.len(), tools[0].node_ran, tools[0].call.dry_run),
        (1, false, false)
    );
    assert_eq!(
        (
            host.cluster.stops_of(host.node(0)),
            host.cluster.starts_of(host.node(0))
        ),
        (1, 1)
    );
    assert!(all_serve(&host));
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_fails_on_a_stopped_node_fails_its_run_and_the_node_serves_again() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    host.cluster.fault_next_tool(host.node(0), ToolFault::EndsWith(1));
    let run = open(&host, &scrub()).await;
    let detail = end(&host, &run).await;
    assert_eq!(detail.run.state, "Failed", "{detail:#?}");
    assert!(
        detail.step_rows[0].message.contains("it ended with 1"),
        "{detail:#?}"
    );
    assert!(all_serve(&host));
    // Told with the next check.
    host.pass(600).await;
    assert_eq!(host.open_keys(), ["run-failed/tools.run"]);
}

#[tokio::test(start_paused = true)]
async fn what_can_destroy_is_a_dry_run_or_refused_until_it_is_meant() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    let mut careful = scrub();
    careful["really"] = json!(false);
    let run = open(&host, &careful).await;
    assert_eq!(end(&host, &run).await.run.state, "Succeeded");
    assert!(host.cluster.tools()[0].call.dry_run && host.cluster.downs().is_empty());

    let cleanup = json!({ "tool": "cleanup", "node": NODE });
    let refused = host
        .conductor
        .open_run(&request(&cleanup))
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("--really"), "{refused}");
    for (parameters, words) in [
        (
            json!({ "tool": "repair", "node": NODE }),
            "the operation repair.full does it",
        ),
        (json!({ "tool": "stauts", "node": NODE }), "did you mean status?"),
        (
            json!({ "tool": "status", "node": "10.0.0.9" }),
            "There is no node `10.0.0.9`",
        ),
        (
            json!({ "tool": "flush", "node": NODE, "arguments": { "keyspace": "a; b" } }),
            "keyspace cannot be",
        ),
    ] {
        let refused = host
            .conductor
            .open_run(&request(&parameters))
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(words), "{refused}");
    }
    assert_eq!(host.cluster.tools().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_costs_time_and_nothing_is_begun_twice() {
    for parameters in [status(), flush(), scrub()] {
        let host = SimHost::with_tools(|cluster| cluster).await;
        host.cluster.fault_next_tool(host.node(0), ToolFault::AnswerLost);
        let run = open(&host, &parameters).await;
        let detail = end(&host, &run).await;
        assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
        assert_eq!((host.cluster.tools().len(), detail.in_doubt), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_arrived_is_made_again_only_where_it_looks() {
    for (parameters, state, begun) in [
        (status(), "Succeeded", 1),
        (flush(), "Failed", 0),
        (scrub(), "Failed", 0),
    ] {
        let host = SimHost::with_tools(|cluster| cluster).await;
        host.cluster
            .fault_next_tool(host.node(0), ToolFault::NeverArrives);
        let run = open(&host, &parameters).await;
        let detail = end(&host, &run).await;
        assert_eq!(detail.run.state, state, "{detail:#?}");
        assert_eq!(host.cluster.tools().len(), begun, "{parameters}");
        assert!(all_serve(&host));
        if begun == 0 {
            assert!(
                detail.step_rows[0]
                    .message
                    .contains("whether it ran is not known"),
                "{detail:#?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_away_is_asked_a_few_times_and_one_that_was_killed_fails_the_run() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    host.cluster.fault_next_tool(host.node(0), ToolFault::Unreachable);
    let run = open(&host, &flush()).await;
    assert_eq!(end(&host, &run).await.run.state, "Succeeded");
    assert_eq!(host.cluster.tools().len(), 1);
    for _ in 0..3 {
        host.cluster.fault_next_tool(host.node(0), ToolFault::Unreachable);
    }
    let run = open(&host, &flush()).await;
    let detail = end(&host, &run).await;
    assert!(
        detail.step_rows[0].message.contains("nobody is there"),
        "{detail:#?}"
    );
    host.cluster.fault_next_tool(host.node(0), ToolFault::BrokenOff);
    let run = open(&host, &flush()).await;
    let detail = end(&host, &run).await;
    assert_eq!(detail.run.state, "Failed");
    assert!(
        detail.step_rows[0]
            .message
            .contains("the agent ended while it ran"),
        "{detail:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_changed_while_the_cluster_is_frozen_and_whoever_looks_may_look() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    host.pass(20).await;
    let freeze = |frozen| FreezeRequest {
        cluster: None,
        frozen,
        reason: "Black Friday".to_owned(),
    };
    host.conductor.set_freeze(&freeze(true), "anna").await.unwrap();
    let changing = open(&host, &flush()).await;
    let looking = open(&host, &status()).await;
    assert_eq!(end(&host, &looking).await.run.state, "Succeeded");
    assert_eq!(host.cluster.tools().len(), 1);
    host.conductor.set_freeze(&freeze(false), "anna").await.unwrap();
    assert_eq!(end(&host, &changing).await.run.state, "Succeeded");
}

#[tokio::test(start_paused = true)]
async fn the_journal_says_who_asked_for_what_and_what_came_of_it() {
    let host = SimHost::with_tools(|cluster| cluster).await;
    host.pass(20).await;
    let asked = request(&json!({ "tool": "flush", "node": NODE, "arguments": { "keyspace": "orders" } }));
    let run = host.conductor.open_run_as(&asked, "ada").await.unwrap().id;
    end(&host, &run).await;
    let events = host.events().await;
    let of_run: Vec<&RunEvent> = events
        .iter()
        .filter_map(|(_, recorded)| match &recorded.event {
            Event::Run { what, .. } => Some(what),
            _ => None,
        })
        .collect();
    assert!(
        of_run
            .iter()
            .any(|event| matches!(event, RunEvent::Opened(opened) if opened.by.as_deref() == Some("ada")))
    );
    let intended = of_run.iter().find_map(|event| match event {
        RunEvent::Intended(intent) => Some(intent),
        _ => None,
    });
    let intent = intended.unwrap();
    assert_eq!(intent.node, host.node(0));
    let Call::Tool { order } = &intent.call else {
        panic!("{intent:?}")
    };
    assert_eq!(
        (order.tool.as_str(), order.values.as_slice()),
        ("flush", &[("keyspace".to_owned(), "orders".to_owned())][..])
    );
    let texts: Vec<String> = host
        .conductor
        .events(None, Some(&run), 0, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.text)
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text.contains("flush keyspace=orders on 10.0.0.2")),
        "{texts:#?}"
    );
    assert!(
        texts.iter().any(|text| text.contains("done: it ended with 0")),
        "{texts:#?}"
    );
}
