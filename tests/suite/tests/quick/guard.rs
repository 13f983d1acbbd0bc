//! What the guard says to people who ask it, on a cluster in memory.

use ringkeeper_api::{FreezeRequest, GuardAnswer, GuardQuestion};
use ringkeeper_conductor::RunError;
use ringkeeper_guard::{Rule, WorkKind};
use ringkeeper_plan::Impact;
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};

fn disrupt(nodes: &[&str]) -> GuardQuestion {
    GuardQuestion {
        cluster: None,
        nodes: nodes.iter().map(|node| (*node).to_owned()).collect(),
        racks: Vec::new(),
        impact: Impact::Disrupt,
        work: None,
    }
}

async fn host() -> SimHost {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    host
}

/// The address of the n-th node, from 0.
fn address(host: &SimHost, position: usize) -> String {
    let node = host.cluster.node(host.node(position)).unwrap();
    node.endpoint.ip().to_string()
}

fn rules(answer: &GuardAnswer) -> Vec<Rule> {
    answer.blocks.iter().map(|row| row.block.rule).collect()
}

#[tokio::test(start_paused = true)]
async fn one_node_of_three_may_go_away_and_two_may_not() {
    let host = host().await;
    let (one, two) = (address(&host, 0), address(&host, 1));
    let alone = host.conductor.explain(&disrupt(&[&one])).await.unwrap();
    assert!(alone.admitted, "{alone:#?}");
    assert_eq!(alone.blocks, Vec::new());
    assert_eq!(alone.work, WorkKind::Disrupt);
    assert_eq!(alone.nodes.first().unwrap().standing, "serves");

    let both = host.conductor.explain(&disrupt(&[&one, &two])).await.unwrap();
    assert!(!both.admitted);
    assert!(rules(&both).contains(&Rule::Availability), "{both:#?}");
    assert!(rules(&both).contains(&Rule::OneRack), "{both:#?}");
    assert!(
        both.note.starts_with("The nodes were judged as if"),
        "{}",
        both.note
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_just_died_is_seen_before_the_next_sweep() {
    let host = host().await;
    host.cluster.kill(host.node(1));
    let answer = host
        .conductor
        .explain(&disrupt(&[&address(&host, 0)]))
        .await
        .unwrap();
    assert!(!answer.admitted);
    let shortage = answer
        .blocks
        .iter()
        .find(|row| row.block.rule == Rule::Availability);
    let row = shortage.unwrap();
    let short = row.block.short.as_ref().unwrap();
    assert_eq!((short.left, short.needed), (1, 2), "{row:#?}");
    assert!(row.text.contains(&address(&host, 1)), "{}", row.text);
    assert!(row.text.ends_with(&row.block.lifted_by), "{}", row.text);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_down_may_be_taken_away() {
    let host = host().await;
    host.cluster.kill(host.node(1));
    host.pass(20).await;
    let answer = host
        .conductor
        .explain(&disrupt(&[&address(&host, 1)]))
        .await
        .unwrap();
    assert!(!rules(&answer).contains(&Rule::Availability), "{answer:#?}");
    let standing = &answer.nodes.first().unwrap().standing;
    assert!(standing.starts_with("down"), "{standing}");
}

#[tokio::test(start_paused = true)]
async fn a_freeze_stands_in_the_way_of_changes_until_it_is_lifted() {
    let host = host().await;
    let freeze = |frozen| FreezeRequest {
        cluster: None,
        frozen,
        reason: "Black Friday".to_owned(),
    };
    let repair = GuardQuestion {
        impact: Impact::Change,
        work: Some(WorkKind::Repair),
        ..disrupt(&[&address(&host, 0)])
    };
    host.conductor.set_freeze(&freeze(true), "anna").await.unwrap();
    let frozen = host.conductor.explain(&repair).await.unwrap();
    assert_eq!(rules(&frozen), [Rule::Windows]);
    assert!(frozen.blocks.first().unwrap().text.contains("Black Friday"));
    host.conductor.set_freeze(&freeze(false), "anna").await.unwrap();
    assert!(host.conductor.explain(&repair).await.unwrap().admitted);
}

#[tokio::test(start_paused = true)]
async fn cassandras_own_repair_scheduler_stands_in_the_way_of_repairs_alone() {
    let host = host().await;
    let on = |on| {
        host.cluster
            .edit(host.node(1), |node| node.work.auto_repair = Some(on))
    };
    on(true);
    host.pass(20).await;
    let restart = disrupt(&[&address(&host, 0)]);
    let repair = GuardQuestion {
        impact: Impact::Change,
        work: Some(WorkKind::Repair),
        ..restart.clone()
    };
    let blocked = host.conductor.explain(&repair).await.unwrap();
    assert_eq!(rules(&blocked), [Rule::Foreign], "{blocked:#?}");
    let text = &blocked.blocks.first().unwrap().text;
    assert!(text.starts_with(&address(&host, 1)), "{text}");
    assert!(
        text.contains("auto_repair.enabled: false"),
        "it says what lifts it: {text}"
    );
    assert!(host.conductor.explain(&restart).await.unwrap().admitted);
    on(false);
    host.pass(20).await;
    assert!(host.conductor.explain(&repair).await.unwrap().admitted);
}

#[tokio::test(start_paused = true)]
async fn a_rack_stands_for_its_nodes_and_a_host_id_for_its_node() {
    let host = host().await;
    let by_rack = GuardQuestion {
        racks: vec!["dc1/rack2".to_owned()],
        ..disrupt(&[])
    };
    let by_rack = host.conductor.explain(&by_rack).await.unwrap();
    let id = host.node(1).to_string();
    let by_id = host.conductor.explain(&disrupt(&[&id])).await.unwrap();
    assert_eq!(by_rack.nodes, by_id.nodes);
    assert_eq!(by_id.nodes.first().unwrap().id, host.node(1));
}

#[tokio::test(start_paused = true)]
async fn what_names_no_node_is_not_found() {
    let host = host().await;
    let stranger = host.conductor.explain(&disrupt(&["10.9.9.9"])).await;
    assert!(matches!(stranger, Err(RunError::NotFound { .. })), "{stranger:?}");
    let question = GuardQuestion {
        racks: vec!["dc1/rack9".to_owned()],
        ..disrupt(&[])
    };
    let rack = host.conductor.explain(&question).await.unwrap_err().to_string();
    assert!(rack.contains("dc1/rack1, dc1/rack2, dc1/rack3"), "{rack}");
    let nobody = host.conductor.explain(&disrupt(&[])).await;
    assert!(matches!(nobody, Err(RunError::Invalid { .. })), "{nobody:?}");
}
