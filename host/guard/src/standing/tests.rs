use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::{ConsistencyLevel, Membership, PeerStatus};
use ringkeeper_plan::Impact;

use crate::testing::{Ring, id, proposal, simple, somebody, us};
use crate::{Standing, Standings, Why, WorkKind, who_must_be_heard, who_to_ask};

fn standing(ring: &Ring, number: u128) -> Standing {
    let question = proposal(Impact::Disrupt, WorkKind::Disrupt, &[1]);
    let heard = who_must_be_heard(&question.nodes, &ring.snapshot);
    Standings::judge(&ring.world(), &question, &heard).of(id(number))
}

fn why(ring: &Ring, number: u128) -> Option<Why> {
    standing(ring, number)
        .absence()
        .map(|absence| absence.why.clone())
}

/// Four nodes; `shop` is on the first three in some ranges and on the fourth in others.
fn ring() -> Ring {
    Ring::of(&[("dc1", "r1"); 4]).keyspace("shop", simple(3), ConsistencyLevel::LocalQuorum)
}

#[test]
fn a_node_serves_by_its_own_fresh_word() {
    assert_eq!(why(&ring(), 2), None);
    for (mode, absent) in [
        ("JOINING", Why::Joining),
        ("LEAVING", Why::Leaving),
        ("MOVING", Why::Moving),
        ("DRAINED", Why::Stopped),
        ("STARTING", Why::Down),
        ("SOMETHING_NEW", Why::Unheard),
    ] {
        let ring = ring().change(2, |node| node.operation_mode = Some(mode.to_owned()));
        assert_eq!(why(&ring, 2), Some(absent), "{mode}");
    }
}

#[test]
fn a_node_without_clients_of_its_own_serves_as_a_replica() {
    let ring = ring().change(2, |node| node.native_transport_running = Some(false));
    assert_eq!(why(&ring, 2), None);
}

#[test]
fn a_node_that_says_it_is_fine_does_not_serve_where_a_peer_sees_it_down() {
    let ring = ring().change(2, |node| {
        node.status = PeerStatus::Disputed;
        node.views.insert(id(3), Some(false));
    });
    assert_eq!(why(&ring, 2), Some(Why::Disputed));
    let alone = ring.change(2, |node| {
        node.status = PeerStatus::Down;
        node.views.values_mut().for_each(|view| *view = Some(false));
    });
    assert_eq!(why(&alone, 2), Some(Why::Down));
}

#[test]
fn a_node_that_left_gossip_may_serve_as_long_as_a_peer_sees_it_up() {
    let ring = ring().change(2, |node| node.gossip_running = Some(false));
    assert_eq!(why(&ring, 2), Some(Why::Disputed));
    assert!(standing(&ring, 2).may_serve());
}

#[test]
fn a_node_that_does_not_answer_is_judged_by_two_peers() {
    let ring = ring().silent(2);
    assert_eq!(why(&ring, 2), None);
    assert_eq!(why(&self::ring().down(2), 2), Some(Why::Down));
    // Of three peers only one is left to be asked.
    let one = ring.silent(3).silent(4);
    assert_eq!(why(&one, 2), Some(Why::Unheard));
    assert!(standing(&one, 2).may_serve());
}

#[test]
fn peers_that_disagree_leave_a_silent_node_unknown() {
    let ring = ring().silent(2).change(2, |node| {
        node.status = PeerStatus::Disputed;
        node.views.insert(id(3), Some(false));
    });
    assert_eq!(why(&ring, 2), Some(Why::Disputed));
    let forgotten = self::ring().silent(2).change(2, |node| {
        node.status = PeerStatus::Disputed;
        node.views.insert(id(3), None);
    });
    assert_eq!(why(&forgotten, 2), Some(Why::Disputed));
}

/// One whose peers hear it, and that does not hear them: nobody can read from it. Nor is that forgotten when it is silent.
#[test]
fn a_node_that_was_deaf_when_it_last_answered_does_not_count_while_it_is_silent() {
    let deaf = ring().silent(2).change(2, |node| node.is_deaf = true);
    assert_eq!(why(&deaf, 2), Some(Why::Deaf));
    assert!(standing(&deaf, 2).may_serve());
    let down = ring().down(2).change(2, |node| node.is_deaf = true);
    assert_eq!(why(&down, 2), Some(Why::Down));
}

#[test]
fn in_a_ring_of_two_the_one_peer_is_enough() {
    let ring = Ring::of(&[("dc1", "r1"), ("dc1", "r1")]);
    assert_eq!(why(&ring.silent(2), 2), None);
}

#[test]
fn a_peer_that_does_not_gossip_is_no_witness() {
    let ring = ring()
        .silent(2)
        .silent(3)
        .change(4, |node| node.gossip_running = Some(false));
    assert_eq!(why(&ring, 2), Some(Why::Unheard));
}

#[test]
fn what_is_older_than_it_may_be_is_unknown() {
    let late = |ring: Ring, seconds| {
        let now = ring.now;
        (1..=4).fold(ring, |ring, number| {
            ring.change(number, |node| {
                node.last_answered_at = Some(now.before(Duration::from_secs(seconds)))
            })
        })
    };
    // Who shares a range must have been heard within five seconds, others within two sweeps.
    assert_eq!(why(&late(ring(), 5), 2), None);
    assert_eq!(why(&late(ring(), 6), 2), Some(Why::Unheard));
    let apart = || Ring::of(&[("dc1", "r1"); 4]);
    assert_eq!(why(&late(apart(), 30), 2), None);
    assert_eq!(why(&late(apart(), 31), 2), Some(Why::Unheard));
}

#[test]
fn a_node_in_motion_does_not_count_whatever_it_says() {
    let ring = ring().change(2, |node| node.membership = Membership::Leaving);
    assert_eq!(why(&ring, 2), Some(Why::Leaving));
}

#[test]
fn a_node_that_others_disrupt_does_not_count_and_one_of_its_own_does() {
    let held = ring().held(2, somebody(), WorkKind::Disrupt);
    assert_eq!(why(&held, 2), Some(Why::Held(somebody())));
    assert_eq!(why(&ring().held(2, us(), WorkKind::Disrupt), 2), None);
    assert_eq!(why(&ring().held(2, somebody(), WorkKind::Repair), 2), None);
}

#[test]
fn whoever_shares_a_watched_range_must_be_heard() {
    let places = [("dc1", "r1"); 12];
    let nodes = BTreeSet::from([id(1)]);
    let watched = Ring::with_tokens(&places, 1).keyspace("shop", simple(3), ConsistencyLevel::One);
    let heard = who_must_be_heard(&nodes, &watched.snapshot);
    // Two before it on the ring and two after it.
    assert_eq!(heard.len(), 5);
    assert_eq!(who_to_ask(&nodes, &watched.snapshot).len(), 8);
    let unwatched = Ring::with_tokens(&places, 1).keyspace("traces", simple(3), None);
    assert_eq!(who_must_be_heard(&nodes, &unwatched.snapshot), nodes);
}
