//! The fence: no order that changes something is carried out after a later one.

use std::sync::{Mutex, PoisonError};

use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_cluster::Order;

/// The last order that changed something, about the process or by a tool.
#[derive(Debug, Default)]
pub(crate) struct Fence(Mutex<Option<Order>>);

impl Fence {
    /// Whether this order may be carried out still.
    ///
    /// # Errors
    /// When a later one was heard: whoever gave that one has taken over.
    pub(crate) fn check(&self, order: &Order) -> Result<(), Problem> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref().filter(|last| order.number < last.number) {
            Some(last) => Err(Problem::new(
                ProblemCode::Refused,
                format!(
                    "order {} comes too late: order {} of run {}, step {} was heard since",
                    order.number, last.number, last.run, last.step
                ),
                "end the host that sent it: another one has taken over",
            )),
            None => Ok(()),
        }
    }

    /// An order was heard.
    pub(crate) fn raise(&self, order: &Order) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.number < order.number) {
            *last = Some(order.clone());
        }
    }
}
