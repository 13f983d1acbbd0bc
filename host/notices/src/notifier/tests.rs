use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use ringkeeper_journal::{Event, MemoryJournal, Outbox as _, Recorded};
use ringkeeper_plan::Severity;
use ringkeeper_seams::{Seams, TaskGroup};

use super::*;
use crate::notice::tests::{asked, cleared, opened};
use crate::{NoticeKind, PostError};

const HOUR: Duration = Duration::from_secs(3_600);

/// The other side: takes messages, or not.
#[derive(Debug, Default)]
struct Side {
    taken: Mutex<Vec<Message>>,
    tries: AtomicUsize,
    is_down: AtomicBool,
    /// It takes messages, and its answers are lost.
    is_mute: AtomicBool,
}

impl Side {
    fn taken(&self) -> Vec<Message> {
        self.taken.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<String> {
        self.taken().into_iter().map(|message| message.id.0).collect()
    }
}

#[async_trait]
impl Post for Arc<Side> {
    async fn post(&self, message: &Message, _now: Timestamp) -> Result<(), PostError> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(PostError::Refused("500 Internal Server Error".to_owned()));
        }
        self.taken.lock().unwrap().push(message.clone());
        if self.is_mute.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

/// A host on a journal, and the other side.
struct World {
    journal: Arc<MemoryJournal>,
    side: Arc<Side>,
    versions: watch::Sender<u64>,
    seams: Seams,
    reports: Arc<Mutex<Vec<Option<String>>>>,
    host: TaskGroup,
}

impl World {
    fn new() -> Self {
        Self {
            journal: Arc::default(),
            side: Arc::default(),
            versions: watch::Sender::new(0),
            seams: Seams::simulation(1, Timestamp::from_millis(1_772_366_400_000)),
            reports: Arc::default(),
            host: TaskGroup::new(),
        }
    }

