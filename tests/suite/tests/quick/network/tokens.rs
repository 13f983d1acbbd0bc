//! Tokens that are none, or ask too often.

use ringkeeper_api::Role;

use super::{Ground, answered, problem};

#[tokio::test(start_paused = true)]
async fn whoever_has_no_good_token_gets_one_clear_answer() {
    let ground = Ground::new().await;
    let good = ground.token("good", Role::Viewer).await;
    let revoked = ground.token("gone", Role::Admin).await;
    ground.access.revoke("gone", "", "a test").await.unwrap();
    let get = || ground.request("GET", "/api/v1/clusters");
    let id = good.split('.').nth(1).unwrap();
    let guess = format!("rka1.{id}.{}", "A".repeat(43));
    let mut answers = String::new();
    for (about, request) in [
        ("nothing", get()),
        ("two tokens", get().bearer_auth(&good).bearer_auth(&good)),
        ("another scheme", get().basic_auth("root", Some("root"))),
        ("no token", get().bearer_auth("hello")),
        ("half a token", get().bearer_auth(&good[..40])),
        ("a guess", get().bearer_auth(&guess)),
        ("bytes", get().header("authorization", &b"Bearer \xff\xfe"[..])),
        ("a revoked one", get().bearer_auth(&revoked)),
        ("an unknown path", ground.request("GET", "/api/v1/secrets")),
    ] {
        let answer = answered(request).await;
        let problem = problem(&answer);
        assert_eq!(
            (answer.status, problem["code"].as_str()),
            (401, Some("unauthenticated")),
            "{about}"
        );
        let message = problem["message"].as_str().unwrap();
        answers += &format!("{about}: {}\n", message.split(" at 20").next().unwrap());
    }
    insta::assert_snapshot!(answers);
    assert_eq!(ground.ask(&good, "/api/v1/clusters").await.status, 200);
    assert_eq!(answered(ground.request("GET", "/healthz")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn whoever_tries_tokens_is_slowed_down_and_keeps_nobody_with_a_good_one_out() {
    let ground = Ground::new().await;
    let good = ground.token("good", Role::Viewer).await;
    let mut told = 0;
    let late = loop {
        let answer = ground.ask("rka1.000000000000.guess", "/api/v1/clusters").await;
        match answer.status {
            401 => told += 1,
            _ => break answer,
        }
        assert!(told < 100);
    };
    assert_eq!(
        (late.status, problem(&late)["code"].as_str()),
        (429, Some("too-many"))
    );
    assert!(
        (1..=6).contains(&late.wait.unwrap()) && told >= 10,
        "{:?} {told}",
        late.wait
    );
    assert_eq!(ground.ask(&good, "/api/v1/clusters").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_asks_too_often_waits_and_another_does_not() {
    let ground = Ground::new().await;
    let (eager, other) = (
        ground.token("eager", Role::Viewer).await,
        ground.token("other", Role::Viewer).await,
    );
    let mut answers = Vec::new();
    for _ in 0..5 {
        let asked = (0..32).map(|_| ground.ask(&eager, "/api/v1/openapi.json"));
        answers.extend(futures::future::join_all(asked).await);
    }
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && refused.len() <= 60, "{}", refused.len());
    assert!(refused.iter().all(|answer| answer.wait == Some(1)));
    assert_eq!(ground.ask(&other, "/api/v1/clusters").await.status, 200);
}
