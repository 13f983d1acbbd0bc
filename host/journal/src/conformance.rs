//! What every journal must do; each implementation's tests run it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test suite fails by panicking"
)]

mod audit;
mod stream;

use ringkeeper_seams::Timestamp;

use crate::{Checked, Delivery, Journal, JournalError, StatePut, Version};

/// Runs the whole suite on an empty journal.
///
/// # Panics
/// When the journal does not conform.
pub async fn check(journal: &dyn Journal) {
    audit::check(journal).await;
    stream::check(journal).await;
    a_check_is_one_row(journal).await;
    a_target_has_a_place_in_each_stream(journal).await;
    state_is_compared_and_swapped(journal).await;
    state_is_kept_apart_and_bounded(journal).await;
}

async fn a_check_is_one_row(journal: &dyn Journal) {
    for (at, error) in [(1, None), (2, Some("could not".to_owned()))] {
        let checked = Checked {
            operation: "health.check".to_owned(),
            at: Timestamp::from_millis(at),
            error,
        };
        journal.note_checked("checks", &checked).await.expect("note");
    }
    let checks = journal.checks("checks").await.expect("checks");
    let errors: Vec<_> = checks.iter().map(|checked| checked.error.as_deref()).collect();
    assert_eq!(errors, [Some("could not")]);
}

async fn a_target_has_a_place_in_each_stream(journal: &dyn Journal) {
    assert_eq!(journal.delivery("mail", "one").await.expect("delivery"), None);
    for (cluster, told, sending) in [("one", 3, Some(Version(7))), ("two", 4, None), ("one", 7, None)] {
        let delivery = Delivery {
            told: Version(told),
            sending,
        };
        journal
            .note_delivery("mail", cluster, &delivery)
            .await
            .expect("note");
        let kept = journal.delivery("mail", cluster).await.expect("delivery");
        assert_eq!(kept, Some(delivery));
    }
    let other = journal.delivery("mail", "two").await.expect("delivery");
    assert_eq!(other.map(|delivery| delivery.told), Some(Version(4)));
    assert_eq!(journal.delivery("hook", "one").await.expect("delivery"), None);
}

fn put<'a>(cluster: &'a str, key: &'a str, value: &'a [u8], expected: u64) -> StatePut<'a> {
    StatePut {
        plugin: "p",
        cluster,
        key,
        value,
        expected,
        room: 20,
    }
}

async fn state_is_compared_and_swapped(journal: &dyn Journal) {
    let first = journal.state_put(put("swap", "k", b"one", 0)).await.expect("put");
    assert_eq!((first.version, first.total_bytes), (1, 4));
    let second = journal.state_put(put("swap", "k", b"two", 1)).await.expect("put");
    assert_eq!(second.version, 2);
    match journal.state_put(put("swap", "k", b"late", 1)).await {
        Err(JournalError::Conflict {
            expected: 1,
            actual: 2,
        }) => {}
        other => panic!("expected a conflict, got {other:?}"),
    }
    let entry = journal
        .state_get("p", "swap", "k")
        .await
        .expect("get")
        .expect("an entry");
    assert_eq!((entry.value.as_slice(), entry.version), (b"two".as_slice(), 2));
    assert_eq!(
        journal.state_remove("p", "swap", "k", 2).await.expect("remove"),
        0
    );
    assert!(matches!(
        journal.state_remove("p", "swap", "k", 2).await,
        Err(JournalError::NoEntry { .. })
    ));
    assert_eq!(journal.state_get("p", "swap", "k").await.expect("get"), None);
}

async fn state_is_kept_apart_and_bounded(journal: &dyn Journal) {
    for (key, value) in [("a", b"12345".as_slice()), ("b", b"12345"), ("c", b"12345")] {
        journal.state_put(put("room", key, value, 0)).await.expect("put");
    }
    match journal.state_put(put("room", "d", b"123", 0)).await {
        Err(JournalError::NoRoom { needed: 22, room: 20 }) => {}
        other => panic!("expected no room, got {other:?}"),
    }
    assert_eq!(
        journal.state_keys("p", "room", None, 2).await.expect("keys"),
        ["a", "b"]
    );
    assert_eq!(
        journal.state_keys("p", "room", Some("b"), 2).await.expect("keys"),
        ["c"]
    );
    assert_eq!(
        journal.state_keys("p", "elsewhere", None, 9).await.expect("keys"),
        Vec::<String>::new()
    );
    assert_eq!(
        journal.state_keys("q", "room", None, 9).await.expect("keys"),
        Vec::<String>::new()
    );
}