    async fn start(&mut self) {
        let reports = Arc::clone(&self.reports);
        let notifier = Notifier {
            target: Target {
                name: "pager".to_owned(),
                wanted: Wanted {
                    severities: BTreeSet::from([Severity::Severe]),
                    approvals: true,
                },
                post: Arc::new(Arc::clone(&self.side)),
            },
            cluster: "shop".to_owned(),
            journal: Arc::clone(&self.journal) as Arc<dyn Journal>,
            clock: Arc::clone(&self.seams.clock),
            versions: self.versions.subscribe(),
            pace: Pace::default(),
            report: Report(Arc::new(move |_, _, trouble| {
                reports.lock().unwrap().push(trouble)
            })),
        };
        self.host.spawn(notifier.run());
        // It notes where it begins.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    /// As kill -9 does.
    async fn kill(&mut self) {
        self.host.abort().await;
    }

    async fn happen(&self, events: impl IntoIterator<Item = Event>) {
        let at = self.seams.clock.now();
        let events: Vec<_> = events.into_iter().map(|event| Recorded { at, event }).collect();
        let before = self.journal.last("shop").await.unwrap();
        let after = self.journal.append("shop", before, &events).await.unwrap();
        self.versions.send_replace(after.0);
    }

    async fn delivery(&self) -> Delivery {
        self.journal.delivery("pager", "shop").await.unwrap().unwrap()
    }
}

fn severe(key: impl std::fmt::Display) -> Event {
    opened(&key.to_string(), Severity::Severe)
}

#[tokio::test(start_paused = true)]
async fn what_comes_is_told_and_what_was_is_not() {
    let mut world = World::new();
    world.happen([severe("old")]).await;
    world.start().await;
    world.happen([severe("new"), asked("shop-3")]).await;
    tokio::time::sleep(Duration::from_secs(11)).await;
    let taken = world.side.taken();
    assert_eq!(world.side.ids(), ["shop-2-3-1772366400001"]);
    let kinds: Vec<_> = taken[0].notices.iter().map(|notice| notice.what).collect();
    assert_eq!(kinds, [NoticeKind::FindingOpened, NoticeKind::ApprovalAsked]);
    world.happen([cleared("old"), cleared("new")]).await;
    tokio::time::sleep(2 * HOUR).await;
    // That what was wrong before ends is news, too.
    let last = world.side.taken().pop().unwrap();
    let titles: Vec<_> = last.notices.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(titles, ["old is wrong.", "new is wrong."]);
    assert_eq!(world.side.taken().len(), 2);
}

/// The first look at a cluster may be over before anybody reads.
#[tokio::test(start_paused = true)]
async fn what_happens_before_the_first_reading_is_told() {
    let mut world = World::new();
    world.happen([severe("old")]).await;
    begin(&*world.journal, "pager", "shop").await.unwrap();
    world.happen([severe("new")]).await;
    world.start().await;
    tokio::time::sleep(HOUR).await;
    let taken = world.side.taken();
    let told = taken.iter().flat_map(|message| &message.notices);
    let told: Vec<_> = told.map(|notice| notice.title.as_str()).collect();
    assert_eq!(told, ["new is wrong."]);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_is_down_for_a_day_is_told_then_once_and_all_of_it() {
    let mut world = World::new();
    world.start().await;
    world.side.is_down.store(true, Ordering::SeqCst);
    world.happen([severe("first")]).await;
    for hour in 0..24 {
        world.happen([severe(format!("hour-{hour}"))]).await;
        tokio::time::sleep(HOUR).await;
    }
    assert_eq!(world.side.ids(), Vec::<String>::new());
    let tries = world.side.tries.load(Ordering::SeqCst);
    assert!((90..120).contains(&tries), "{tries} tries in a day");
    // One word of it, however often it was tried.
    let down = Some("it answered 500 Internal Server Error".to_owned());
    assert_eq!(*world.reports.lock().unwrap(), [down]);
    world.side.is_down.store(false, Ordering::SeqCst);
    tokio::time::sleep(HOUR).await;
    let taken = world.side.taken();
    let told: Vec<_> = taken.iter().flat_map(|message| &message.notices).collect();
    assert_eq!((taken.len(), told.len()), (2, 25));
    assert_eq!(world.reports.lock().unwrap().last(), Some(&None));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_findings_is_a_message_or_two() {
    let mut world = World::new();
    world.start().await;
    for wave in 0..20 {
        world
            .happen((0..10).map(|number| severe(format!("{wave}-{number}"))))
            .await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(HOUR).await;
    let taken = world.side.taken();
    let told: usize = taken
        .iter()
        .map(|message| message.notices.len() + message.left_out)
        .sum();
    assert_eq!((taken.len(), told), (2, 200));
}

/// The host dies after the other side took the message and before that is noted.
#[tokio::test(start_paused = true)]
async fn after_a_kill_the_same_message_goes_out_under_the_same_name() {
    let mut world = World::new();
    world.start().await;
    world.side.is_mute.store(true, Ordering::SeqCst);
    world.happen([severe("a")]).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(world.delivery().await.sending, Some(Version(1)));
    world.kill().await;
    // More happens while nobody tells.
    world.happen([severe("b")]).await;
    world.side.is_mute.store(false, Ordering::SeqCst);
    world.start().await;
    tokio::time::sleep(HOUR).await;
    let taken = world.side.taken();
    assert_eq!(taken.len(), 3);
    assert_eq!(
        (&taken[0].id, &taken[0].notices),
        (&taken[1].id, &taken[1].notices)
    );
    let told: Vec<_> = taken[2].notices.iter().map(|notice| notice.event).collect();
    assert_eq!(told, [Version(2)]);
    let settled = Delivery {
        told: Version(2),
        sending: None,
    };
    assert_eq!(world.delivery().await, settled);
}

#[tokio::test(start_paused = true)]
async fn what_happened_while_the_host_was_gone_is_told_and_nothing_twice() {
    let mut world = World::new();
    world.start().await;
    world.happen([severe("a")]).await;
    tokio::time::sleep(HOUR).await;
    world.kill().await;
    world.happen([severe("b"), cleared("a")]).await;
    world.start().await;
    tokio::time::sleep(HOUR).await;
    world.kill().await;
    world.start().await;
    tokio::time::sleep(HOUR).await;
    let taken = world.side.taken();
    let told = taken.iter().flat_map(|message| &message.notices);
    let told: Vec<_> = told.map(|notice| (notice.event.0, notice.what)).collect();
    let expected = [
        (1, NoticeKind::FindingOpened),
        (2, NoticeKind::FindingOpened),
        (3, NoticeKind::FindingCleared),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn after_three_days_in_vain_it_is_given_up_and_said_so() {
    let mut world = World::new();
    world.start().await;
    world.side.is_down.store(true, Ordering::SeqCst);
    world.happen([severe("a")]).await;
    tokio::time::sleep(74 * HOUR).await;
    let report = world.reports.lock().unwrap().last().cloned().flatten().unwrap();
    assert!(report.starts_with("1 were given up"), "{report}");
    world.side.is_down.store(false, Ordering::SeqCst);
    world.happen([severe("b")]).await;
    tokio::time::sleep(HOUR).await;
    let titles: Vec<_> = world
        .side
        .taken()
        .iter()
        .map(|message| message.notices[0].title.clone())
        .collect();
    assert_eq!(titles, ["b is wrong."]);
    assert_eq!(world.reports.lock().unwrap().last(), Some(&None));
}
