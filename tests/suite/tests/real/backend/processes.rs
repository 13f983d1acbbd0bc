//! A node taken down and up again: drained by the backend, stopped and started by commands.

use std::time::Duration;

use ringkeeper_cluster::{
    Cluster as _, Endpoint, MembershipReport, NodeErrorKind, Order, ProcessDriver as _, ProcessPlace,
    ProcessState,
};
use ringkeeper_commands::CommandDriver;
use ringkeeper_lab::{LabNode, wait_until};
use ringkeeper_seams::{Clock as _, SystemClock};

use super::support::{DEADLINE, Live, commands, endpoint};

fn order() -> Order {
    Order {
        run: "run-1".to_owned(),
        step: "restart".to_owned(),
        number: 1,
    }
}

pub(super) async fn an_agent_of_one_thread_is_not_blinded_by_a_drain(live: &Live) {
    let error = live.cluster.drain(live.first()).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unsupported, "{error}");
    let report = live.cluster.membership(live.first()).await.unwrap();
    assert_eq!(report.operation_mode, "NORMAL");
}

pub(super) async fn a_node_is_drained_stopped_and_started_again(live: &Live) {
    let node = &live.nodes()[1];
    let at = endpoint(node);
    let (driver, place) = (driver(live), place(live, node).await);
    let before = live.cluster.membership(at).await.unwrap();
    assert_eq!(driver.state(&place).await, Ok(ProcessState::Running));

    live.cluster.drain(at).await.unwrap();
    let drained = live.cluster.membership(at).await.unwrap();
    assert_eq!(
        (drained.operation_mode.as_str(), &drained.process),
        ("DRAINED", &before.process)
    );
    assert!(!drained.native_transport_running && !drained.gossip_running);
    live.cluster.drain(at).await.unwrap();
    until_peer(live, |peer| peer.unreachable.contains(&at));
    let topology = live.cluster.topology(live.first()).await.unwrap();
    let member = &topology.members[&before.host_id];
    assert_eq!(member.gossip_status.as_deref(), Some("shutdown"));

    let asked = SystemClock.monotonic();
    driver.stop(&place, &order()).await.unwrap();
    let took = SystemClock.monotonic() - asked;
    println!("a drained node took {took:?} to stop");
    assert!(
        took < Duration::from_secs(30),
        "a drained node took {took:?} to stop"
    );
    assert_eq!(driver.state(&place).await, Ok(ProcessState::Stopped));
    let gone = live.cluster.membership(at).await.unwrap_err();
    assert_eq!(gone.kind, NodeErrorKind::Unreachable, "{gone}");
    driver.stop(&place, &order()).await.unwrap();

    driver.start(&place, &order()).await.unwrap();
    let after = until(live, at, |report| {
        report.operation_mode == "NORMAL" && report.native_transport_running
    });
    assert_ne!(after.process, before.process);
    assert_eq!(
        (after.host_id, after.release_version),
        (before.host_id, before.release_version)
    );
    until_peer(live, |peer| peer.live.contains(&at));
    driver.start(&place, &order()).await.unwrap();
    let still = live.cluster.membership(at).await.unwrap();
    assert_eq!(still.process, after.process, "one that runs is left alone");
}

pub(super) async fn a_start_that_fails_or_hangs_is_told(live: &Live) {
    let node = &live.nodes()[1];
    let (driver, place) = (driver(live), place(live, node).await);
    node.stop().unwrap();
    node.fail_starts(1).unwrap();
    let error = driver.start(&place, &order()).await.unwrap_err();
    assert!(
        error
            .message
            .contains("ended with 1; it said: the lab was told that this start fails;"),
        "{error}"
    );
    assert_eq!(driver.state(&place).await, Ok(ProcessState::Stopped));

    node.hang_starts(true).unwrap();
    let quick = CommandDriver::new(commands(&live.lab, Duration::from_secs(2)));
    let error = quick.start(&place, &order()).await.unwrap_err();
    assert!(
        error.message.contains("did not end within 2s and was killed"),
        "{error}"
    );
    node.hang_starts(false).unwrap();
    driver.start(&place, &order()).await.unwrap();
    until(live, endpoint(node), |report| report.operation_mode == "NORMAL");
    until_peer(live, |peer| peer.live.contains(&endpoint(node)));
}

async fn place(live: &Live, node: &LabNode) -> ProcessPlace {
    let report = live.cluster.membership(endpoint(node)).await.unwrap();
    ProcessPlace {
        node: report.host_id,
        endpoint: endpoint(node),
        data_centre: node.data_centre().to_owned(),
        rack: node.rack().to_owned(),
    }
}

fn driver(live: &Live) -> CommandDriver {
    CommandDriver::new(commands(&live.lab, DEADLINE))
}

/// Waits until the node says so of itself, or of others.
fn until(live: &Live, node: Endpoint, is_so: impl Fn(&MembershipReport) -> bool) -> MembershipReport {
    tokio::task::block_in_place(|| {
        wait_until("a node in its next state", DEADLINE, || {
            let asked = tokio::runtime::Handle::current().block_on(live.cluster.membership(node));
            // One that is starting answers nobody yet.
            Ok(asked.ok().filter(|report| is_so(report)))
        })
        .unwrap()
    })
}

fn until_peer(live: &Live, is_so: impl Fn(&MembershipReport) -> bool) {
    until(live, live.first(), is_so);
}
