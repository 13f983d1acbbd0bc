//! Attempts under way: they go on while the loop that began them decides about others.
//!
//! The loop and its attempts write into one stream, one after another. An attempt that stood still while the loop waits for
//! its turn to write would keep that turn for ever.

use std::pin::pin;

use futures::future::{BoxFuture, Either, pending, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// An attempt at a step, from its start to rest.
pub(super) type Attempt = BoxFuture<'static, ()>;

/// Where the loop hands attempts over.
pub(super) type Begin = UnboundedSender<Attempt>;

/// A way to hand attempts over, and the end at which they are carried on.
pub(super) fn attempts() -> (Begin, UnboundedReceiver<Attempt>) {
    unbounded_channel()
}

/// Carries on all attempts that are handed over, at once, and says whenever one has ended. Ends when no more can come and
/// all have ended.
pub(super) async fn carry_on(mut begun: UnboundedReceiver<Attempt>, ended: &Notify) {
    let mut going = FuturesUnordered::new();
    let mut may_begin = true;
    while may_begin || !going.is_empty() {
        let next_begun = async {
            match may_begin {
                true => begun.recv().await,
                false => pending().await,
            }
        };
        let next_ended = async {
            if going.next().await.is_none() {
                pending::<()>().await;
            }
        };
        // The first that is ready, looked at in this order: nothing is left to chance.
        let first = match select(pin!(next_begun), pin!(next_ended)).await {
            Either::Left((attempt, _)) => Some(attempt),
            Either::Right(_) => None,
        };
        match first {
            Some(Some(attempt)) => going.push(attempt),
            Some(None) => may_begin = false,
            None => ended.notify_one(),
        }
    }
}
