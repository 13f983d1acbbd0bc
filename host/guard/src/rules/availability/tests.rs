use ringkeeper_cluster::ConsistencyLevel as Level;
use ringkeeper_plan::Impact;
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_seams::Timestamp;

use crate::testing::{MINUTE, Ring, id, proposal, simple, somebody, texts, topology};
use crate::{LevelUse, Rule, Verdict, Waiver, WorkKind};

const TWO_CENTRES: [(&str, &str); 6] = [
    ("dc1", "r1"),
    ("dc1", "r2"),
    ("dc1", "r3"),
    ("dc2", "r1"),
    ("dc2", "r2"),
    ("dc2", "r3"),
];

fn two_centres(level: Level) -> Ring {
    Ring::of(&TWO_CENTRES).keyspace("shop", topology(&[("dc1", 3), ("dc2", 3)]), level)
}

fn is_available(verdict: &Verdict) -> bool {
    texts(verdict, Rule::Availability).is_empty()
}

#[test]
fn admits_a_restart_that_leaves_a_quorum() {
    let ring = Ring::of_three();
    let verdict = ring.disrupt(&[1]);
    assert!(verdict.is_admitted(), "{verdict:?}");
}

#[test]
fn refuses_a_restart_that_breaks_a_quorum_and_says_what_lifts_it() {
    let ring = Ring::of_three().down(2);
    let verdict = ring.disrupt(&[1]);
    let [text] = &texts(&verdict, Rule::Availability)[..] else {
        panic!("{verdict:?}")
    };
    assert!(
        text.starts_with(
            "keyspace shop: 12 ranges in dc1 would keep 1 of the 2 replicas that LOCAL_QUORUM needs (first ("
        ),
        "{text}"
    );
    assert!(
        text.ends_with("]); lifted when 10.0.0.2 (down since 2026-03-01T10:59:59.000Z) serves again, or by a waiver for shop in [policy]"),
        "{text}"
    );
    let short = verdict.blocks[0].short.as_ref().unwrap();
    assert_eq!((short.left, short.needed, short.ranges), (1, 2, 12));
    assert_eq!(short.absent, vec![id(2)]);
    assert_eq!(short.first.len(), 3);
}

#[test]
fn admits_the_restart_of_a_node_that_is_already_down() {
    let ring = two_centres(Level::All).down(2);
    assert!(is_available(&ring.disrupt(&[2])));
    assert!(!is_available(&ring.disrupt(&[1, 2])));
}

