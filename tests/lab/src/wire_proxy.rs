mod connection;
mod message;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

/// What befalls a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is delivered and carried out, and its answer is never seen.
    SwallowAnswer(Ending),
    /// It is never delivered.
    DropRequest(Ending),
    /// It is delivered after this time.
    Delay(Duration),
}

/// What a client without an answer sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its connection is closed.
    Cut,
    /// Nothing, until it gives up.
    Hang,
}

/// One end of a wire.
pub trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// What becomes of a proxy's connections before HTTP is spoken on them: encryption, where there is any.
pub trait Wires: std::fmt::Debug + Send + Sync {
    /// A connection that a client made; none where they do not understand each other.
    fn accepted(&self, client: TcpStream) -> Option<Box<dyn Wire>>;

    /// A connection that was made to the server.
    fn connected(&self, server: TcpStream) -> Option<Box<dyn Wire>>;
}

/// Nothing becomes of them.
#[derive(Clone, Copy, Debug)]
struct Plain;

impl Wires for Plain {
    fn accepted(&self, client: TcpStream) -> Option<Box<dyn Wire>> {
        Some(Box::new(client))
    }

    fn connected(&self, server: TcpStream) -> Option<Box<dyn Wire>> {
        Some(Box::new(server))
    }
}

/// A wire to a server that speaks HTTP, on which chosen requests and answers get lost.
///
/// It passes on everything, request by request, also many on one connection, until it is told what is to befall the
/// next request whose body holds a certain text. Dropping it cuts every connection.
#[derive(Debug)]
pub struct WireProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

/// What the threads of all connections share.
#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    wires: Arc<dyn Wires>,
    faults: Mutex<Vec<(String, Fault)>>,
    delivered: Mutex<Vec<String>>,
    sockets: Mutex<Sockets>,
}

/// Every open socket, so that the end of the proxy ends them.
#[derive(Debug, Default)]
struct Sockets {
    next: u64,
    open: BTreeMap<u64, TcpStream>,
    has_ended: bool,
}

impl WireProxy {
    /// Listens on `address` (port 0 for any) and passes on what it gets to `server`.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub fn start(address: SocketAddr, server: SocketAddr) -> Result<Self> {
        Self::start_on(address, server, Arc::new(Plain))
    }

    /// The same over connections of that kind.
    ///
    /// # Errors
    /// As for [`WireProxy::start`].
    pub fn start_on(address: SocketAddr, server: SocketAddr, wires: Arc<dyn Wires>) -> Result<Self> {
        let listener =
            TcpListener::bind(address).with_context(|| format!("a wire proxy cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server,
            wires,
            faults: Mutex::default(),
            delivered: Mutex::default(),
            sockets: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        Ok(Self {
            address,
            shared,
            listening: Some(thread::spawn(move || accept(&listener, &accepting))),
        })
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says what is to befall the next request whose body holds `text`. Several such words wait in the order given,
    /// and each befalls one request.
    pub fn on_next(&self, text: impl Into<String>, fault: Fault) {
        lock(&self.shared.faults).push((text.into(), fault));
    }

    /// Takes back what has not befallen any request yet: from now on everything passes.
    pub fn pass(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Whether something is still to befall a request.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        !lock(&self.shared.faults).is_empty()
    }

    /// How many requests whose body holds `text` were delivered.
    #[must_use]
    pub fn delivered(&self, text: &str) -> usize {
        let delivered = lock(&self.shared.delivered);
        delivered.iter().filter(|body| body.contains(text)).count()
    }
}

impl Drop for WireProxy {
    fn drop(&mut self) {
        self.shared.end();
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            // Its panic was printed; there is nobody else to tell.
            let _ = listening.join();
        }
    }
}

impl Shared {
    /// What befalls a request with this body.
    fn fault(&self, body: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let place = faults.iter().position(|(text, _)| body.contains(text.as_str()))?;
        Some(faults.remove(place).1)
    }

    /// Keeps a socket open until the guard or the proxy is dropped; none after that.
    fn keep(&self, socket: &TcpStream) -> Option<Kept<'_>> {
        let mut sockets = lock(&self.sockets);
        if sockets.has_ended {
            return None;
        }
        let number = sockets.next;
        sockets.next += 1;
        sockets.open.insert(number, socket.try_clone().ok()?);
        Some(Kept { shared: self, number })
    }

    fn has_ended(&self) -> bool {
        lock(&self.sockets).has_ended
    }

    fn end(&self) {
        let mut sockets = lock(&self.sockets);
        sockets.has_ended = true;
        for socket in sockets.open.values() {
            close(socket);
        }
    }
}

/// A socket that is open as long as this lives.
struct Kept<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        if let Some(socket) = lock(&self.shared.sockets).open.remove(&self.number) {
            close(&socket);
        }
    }
}

fn close(socket: &TcpStream) {
    // The other side may have closed it already.
    let _ = socket.shutdown(Shutdown::Both);
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    for client in listener.incoming() {
        if shared.has_ended() {
            break;
        }
        let Ok(client) = client else { continue };
        let shared = Arc::clone(shared);
        serving.push(thread::spawn(move || connection::serve(client, &shared)));
    }
    for connection in serving {
        // As above.
        let _ = connection.join();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
