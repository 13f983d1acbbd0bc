use std::sync::atomic::{AtomicU64, Ordering};

use ringkeeper_api::OrderState;
use ringkeeper_cluster::NoDriver;
use ringkeeper_jvm::Problem;
use tempfile::TempDir;

use super::*;
use crate::orders::tests::{beside, driver, request};
use crate::orders::{self, Deed};

/// A machine on which one Cassandra may run; 0 is none, and [`HIDDEN`] one of which nothing can be told.
#[derive(Debug, Default)]
struct Told {
    pid: AtomicU64,
    data: Mutex<BTreeSet<PathBuf>>,
}

const HIDDEN: u64 = u64::MAX;

impl Told {
    fn runs(&self, pid: u64) {
        self.pid.store(pid, Ordering::SeqCst);
    }

    fn process(&self) -> Option<ProcessKey> {
        let pid = self.pid.load(Ordering::SeqCst);
        let process = ProcessKey {
            pid: u32::try_from(pid).unwrap_or(1),
            started: pid,
        };
        (pid != 0).then_some(process)
    }
}

impl Cassandras for Told {
    fn running(&self) -> Result<Option<ProcessKey>, Problem> {
        match self.pid.load(Ordering::SeqCst) {
            HIDDEN => Err(Problem::NoJvm { pid: 1 }),
            _ => Ok(self.process()),
        }
    }

    fn is_there(&self, process: ProcessKey) -> bool {
        self.process() == Some(process)
    }

    fn look(&self, _: ProcessKey) -> std::io::Result<Seen> {
        Ok(Seen {
            age: Duration::from_secs(3),
            data: self.data.lock().unwrap().clone(),
            ..Seen::default()
        })
    }
}

#[derive(Debug)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.0.load(Ordering::SeqCst)).unwrap() * 1_000)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

struct Scene {
    folder: TempDir,
    told: Arc<Told>,
    clock: Arc<Ticking>,
    orders: Arc<Orders>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (orders, _) = orders::open(folder.path(), Arc::new(NoDriver)).unwrap();
        Self {
            folder,
            told: Arc::default(),
            clock: Arc::new(Ticking(AtomicU64::new(1_000_000))),
            orders,
        }
    }

    fn watcher(&self) -> Watcher {
        let (told, clock) = (Arc::clone(&self.told), Arc::clone(&self.clock));
        Watcher::new(
            self.folder.path(),
            told,
            Arc::clone(&self.orders),
            clock,
            Runtime::inline(),
        )
    }

    fn after(&self, seconds: u64, watcher: &Watcher) -> Standing {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
        watcher.look();
        watcher.standing().unwrap()
    }
}

#[test]
fn starts_are_counted_for_an_hour_and_ends_are_dated() {
    let scene = Scene::new();
    let watcher = scene.watcher();
    assert_eq!(watcher.standing(), None, "nothing was seen yet");
    assert!(!scene.after(0, &watcher).is_running);
    for start in 1..=4 {
        scene.told.runs(start);
        let standing = scene.after(60, &watcher);
        assert!(standing.is_running);
        assert_eq!(standing.starts_last_hour, usize::try_from(start).unwrap());
        assert_eq!(
            standing.lasts,
            Duration::from_secs(3),
            "it began before it was seen"
        );
        assert_eq!(scene.after(7, &watcher).lasts, Duration::from_secs(10));
    }
    scene.told.runs(0);
    scene.after(2, &watcher);
    let dead = scene.after(100, &watcher);
    assert_eq!((dead.is_running, dead.lasts), (false, Duration::from_secs(100)));
    assert_eq!(scene.after(3_300, &watcher).starts_last_hour, 3);
    assert_eq!(scene.after(3_600, &watcher).starts_last_hour, 0);
}

#[test]
fn an_agent_that_was_restarted_knows_what_it_saw_and_where_files_are() {
    let scene = Scene::new();
    scene.told.runs(1);
    *scene.told.data.lock().unwrap() = BTreeSet::from(["/srv/data".into()]);
    let before = scene.watcher();
    scene.after(0, &before);
    before.directories();
    scene.told.runs(0);
    scene.after(10, &before);
    let after = scene.watcher();
    let standing = scene.after(50, &after);
    assert_eq!(
        (standing.is_running, standing.lasts),
        (false, Duration::from_secs(50))
    );
    assert_eq!(standing.starts_last_hour, 1);
    assert_eq!(after.directories().data, BTreeSet::from(["/srv/data".into()]));
}

#[test]
fn a_directory_that_was_configured_away_is_forgotten_with_the_second_process_without_it() {
    let scene = Scene::new();
    let watcher = scene.watcher();
    let mut seen = Vec::new();
    for (pid, data) in [(1, "/old"), (2, "/new"), (3, "/new")] {
        *scene.told.data.lock().unwrap() = BTreeSet::from([data.into()]);
        scene.told.runs(pid);
        scene.after(60, &watcher);
        seen.push(watcher.directories().data);
    }
    let of = |names: &[&str]| -> BTreeSet<PathBuf> { names.iter().map(Into::into).collect() };
    assert_eq!(seen, [of(&["/old"]), of(&["/new", "/old"]), of(&["/new"])]);
}

#[test]
fn what_cannot_be_told_is_not_taken_for_an_end() {
    let scene = Scene::new();
    let watcher = scene.watcher();
    scene.told.runs(1);
    scene.after(0, &watcher);
    scene.told.runs(HIDDEN);
    watcher.look();
    assert_eq!(watcher.standing(), None);
    scene.told.runs(1);
    assert_eq!(
        scene.after(5, &watcher).starts_last_hour,
        1,
        "it is the same process"
    );
}

#[tokio::test]
async fn a_stop_that_the_host_ordered_is_known_and_an_older_one_is_none() {
    let scene = Scene::new();
    let (orders, worker) = orders::open(scene.folder.path(), driver(1)).unwrap();
    let scene = Scene { orders, ..scene };
    let watcher = scene.watcher();
    scene.told.runs(1);
    scene.after(0, &watcher);
    let stop = scene.orders.take(Deed::Stop, request(7), Duration::from_secs(60));
    assert_eq!(beside(worker, stop).await.unwrap(), OrderState::Done);
    scene.told.runs(0);
    assert!(scene.after(2, &watcher).is_stopped_by_host);
    scene.told.runs(2);
    assert!(!scene.after(10, &watcher).is_stopped_by_host);
    scene.told.runs(0);
    assert!(
        !scene.after(10, &watcher).is_stopped_by_host,
        "the order was about the one before"
    );
}
