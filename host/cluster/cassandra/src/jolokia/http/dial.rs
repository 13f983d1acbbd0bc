//! New connections.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::super::failure::Failure;
use super::connection::Connection;
use super::stream::Socket;

/// Opens connections, all encrypted or none.
pub(super) struct Dialler {
    tls: Option<TlsConnector>,
}

impl fmt::Debug for Dialler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialler")
            .field("encrypted", &self.tls.is_some())
            .finish()
    }
}

impl Dialler {
    pub(super) fn new(tls: Option<ClientConfig>) -> Self {
        Self {
            tls: tls.map(|config| Arc::new(config).into()),
        }
    }

    /// Connects to the host of this URL.
    pub(super) async fn dial(&self, url: &Url) -> Result<Connection, Failure> {
        let socket = self
            .connect(url)
            .await
            .map_err(|error| Failure::of_connection(&error))?;
        Connection::open(socket).await
    }

    async fn connect(&self, url: &Url) -> io::Result<Box<dyn Socket>> {
        let no_address = || io::Error::new(io::ErrorKind::InvalidInput, "the URL names no host");
        let host = url.host().ok_or_else(no_address)?;
        let port = url.port_or_known_default().ok_or_else(no_address)?;
        let tcp = match host {
            Host::Domain(name) => TcpStream::connect((name, port)).await?,
            Host::Ipv4(ip) => TcpStream::connect((ip, port)).await?,
            Host::Ipv6(ip) => TcpStream::connect((ip, port)).await?,
        };
        tcp.set_nodelay(true)?;
        let Some(tls) = &self.tls else {
            return Ok(Box::new(tcp));
        };
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(io::Error::other)?,
            Host::Ipv4(ip) => ServerName::from(IpAddr::V4(ip)),
            Host::Ipv6(ip) => ServerName::from(IpAddr::V6(ip)),
        };
        Ok(Box::new(tls.connect(name, tcp).await?))
    }
}
