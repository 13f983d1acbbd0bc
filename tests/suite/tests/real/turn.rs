//! Whose turn it is: labs run one after another, because a machine holds few of them at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());

/// Waits until no other test of this binary runs a lab. Hold it as long as the lab lives.
pub(crate) fn take() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
