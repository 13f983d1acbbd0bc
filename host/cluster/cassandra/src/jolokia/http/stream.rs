//! The bytes of a connection, encrypted or not.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// A TCP connection, or an encrypted one on top of it.
pub(super) trait Socket: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A socket that acknowledges at once what it reads, and remembers whether it read or wrote anything.
///
/// The agents' HTTP server (that of the JDK) writes head and body of an answer apart and leaves Nagle's algorithm on:
/// the body is not sent before the head is acknowledged. Linux delays acknowledgements by 40 ms on a connection that
/// has lived for a while, and each request would take as long.
#[derive(Debug)]
pub(super) struct Stream {
    socket: Box<dyn Socket>,
    passed: Passed,
}

/// Whether anything came or went since it was last forgotten. What TLS says for itself does not count.
#[derive(Clone, Debug, Default)]
pub(super) struct Passed(Arc<Ways>);

#[derive(Debug, Default)]
struct Ways {
    heard: AtomicBool,
    said: AtomicBool,
}

impl Passed {
    pub(super) fn forget(&self) {
        self.0.heard.store(false, Ordering::Relaxed);
        self.0.said.store(false, Ordering::Relaxed);
    }

    /// Whether anything came.
    pub(super) fn heard(&self) -> bool {
        self.0.heard.load(Ordering::Relaxed)
    }

    /// Whether anything was handed to the system to be sent.
    pub(super) fn said(&self) -> bool {
        self.0.said.load(Ordering::Relaxed)
    }
}

impl Stream {
    pub(super) fn new(socket: Box<dyn Socket>) -> Self {
        Self {
            socket,
            passed: Passed::default(),
        }
    }

    /// For the one who wants to know after the stream is given away.
    pub(super) fn passed(&self) -> Passed {
        self.passed.clone()
    }

    /// Notes what a write came to.
    fn noted(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(count)) if count > 0) {
            self.passed.0.said.store(true, Ordering::Relaxed);
        }
        written
    }
}

/// Sends the acknowledgement that is due, and the next ones without delay. Linux forgets this when it sees an exchange
/// of requests and answers, hence again after each read.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(tcp: &TcpStream) {
    // A delay is no error, and a broken connection is told by the read.
    let _ = tcp.set_quickack(true);
}

#[cfg(not(target_os = "linux"))]
const fn acknowledge_at_once(_tcp: &TcpStream) {}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.passed.0.heard.store(true, Ordering::Relaxed);
        }
        // Also when nothing came: TLS may have read a part of what it needs.
        acknowledge_at_once(self.socket.tcp());
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.noted(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
