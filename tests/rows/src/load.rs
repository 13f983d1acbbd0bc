//! A client that keeps reading and writing while something happens to the cluster.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use anyhow::Result;
use futures::future::join_all;
use scylla::statement::{Consistency, unprepared::Statement};

use crate::Client;

/// Requests under way at once.
const AT_ONCE: usize = 8;
/// Between two requests of one of them: an application leaves a cluster room for its own work.
const PAUSE: Duration = Duration::from_millis(10);
/// Rows written again and again.
const ROWS: i32 = 1_000;
/// Failures whose words are kept.
const MOST_WORDS: usize = 10;

/// What became of the requests of a load.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Reads and writes that were served.
    pub served: u64,
    /// Those that the driver reported as failed, after its own retries.
    pub failed: u64,
    /// The words of the first failures.
    pub failures: Vec<String>,
}

impl Client {
    /// Writes and reads rows of `keyspace.table` at LOCAL_QUORUM, as an application would, until told to stop.
    ///
    /// # Errors
    /// When the statements cannot be prepared.
    pub fn load(&self, table: &str, stop: &AtomicBool) -> Result<Load> {
        // As long as its caller wants, so without a deadline of its own.
        self.runtime.block_on(async {
            let mut prepared = Vec::new();
            for text in [
                format!("INSERT INTO {table} (id, text) VALUES (?, 'a row of an application')"),
                format!("SELECT text FROM {table} WHERE id = ?"),
            ] {
                let mut statement = Statement::new(text);
                statement.set_consistency(Consistency::LocalQuorum);
                // So that the driver may ask another node when one goes away.
                statement.set_is_idempotent(true);
                prepared.push(self.session.prepare(statement).await?);
            }
            let next = AtomicI32::new(0);
            let worker = || async {
                let mut load = Load::default();
                while !stop.load(Ordering::Relaxed) {
                    let id = next.fetch_add(1, Ordering::Relaxed).rem_euclid(ROWS);
                    for statement in &prepared {
                        match self.session.execute_unpaged(statement, (id,)).await {
                            Ok(_) => load.served += 1,
                            Err(error) => {
                                load.failed += 1;
                                load.failures.push(error.to_string());
                            }
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                load
            };
            let loads = join_all((0..AT_ONCE).map(|_| worker())).await;
            let mut all = Load::default();
            for load in loads {
                all.served += load.served;
                all.failed += load.failed;
                all.failures.extend(load.failures);
            }
            all.failures.truncate(MOST_WORDS);
            Ok(all)
        })
    }
}
