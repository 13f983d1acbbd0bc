//! Rows on a real cluster: written while a replica is away, read so that one replica alone can answer.
//!
//! The picture to keep in mind: Cassandra heals much of what a replica missed by itself, so most proofs that a repair
//! repaired cannot fail. Here nothing heals but repair: tables never repair when they are read and never ask a second
//! replica. What remains is up to the caller: hinted handoff is off, and every other replica stands still during a read.
//!
//! Everything here blocks, as `ringkeeper-lab` does. The program of the same name does it for callers that are not to be
//! built with a driver.

mod load;
mod requests;

use std::collections::BTreeSet;
use std::future::Future;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::host_filter::AllowListHostFilter;
use scylla::statement::{Consistency, unprepared::Statement};
use tokio::runtime::{Builder, Runtime};

pub use load::Load;
pub use requests::{Requests, Served};

/// Far more than anything here takes on an idle machine.
const DEADLINE: Duration = Duration::from_secs(180);
/// Writes under way at once.
const AT_ONCE: usize = 64;
/// Tries of one statement; a node that came back a moment ago may refuse the first ones.
const TRIES: usize = 10;

/// A client that speaks to certain nodes and no others.
#[derive(Debug)]
pub struct Client {
    nodes: Vec<SocketAddr>,
    session: Session,
    runtime: Runtime,
}

impl Client {
    /// Connects. These nodes coordinate everything this client asks for.
    ///
    /// # Errors
    /// When none of them takes the connection.
    pub fn of(nodes: impl IntoIterator<Item = SocketAddr>) -> Result<Self> {
        let nodes: Vec<SocketAddr> = nodes.into_iter().collect();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let only = AllowListHostFilter::new(nodes.clone())?;
        let builder = SessionBuilder::new()
            .known_nodes_addr(nodes.clone())
            .host_filter(Arc::new(only))
            // Awaited once, after the last of many changes.
            .auto_await_schema_agreement(false)
            // A busy node can miss a change of the schema, and fetches it a minute later.
            .schema_agreement_timeout(DEADLINE);
        let session = runtime.block_on(builder.build())?;
        Ok(Self {
            nodes,
            session,
            runtime,
        })
    }

    /// Makes a keyspace with this many replicas in `dc1`, and tables in it that nothing but repair heals.
    ///
    /// # Errors
    /// When the cluster refuses, or does not agree on it in time.
    pub fn create<S: AsRef<str>>(&self, keyspace: &str, replicas: u32, tables: &[S]) -> Result<()> {
        // The node that made one change has it when it is asked for the next.
        let one = Self::of(self.nodes.first().copied())?;
        one.execute(&format!(
            "CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': {replicas}}}"
        ))?;
        for table in tables {
            let table = table.as_ref();
            one.execute(&format!(
                "CREATE TABLE {keyspace}.{table} (id int PRIMARY KEY, text text) \
                 WITH read_repair = 'NONE' AND speculative_retry = 'NEVER'"
            ))?;
        }
        self.agree()
    }

    /// Carries out a statement that changes the schema.
    ///
    /// # Errors
    /// When the cluster refuses.
    pub fn execute(&self, statement: &str) -> Result<()> {
        self.wait(self.session.query_unpaged(statement, ()))?;
        Ok(())
    }

    /// Waits until the nodes agree on the schema.
    ///
    /// # Errors
    /// When they do not in time.
    pub fn agree(&self) -> Result<()> {
        self.wait(self.session.await_schema_agreement())?;
        Ok(())
    }

    /// Writes rows with these ids into `keyspace.table`, each to every one of its replicas.
    ///
    /// # Errors
    /// When one is not taken.
    pub fn write(&self, table: &str, ids: Range<i32>) -> Result<()> {
        self.write_at(Consistency::All, table, ids)
    }

    /// The same while a replica is away: each to a majority of its replicas. One that is not away may have them later, or
    /// never.
    ///
    /// # Errors
    /// When one is not taken.
    pub fn write_to_majority(&self, table: &str, ids: Range<i32>) -> Result<()> {
        self.write_at(Consistency::Quorum, table, ids)
    }

    fn write_at(&self, consistency: Consistency, table: &str, ids: Range<i32>) -> Result<()> {
        let mut insert = Statement::new(format!("INSERT INTO {table} (id, text) VALUES (?, ?)"));
        insert.set_consistency(consistency);
        insert.set_is_idempotent(true);
        self.wait(async {
            let insert = self.session.prepare(insert).await?;
            let insert = &insert;
            let write = |id| async move { self.write_one(insert, id).await };
            stream::iter(ids.map(write))
                .buffer_unordered(AT_ONCE)
                .try_collect::<()>()
                .await
        })
    }

    async fn write_one(
        &self,
        insert: &scylla::statement::prepared::PreparedStatement,
        id: i32,
    ) -> Result<()> {
        let text = format!("row {id}, as long as rows of orders are");
        for _ in 1..TRIES {
            if self.session.execute_unpaged(insert, (id, &text)).await.is_ok() {
                return Ok(());
            }
        }
        self.session.execute_unpaged(insert, (id, &text)).await?;
        Ok(())
    }

    /// The ids of all rows of `keyspace.table`, as one replica has them.
    ///
    /// # Errors
    /// When no replica answers.
    pub fn read(&self, table: &str) -> Result<BTreeSet<i32>> {
        let mut select = Statement::new(format!("SELECT id FROM {table}"));
        select.set_consistency(Consistency::One);
        select.set_is_idempotent(true);
        self.wait(async {
            let mut tries = 1;
            let answer = loop {
                match self.session.query_unpaged(select.clone(), ()).await {
                    // A node may prefer a replica that stands still, until it misses it.
                    Err(_) if tries < TRIES => tries += 1,
                    answer => break answer?,
                }
            };
            let rows = answer.into_rows_result()?;
            let mut ids = BTreeSet::new();
            for row in rows.rows::<(i32,)>()? {
                let (id,) = row?;
                ensure!(ids.insert(id), "{table} has row {id} twice");
            }
            Ok(ids)
        })
    }

    fn wait<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T>
    where
        anyhow::Error: From<E>,
    {
        let limited = async { Ok(tokio::time::timeout(DEADLINE, work).await??) };
        self.runtime.block_on(limited)
    }
}
