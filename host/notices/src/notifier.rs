//! The loop that tells one target of one cluster.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_journal::{Delivery, Journal, JournalError, Version};
use ringkeeper_seams::{Clock, Timestamp};
use tokio::sync::watch;

use crate::{Message, Notice, Notices, Post, Wanted};

/// Events read at a time.
const PAGE: usize = 1_000;

/// Somebody outside.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name in the configuration.
    pub name: String,
    /// What is told.
    pub wanted: Wanted,
    /// How.
    pub post: Arc<dyn Post>,
}

/// How fast messages follow one another.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long after the first news is waited for more, to tell them together.
    pub gather: Duration,
    /// The least time between two messages.
    pub between: Duration,
    /// How long after the first failure the message is sent again; each time twice as long.
    pub first_retry: Duration,
    /// The longest time between two tries.
    pub longest_retry: Duration,
    /// News older than this is given up, once a try failed.
    pub give_up: Duration,
}

impl Default for Pace {
    /// Gathers for 10 s, a message a minute at most, tries again after 10 s to 15 min, for three days.
    fn default() -> Self {
        Self {
            gather: Duration::from_secs(10),
            between: Duration::from_secs(60),
            first_retry: Duration::from_secs(10),
            longest_retry: Duration::from_secs(15 * 60),
            give_up: Duration::from_secs(72 * 3_600),
        }
    }
}

/// Is told of a cluster and a target what keeps messages from it; none when one arrived.
#[derive(Clone)]
pub struct Report(pub Arc<Hear>);

/// Hears the cluster, the target, and what is wrong.
type Hear = dyn Fn(&str, &str, Option<String>) + Send + Sync;

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report")
    }
}

/// Tells one target of one cluster.
#[derive(Debug)]
pub struct Notifier {
    /// The target.
    pub target: Target,
    /// The cluster, by its name in the configuration.
    pub cluster: String,
    /// Where events and the place of the target in them are.
    pub journal: Arc<dyn Journal>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Tells when the cluster's stream grew.
    pub versions: watch::Receiver<u64>,
    /// How fast.
    pub pace: Pace,
    /// Who is told of trouble.
    pub report: Report,
}

/// Where a target was told last of a cluster. One that is new is told of what comes from now on, not of
/// what was: so this is asked before anything of the cluster is looked at, or its first news would be what was.
///
/// # Errors
/// When the journal cannot be read or written.
pub async fn begin(journal: &dyn Journal, target: &str, cluster: &str) -> Result<Delivery, JournalError> {
    if let Some(known) = journal.delivery(target, cluster).await? {
        return Ok(known);
    }
    let delivery = Delivery {
        told: journal.last(cluster).await?,
        sending: None,
    };
    journal.note_delivery(target, cluster, &delivery).await?;
    Ok(delivery)
}

/// Where the reading stands.
struct Place {
    delivery: Delivery,
    /// What was told up to `delivery.told`.
    notices: Notices,
    /// Everything up to here was read, and nothing of it is to be told.
    read: Version,
}

impl Notifier {
    /// Tells until the host ends, which is when the stream's versions are told no more.
    pub async fn run(mut self) {
        let mut wait = self.pace.first_retry;
        loop {
            match self.tell_on().await {
                Ok(()) => return,
                // The journal is not there now.
                Err(error) => {
                    tracing::warn!(to = self.target.name, cluster = self.cluster, %error, "notifications wait for the journal");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(self.pace.longest_retry);
                }
            }
        }
    }

    async fn tell_on(&mut self) -> Result<(), JournalError> {
        let mut place = self.place().await?;
        loop {
            self.versions.borrow_and_update();
            if place.delivery.sending.is_none() {
                let (news, read) = self.news(&place, None).await?;
                if news.is_empty() {
                    self.read_up_to(&mut place, read).await?;
                    if self.versions.changed().await.is_err() {
                        return Ok(());
                    }
                    continue;
                }
                tokio::time::sleep(self.pace.gather).await;
                let (news, _) = self.news(&place, None).await?;
                place.delivery.sending = news.last().map(|notice| notice.event);
                self.note(&place.delivery).await?;
            }
            self.deliver(&mut place).await?;
            tokio::time::sleep(self.pace.between).await;
        }
    }

