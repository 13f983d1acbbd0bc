//! Why a request got no answer, in words for an operator.

use std::error::Error;
use std::time::Duration;

use hyper::StatusCode;
use ringkeeper_cluster::{NodeError, NodeErrorKind};

use super::excerpt::excerpt;

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
}
