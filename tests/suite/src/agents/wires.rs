//! Between a host and an agent, with the keys of both.

use std::net::{IpAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ringkeeper_lab::{Wire, Wires};
use ringkeeper_trust::{AgentTrust, AllSigned, HostTrust};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, StreamOwned};

#[derive(Debug)]
pub(super) struct Between {
    as_agent: Arc<ServerConfig>,
    as_host: Arc<ClientConfig>,
    node: IpAddr,
}

impl Between {
    /// `state` is the folder of the agent beside `node`.
    pub(super) fn new(state: &Path, host: &HostTrust, node: IpAddr) -> Result<Self> {
        let agent = AgentTrust::load(&state.join("agent.json"))?.context("an agent that was enrolled")?;
        Ok(Self {
            as_agent: agent.server()?,
            as_host: host.client(Arc::new(AllSigned))?,
            node,
        })
    }
}

impl Wires for Between {
    fn accepted(&self, client: TcpStream) -> Option<Box<dyn Wire>> {
        let connection = ServerConnection::new(Arc::clone(&self.as_agent)).ok()?;
        Some(Box::new(StreamOwned::new(connection, client)))
    }

    fn connected(&self, server: TcpStream) -> Option<Box<dyn Wire>> {
        let name = ServerName::IpAddress(self.node.into());
        let connection = ClientConnection::new(Arc::clone(&self.as_host), name).ok()?;
        Some(Box::new(StreamOwned::new(connection, server)))
    }
}