    /// Where the target was told last, and what had been told by then.
    async fn place(&self) -> Result<Place, JournalError> {
        let delivery = begin(&*self.journal, &self.target.name, &self.cluster).await?;
        let mut place = Place {
            delivery,
            notices: Notices::default(),
            read: Version(0),
        };
        self.read_up_to(&mut place, delivery.told).await?;
        Ok(place)
    }

    /// Takes over what was told up to there.
    async fn read_up_to(&self, place: &mut Place, until: Version) -> Result<(), JournalError> {
        while place.read < until {
            let page = self.journal.read(&self.cluster, place.read, PAGE).await?;
            for (version, recorded) in page.iter().filter(|(version, _)| *version <= until) {
                place.notices.note(&self.target.wanted, *version, recorded);
            }
            place.read = match page.last() {
                Some((last, _)) => (*last).min(until),
                None => until,
            };
        }
        Ok(())
    }

    /// What is to be told behind the place, up to an event where one is named, and how far that was read.
    async fn news(
        &self,
        place: &Place,
        until: Option<Version>,
    ) -> Result<(Vec<Notice>, Version), JournalError> {
        let mut notices = place.notices.clone();
        let mut read = place.read;
        let mut news = Vec::new();
        loop {
            let page = self.journal.read(&self.cluster, read, PAGE).await?;
            let Some((last, _)) = page.last() else {
                return Ok((news, read));
            };
            read = *last;
            for (version, recorded) in &page {
                if until.is_some_and(|until| *version > until) {
                    return Ok((news, *version));
                }
                news.extend(notices.note(&self.target.wanted, *version, recorded));
            }
        }
    }

    /// Sends what is noted as being sent until it is taken, or too old.
    async fn deliver(&self, place: &mut Place) -> Result<(), JournalError> {
        let Some(sending) = place.delivery.sending else {
            return Ok(());
        };
        let (news, _) = self.news(place, Some(sending)).await?;
        let newest = news.last().map(|notice| notice.at);
        let head = self.journal.audit_head().await?;
        // Where what was being sent was pruned meanwhile, there is nothing to send.
        if let (Some(message), Some(newest)) = (Message::about(&self.cluster, news, head), newest) {
            self.send(&message, newest).await;
        }
        let told = Delivery {
            told: sending,
            sending: None,
        };
        self.note(&told).await?;
        place.delivery = told;
        self.read_up_to(place, sending).await
    }

    async fn send(&self, message: &Message, newest: Timestamp) {
        let mut wait = self.pace.first_retry;
        let mut last_reason = String::new();
        let (target, cluster) = (&self.target.name, &self.cluster);
        loop {
            let now = self.clock.now();
            let Err(error) = self.target.post.post(message, now).await else {
                if !last_reason.is_empty() {
                    tracing::info!(to = target, cluster, "notifications arrive again");
                }
                (self.report.0)(cluster, target, None);
                return;
            };
            let reason = error.to_string();
            if self.clock.now().since(newest) > self.pace.give_up {
                let count = message.notices.len() + message.left_out;
                tracing::error!(to = target, cluster, reason, count, "notifications were given up");
                let given_up = format!("{count} were given up, the newest of {newest}: {reason}");
                (self.report.0)(cluster, target, Some(given_up));
                return;
            }
            // Once for each reason: a server that is down for a day is one matter.
            if reason != last_reason {
                tracing::warn!(
                    to = target,
                    cluster,
                    reason,
                    "a notification does not arrive; it is sent again"
                );
                (self.report.0)(cluster, target, Some(reason.clone()));
                last_reason = reason;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(self.pace.longest_retry);
        }
    }

    async fn note(&self, delivery: &Delivery) -> Result<(), JournalError> {
        self.journal
            .note_delivery(&self.target.name, &self.cluster, delivery)
            .await
    }
}

#[cfg(test)]
mod tests;
