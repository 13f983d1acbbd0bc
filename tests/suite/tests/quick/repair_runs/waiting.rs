//! What a repair waits for, and which of two that wait comes first.

use ringkeeper_suite::SimHost;

use super::support::{end, open};

#[tokio::test(start_paused = true)]
async fn a_repair_waits_while_cassandras_own_scheduler_is_on() {
    let host = SimHost::repairing(|cluster| cluster).await;
    host.cluster
        .edit(host.node(2), |node| node.work.auto_repair = Some(true));
    let run = open(&host).await;
    host.pass(60).await;
    let waiting = host.conductor.run(&run).unwrap();
    assert!(
        waiting
            .run
            .blocked_by
            .iter()
            .any(|reason| reason.contains("Cassandra's own repair scheduler is on")),
        "{waiting:#?}"
    );
    assert_eq!(waiting.step_rows[0].blocks[0].rule, "foreign");
    assert!(host.cluster.repairs().is_empty());
    host.cluster
        .edit(host.node(2), |node| node.work.auto_repair = Some(false));
    let detail = end(&host, &run, 300).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
}
