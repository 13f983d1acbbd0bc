//! How many streams of events each follows at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ringkeeper_api::{Problem, ProblemCode};

use crate::problem::Failed;

/// How many there are at once.
const MOST: usize = 128;
/// How many one user or one token follows at once.
const MOST_OF_ONE: usize = 32;

/// Counts streams by who follows them. Clones are one and the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<BTreeMap<String, usize>>>);

/// One stream, until dropped.
#[derive(Debug)]
pub(crate) struct Followed {
    who: String,
    streams: Streams,
}

impl Streams {
    /// One more.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn begin(&self, who: String) -> Result<Followed, Failed> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (
            counts.values().sum::<usize>(),
            counts.get(&who).copied().unwrap_or(0),
        );
        if all >= MOST || own >= MOST_OF_ONE {
            let message =
                format!("too many streams of events are followed at once: {own} by {who}, {all} in all");
            let cure = "end one of them; one can tell of all runs of a cluster";
            return Err(Problem::new(ProblemCode::TooMany, message, cure).into());
        }
        counts.insert(who.clone(), own + 1);
        let streams = self.clone();
        Ok(Followed { who, streams })
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut counts = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leaves_room_for_another_and_all_of_them_are_bounded() {
        let streams = Streams::default();
        let begin = |who: &str| streams.begin(who.to_owned()).ok();
        let ci: Vec<_> = (0..MOST_OF_ONE).map(|_| begin("token ci").unwrap()).collect();
        assert!(begin("token ci").is_none());
        let others: Vec<_> = (MOST_OF_ONE..MOST)
            .map(|number| begin(&format!("token {number}")).unwrap())
            .collect();
        assert!(begin("token new").is_none());
        drop(ci);
        assert!(begin("token new").is_some());
        drop(others);
        assert_eq!(streams.0.lock().unwrap().len(), 0);
    }
}
