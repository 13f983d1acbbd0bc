//! How large the file becomes in the life of a busy cluster.

use super::*;
use crate::{AuditLog as _, Event, RunEvent, RunState};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const MIB: u64 = 1 << 20;
/// Steps of a repair.
const STEPS: usize = 500;

/// A busy cluster: a repair every week, a dozen findings that come and go every four hours, and a node that
/// flaps.
struct Busy {
    journal: SqliteJournal,
    version: Version,
    now: i64,
}

impl Busy {
    async fn append(&mut self, events: impl IntoIterator<Item = Event>) {
        let at = Timestamp::from_millis(self.now);
        let events: Vec<Recorded> = events.into_iter().map(|event| Recorded { at, event }).collect();
        self.version = self.journal.append("shop", self.version, &events).await.unwrap();
    }

    async fn repair(&mut self) {
        let id = format!("shop-{}", self.version.0 + 1);
        let event = |what: RunEvent| samples::run(&id, what);
        self.append([event(samples::opened_run(&id, STEPS))]).await;
        for step in 1..=STEPS {
            self.append(samples::step_events(&id, step).into_iter().map(event))
                .await;
        }
        self.append([event(samples::closed(RunState::Succeeded))]).await;
    }

    async fn day(&mut self, number: i64) {
        self.append([samples::opened("never-cleared")]).await;
        if number % 7 == 0 {
            self.repair().await;
        }
        for hour in (0..24).step_by(4) {
            self.now = number * DAY + hour * HOUR;
            let keys: Vec<String> = (0..12).map(|key| format!("finding-{key}")).collect();
            self.append(
                keys.iter()
                    .flat_map(|key| [samples::opened(key), samples::changed(key)]),
            )
            .await;
            self.append([samples::node_changed(1, "down"), samples::node_changed(1, "up")])
                .await;
            self.append(keys.iter().map(|key| samples::cleared(key))).await;
        }
        let now = Timestamp::from_millis(self.now);
        let days = |count: u64| std::time::Duration::from_secs(count * 86_400);
        let retention = Retention {
            events_before: now.before(days(30)),
            runs_before: now.before(days(90)),
        };
        self.journal.prune("shop", &retention).await.unwrap();
        self.export(now).await;
        self.journal.audit_prune(retention.runs_before).await.unwrap();
    }

    /// Takes what is in the audit log away; what was not taken away is never removed.
    async fn export(&self, now: Timestamp) {
        self.journal.audit_seal(now).await.unwrap();
        for sealed in self.journal.audit_segments().await.unwrap() {
            let segment = sealed.segment.segment;
            self.journal.audit_exported(segment, now).await.unwrap();
        }
    }

    /// Bytes of the file and its log.
    fn bytes(&self) -> u64 {
        let file = &self.journal.store.file;
        let log = file.with_extension("sqlite-wal");
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.len());
        length(file) + length(&log)
    }
}

#[tokio::test]
async fn a_busy_month_stays_small_and_later_ones_add_no_more_than_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    // Only the size is looked at, and the disk is slow.
    let unsynced = journal
        .store
        .with(|connection| Ok(connection.pragma_update(None, "synchronous", "OFF")?));
    unsynced.unwrap();
    let mut busy = Busy {
        journal,
        version: Version(0),
        now: 0,
    };
    let mut bytes = Vec::new();
    for day in 0..150 {
        busy.day(day).await;
        bytes.push(busy.bytes());
    }
    let (month, full, later) = (bytes[29], bytes[104], bytes[149]);
    println!("{month} bytes after 30 days, {full} after 105, {later} after 150");
    assert!(month < 16 * MIB, "{month} bytes after 30 days");
    assert!(
        later <= full + full / 20,
        "{full} bytes after 105 days, {later} after 150"
    );
}
