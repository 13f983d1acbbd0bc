//! Requests that must not be carried out twice.

use std::pin::{Pin, pin};
use std::time::Duration;

use futures::future::{Either, select};
use ringkeeper_cluster::NodeErrorKind;
use tokio::time::Sleep;

use super::super::failure::Failure;
use super::{Answer, Http, Post};

impl Http {
    /// Sends a request once, on a new connection, within `time_limit`, and reads its answer, of at most `limit` bytes.
    ///
    /// A kept connection may be closed by the server just as the request is on its way, which leaves open whether it
    /// arrived. A new one is not, so that little is left in doubt, and dialling costs next to nothing beside a call
    /// that changes something.
    ///
    /// # Errors
    /// [`NodeErrorKind::Unreachable`] and [`NodeErrorKind::Failed`] say that not a byte of the request went out; after
    /// every other kind it may have been carried out.
    pub(crate) async fn send_once(
        &self,
        post: &Post,
        limit: usize,
        time_limit: Duration,
    ) -> Result<Answer, Failure> {
        let mut deadline = pin!(tokio::time::sleep(time_limit));
        let Some(dialled) = before(&mut deadline, self.dialler.dial(post.url())).await else {
            let message = format!("no connection within {time_limit:?}");
            return Err(Failure::new(NodeErrorKind::Unreachable, message));
        };
        let mut connection = dialled?;
        let answered = before(&mut deadline, connection.exchange(post, limit)).await;
        match answered.unwrap_or_else(|| Err(Failure::timed_out(time_limit))) {
            Ok(answer) => {
                self.idle.keep(post.authority(), connection).await;
                Ok(answer)
            }
            Err(failure) if connection.has_said() => Err(failure.in_doubt()),
            Err(failure) => Err(failure),
        }
    }
}

/// What `work` comes to, or none when the deadline passes first.
async fn before<T>(deadline: &mut Pin<&mut Sleep>, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), deadline).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}
