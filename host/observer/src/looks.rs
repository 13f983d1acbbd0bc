//! Looks made for a purpose: what is decided on must be seen now, not at the last beat.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::Snapshot;
use tokio::sync::{mpsc, oneshot};

/// What one node may take in such a look. Shorter than a sweep allows: what the others said must still be fresh when it ends.
pub(crate) const LOOK_LIMIT: Duration = Duration::from_secs(3);

type Asker = oneshot::Sender<Arc<Snapshot>>;

/// Has the observer of one cluster look at once. Clones are the same.
#[derive(Clone, Debug)]
pub struct Looker(mpsc::UnboundedSender<Asker>);

impl Looker {
    /// A snapshot of a sweep that began after this call; several who ask at once share one. A node may take three seconds
    /// in it. None where the observer does not run any more.
    pub async fn look(&self) -> Option<Arc<Snapshot>> {
        let (answer, look) = oneshot::channel();
        self.0.send(answer).ok()?;
        look.await.ok()
    }
}

/// Who waits for a look.
#[derive(Debug)]
pub(crate) struct Looks {
    asked: mpsc::UnboundedReceiver<Asker>,
    /// Keeps the channel open while nobody asks.
    asks: mpsc::UnboundedSender<Asker>,
}

impl Default for Looks {
    fn default() -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        Self { asked, asks }
    }
}

impl Looks {
    pub(crate) fn looker(&self) -> Looker {
        Looker(self.asks.clone())
    }

    /// Waits until somebody asks, and answers everyone who does.
    pub(crate) async fn asked(&mut self) -> Vec<Asker> {
        let mut askers = Vec::new();
        askers.extend(self.asked.recv().await);
        while let Ok(another) = self.asked.try_recv() {
            askers.push(another);
        }
        askers
    }
}

/// Gives everyone the look. Who does not wait any more needs none.
pub(crate) fn answer(askers: Vec<Asker>, snapshot: &Arc<Snapshot>) {
    for asker in askers {
        let _ = asker.send(Arc::clone(snapshot));
    }
}