#[test]
fn takes_a_node_that_may_serve_for_one_that_does() {
    // Node 1 was not heard at all: taking it away may break the quorum.
    let mut ring = Ring::of_three().down(2).silent(1);
    ring = ring.change(1, |node| node.views.clear());
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn counts_a_node_that_others_may_take_away_as_gone() {
    let ring = Ring::of_three().held(3, somebody(), WorkKind::Disrupt);
    let [text] = &texts(&ring.disrupt(&[1]), Rule::Availability)[..] else {
        panic!("admitted")
    };
    assert!(
        text.contains("10.0.0.3 (held by step nightly of run r-7 since"),
        "{text}"
    );
}

#[test]
fn each_level_needs_its_replicas() {
    // Nodes of dc1 are 1, 2, 3, of dc2 are 4, 5, 6; each has a replica of every range.
    for (level, down, target, expected) in [
        (Level::One, &[2, 3, 4, 5][..], 1, true),
        (Level::One, &[2, 3, 4, 5, 6], 1, false),
        (Level::Two, &[2, 3, 4], 1, true),
        (Level::Two, &[2, 3, 4, 5], 1, false),
        (Level::Three, &[2, 3], 1, true),
        (Level::Three, &[2, 3, 4], 1, false),
        (Level::Quorum, &[2], 1, true),
        (Level::Quorum, &[2, 3], 1, false),
        (Level::Serial, &[4], 1, true),
        (Level::Serial, &[4, 5], 1, false),
        // What another data centre has lost is not made worse here.
        (Level::LocalQuorum, &[4, 5, 6], 1, true),
        (Level::LocalQuorum, &[2], 1, false),
        (Level::LocalSerial, &[4, 5], 2, true),
        (Level::LocalSerial, &[4], 5, false),
        (Level::EachQuorum, &[4], 1, true),
        (Level::EachQuorum, &[4, 5], 1, false),
        (Level::All, &[], 1, false),
    ] {
        let ring = down
            .iter()
            .fold(two_centres(level), |ring, node| ring.down(*node));
        assert_eq!(
            is_available(&ring.disrupt(&[target])),
            expected,
            "{level} {down:?} {target}"
        );
    }
}

#[test]
fn a_strategy_without_data_centres_needs_a_majority_of_all_in_one_of_them() {
    for level in [Level::LocalQuorum, Level::LocalSerial] {
        let ring = Ring::of(&[("dc1", "r"), ("dc2", "r"), ("dc2", "r")]).keyspace("shop", simple(3), level);
        // One of three was never enough for dc1; dc2 needs both of its own.
        assert!(is_available(&ring.disrupt(&[1])));
        let verdict = ring.disrupt(&[2]);
        let short = verdict.blocks[0].short.as_ref().unwrap();
        assert_eq!(
            (short.data_centre.as_deref(), short.left, short.needed),
            (Some("dc2"), 1, 2)
        );
        let ring = ring.down(2);
        assert!(is_available(&ring.disrupt(&[1])));
        assert!(!is_available(&ring.disrupt(&[3])));
    }
}

#[test]
fn without_data_centres_a_local_and_a_whole_quorum_say_nothing_of_each_other() {
    let three = [("dc1", "r"), ("dc2", "r"), ("dc2", "r")];
    let mut ring = Ring::of(&three).keyspace("shop", simple(3), Level::Quorum);
    assert!(is_available(&ring.disrupt(&[2])));
    let used = |level| LevelUse {
        level,
        requests: 1,
        since: Timestamp::from_millis(0),
    };
    ring.levels = vec![used(Level::LocalQuorum)];
    assert!(!is_available(&ring.disrupt(&[2])));
    let mut ring = Ring::of(&three)
        .keyspace("shop", simple(3), Level::LocalQuorum)
        .down(2);
    assert!(is_available(&ring.disrupt(&[1])));
    ring.levels = vec![used(Level::Quorum)];
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn needs_what_the_options_say_where_there_are_fewer_nodes() {
    // Cassandra wants two of three also where only two nodes are.
    let ring = Ring::of(&[("dc1", "r1"), ("dc1", "r2")]).keyspace(
        "shop",
        topology(&[("dc1", 3)]),
        Level::LocalQuorum,
    );
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn does_not_count_transient_replicas() {
    let replicas = Replicas { all: 3, transient: 1 };
    let replication = Replication::NetworkTopology([("dc1".to_owned(), replicas)].into());
    let ring = Ring::of(&[("dc1", "r1"), ("dc1", "r2"), ("dc1", "r3")]).keyspace(
        "shop",
        replication,
        Level::LocalQuorum,
    );
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn blocks_where_nobody_knows_where_the_ranges_are() {
    let unknown = Replication::Unknown {
        class: "OurOwnStrategy".to_owned(),
    };
    let ring = Ring::of_three().keyspace("odd", unknown.clone(), Level::LocalQuorum);
    let [text] = &texts(&ring.disrupt(&[1]), Rule::Availability)[..] else {
        panic!("admitted")
    };
    assert!(
        text.starts_with("keyspace odd: replicas unknown where they are;"),
        "{text}"
    );
    let unwatched = Ring::of_three().keyspace("odd", unknown, None);
    assert!(is_available(&unwatched.disrupt(&[1])));
}

#[test]
fn blocks_before_the_schema_was_read() {
    let mut ring = Ring::of_three();
    ring.snapshot.keyspaces = std::sync::Arc::default();
    ring.snapshot.schema_observed_at = None;
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn a_waiver_counts_until_it_ends() {
    let mut ring = Ring::of_three().down(2);
    let waiver = |until| Waiver {
        keyspace: "shop".to_owned(),
        reason: "moving out".to_owned(),
        until,
    };
    ring.policy.waivers = vec![waiver(Timestamp::from_millis(ring.now.as_millis() + MINUTE))];
    assert!(is_available(&ring.disrupt(&[1])));
    ring.policy.waivers = vec![waiver(ring.now)];
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn a_single_replica_of_logins_matters_only_where_somebody_logs_in() {
    let places = [("dc1", "r1"), ("dc1", "r2"), ("dc1", "r3"), ("dc'2", "r1")];
    let mut ring = Ring::of(&places).keyspace("system_auth", simple(1), Level::LocalQuorum);
    for (authenticator, is_admitted) in [
        (Some("AllowAllAuthenticator"), true),
        (Some("PasswordAuthenticator"), false),
        (None, false),
    ] {
        ring.snapshot.authenticator = authenticator.map(str::to_owned);
        let verdict = ring.disrupt(&[1]);
        assert_eq!(is_available(&verdict), is_admitted, "{authenticator:?}");
        for text in texts(&verdict, Rule::Availability) {
            let cure = "lifted by ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy', 'dc''2': 1, 'dc1': 3}; then `nodetool repair system_auth` on every node";
            assert!(text.ends_with(cure), "{text}");
        }
    }
}

#[test]
fn levels_that_clients_use_count_with_their_evidence() {
    let mut ring = Ring::of_three().keyspace("system_auth", topology(&[("dc1", 3)]), Level::LocalQuorum);
    let used = |level, requests| LevelUse {
        level,
        requests,
        since: Timestamp::from_millis(0),
    };
    // In one data centre a quorum is a local quorum, and nobody used the third.
    ring.levels = vec![
        used(Level::Quorum, 9),
        used(Level::EachQuorum, 9),
        used(Level::Three, 0),
        used(Level::Two, 7),
    ];
    assert!(is_available(&ring.disrupt(&[1])));
    ring.levels = vec![used(Level::All, 120)];
    let [text] = &texts(&ring.disrupt(&[1]), Rule::Availability)[..] else {
        panic!("admitted, or the system's keyspace counts too")
    };
    assert!(
        text.contains("that ALL needs, which 120 requests used since 1970-01-01"),
        "{text}"
    );
    assert!(
        text.contains("when clients of the keyspace no longer use ALL"),
        "{text}"
    );
}

#[test]
fn a_quorum_over_data_centres_that_clients_use_counts() {
    let mut ring = two_centres(Level::LocalQuorum).down(4).down(5);
    assert!(is_available(&ring.disrupt(&[1])));
    ring.levels = vec![LevelUse {
        level: Level::Quorum,
        requests: 1,
        since: ring.now,
    }];
    assert!(!is_available(&ring.disrupt(&[1])));
}

#[test]
fn looking_and_changing_remove_nothing() {
    let ring = Ring::of_three().down(2);
    assert!(is_available(&ring.ask(&proposal(
        Impact::Observe,
        WorkKind::Observe,
        &[1]
    ))));
    assert!(is_available(&ring.work(WorkKind::Repair, &[1])));
    assert!(is_available(&ring.disrupt(&[])));
}

#[test]
fn shows_the_worst_and_says_how_many_more_there_are() {
    let mut ring = Ring::of_three().down(2);
    for number in 0..30 {
        ring = ring.keyspace(
            &format!("k{number:02}"),
            topology(&[("dc1", 3)]),
            Level::LocalQuorum,
        );
    }
    ring = ring.keyspace("zones", topology(&[("dc1", 3)]), Level::All);
    let texts = texts(&ring.disrupt(&[1]), Rule::Availability);
    assert_eq!(texts.len(), 21);
    assert!(
        texts[0].starts_with("keyspace zones: 12 ranges would keep 1 of the 3 replicas that ALL needs"),
        "{}",
        texts[0]
    );
    assert!(texts[20].contains("12 more"), "{}", texts[20]);
}
