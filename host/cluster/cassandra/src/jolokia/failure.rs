//! Why a request got no answer, in words for an operator.

use std::error::Error;
use std::time::Duration;

use hyper::StatusCode;
use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind};
use serde::Deserialize;

use super::excerpt::excerpt;
use super::http::Answer;

/// What an agent answers where it has nothing to pass on.
#[derive(Deserialize)]
struct AgentSaid {
    message: String,
    cure: Option<String>,
}

/// A failure whose place is not yet said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    kind: NodeErrorKind,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: NodeErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) const fn kind(&self) -> NodeErrorKind {
        self.kind
    }

    pub(crate) fn at(self, place: &str) -> NodeError {
        NodeError::new(self.kind, place, self.message)
    }

    pub(crate) fn timed_out(limit: Duration) -> Self {
        Self::new(NodeErrorKind::TimedOut, format!("no answer within {limit:?}"))
    }

    /// The same, of a request that may have been carried out all the same.
    pub(crate) fn in_doubt(self) -> Self {
        let kind = match self.kind {
            NodeErrorKind::Unreachable | NodeErrorKind::Failed => NodeErrorKind::TimedOut,
            other => other,
        };
        Self::new(
            kind,
            format!("{}; it may have been carried out all the same", self.message),
        )
    }

    /// The request could not even be written down.
    pub(crate) fn of_asking(error: &(dyn Error + 'static)) -> Self {
        let cause = innermost(error);
        Self::new(NodeErrorKind::Failed, format!("no request can be made: {cause}"))
    }

    /// No agent may be asked.
    pub(crate) fn of_stranger(node: Endpoint) -> Self {
        let ip = node.ip();
        Self::new(
            NodeErrorKind::Unreachable,
            format!(
                "the host knows no agent of this node: enrol one with a token from `ringkeeper agents token {ip}`"
            ),
        )
    }

    /// Nobody could be connected to.
    pub(crate) fn of_connection(error: &std::io::Error) -> Self {
        let cause = innermost(error);
        Self::new(NodeErrorKind::Unreachable, format!("no connection: {cause}"))
    }

    /// The request got no answer at all.
    pub(crate) fn of_request(error: &hyper::Error) -> Self {
        let cause = innermost(error);
        if error.is_parse() {
            return Self::new(
                NodeErrorKind::Nonsense,
                format!("did not answer in HTTP: {cause}; http or https?"),
            );
        }
        Self::new(
            NodeErrorKind::Unreachable,
            format!("the connection broke before an answer: {cause}"),
        )
    }

    /// The answer ended before its end.
    pub(crate) fn of_body(error: &hyper::Error, received: usize) -> Self {
        let cause = innermost(error);
        Self::new(
            NodeErrorKind::Nonsense,
            format!("half an answer: it broke off after {received} bytes: {cause}"),
        )
    }

    /// The answer has a status that Jolokia gives for nothing that succeeded.
    pub(crate) fn of_status(status: StatusCode, credentials_sent: bool, body: &[u8]) -> Self {
        match (status, credentials_sent) {
            (StatusCode::UNAUTHORIZED, true) => Self::new(
                NodeErrorKind::Unauthorised,
                "the agent refuses this user name and password (HTTP 401): correct the cluster's Jolokia credentials",
            ),
            (StatusCode::UNAUTHORIZED, false) => Self::new(
                NodeErrorKind::Unauthorised,
                "the agent asks for a user name and password (HTTP 401): set the cluster's Jolokia credentials",
            ),
            (StatusCode::FORBIDDEN, _) => Self::new(
                NodeErrorKind::Unauthorised,
                "the agent forbids this host or user (HTTP 403): allow it in the agent's access policy",
            ),
            (StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT, _) => {
                Self::new(
                    NodeErrorKind::Failed,
                    format!(
                        "the agent or a proxy in front of it answers HTTP {}: `{}`",
                        status.as_u16(),
                        excerpt(body)
                    ),
                )
            }
            _ => Self::new(
                NodeErrorKind::Nonsense,
                format!(
                    "answered HTTP {}, not as Jolokia does: `{}`",
                    status.as_u16(),
                    excerpt(body)
                ),
            ),
        }
    }

    /// An agent says why Jolokia did not answer: 503 where it was not asked, anything else where it may have been.
    pub(crate) fn of_agent(answer: &Answer) -> Option<Self> {
        let said: AgentSaid = serde_json::from_slice(&answer.body).ok()?;
        let kind = match answer.status {
            StatusCode::SERVICE_UNAVAILABLE => NodeErrorKind::Unreachable,
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => NodeErrorKind::Unauthorised,
            _ => NodeErrorKind::Failed,
        };
        let cure = said.cure.map(|cure| format!("; {cure}")).unwrap_or_default();
        Some(Self::new(kind, format!("its agent says: {}{cure}", said.message)))
    }

    /// The answer is not JSON of Jolokia's shape.
    pub(crate) fn of_shape(error: &serde_json::Error, body: &[u8]) -> Self {
        let shown = excerpt(body);
        let message = if body.trim_ascii_start().starts_with(b"<") {
            format!("answered HTML, not JSON: `{shown}`; is this the URL of Jolokia?")
        } else if body.is_empty() {
            "answered nothing, not JSON".to_owned()
        } else if error.is_eof() {
            format!("half an answer: the JSON breaks off: `{shown}`")
        } else if error.is_syntax() {
            format!("answered something that is not JSON: `{shown}`")
        } else {
            format!("answered JSON of another shape than Jolokia's: `{shown}`")
        };
        Self::new(NodeErrorKind::Nonsense, message)
    }
}

/// The error at the end of the chain: the ones above it only say which layer passed it on.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_is_unavailable_is_not_taken_for_something_else() {
        let kind = |status| Failure::of_status(status, false, b"busy").kind;
        assert_eq!(kind(StatusCode::SERVICE_UNAVAILABLE), NodeErrorKind::Failed);
        assert_eq!(kind(StatusCode::BAD_GATEWAY), NodeErrorKind::Failed);
        assert_eq!(kind(StatusCode::NOT_FOUND), NodeErrorKind::Nonsense);
    }

    #[test]
    fn an_agent_says_whether_jolokia_was_asked() {
        let body = br#"{"code":"unavailable","message":"no Cassandra runs here","cure":"start it"}"#;
        let of = |status, body: &[u8]| {
            Failure::of_agent(&Answer {
                status,
                body: body.to_vec(),
            })
        };
        let not_asked = of(StatusCode::SERVICE_UNAVAILABLE, body).unwrap();
        assert_eq!(not_asked.kind, NodeErrorKind::Unreachable);
        assert_eq!(
            not_asked.message,
            "its agent says: no Cassandra runs here; start it"
        );
        let perhaps = of(StatusCode::BAD_GATEWAY, body).unwrap();
        assert_eq!(perhaps.in_doubt().kind, NodeErrorKind::TimedOut);
        assert_eq!(of(StatusCode::BAD_GATEWAY, b"<html>"), None);
    }
}
