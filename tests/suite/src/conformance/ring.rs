//! What the behaviours need of a cluster, and how they wait for it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{
    Cluster, Endpoint, MembershipReport, Order, ProcessDriver, ProcessPlace, RecordedRepair, RepairOrder,
    RepairParallelism, RepairState, TableName,
};
use ringkeeper_ring::TokenRange;
use ringkeeper_seams::Timestamp;

/// The keyspace with the rows.
pub const KEYSPACE: &str = "conforming";
/// Its tables.
pub const TABLES: [&str; 2] = ["lines", "notes"];
/// A keyspace of so many tables that its repair lasts.
pub const MANY: &str = "lasting";
/// Far more than anything takes.
const DEADLINE: Duration = Duration::from_secs(180);
/// For how long a ring must be well. Whether a peer is still there a node decides once a second, so one that has just woken up
/// may see everybody for a moment and then miss who did not reach it meanwhile; a repair that runs then fails.
const SETTLED: Duration = Duration::from_secs(3);

/// A call whose answer gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The start of a repair.
    Repair,
    /// A drain.
    Drain,
}

/// A ring of three nodes, and what can be done to it beside what the seam knows.
#[async_trait]
pub trait Ring: Send + Sync {
    /// The seam.
    fn cluster(&self) -> &dyn Cluster;

    /// The seam, over a wire on which the next answer to such a call at this node gets lost.
    fn losing(&self, node: Endpoint, call: Lost) -> Box<dyn Cluster>;

    /// Who starts and stops nodes.
    fn driver(&self) -> &dyn ProcessDriver;

    /// Its three nodes.
    fn nodes(&self) -> Vec<ProcessPlace>;

    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Between two looks at something that will change.
    async fn pause(&self);

    /// Makes a keyspace with three replicas, and tables in it that nothing but repair heals.
    async fn create(&self, keyspace: &str, tables: &[&str]);

    /// Drops a table.
    async fn drop_table(&self, table: &TableName);

    /// Writes rows with these ids, each to a majority of its replicas.
    async fn write(&self, table: &TableName, ids: Range<i32>);

    /// The ids of the rows that this node gives while no other can answer.
    async fn read_alone(&self, node: Endpoint, table: &TableName) -> BTreeSet<i32>;

    /// Cuts the power of a node.
    async fn kill(&self, node: Endpoint);

    /// Has another tool begin to repair a whole keyspace at this node, as it would by itself: no tables, no ranges.
    async fn repair_by_another_tool(&self, node: Endpoint, keyspace: &str);
}

/// Names of the tables of [`MANY`].
pub(super) fn many_tables() -> [&'static str; 16] {
    [
        "t01", "t02", "t03", "t04", "t05", "t06", "t07", "t08", "t09", "t10", "t11", "t12", "t13", "t14",
        "t15", "t16",
    ]
}

pub(super) fn table(keyspace: &str, table: &str) -> TableName {
    TableName {
        keyspace: keyspace.to_owned(),
        table: table.to_owned(),
    }
}

/// Asks again and again.
pub(super) async fn until<T>(ring: &dyn Ring, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let give_up = ring.now().after(DEADLINE);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(ring.now() < give_up, "{what} within {DEADLINE:?}");
        ring.pause().await;
    }
}

/// Waits until a node says so of itself.
pub(super) async fn until_says(
    ring: &dyn Ring,
    node: Endpoint,
    what: &str,
    says: impl Fn(&MembershipReport) -> bool,
) -> MembershipReport {
    until(ring, what, async || {
        // One that is starting answers nobody yet.
        ring.cluster()
            .membership(node)
            .await
            .ok()
            .filter(|report| says(report))
    })
    .await
}

/// Waits until every node serves and sees every other one do so, and has for a while.
pub(super) async fn settle(ring: &dyn Ring) {
    let all: BTreeSet<Endpoint> = ring.nodes().iter().map(|node| node.endpoint).collect();
    let mut since = None;
    until(
        ring,
        "a ring in which every node serves and sees all others",
        async || {
            for node in &all {
                // One that is starting answers nobody yet.
                let report = ring.cluster().membership(*node).await.ok();
                let settled = report.filter(|report| {
                    report.operation_mode == "NORMAL" && report.native_transport_running && report.live == all
                });
                if settled.is_none() {
                    since = None;
                    return None;
                }
            }
            let now = ring.now();
            (now >= since.get_or_insert(now).after(SETTLED)).then_some(())
        },
    )
    .await;
}

/// Every range of a keyspace.
pub(super) async fn ranges(ring: &dyn Ring, keyspace: &str) -> Vec<TokenRange> {
    let via = ring.nodes()[0].endpoint;
    let placements = ring.cluster().placements(via, keyspace).await.unwrap();
    placements.iter().map(|placement| placement.range).collect()
}

pub(super) fn order(keyspace: &str, tables: &[&str], ranges: &[TokenRange]) -> RepairOrder {
    RepairOrder {
        keyspace: keyspace.to_owned(),
        tables: tables.iter().map(|&name| name.to_owned()).collect(),
        ranges: ranges.to_vec(),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    }
}

/// A repair that lasts: of all tables of [`MANY`], or of a keyspace like it, one after the other.
pub(super) async fn lasting(ring: &dyn Ring, keyspace: &str) -> RepairOrder {
    RepairOrder {
        parallelism: RepairParallelism::Sequential,
        ..order(keyspace, &many_tables(), &ranges(ring, keyspace).await)
    }
}

/// Starts a repair and waits until its coordinator says that it runs.
pub(super) async fn start_and_see(ring: &dyn Ring, node: Endpoint, order: &RepairOrder) -> i32 {
    let command = ring.cluster().start_repair(node, order).await.unwrap().number;
    until(ring, "a repair that is seen to run", async || {
        let report = ring.cluster().membership(node).await.unwrap();
        report.repair_commands.contains(&command).then_some(())
    })
    .await;
    command
}

/// How a command ended.
pub(super) async fn end(ring: &dyn Ring, node: Endpoint, command: i32) -> RepairState {
    until(ring, "the end of a repair", async || {
        let answer = ring.cluster().repair_state(node, command).await.unwrap();
        let has_ended = matches!(answer.state, RepairState::Completed(_) | RepairState::Failed(_));
        has_ended.then_some(answer.state)
    })
    .await
}

/// Repairs a table and sees that it went well.
pub(super) async fn repair(ring: &dyn Ring, node: Endpoint, order: &RepairOrder) {
    let command = ring.cluster().start_repair(node, order).await.unwrap();
    let state = end(ring, node, command.number).await;
    assert!(matches!(state, RepairState::Completed(_)), "{state:?}");
}

/// The one repair of this keyspace among those.
pub(super) fn only<'a>(repairs: &'a [RecordedRepair], keyspace: &str) -> &'a RecordedRepair {
    let mut of_it = repairs.iter().filter(|repair| repair.keyspace == keyspace);
    let found = of_it.next();
    assert!(
        of_it.next().is_none(),
        "one repair of {keyspace}, not {repairs:?}"
    );
    found.expect("a repair that is remembered")
}

/// A call of its own: none has a number that an earlier one had.
pub(super) fn next_order() -> Order {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    Order {
        run: "run-1".to_owned(),
        step: "conformance".to_owned(),
        number: NUMBERS.fetch_add(1, Ordering::SeqCst),
    }
}
