use async_trait::async_trait;
use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{JournalLayer, MemoryJournal};
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

use super::*;

/// A journal whose disk may be full.
#[derive(Debug, Default)]
struct Disk {
    journal: MemoryJournal,
    is_full: AtomicBool,
}

#[async_trait]
impl JournalLayer for Disk {
    fn below(&self) -> &dyn Journal {
        &self.journal
    }

    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err(JournalError::ThreadEnded);
        }
        self.journal.append(cluster, expected, events).await
    }
}

fn event(number: u128) -> Event {
    Event::NodeChanged {
        node: NodeId::new(Uuid::from_u128(number)),
        address: "10.0.0.1:7000".to_owned(),
        before: "up".to_owned(),
        after: "down".to_owned(),
    }
}

#[tokio::test]
async fn what_a_full_disk_refused_is_written_later_in_order() {
    let disk = Arc::new(Disk::default());
    let journal: Arc<dyn Journal> = disk.clone();
    let stream = Stream::at(Version(0), Book::default());
    let append = |number: i64| {
        let event = event(u128::try_from(number).unwrap_or_default());
        stream.append("c", &journal, Timestamp::from_millis(number), vec![event])
    };
    append(1).await;
    disk.is_full.store(true, Ordering::Relaxed);
    append(2).await;
    append(3).await;
    assert!(stream.trouble().is_some());
    disk.is_full.store(false, Ordering::Relaxed);
    append(4).await;
    assert_eq!(stream.trouble(), None);
    let written = journal.read("c", Version(0), 10).await.unwrap();
    let times: Vec<_> = written
        .iter()
        .map(|(_, recorded)| recorded.at.as_millis())
        .collect();
    assert_eq!(times, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_write_behind_another_hand_is_made_behind_it() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let recorded = Recorded {
        at: Timestamp::from_millis(1),
        event: event(1),
    };
    journal.append("c", Version(0), &[recorded]).await.unwrap();
    let stream = Stream::at(Version(0), Book::default());
    stream
        .append("c", &journal, Timestamp::from_millis(2), vec![event(2)])
        .await;
    assert_eq!(stream.trouble(), None);
    assert_eq!(journal.read("c", Version(0), 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_decision_that_cannot_be_written_did_not_happen_and_is_not_written_later() {
    let disk = Arc::new(Disk::default());
    let journal: Arc<dyn Journal> = disk.clone();
    let stream = Stream::at(Version(0), Book::default());
    let freeze = |reason: &str| {
        let reason = reason.to_owned();
        stream.commit("c", &journal, Timestamp::from_millis(1), move |_, _| {
            Ok::<_, JournalError>(vec![Event::Frozen { reason, by: None }])
        })
    };
    disk.is_full.store(true, Ordering::Relaxed);
    assert!(freeze("never").await.is_err());
    assert_eq!(stream.book().frozen, None);
    disk.is_full.store(false, Ordering::Relaxed);
    freeze("an audit").await.unwrap();
    assert_eq!(
        stream.book().frozen.as_ref().map(|(_, reason)| reason.as_str()),
        Some("an audit")
    );
    assert_eq!(journal.read("c", Version(0), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_decision_made_without_knowing_what_another_hand_wrote_is_refused() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let stream = Stream::at(Version(0), Book::default());
    let recorded = Recorded {
        at: Timestamp::from_millis(1),
        event: Event::Frozen {
            reason: "another hand".to_owned(),
            by: None,
        },
    };
    journal.append("c", Version(0), &[recorded]).await.unwrap();
    let decide = || {
        stream.commit("c", &journal, Timestamp::from_millis(2), |_, _| {
            Ok::<_, JournalError>(vec![Event::Unfrozen { by: None }])
        })
    };
    assert!(matches!(decide().await, Err(JournalError::Conflict { .. })));
    assert!(stream.book().frozen.is_some(), "it is known now");
    decide().await.unwrap();
    assert_eq!(stream.book().frozen, None);
}

#[tokio::test]
async fn a_host_that_was_taken_over_from_writes_nothing_more() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let stream = Stream::at(Version(0), Book::default());
    let (now, later) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
    let another = Recorded {
        at: now,
        event: Event::HostStarted {
            version: "0.1.0".to_owned(),
        },
    };
    journal.append("c", Version(0), &[another]).await.unwrap();
    stream.append("c", &journal, later, vec![event(1)]).await;
    let decided = stream
        .commit("c", &journal, later, |_, _| {
            Ok::<_, JournalError>(vec![Event::Unfrozen { by: None }])
        })
        .await;
    assert!(
        matches!(&decided, Err(JournalError::TakenOver { at, .. }) if *at == now),
        "{decided:?}"
    );
    assert_eq!(*stream.lost().borrow(), Some(now));
    assert_eq!(journal.last("c").await.unwrap(), Version(1), "not even news");
}
