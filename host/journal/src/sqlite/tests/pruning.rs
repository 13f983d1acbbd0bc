use proptest::prelude::*;

use super::*;
use crate::MemoryJournal;
use crate::retention::tests::{folded, retention, stream};

const ALL: usize = usize::MAX >> 1;

/// Appends and prunes in turn; what is taken up never changes by pruning, and versions only grow.
async fn go_through(
    journal: &dyn Journal,
    rounds: &[(Vec<Recorded>, Retention)],
) -> Vec<(Version, Recorded)> {
    let mut version = Version(0);
    for (events, retention) in rounds {
        let next = journal.append("c", version, events).await.unwrap();
        assert_eq!(next.0, version.0 + events.len() as u64);
        version = next;
        let before = journal.read("c", Version(0), ALL).await.unwrap();
        let removed = journal.prune("c", retention).await.unwrap();
        let after = journal.read("c", Version(0), ALL).await.unwrap();
        assert_eq!(removed as usize, before.len() - after.len());
        let take_up = |events: &[(Version, Recorded)]| folded(events.iter().map(|(_, recorded)| recorded));
        assert_eq!(take_up(&before), take_up(&after));
        assert_eq!(journal.last("c").await.unwrap(), version);
    }
    journal.read("c", Version(0), ALL).await.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn both_journals_keep_the_same_and_all_that_is_taken_up(
        rounds in prop::collection::vec((stream(), retention()), 1..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let sqlite = open(directory.path()).unwrap();
        let kept = runtime.block_on(go_through(&sqlite, &rounds));
        drop(sqlite);
        prop_assert_eq!(&kept, &runtime.block_on(go_through(&MemoryJournal::default(), &rounds)));
        let again = open(directory.path()).unwrap();
        prop_assert_eq!(kept, runtime.block_on(again.read("c", Version(0), ALL)).unwrap());
    }
}

#[tokio::test]
async fn more_than_one_look_and_one_removal_takes_are_pruned_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let mut events = flaps(5_200);
    for (at, key) in (0..200).flat_map(|number| [(1, number), (2, number)]) {
        let key = format!("finding-{key}");
        let event = if at == 1 {
            samples::opened(&key)
        } else {
            samples::cleared(&key)
        };
        let at = Timestamp::from_millis(at);
        events.push(Recorded { at, event });
    }
    journal.append("c", Version(0), &events).await.unwrap();
    let old = Retention {
        events_before: Timestamp::from_millis(5_201),
        runs_before: Timestamp::from_millis(0),
    };
    assert_eq!(journal.prune("c", &old).await.unwrap(), 5_600);
}

#[tokio::test]
async fn writers_get_their_turn_while_much_is_pruned() {
    let directory = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(directory.path(), Runtime::threads().unwrap()).unwrap();
    let start = journal.append("c", Version(0), &flaps(5_000)).await.unwrap();
    let old = Retention {
        events_before: Timestamp::from_millis(5_001),
        runs_before: Timestamp::from_millis(0),
    };
    let young = Recorded {
        at: Timestamp::from_millis(9_000),
        event: samples::node_changed(2, "up"),
    };
    let pruning = journal.prune("c", &old);
    let writing = journal.append("c", start, std::slice::from_ref(&young));
    let (removed, written) = tokio::join!(pruning, writing);
    assert_eq!(removed.unwrap(), 5_000);
    let version = written.unwrap();
    assert_eq!(
        journal.read("c", Version(0), ALL).await.unwrap(),
        [(version, young)]
    );
}
