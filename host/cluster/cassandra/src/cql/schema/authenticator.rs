//! Which class authenticates clients.

use futures::TryStreamExt as _;
use scylla::client::session::Session;
use scylla::errors::{NextPageError, PagerExecutionError, RequestAttemptError, RequestError};

use super::super::read_error::ReadError;
use crate::release::without_package;

/// 5.0 shows a class and its parameters apart, where 4.0 and 4.1 show the class alone.
const SETTINGS: &str = "SELECT name, value FROM system_views.settings WHERE name IN ('authenticator', 'authenticator.class_name')";

/// What Cassandra takes where its configuration names none: everybody may log in.
const DEFAULT: &str = "AllowAllAuthenticator";

type Row = (String, Option<String>);

/// The class without its package; none where the node refuses to tell, as it does where a role may not read this table.
pub(super) async fn read(session: &Session) -> Result<Option<String>, ReadError> {
    match rows(session).await {
        Ok(rows) => Ok(class(&rows)),
        Err(error) if is_refusal(&error) => {
            tracing::debug!(%error, "the node does not tell its authenticator");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn rows(session: &Session) -> Result<Vec<Row>, ReadError> {
    let rows = session.query_iter(SETTINGS, ()).await?.rows_stream::<Row>()?;
    Ok(rows.try_collect().await?)
}

/// Whether the node answered that it will not answer this, or not in these words.
fn is_refusal(error: &ReadError) -> bool {
    let ReadError::Query(PagerExecutionError::NextPageError(NextPageError::RequestFailure(
        RequestError::LastAttemptError(failure),
    ))) = error
    else {
        return matches!(error, ReadError::Types(_));
    };
    matches!(failure, RequestAttemptError::DbError(..))
}

/// A setting without a value was left to the default. Text that is no name of a class says nothing.
fn class(rows: &[Row]) -> Option<String> {
    let (_, value) = rows.iter().max_by_key(|(name, _)| name.len())?;
    let class = without_package(value.as_deref().unwrap_or(DEFAULT));
    let is_name = !class.is_empty()
        && class
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_$".contains(letter));
    is_name.then(|| class.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_of(rows: &[(&str, Option<&str>)]) -> Option<String> {
        let row = |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        class(&rows.iter().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn each_release_names_its_class() {
        let password = Some("PasswordAuthenticator".to_owned());
        for rows in [
            // 4.0 and 4.1, as they show it.
            vec![("authenticator", Some("PasswordAuthenticator"))],
            // 5.0.
            vec![("authenticator.class_name", Some("PasswordAuthenticator"))],
            // As an operator may write it.
            vec![(
                "authenticator",
                Some("org.apache.cassandra.auth.PasswordAuthenticator"),
            )],
        ] {
            assert_eq!(class_of(&rows), password, "{rows:?}");
        }
    }

    #[test]
    fn where_none_is_configured_everybody_may_log_in() {
        for name in ["authenticator", "authenticator.class_name"] {
            assert_eq!(
                class_of(&[(name, None)]).as_deref(),
                Some("AllowAllAuthenticator")
            );
        }
    }

    #[test]
    fn what_is_no_class_says_nothing() {
        for rows in [
            vec![],
            vec![("authenticator", Some(""))],
            vec![(
                "authenticator",
                Some("{class_name=PasswordAuthenticator, parameters={}}"),
            )],
        ] {
            assert_eq!(class_of(&rows), None, "{rows:?}");
        }
    }
}
