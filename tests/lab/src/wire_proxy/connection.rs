//! One connection of a client, and one to the server for it.

use std::io::{BufReader, Read, Write as _};
use std::net::TcpStream;
use std::thread;

use super::message::{self, Message};
use super::{Ending, Fault, Shared, lock};

/// Passes requests and answers until either side closes, or something befalls one.
pub(super) fn serve(client: TcpStream, shared: &Shared) {
    // Whatever ends it, both sides see their connection closed.
    let _ = pass_all(client, shared);
}

fn pass_all(client: TcpStream, shared: &Shared) -> Option<()> {
    let _client = shared.keep(&client)?;
    let server = TcpStream::connect(shared.server).ok()?;
    let _server = shared.keep(&server)?;
    client.set_nodelay(true).ok()?;
    server.set_nodelay(true).ok()?;
    let mut from_client = BufReader::new(shared.wires.accepted(client)?);
    let mut from_server = BufReader::new(shared.wires.connected(server)?);
    while let Some(request) = message::request(&mut from_client).ok()? {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let fault = shared.fault(&body);
        match fault {
            Some(Fault::DropRequest(ending)) => return end(ending, &mut from_client),
            Some(Fault::Delay(delay)) => thread::sleep(delay),
            Some(Fault::SwallowAnswer(_)) | None => {}
        }
        from_server.get_mut().write_all(&request.bytes).ok()?;
        from_server.get_mut().flush().ok()?;
        lock(&shared.delivered).push(body);
        let answer = message::answer(&mut from_server).ok()?;
        if let Some(Fault::SwallowAnswer(ending)) = fault {
            return end(ending, &mut from_client);
        }
        let Message { bytes, is_last, .. } = answer;
        from_client.get_mut().write_all(&bytes).ok()?;
        from_client.get_mut().flush().ok()?;
        if is_last {
            return None;
        }
    }
    None
}

/// Leaves a client without an answer.
fn end(ending: Ending, client: &mut impl Read) -> Option<()> {
    if ending == Ending::Hang {
        // Until it closes, or the proxy does.
        std::io::copy(client, &mut std::io::sink()).ok()?;
    }
    None
}
