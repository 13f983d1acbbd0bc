//! Why an agent cannot do what it should.

use std::net::SocketAddr;
use std::path::PathBuf;

use ringkeeper_api::Problem;
use ringkeeper_tool_runs::RunError;
use ringkeeper_trust::{Fingerprint, TokenError, TrustError};
use thiserror::Error;

/// Why an agent cannot do what it should.
#[derive(Debug, Error)]
pub enum AgentError {
    /// The token is none.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The URL of the host is none.
    #[error("`{url}` is no address of a host: {reason}; write it like https://ringkeeper.example:7171")]
    Url {
        /// The text.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Keys and certificates.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// It was never enrolled.
    #[error(
        "{0} holds no enrolment: enrol this agent first, with a token from `ringkeeper agents token ADDRESS` on the host"
    )]
    NotEnrolled(PathBuf),
    /// It was enrolled before, and by another host or for another node.
    #[error("{folder} holds the enrolment of the agent of {node}; to enrol it anew, give --again")]
    Enrolled {
        /// The state directory.
        folder: PathBuf,
        /// Whose agent it is.
        node: std::net::IpAddr,
    },
    /// The host cannot be reached, or it is another one.
    #[error("host {at} cannot be asked: {why}")]
    Host {
        /// Where.
        at: String,
        /// Why.
        why: String,
    },
    /// The host refuses.
    #[error("the host refuses: {}{}", .0.message, .0.cure.as_ref().map(|cure| format!("; {cure}")).unwrap_or_default())]
    Refused(Problem),
    /// The host answered with a certificate of another authority than the token names.
    #[error(
        "the host answered with another authority ({found}) than the token names ({expected}); nothing was kept"
    )]
    OtherHost {
        /// What the token names.
        expected: Fingerprint,
        /// What was answered.
        found: Fingerprint,
    },
    /// The state directory.
    #[error("cannot {doing} {path}: {source}")]
    State {
        /// `read`, `write` or `remove`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Orders of tools.
    #[error("what is kept of tools cannot be taken up: {0}")]
    Tools(#[from] RunError),
    /// It cannot listen.
    #[error("cannot listen on {at}: {source}; set `listen` in the agent's file to a free address and port")]
    Listen {
        /// Where.
        at: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A client for HTTP could not be made.
    #[error("an HTTP client could not be made: {0}")]
    Client(String),
}
