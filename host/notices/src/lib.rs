//! Tells people outside of what they must know: findings that are bad enough, and plans that wait for a word.
//!
//! The picture to keep in mind: what is to be told stands in the journal's stream, written with the event itself. For each
//! target and cluster one loop ([`Notifier`]) reads on from where the target was told last, makes one message of what is
//! new ([`Message`]), notes that it is being sent, and sends it until it is taken. So nothing is lost however the host ends,
//! and a message that goes out again has the name it had. What is told follows from the events alone ([`Notices`]); how it
//! goes out is a [`Post`], a file each.

mod email;
mod message;
mod notice;
mod notifier;
mod webhook;

pub use email::{Email, EmailSettings, Encryption};
pub use message::{Message, MessageId};
pub use notice::{Notice, NoticeKind, Notices, Wanted};
pub use notifier::{Notifier, Pace, Report, Target, begin};
pub use webhook::{Webhook, signature};

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;
use thiserror::Error;

/// A way out.
#[async_trait]
pub trait Post: std::fmt::Debug + Send + Sync {
    /// Sends a message once, and answers when the other side has taken it.
    ///
    /// # Errors
    /// When it did not, or nobody knows. Then the same message may be sent again.
    async fn post(&self, message: &Message, now: Timestamp) -> Result<(), PostError>;
}

/// Why a message was not taken. Names neither the address it went to, nor what came back, nor a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PostError {
    /// Nobody answers there.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The answer was no.
    #[error("it answered {0}")]
    Refused(String),
    /// There was no answer in time.
    #[error("it did not answer within {0} s")]
    Silent(u64),
    /// It cannot be sent like this.
    #[error("{0}")]
    Unusable(String),
}
