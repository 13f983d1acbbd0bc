//! The backend for real clusters: every report of it, on every supported version.
//!
//! One lab per version; its cases run in order on the same cluster. The nodes have a Jolokia of their own and are asked
//! directly: what is looked at here is Jolokia itself, with one thread, with passwords, over TLS. All else on real clusters
//! goes by way of the agents.

mod access;
mod in_doubt;
mod metrics;
mod processes;
mod repairs;
mod replication;
mod reports;
pub(crate) mod support;
mod work;

use ringkeeper_lab::{JolokiaMode, LabSettings, Partitioner, Version};
use support::Live;

#[test]
fn cassandra_4_0_is_reported_as_it_is() {
    every_report("4.0.18");
}

#[test]
fn cassandra_4_1_is_reported_as_it_is() {
    every_report("4.1.9");
}

#[test]
fn cassandra_5_0_is_reported_as_it_is() {
    every_report("5.0.5");
}

/// Two data centres of unlike size, and racks of unlike size in the larger one.
fn every_report(version: &str) {
    let _turn = crate::turn::take();
    let live = Live::start(LabSettings {
        version: version.parse::<Version>().unwrap(),
        data_centres: vec![("dc1".to_owned(), 3), ("dc2".to_owned(), 2)],
        racks: 2,
        ..LabSettings::default()
    });
    live.run(async {
        reports::the_probe_says_what_the_agent_is(&live).await;
        reports::every_node_names_itself_and_all_others(&live).await;
        reports::every_node_tells_the_same_ring(&live).await;
        replication::placements_are_those_the_ring_computes(&live).await;
        reports::the_schema_is_read_whole(&live).await;
        metrics::every_metric_of_the_registry_is_read(&live).await;
        metrics::a_membership_call_costs_the_node_little(&live).await;
        work::work_that_a_person_began_is_seen_while_it_lasts(&live).await;
        repairs::memtables_are_flushed(&live).await;
        repairs::a_repair_is_followed_to_its_end_and_remembered(&live).await;
        repairs::a_repair_of_one_data_centre_does_not_count_as_whole(&live).await;
        repairs::what_cassandra_refuses_is_told_in_its_words(&live).await;
        in_doubt::a_repair_whose_answer_is_lost_is_in_doubt_and_found_again(&live).await;
        in_doubt::a_repair_that_never_arrived_is_in_doubt_and_not_found(&live).await;
        repairs::a_running_repair_is_seen_and_ended(&live).await;
        processes::a_node_is_drained_stopped_and_started_again(&live).await;
        processes::a_start_that_fails_or_hangs_is_told(&live).await;
        reports::a_stopped_node_is_seen_down_and_keeps_its_tokens(&live).await;
        repairs::a_repair_that_needs_a_stopped_node_fails(&live).await;
        work::hints_wait_for_a_node_until_it_has_them(&live, !version.starts_with("4.0")).await;
    });
}

/// As agents come, and with a peer that gossip knows nothing of.
#[test]
fn a_single_threaded_agent_is_told_and_a_peer_forgotten_by_gossip_is_not_lost() {
    let _turn = crate::turn::take();
    let live = Live::start(LabSettings {
        data_centres: vec![("dc1".to_owned(), 1), ("dc2".to_owned(), 1)],
        jolokia: JolokiaMode::Single,
        ..LabSettings::default()
    });
    live.run(async {
        reports::a_single_thread_is_told(&live).await;
        repairs::an_agent_of_one_thread_is_not_blinded_by_a_flush(&live).await;
        processes::an_agent_of_one_thread_is_not_blinded_by_a_drain(&live).await;
        reports::a_peer_that_was_down_at_a_restart_keeps_its_place(&live).await;
    });
}

#[test]
fn another_partitioner_is_refused() {
    let _turn = crate::turn::take();
    let live = Live::start(LabSettings {
        data_centres: vec![("dc1".to_owned(), 1)],
        partitioner: Partitioner::Random,
        ..LabSettings::default()
    });
    live.run(access::another_partitioner_is_refused(&live));
}

#[test]
fn encryption_and_passwords_are_kept_to() {
    let _turn = crate::turn::take();
    let live = Live::start(LabSettings {
        data_centres: vec![("dc1".to_owned(), 1)],
        auth: true,
        tls: true,
        jolokia_secured: true,
        ..LabSettings::default()
    });
    live.run(async {
        access::the_right_credentials_are_let_in(&live).await;
        access::wrong_and_missing_credentials_are_told_with_their_cure(&live).await;
        access::an_authority_that_signed_nothing_is_not_believed(&live).await;
    });
}
