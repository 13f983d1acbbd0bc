//! Requests that change something outlive the connection they came by.
//!
//! When a client goes away, its handler is dropped wherever it waits. A question may end like that; a change must not,
//! because it could end between what the journal says and what the host does. So changes are handed over to one place that
//! carries each to its end.

use std::future::Future;
use std::pin::Pin;

use futures::StreamExt as _;
use tokio::sync::{mpsc, oneshot};

use crate::problem::{Failed, stopping};

type Deed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Hands changes over. Clones hand over to the same place.
#[derive(Clone, Debug)]
pub(crate) struct Deeds(mpsc::UnboundedSender<Deed>);

impl Deeds {
    /// A way to hand over, and what carries out until every clone is gone and everything handed over is done.
    pub(crate) fn new() -> (Self, impl Future<Output = ()> + Send) {
        let (sender, mut deeds) = mpsc::unbounded_channel();
        let carry_out = futures::stream::poll_fn(move |context| deeds.poll_recv(context))
            .for_each_concurrent(None, |deed: Deed| deed);
        (Self(sender), carry_out)
    }

    /// Waits for a change to be made; if the waiting is given up, it is made all the same.
    pub(crate) async fn carry_out<T: Send + 'static>(
        &self,
        deed: impl Future<Output = Result<T, Failed>> + Send + 'static,
    ) -> Result<T, Failed> {
        let (tell, told) = oneshot::channel();
        let deed = Box::pin(async move {
            // Nobody may be left to be told.
            let _ = tell.send(deed.await);
        });
        self.0.send(deed).map_err(|_| stopping())?;
        told.await.map_err(|_| stopping())?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_change_is_made_although_nobody_waits_for_it_any_more() {
        let (deeds, carry_out) = Deeds::new();
        let made = Arc::new(AtomicBool::new(false));
        let (go, gone) = oneshot::channel::<()>();
        let deed = {
            let made = Arc::clone(&made);
            async move {
                let _ = gone.await;
                made.store(true, Ordering::SeqCst);
                Ok(())
            }
        };
        let mut waiting = Box::pin(deeds.carry_out(deed));
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(waiting);
        go.send(()).unwrap();
        drop(deeds);
        carry_out.await;
        assert!(made.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_change_after_the_end_is_refused() {
        let (deeds, carry_out) = Deeds::new();
        drop(carry_out);
        let answer = deeds.carry_out(async { Ok(1) }).await;
        assert_eq!(answer.unwrap_err().problem.message, "the host is stopping");
    }
}
