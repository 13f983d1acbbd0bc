//! The smallest HTTP and CQL clients that can tell whether a lab node answers as it should.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use ringkeeper_lab::{Certificates, LabNode};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// Anything bytes go through.
pub(crate) trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// Opens a connection, over TLS when there is an authority to trust.
pub(crate) fn connect(address: SocketAddr, trusted: Option<&Certificates>) -> Result<Box<dyn Wire>> {
    let socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let Some(certificates) = trusted else {
        return Ok(Box::new(socket));
    };
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificates.authority())?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::from(address.ip()))?;
    Ok(Box::new(StreamOwned::new(connection, socket)))
}

/// Reads one attribute of an MBean through Jolokia. `authorization` is a ready header line.
pub(crate) fn read_attribute(
    node: &LabNode,
    path: &str,
    trusted: Option<&Certificates>,
    authorization: &str,
) -> Result<Value> {
    let mut wire = connect(SocketAddr::new(node.address(), 8778), trusted)?;
    write!(
        wire,
        "GET /jolokia/read/{path} HTTP/1.0\r\nHost: lab\r\n{authorization}\r\n"
    )?;
    let mut answer = Vec::new();
    // Jolokia closes without a TLS farewell.
    let _ = wire.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .with_context(|| format!("no HTTP answer: {answer:?}"))?;
    let body: Value = serde_json::from_str(body).with_context(|| format!("no JSON answer: {answer:?}"))?;
    body.get("value")
        .cloned()
        .with_context(|| format!("no value: {body}"))
}

/// The opcode a node answers to the start of a CQL connection: 2 ready, 3 wants authentication.
pub(crate) fn greet(wire: &mut dyn Wire) -> Result<u8> {
    ask(wire, 1, b"\x00\x01\x00\x0bCQL_VERSION\x00\x053.0.0")
}

/// The opcode a node answers to a log-in: 16 welcome, 0 refused.
pub(crate) fn log_in(wire: &mut dyn Wire, user: &str, password: &str) -> Result<u8> {
    let token = format!("\0{user}\0{password}");
    let mut body = u32::try_from(token.len())?.to_be_bytes().to_vec();
    body.extend(token.as_bytes());
    ask(wire, 15, &body)
}

/// One CQL frame of protocol version 4, out and back.
fn ask(wire: &mut dyn Wire, opcode: u8, body: &[u8]) -> Result<u8> {
    let mut frame = vec![4, 0, 0, 0, opcode];
    frame.extend(u32::try_from(body.len())?.to_be_bytes());
    frame.extend(body);
    wire.write_all(&frame)?;
    wire.flush()?;
    let mut header = [0; 9];
    wire.read_exact(&mut header)?;
    let length = u32::from_be_bytes([header[5], header[6], header[7], header[8]]);
    let mut rest = vec![0; usize::try_from(length)?];
    wire.read_exact(&mut rest)?;
    Ok(header[4])
}
