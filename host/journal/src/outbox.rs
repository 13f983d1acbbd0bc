//! How far the events of a cluster were told to somebody outside.
//!
//! The picture to keep in mind: what is to be told stands in the stream already, so an outbox is no more than a place in it
//! for each target. Nothing is lost, as the place moves on only after the target has taken what came before it; and what is
//! being sent is noted before it is, so that the same message goes out again under the same name after a crash.

use async_trait::async_trait;

use crate::{JournalError, Version};

/// How far a target was told of a cluster's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The target has taken everything up to this event.
    pub told: Version,
    /// The event up to which a message is being sent; none between two messages.
    pub sending: Option<Version>,
}

/// Keeps how far targets were told.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// How far a target was told of a cluster; none where it never was.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn delivery(&self, target: &str, cluster: &str) -> Result<Option<Delivery>, JournalError>;

    /// Notes how far a target was told. One row for target and cluster, overwritten.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn note_delivery(
        &self,
        target: &str,
        cluster: &str,
        delivery: &Delivery,
    ) -> Result<(), JournalError>;
}
