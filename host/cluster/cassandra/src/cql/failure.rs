//! Why nothing could be read, in words for an operator.

use ringkeeper_cluster::{NodeError, NodeErrorKind};
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, MetadataError,
    NewSessionError,
};

use super::read_error::ReadError;

/// No session could be made.
pub(super) fn of_session(error: &NewSessionError, place: &str) -> NodeError {
    if let NewSessionError::MetadataError(MetadataError::ConnectionPoolError(ConnectionPoolError::Broken {
        last_connection_error,
    })) = error
    {
        return of_connection(last_connection_error, place);
    }
    NodeError::new(NodeErrorKind::Failed, place, format!("no session: {error}"))
}

/// A session was made, but `what` could not be read.
pub(super) fn of_reading(error: &ReadError, what: &str, place: &str) -> NodeError {
    let kind = match error {
        ReadError::Query(_) | ReadError::NoRelease => NodeErrorKind::Failed,
        ReadError::Row(_) | ReadError::Types(_) | ReadError::Sense(_) => NodeErrorKind::Nonsense,
        ReadError::TooMany(_) => NodeErrorKind::TooLarge,
    };
    NodeError::new(kind, place, format!("{what} {error}"))
}

fn of_connection(error: &ConnectionError, place: &str) -> NodeError {
    let (kind, message) = match error {
        ConnectionError::ConnectTimeout => (NodeErrorKind::TimedOut, "no connection in time".to_owned()),
        ConnectionError::ConnectionSetupRequestError(setup) => match setup.get_error() {
            ConnectionSetupRequestErrorKind::MissingAuthentication => (
                NodeErrorKind::Unauthorised,
                "the cluster asks for a role and password: set the cluster's CQL credentials".to_owned(),
            ),
            ConnectionSetupRequestErrorKind::DbError(DbError::AuthenticationError, reason) => (
                NodeErrorKind::Unauthorised,
                format!(
                    "the cluster refuses this role and password: correct the cluster's CQL credentials ({reason})"
                ),
            ),
            other => (
                NodeErrorKind::Failed,
                format!("the node refuses the connection: {other}"),
            ),
        },
        other => (NodeErrorKind::Unreachable, format!("no connection: {other}")),
    };
    NodeError::new(kind, place, message)
}
