use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use ringkeeper_seams::Timestamp;

use super::*;

/// Versions of the events of one run, in a stream that has others too.
#[derive(Clone, Debug, Default)]
struct Written(Arc<Mutex<Vec<u64>>>);

impl Source for Written {
    type Error = Infallible;

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<EventRow>, Infallible> {
        let written = self.0.lock().unwrap();
        let page = written
            .iter()
            .copied()
            .filter(|version| *version > after)
            .take(limit);
        Ok(page.map(row).collect())
    }
}

fn row(version: u64) -> EventRow {
    EventRow {
        cluster: "shop".to_owned(),
        version,
        at: Timestamp::default(),
        run: None,
        text: format!("event {version}"),
        event: serde_json::Value::Null,
    }
}

struct Stream {
    written: Written,
    version: watch::Sender<u64>,
    stop: watch::Sender<bool>,
}

impl Stream {
    fn new(versions: impl IntoIterator<Item = u64>) -> Self {
        let written = Written::default();
        written.0.lock().unwrap().extend(versions);
        let newest = written.0.lock().unwrap().last().copied().unwrap_or_default();
        Self {
            written,
            version: watch::channel(newest).0,
            stop: watch::channel(false).0,
        }
    }

    fn tail(&self, after: Option<u64>) -> Tail<Written> {
        Tail::new(
            self.written.clone(),
            after,
            self.version.subscribe(),
            self.stop.subscribe(),
        )
    }

    fn write(&self, version: u64) {
        self.written.0.lock().unwrap().push(version);
        self.version.send_replace(version);
    }
}

async fn next(tail: &mut Tail<Written>) -> Option<u64> {
    let Ok(row) = tail.next().await;
    row.map(|row| row.version)
}

#[tokio::test]
async fn every_event_after_a_version_is_given_once_and_in_order() {
    let stream = Stream::new(1..=1_200);
    let mut tail = stream.tail(Some(3));
    for version in 4..=1_200 {
        assert_eq!(next(&mut tail).await, Some(version));
    }
    stream.write(1_201);
    assert_eq!(next(&mut tail).await, Some(1_201));
}

#[tokio::test]
async fn without_a_version_it_begins_with_what_happens_next() {
    let stream = Stream::new(1..=5);
    let mut tail = stream.tail(None);
    assert_eq!(tail.after(), 5);
    stream.write(6);
    assert_eq!(next(&mut tail).await, Some(6));
}

#[tokio::test]
async fn it_waits_until_something_is_written() {
    let stream = Stream::new([]);
    let mut tail = stream.tail(Some(0));
    let mut waiting = Box::pin(next(&mut tail));
    assert!(futures::poll!(&mut waiting).is_pending());
    // An event of another run: seen, and nothing to give.
    stream.version.send_replace(1);
    assert!(futures::poll!(&mut waiting).is_pending());
    stream.write(2);
    assert_eq!(waiting.await, Some(2));
    assert_eq!(tail.after(), 2);
}

#[tokio::test]
async fn it_ends_when_the_host_stops_whether_it_waits_or_not() {
    let stream = Stream::new(1..=5);
    let (mut busy, mut idle) = (stream.tail(Some(0)), stream.tail(None));
    assert_eq!(next(&mut busy).await, Some(1));
    let mut waiting = Box::pin(next(&mut idle));
    assert!(futures::poll!(&mut waiting).is_pending());
    stream.stop.send_replace(true);
    assert_eq!(waiting.await, None);
    assert_eq!(next(&mut busy).await, None);
}
