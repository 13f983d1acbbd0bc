//! How far targets were told, in a table.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, params};

use super::SqliteJournal;
use crate::{Delivery, JournalError, Outbox, Version};

#[async_trait]
impl Outbox for SqliteJournal {
    async fn delivery(&self, target: &str, cluster: &str) -> Result<Option<Delivery>, JournalError> {
        let (target, cluster) = (target.to_owned(), cluster.to_owned());
        self.run(move |transaction| {
            let found = transaction
                .prepare_cached("SELECT told, sending FROM delivery WHERE target = ?1 AND cluster = ?2")?
                .query_row(params![target, cluster], |row| {
                    let sending: Option<u64> = row.get(1)?;
                    Ok(Delivery {
                        told: Version(row.get(0)?),
                        sending: sending.map(Version),
                    })
                })
                .optional()?;
            Ok(found)
        })
        .await
    }

    async fn note_delivery(
        &self,
        target: &str,
        cluster: &str,
        delivery: &Delivery,
    ) -> Result<(), JournalError> {
        let (target, cluster, delivery) = (target.to_owned(), cluster.to_owned(), *delivery);
        self.run(move |transaction| {
            let sending = delivery.sending.map(|version| version.0);
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO delivery (target, cluster, told, sending) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![target, cluster, delivery.told.0, sending])?;
            Ok(())
        })
        .await
    }
}
