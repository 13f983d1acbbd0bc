//! From host ids to places, tens of thousands of times in a large cluster.

use super::Place;

/// Nodes by host id.
pub(super) struct Places {
    /// In order of tail and id.
    known: Vec<(u64, String, Place)>,
}

impl Places {
    /// Nodes in the order of their places.
    pub(super) fn of<'i>(ids: impl Iterator<Item = &'i str>) -> Self {
        let mut known: Vec<_> = ids
            .enumerate()
            .map(|(place, id)| (tail(id), id.to_owned(), place))
            .collect();
        known.sort_unstable();
        Self { known }
    }

    /// Where the node with this host id stands; none for one that is no member.
    pub(super) fn get(&self, id: &str) -> Option<Place> {
        let sought = (tail(id), id);
        let at = self
            .known
            .binary_search_by(|(tail, known, _)| (*tail, known.as_str()).cmp(&sought))
            .ok()?;
        self.known.get(at).map(|(_, _, place)| *place)
    }
}

/// The last eight bytes as a number, which tells most ids apart in one comparison.
fn tail(id: &str) -> u64 {
    id.as_bytes()
        .last_chunk()
        .map_or(0, |tail| u64::from_be_bytes(*tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_its_place() {
        let ids = ["b-000000001", "a-000000001", "b-000000002", "short", ""];
        let places = Places::of(ids.into_iter());
        for (place, id) in ids.into_iter().enumerate() {
            assert_eq!(places.get(id), Some(place), "{id}");
        }
        assert_eq!(places.get("c-000000001"), None);
    }
}
