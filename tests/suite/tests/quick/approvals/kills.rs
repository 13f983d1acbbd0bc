//! The host is killed before, between and after a question and its answer: both are kept, and nothing begins without them.

use super::support::{ALICE, approvals, ask, host_that_asks, refused, request, restart, stops, until};

#[tokio::test(start_paused = true)]
async fn a_question_outlives_the_host_and_so_does_the_answer() {
    let mut host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    restart(&mut host).await;
    let waits = until(&host, &run, 1, "AwaitingApproval").await;
    assert_eq!(waits.run.approval.unwrap().hash, hash);
    host.conductor.approve_run(&run, &hash, ALICE).await.unwrap();
    restart(&mut host).await;
    let detail = until(&host, &run, 3_600, "Succeeded").await;
    assert_eq!(detail.run.approval.unwrap().by.as_deref(), Some(ALICE));
    assert_eq!(stops(&host), 3);
    assert_eq!(approvals(&host, &run).await, [(hash.clone(), ALICE.to_owned())]);
    assert_eq!(
        refused(&host, &run, &hash).await.split(" at ").next().unwrap(),
        format!("plan {hash} of run {run} was approved by {ALICE}"),
    );
}

/// The host dies at a moment that is drawn: while it asks, while it waits, while it is told, or afterwards.
#[tokio::test(start_paused = true)]
async fn wherever_the_host_dies_nothing_begins_that_was_not_approved() {
    for seed in 0..12 {
        let mut host = host_that_asks().await;
        let mut draw = ringkeeper_seams::Entropy::from_seed(seed).stream("kills");
        let mut pause = || std::time::Duration::from_millis(draw.next_u64() % 2_000);
        let asked = {
            let (conductor, asked) = (host.conductor.clone(), request(&[]));
            tokio::time::timeout(pause(), async move { conductor.open_run(&asked).await }).await
        };
        restart(&mut host).await;
        let runs = host.conductor.runs(None).unwrap();
        if asked.is_ok() {
            assert_eq!(runs.len(), 1, "seed {seed}");
        }
        host.pass(600).await;
        assert_eq!(stops(&host), 0, "seed {seed}");
        for run in runs {
            assert_eq!(run.state, "AwaitingApproval", "seed {seed}");
            let hash = run.approval.unwrap().hash;
            let told = {
                let (conductor, id, hash) = (host.conductor.clone(), run.id.clone(), hash.clone());
                tokio::time::timeout(pause(), async move {
                    conductor.approve_run(&id, &hash, ALICE).await.map(drop)
                })
                .await
            };
            restart(&mut host).await;
            let is_written = !approvals(&host, &run.id).await.is_empty();
            assert!(
                is_written || !matches!(told, Ok(Ok(()))),
                "seed {seed}: a word was lost"
            );
            if !is_written {
                host.conductor.approve_run(&run.id, &hash, ALICE).await.unwrap();
            }
            until(&host, &run.id, 3_600, "Succeeded").await;
            assert_eq!(approvals(&host, &run.id).await.len(), 1, "seed {seed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_was_shown_can_be_approved_after_the_host_was_killed_and_once() {
    let mut host = host_that_asks().await;
    let request = request(&["rack1"]);
    let shown = ringkeeper_api::PlanRequest {
        operation: request.operation.clone(),
        cluster: None,
        parameters: request.parameters.clone(),
    };
    let shown = host.conductor.dry_run(&shown).await.unwrap();
    assert_eq!(shown.consent, "ask");
    restart(&mut host).await;
    let approve = ringkeeper_api::RunRequest {
        approve: Some(shown.hash.clone()),
        ..request
    };
    let run = host.conductor.open_run_as(&approve, ALICE).await.unwrap();
    assert_eq!(run.state, "Running", "its plan was approved with it");
    restart(&mut host).await;
    until(&host, &run.id, 3_600, "Succeeded").await;
    assert_eq!(stops(&host), 1);
    restart(&mut host).await;
    let again = host.conductor.open_run_as(&approve, ALICE).await.unwrap_err();
    assert_eq!(
        again.to_string(),
        format!(
            "plan {} was approved for run {}, and is used up",
            shown.hash, run.id
        )
    );
}
