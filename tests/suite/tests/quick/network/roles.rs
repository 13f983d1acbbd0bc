//! Who may what, and in whose name it is done.

use ringkeeper_api::Role;

use super::{Ground, answered, filled, problem};
use crate::approvals;
use crate::document::{self, Operation};

#[tokio::test(start_paused = true)]
async fn every_route_lets_in_the_roles_that_the_document_names_and_no_others() {
    let ground = Ground::new().await;
    let mut tokens = Vec::new();
    for role in Role::EVERY {
        tokens.push((role, ground.token(role.name(), role).await));
    }
    for Operation { method, path, said } in document::operations() {
        let asked = filled(&path);
        // A body that means nothing changes nothing: what was let pass ends at it.
        let request = || {
            let request = ground
                .request(&method, &asked)
                .header("content-type", "application/json");
            request.body("[]")
        };
        let takes = said["x-role"].as_str().map(|role| role.parse::<Role>().unwrap());
        if path == "/api/v1/events" {
            assert_eq!(takes, Some(Role::Viewer));
            continue;
        }
        let stranger = answered(request()).await;
        // Who asks so much without a token is not even told why not.
        assert_eq!(
            matches!(stranger.status, 401 | 429),
            takes.is_some(),
            "{method} {path}: {}",
            stranger.status
        );
        for (role, token) in &tokens {
            let answer = answered(request().bearer_auth(token)).await;
            let may = takes.is_none_or(|takes| takes <= *role);
            assert_eq!(
                answer.status != 403,
                may,
                "{role}: {method} {path}: {}",
                answer.body
            );
            let is_there = answer.status != 405 && !answer.body.contains("there is nothing at");
            assert!(is_there, "{method} {path}: {}", answer.body);
            assert_eq!(
                document::complaints(&method, &asked, answer.status, &answer.body),
                Vec::<String>::new(),
                "{role}"
            );
        }
    }
    assert!(!ground.host.conductor.freeze_status(None).unwrap().frozen);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_with_a_token_is_done_in_its_name() {
    let ground = Ground::new().await;
    let token = ground.token("ops", Role::Admin).await;
    let create = ground.request("POST", "/api/v1/tokens").bearer_auth(&token);
    let made = answered(create.json(&serde_json::json!({ "name": "ci", "role": "viewer" }))).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let secret = problem(&made)["token"].as_str().unwrap().to_owned();
    let listed = ground.ask(&secret, "/api/v1/tokens").await;
    assert!(
        !listed.body.contains(&secret) && listed.body.contains("\"made_by\":\"token ops\""),
        "{}",
        listed.body
    );
    let revoke = ground
        .request("POST", "/api/v1/tokens/ci/revoke")
        .bearer_auth(&token);
    let revoked = answered(revoke.json(&serde_json::json!({ "reason": "done" }))).await;
    assert!(revoked.body.contains("by token ops: done"), "{}", revoked.body);
    assert_eq!(ground.ask(&secret, "/api/v1/tokens").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_word_is_given_by_the_role_that_may_and_stands_in_the_name_of_its_token() {
    let ground = Ground::to(approvals::host_that_asks().await, Role::Admin).await;
    let mut tokens = Vec::new();
    for role in Role::EVERY {
        tokens.push(ground.token(role.name(), role).await);
    }
    let [viewer, operator, admin] = tokens.as_slice() else {
        panic!("{}", tokens.len())
    };
    let post = async |token: &String, path: &str, body: &str| {
        let request = ground.request("POST", path).bearer_auth(token);
        answered(
            request
                .header("content-type", "application/json")
                .body(body.to_owned()),
        )
        .await
    };
    let open = r#"{"operation":"patching.restart","parameters":{"racks":["rack1"]}}"#;
    assert_eq!(post(viewer, "/api/v1/runs", open).await.status, 403);
    let run = post(operator, "/api/v1/runs", open).await;
    assert_eq!(run.status, 202, "{}", run.body);
    let run = problem(&run);
    let (id, hash) = (
        run["id"].as_str().unwrap(),
        run["approval"]["hash"].as_str().unwrap(),
    );
    let approve = format!("/api/v1/runs/{id}/approve");
    let word = format!(r#"{{"hash":"{hash}"}}"#);
    for token in [viewer, operator] {
        let refused = post(token, &approve, &word).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let by_hash = format!(r#"{{"operation":"patching.restart","approve":"{hash}"}}"#);
        assert_eq!(post(token, "/api/v1/runs", &by_hash).await.status, 403);
    }
    let approved = post(admin, &approve, &word).await;
    assert_eq!(
        problem(&approved)["approval"]["by"],
        "token admin",
        "{}",
        approved.body
    );
    let events = serde_json::to_string(&ground.host.events().await).unwrap();
    assert!(
        events.contains("\"token admin\"") && events.contains("\"token operator\""),
        "{events}"
    );
}
