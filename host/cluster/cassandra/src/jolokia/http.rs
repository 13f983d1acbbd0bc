//! HTTP to the nodes, on connections that are kept.
//!
//! Nothing runs in the background: a connection is driven by the one who has a request on it, and lies still among
//! the idle ones until the next. A request that is left, because its time is up, takes its connection with it.

mod body;
mod connection;
mod dial;
mod idle;
mod once;
mod post;
mod stream;

use std::sync::Arc;

use hyper::StatusCode;
use ringkeeper_seams::Clock;
use rustls::ClientConfig;

use super::failure::Failure;
use dial::Dialler;
use idle::IdleConnections;

pub(crate) use post::Post;

/// What came back, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// The connections to the nodes of one cluster.
#[derive(Debug)]
pub(crate) struct Http {
    dialler: Dialler,
    idle: IdleConnections,
}

impl Http {
    /// No connection yet. They are encrypted where `tls` is given.
    pub(crate) fn new(tls: Option<ClientConfig>, clock: Arc<dyn Clock>) -> Self {
        Self {
            dialler: Dialler::new(tls),
            idle: IdleConnections::new(clock),
        }
    }

    /// Sends a request that may be carried out twice, as it changes nothing, and reads its answer, of at most `limit`
    /// bytes.
    ///
    /// A server may close an idle connection at any moment, and then a request that is just on its way gets no answer.
    /// It is sent once more, on a new connection, unless any part of an answer came.
    pub(crate) async fn send(&self, post: &Post, limit: usize) -> Result<Answer, Failure> {
        if let Some(mut connection) = self.idle.take(post.authority()).await {
            match connection.exchange(post, limit).await {
                Ok(answer) => {
                    self.idle.keep(post.authority(), connection).await;
                    return Ok(answer);
                }
                Err(failure) if connection.has_heard() => return Err(failure),
                // The server closed it as the request was on its way.
                Err(_) => {}
            }
        }
        let mut connection = self.dialler.dial(post.url()).await?;
        let answer = connection.exchange(post, limit).await?;
        self.idle.keep(post.authority(), connection).await;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
