//! Requests that are made once each, to see which of them the cluster can serve at a level.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use scylla::errors::{DbError, ExecutionError, RequestAttemptError};
use scylla::policies::retry::FallthroughRetryPolicy;
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::{Consistency, unprepared::Statement};

use crate::{AT_ONCE, Client};

/// A timeout may be the fault of a busy machine. What cannot be served times out as often as it is asked for.
const TIMEOUTS: usize = 3;

/// Reads and writes of single rows of one table. No request is repeated elsewhere, nor made twice at once.
#[derive(Debug)]
pub struct Requests {
    read: PreparedStatement,
    write: PreparedStatement,
}

/// The rows that a cluster could read and those that it could write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Ids of rows that were read, or seen to be missing.
    pub read: BTreeSet<i32>,
    /// Ids of rows that were written.
    pub written: BTreeSet<i32>,
}

impl Requests {
    /// The token of the row with this id.
    ///
    /// # Errors
    /// When the table has no such key.
    pub fn token(&self, id: i32) -> Result<i64> {
        let token = self.read.calculate_token(&(id,))?;
        Ok(token.context("a table without a key")?.value())
    }
}

impl Client {
    /// Prepares requests of rows of `keyspace.table`.
    ///
    /// # Errors
    /// When no node of this client knows the table.
    pub fn requests_of(&self, table: &str) -> Result<Requests> {
        let prepare = |text: String| async move {
            let mut statement = self.session.prepare(Statement::new(text)).await?;
            statement.set_retry_policy(Some(Arc::new(FallthroughRetryPolicy::new())));
            anyhow::Ok(statement)
        };
        self.wait(async {
            anyhow::Ok(Requests {
                read: prepare(format!("SELECT id FROM {table} WHERE id = ?")).await?,
                write: prepare(format!("INSERT INTO {table} (id, text) VALUES (?, 'row')")).await?,
            })
        })
    }

    /// Asks once for each of these rows, and writes each of them once, at a level. The serial levels are for reads alone.
    ///
    /// # Errors
    /// When a request fails for another reason than that too few replicas are there for it.
    pub fn served(&self, requests: &Requests, level: Consistency, ids: &BTreeSet<i32>) -> Result<Served> {
        let mut served = Served {
            read: self.each(&requests.read, level, ids)?,
            written: BTreeSet::new(),
        };
        if !matches!(level, Consistency::Serial | Consistency::LocalSerial) {
            served.written = self.each(&requests.write, level, ids)?;
        }
        Ok(served)
    }

    fn each(
        &self,
        statement: &PreparedStatement,
        level: Consistency,
        ids: &BTreeSet<i32>,
    ) -> Result<BTreeSet<i32>> {
        let mut statement = statement.clone();
        statement.set_consistency(level);
        let statement = &statement;
        let one = |id: i32| async move { Ok::<_, anyhow::Error>((id, self.is_served(statement, id).await?)) };
        let answers = stream::iter(ids.iter().copied().map(one))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<(i32, bool)>>();
        let answers = self.wait(answers)?;
        Ok(answers
            .into_iter()
            .filter_map(|(id, is_served)| is_served.then_some(id))
            .collect())
    }

    async fn is_served(&self, statement: &PreparedStatement, id: i32) -> Result<bool> {
        for _ in 0..TIMEOUTS {
            match self.session.execute_unpaged(statement, (id,)).await {
                Ok(_) => return Ok(true),
                Err(error) if is_unavailable(&error) => return Ok(false),
                Err(error) if is_timeout(&error) => {}
                Err(error) => bail!(error),
            }
        }
        Ok(false)
    }
}

fn is_unavailable(error: &ExecutionError) -> bool {
    matches!(
        error,
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(DbError::Unavailable { .. }, _))
    )
}

fn is_timeout(error: &ExecutionError) -> bool {
    matches!(
        error,
        ExecutionError::RequestTimeout(_)
            | ExecutionError::LastAttemptError(RequestAttemptError::DbError(
                DbError::ReadTimeout { .. } | DbError::WriteTimeout { .. },
                _
            ))
    )
}
