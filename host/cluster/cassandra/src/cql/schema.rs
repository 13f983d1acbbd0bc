//! Reading `system_schema`, and who may log in.

mod authenticator;

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use ringkeeper_cluster::{Keyspace, Schema, Table};
use scylla::client::session::Session;
use scylla::deserialize::row::DeserializeRow;
use uuid::Uuid;

use super::read_error::ReadError;
use super::replication;
use crate::release::without_package;

const KEYSPACES: &str = "SELECT keyspace_name, durable_writes, replication FROM system_schema.keyspaces";
const TABLES: &str =
    "SELECT keyspace_name, table_name, id, compaction, gc_grace_seconds FROM system_schema.tables";
const VIEWS: &str =
    "SELECT keyspace_name, view_name, id, compaction, gc_grace_seconds FROM system_schema.views";

/// Cassandra's default, for a table that says nothing.
const DEFAULT_GC_GRACE_SECONDS: u64 = 864_000;

type KeyspaceRow = (String, bool, BTreeMap<String, String>);
type TableRow = (
    String,
    String,
    Uuid,
    Option<BTreeMap<String, String>>,
    Option<i32>,
);

/// Reads keyspaces, tables and views. Virtual keyspaces are not in these tables.
pub(super) async fn read(session: &Session) -> Result<Schema, ReadError> {
    let keyspaces: Vec<KeyspaceRow> = rows(session, KEYSPACES).await?;
    let mut schema = Schema {
        keyspaces: keyspaces
            .into_iter()
            .map(|(name, durable_writes, options)| {
                let replication = replication::parse(options);
                (
                    name.clone(),
                    Keyspace {
                        name,
                        replication,
                        durable_writes,
                        tables: BTreeMap::new(),
                    },
                )
            })
            .collect(),
        authenticator: authenticator::read(session).await?,
    };
    for (query, is_view) in [(TABLES, false), (VIEWS, true)] {
        let tables: Vec<TableRow> = rows(session, query).await?;
        for (keyspace, name, id, compaction, gc_grace_seconds) in tables {
            // A keyspace made between the queries is seen whole next time.
            let Some(keyspace) = schema.keyspaces.get_mut(&keyspace) else {
                continue;
            };
            let class = compaction
                .and_then(|mut options| options.remove("class"))
                .unwrap_or_default();
            let table = Table {
                id,
                name: name.clone(),
                is_view,
                compaction_strategy: without_package(&class).to_owned(),
                gc_grace_seconds: gc_grace_seconds
                    .and_then(|seconds| u64::try_from(seconds).ok())
                    .unwrap_or(DEFAULT_GC_GRACE_SECONDS),
            };
            keyspace.tables.insert(name, table);
        }
    }
    Ok(schema)
}

async fn rows<R>(session: &Session, query: &str) -> Result<Vec<R>, ReadError>
where
    R: for<'frame, 'metadata> DeserializeRow<'frame, 'metadata> + 'static,
{
    let rows = session.query_iter(query, ()).await?.rows_stream::<R>()?;
    Ok(rows.try_collect().await?)
}
