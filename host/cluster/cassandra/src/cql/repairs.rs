//! Reading the tables that remember repairs.

use futures::TryStreamExt as _;
use ringkeeper_cluster::RecordedRepair;
use ringkeeper_seams::Timestamp;
use scylla::client::session::Session;
use scylla::statement::{Consistency, Statement};
use scylla::value::CqlTimestamp;

use super::read_error::ReadError;
use crate::release::release_line;
use crate::repair::recorded::Record;

/// So few that a node finds the next page in good time, though most of what it looks through is older than asked.
const PAGE: i32 = 1000;
/// More rows than a cluster that is repaired in small pieces writes in the 30 days that it keeps them.
const MOST_ROWS: usize = 500_000;
/// The first release with `system_views.repairs`.
const FIRST_WITH_VIEW: (u32, u32) = (4, 1);

const RELEASE: &str = "SELECT release_version FROM system.local";

/// What the one node of this session remembers of repairs begun at `since` or later.
pub(super) async fn coordinated(
    session: &Session,
    since: Timestamp,
) -> Result<Vec<RecordedRepair>, ReadError> {
    let (version,): (String,) = session
        .query_iter(RELEASE, ())
        .await?
        .rows_stream()?
        .try_next()
        .await?
        .ok_or(ReadError::NoRelease)?;
    if release_line(&version).is_none_or(|line| line < FIRST_WITH_VIEW) {
        // A row that is missed would be taken for a repair that never began.
        return read(session, Record::Parents, Consistency::Quorum, since).await;
    }
    let mut repairs = read(session, Record::Coordinated, Consistency::One, since).await?;
    repairs.retain(|repair| repair.started_at >= since);
    Ok(repairs)
}

/// The cluster's history of repairs begun at `since` or later.
pub(super) async fn history(session: &Session, since: Timestamp) -> Result<Vec<RecordedRepair>, ReadError> {
    // Nodes write it to whom they can. Where a quorum is down, less is better than nothing.
    match read(session, Record::Parents, Consistency::Quorum, since).await {
        Err(ReadError::Query(error)) => {
            tracing::debug!(%error, "the repair history cannot be read from a quorum");
            read(session, Record::Parents, Consistency::One, since).await
        }
        read => read,
    }
}

async fn read(
    session: &Session,
    record: Record,
    consistency: Consistency,
    since: Timestamp,
) -> Result<Vec<RecordedRepair>, ReadError> {
    let mut statement = Statement::new(record.query()).with_page_size(PAGE);
    statement.set_consistency(consistency);
    let rows = match record {
        Record::Coordinated => session.query_iter(statement, ()).await?,
        Record::Parents => {
            let since = CqlTimestamp(since.as_millis());
            session.query_iter(statement, (since,)).await?
        }
    };
    let mut rows = rows.rows_stream::<(String,)>()?;
    let mut repairs = Vec::new();
    while let Some((row,)) = rows.try_next().await? {
        if repairs.len() == MOST_ROWS {
            return Err(ReadError::TooMany(MOST_ROWS));
        }
        repairs.extend(record.read(&row)?);
    }
    repairs.sort_by_key(|repair| (repair.started_at, repair.id));
    Ok(repairs)
}
