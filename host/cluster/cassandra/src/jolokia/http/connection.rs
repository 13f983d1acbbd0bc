//! One connection: a request and its answer, and then another.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use super::super::failure::Failure;
use super::stream::{Passed, Socket, Stream};
use super::{Answer, Post, body};

/// An open connection, with all that moves its bytes.
#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: Driver,
    passed: Passed,
}

impl Connection {
    /// Speaks HTTP over this socket from now on.
    pub(super) async fn open(socket: Box<dyn Socket>) -> Result<Self, Failure> {
        let stream = Stream::new(socket);
        let passed = stream.passed();
        let (sender, protocol) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Failure::of_request(&error))?;
        Ok(Self {
            sender,
            driver: Driver {
                protocol,
                has_ended: false,
            },
            passed,
        })
    }

    /// Sends a request and reads its answer, of at most `limit` bytes. After an error the connection is of no use.
    pub(super) async fn exchange(&mut self, post: &Post, limit: usize) -> Result<Answer, Failure> {
        self.passed.forget();
        let request = post.request()?;
        let sender = &mut self.sender;
        let exchange = async {
            let response = sender
                .send_request(request)
                .await
                .map_err(|error| Failure::of_request(&error))?;
            Ok(Answer {
                status: response.status(),
                body: body::read(response.into_body(), limit).await?,
            })
        };
        self.driver.during(exchange).await
    }

    /// Whether any byte of an answer to the last request came.
    pub(super) fn has_heard(&self) -> bool {
        self.passed.heard()
    }

    /// Whether any byte of the last request went out.
    pub(super) fn has_said(&self) -> bool {
        self.passed.said()
    }

    /// Whether it could take a request now: the last answer is over, and the server has not closed it.
    pub(super) async fn is_free(&mut self) -> bool {
        self.driver.during(async {}).await;
        !self.driver.has_ended && self.sender.is_ready()
    }
}

/// Moves the bytes of a connection while somebody waits for them.
#[derive(Debug)]
struct Driver {
    protocol: http1::Connection<TokioIo<Stream>, Full<Bytes>>,
    has_ended: bool,
}

impl Driver {
    /// Waits for `work`, whose bytes this connection carries. Looks at the connection at least once.
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|cx| {
            let done = work.as_mut().poll(cx);
            // How the connection ended, the work is told by the protocol.
            if !self.has_ended && Pin::new(&mut self.protocol).poll(cx).is_ready() {
                self.has_ended = true;
            }
            done
        })
        .await
    }
}
