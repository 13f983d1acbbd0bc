//! Every attack on the host by a component, one after another: what stopped it, in the host's own words, and that another
//! plugin and the looks at a cluster went on meanwhile. `docs/security.md` has the table; its times are of the machine on
//! which it was written last, and are not compared.

mod attacks;
mod compiling;
mod components;
mod table;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_bundled::fixtures::IDLE;
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_sandbox::{Grants, Plugin};
use ringkeeper_seams::{Clock as _, Seams, SystemClock};
use ringkeeper_sim::SimCluster;
use serde_json::json;
use tokio::sync::Mutex;

use crate::support::{context, request, roomy, sandbox};

/// Who measures is alone.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What came of an attack.
struct Row {
    name: &'static str,
    stopped_by: String,
    after: Duration,
    /// The longest look at the cluster that began while it lasted.
    look: Duration,
    /// The longest call of another plugin that began while it lasted.
    call: Duration,
}

/// Who goes on with their work meanwhile.
struct Bystanders {
    observer: Observer,
    plugin: Plugin,
}

impl Bystanders {
    async fn new() -> Self {
        let cluster = SimCluster::builder()
            .rack("dc1", "r1", 20)
            .rack("dc1", "r2", 20)
            .rack("dc1", "r3", 20)
            .build();
        let seams = Seams::production().unwrap();
        let mut observer = Observer::new(Arc::new(cluster), ObserverSettings::new("test"), seams);
        observer.sweep().await;
        let grants = Grants::none();
        let plugin = sandbox().load("fixture", IDLE, &grants, roomy()).await.unwrap();
        Self { observer, plugin }
    }

    /// Looks and calls until the attack is over, once at least; the longest of each, and how often they ended before it.
    async fn work(&mut self, is_over: &Cell<bool>) -> (Duration, Duration, u32) {
        let (mut look, mut call, mut ended_before) = (Duration::ZERO, Duration::ZERO, 0);
        loop {
            let begin = SystemClock.monotonic();
            let snapshot = self.observer.sweep().await;
            assert_eq!(snapshot.nodes.len(), 60);
            look = look.max(SystemClock.monotonic() - begin);
            let begin = SystemClock.monotonic();
            let planned = self
                .plugin
                .plan(context(), &request("idle.wait", json!({})))
                .await;
            assert!(planned.result.unwrap().is_ok());
            call = call.max(SystemClock.monotonic() - begin);
            if is_over.get() {
                return (look, call, ended_before);
            }
            ended_before += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn every_attack_is_stopped_while_others_go_on_with_their_work() {
    let _alone = ALONE.lock().await;
    let mut bystanders = Bystanders::new().await;
    let mut rows = Vec::new();
    for (name, attack) in attacks::all() {
        let is_over = Cell::new(false);
        let begin = SystemClock.monotonic();
        let attack = async {
            let stopped_by = attack.await;
            is_over.set(true);
            (stopped_by, SystemClock.monotonic() - begin)
        };
        let ((stopped_by, after), (look, call, ended_before)) =
            tokio::join!(attack, bystanders.work(&is_over));
        assert!(
            after < Duration::from_millis(400) || ended_before > 0,
            "{name}: nobody else had a turn in {after:?}"
        );
        rows.push(Row {
            name,
            stopped_by,
            after,
            look,
            call,
        });
    }
    table::compare(&rows);
}
