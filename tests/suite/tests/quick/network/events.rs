//! Events, followed.

use ringkeeper_api::Role;

use super::{DEADLINE, Ground, answered, problem};

#[tokio::test(start_paused = true)]
async fn events_go_on_where_they_were_left_and_from_nowhere_else() {
    let ground = Ground::new().await;
    for frozen in [true, false] {
        let freeze = serde_json::json!({ "frozen": frozen, "reason": "test" });
        let freeze = serde_json::from_value(freeze).unwrap();
        ground.host.conductor.set_freeze(&freeze, "anna").await.unwrap();
    }
    let token = ground.token("ci", Role::Viewer).await;
    let events = || ground.request("GET", "/api/v1/events").bearer_auth(&token);
    let first = async |request: reqwest::RequestBuilder| {
        let mut answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut text = String::new();
        while text.matches("\n\n").count() < 2 {
            text += &String::from_utf8_lossy(&answer.chunk().await.unwrap().unwrap());
        }
        text
    };
    let after = first(
        ground
            .request("GET", "/api/v1/events?after=1")
            .bearer_auth(&token),
    )
    .await;
    assert!(after.starts_with("id: 1\n\nid: 2\ndata: "), "{after}");
    let resumed = first(events().header("last-event-id", "1")).await;
    assert_eq!(
        after.split("\n\n").take(2).collect::<Vec<_>>(),
        resumed.split("\n\n").take(2).collect::<Vec<_>>()
    );
    for id in ["999999", "18446744073709551615"] {
        let answer = answered(events().header("last-event-id", id)).await;
        let message = problem(&answer)["message"].as_str().unwrap().to_owned();
        assert!(
            answer.status == 404 && message.contains(&format!("there is no event {id}")),
            "{message}"
        );
    }
    for id in ["", "-1", "one", "18446744073709551616"] {
        assert_eq!(
            answered(events().header("last-event-id", id)).await.status,
            400,
            "{id}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_follows_events_is_told_no_more_once_the_token_was_revoked() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Viewer).await;
    let stream = ground.request("GET", "/api/v1/events").bearer_auth(&token);
    let mut answer = stream.send().await.unwrap();
    let began = answer.chunk().await.unwrap().unwrap();
    assert!(began.starts_with(b"id: "));
    ground.access.revoke("ci", "", "a test").await.unwrap();
    let freeze = serde_json::from_str(r#"{"frozen":true,"reason":"secret plans"}"#).unwrap();
    ground.host.conductor.set_freeze(&freeze, "anna").await.unwrap();
    let rest = tokio::time::timeout(DEADLINE, answer.text())
        .await
        .unwrap()
        .unwrap();
    assert!(
        rest.contains("event: problem") && rest.contains("no good any more"),
        "{rest}"
    );
    assert!(!rest.contains("secret plans"), "{rest}");
}

#[tokio::test(start_paused = true)]
async fn streams_of_events_are_bounded() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Viewer).await;
    let mut open = Vec::new();
    let refused = loop {
        let request = ground.request("GET", "/api/v1/events").bearer_auth(&token);
        let answer = request.send().await.unwrap();
        match answer.status().as_u16() {
            200 => open.push(answer),
            _ => break answer,
        }
        assert!(open.len() < 200);
    };
    assert_eq!((refused.status().as_u16(), open.len()), (429, 32));
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(ground.ask(&token, "/api/v1/clusters").await.status, 200);
}
