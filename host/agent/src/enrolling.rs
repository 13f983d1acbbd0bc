//! Becoming known to a host.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ringkeeper_api::{AGENT_PROTOCOL, EnrolRequest};
use ringkeeper_seams::{Clock, Timestamp};
use ringkeeper_trust::{Enrolment, NewKey, Token, enrolling};

use crate::AgentError;
use crate::host::{HostUrl, ask};
use crate::state::State;

/// What an agent is enrolled with.
#[derive(Debug)]
pub struct Enrolling {
    /// Where the host listens for agents.
    pub host: HostUrl,
    /// By which token.
    pub token: Token,
    /// Where the agent keeps its state.
    pub state: PathBuf,
    /// Whether what was enrolled there before is replaced.
    pub again: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The address of the node that the agent is for.
    pub node: IpAddr,
    /// When its certificate ends, if it is not renewed before.
    pub expires: Timestamp,
}

/// Enrols an agent: nothing is kept where the host refuses, or is another one than the token names.
///
/// # Errors
/// When the host cannot be reached or refuses, or the state cannot be kept.
pub async fn enrol(with: &Enrolling, clock: &Arc<dyn Clock>) -> Result<Enrolled, AgentError> {
    let state = State::at(&with.state);
    if let Some(before) = state.trust()?
        && !with.again
    {
        return Err(AgentError::Enrolled {
            folder: with.state.clone(),
            node: before.node(),
        });
    }
    let key = NewKey::make()?;
    let request = EnrolRequest {
        protocol: AGENT_PROTOCOL,
        token: with.token.reveal(),
        certificate_request: key.request()?,
        machine: machine(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: clock.now(),
    };
    let tls = enrolling(with.token.host())?;
    let enrolment: Enrolment = ask(&with.host, tls, "enrol", &request).await?;
    let found = ringkeeper_trust::fingerprint_of_pem(&enrolment.host_authority);
    let expected = with.token.host();
    if let Some(found) = found.filter(|found| *found != expected) {
        return Err(AgentError::OtherHost { expected, found });
    }
    let enrolled = Enrolled {
        node: enrolment.node,
        expires: enrolment.expires,
    };
    // Numbers of orders are those of a host's journal, and this may be another one.
    state.forget_orders()?;
    state.keep(&key, enrolment)?;
    state.keep_host(&with.host)?;
    Ok(enrolled)
}

/// What the machine calls itself.
fn machine() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .unwrap_or_default()
}
