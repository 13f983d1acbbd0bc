//! Which nodes hold which ranges.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher as _};

use thiserror::Error;

use crate::circle::{Chosen, Circle};
use crate::digest::Fnv;
use crate::numbered::Numbered;
use crate::{Replication, StrategyError, Token, TokenRange, covers_whole_ring};

/// A node as placement sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingMember {
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
    /// Its tokens, in any order. A node without any, such as one that joins, holds nothing.
    pub tokens: Vec<Token>,
}

/// Ranges that the same nodes hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement<N> {
    /// Full replicas, in replica order: the owner of the range's end first, the others as the ring brings them.
    /// Replicas on every node stand in order of node.
    pub replicas: Vec<N>,
    /// Transient replicas, in replica order.
    pub transient: Vec<N>,
    /// The ranges, in token order: by their ends.
    pub ranges: Vec<TokenRange>,
}

/// Where every range of a keyspace is; the ranges make the whole ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementMap<N> {
    placements: Vec<Placement<N>>,
    /// Every range with the number of its placement, by the range's end.
    index: Vec<(TokenRange, usize)>,
    numbered: Numbered<N>,
}

impl<N: Copy + Ord> PlacementMap<N> {
    /// Places every range of the ring that `members` make, by the rules of the strategy in Cassandra 4.0 to 5.0.
    ///
    /// # Errors
    /// When the strategy cannot be computed here, or nobody owns a token.
    pub fn compute(
        members: &BTreeMap<N, RingMember>,
        replication: &Replication,
    ) -> Result<Self, StrategyError> {
        let circle = Circle::new(members);
        if circle.is_empty() {
            return Err(StrategyError::EmptyRing);
        }
        match replication {
            Replication::Simple(replicas) => Ok(Self::group(
                circle
                    .ranges()
                    .map(|(at, range)| (range, circle.next_nodes(at, *replicas))),
            )),
            Replication::NetworkTopology(wanted) => {
                let mut needs = circle.needs(wanted);
                let place = |(at, range)| (range, circle.next_nodes_over_racks(at, &mut needs));
                Ok(Self::group(circle.ranges().map(place)))
            }
            // Cassandra begins each list at the range's owner. One list for all ranges says the same of who holds
            // what, and is not a list of all nodes for every token.
            Replication::Everywhere => {
                let everyone = circle.everyone();
                let ranges = circle.ranges().map(|(_, range)| range).collect();
                Ok(Self::new(vec![Placement {
                    replicas: everyone.full,
                    transient: everyone.transient,
                    ranges,
                }]))
            }
            Replication::Local => Err(StrategyError::Local),
            Replication::Unknown { class } => Err(StrategyError::Unknown(class.clone())),
        }
    }

    /// Takes placements as somebody else computed them, all replicas being full ones.
    ///
    /// # Errors
    /// When the ranges do not cover every token exactly once.
    pub fn from_ranges(
        ranges: impl IntoIterator<Item = (TokenRange, Vec<N>)>,
    ) -> Result<Self, NotTheWholeRing> {
        let mut ranges: Vec<_> = ranges.into_iter().collect();
        ranges.sort_unstable_by_key(|(range, _)| range.end);
        if !covers_whole_ring(&ranges.iter().map(|(range, _)| *range).collect::<Vec<_>>()) {
            return Err(NotTheWholeRing);
        }
        let chosen = |replicas| Chosen {
            full: replicas,
            transient: Vec::new(),
        };
        Ok(Self::group(
            ranges
                .into_iter()
                .map(|(range, replicas)| (range, chosen(replicas))),
        ))
    }

    /// Ranges grouped by the nodes that hold them, in order of these nodes.
    #[must_use]
    pub fn placements(&self) -> &[Placement<N>] {
        &self.placements
    }

    /// Every range with its placement, in token order: by the ranges' ends.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (TokenRange, &Placement<N>)> {
        self.index
            .iter()
            .filter_map(|(range, number)| Some((*range, self.placements.get(*number)?)))
    }

    /// Full replicas of the token, in replica order; none where the keyspace is on no node of this ring.
    #[must_use]
    pub fn replicas_of(&self, token: Token) -> &[N] {
        self.placement_of(token)
            .map_or(&[], |placement| &placement.replicas)
    }

    /// The placement of the range that has this token. Every token has one.
    #[must_use]
    pub fn placement_of(&self, token: Token) -> Option<&Placement<N>> {
        // Past the last end lies the range that wraps around to the first.
        let at = self.index.partition_point(|(range, _)| range.end < token);
        let (_, number) = self.index.get(at).or(self.index.first())?;
        self.placements.get(*number)
    }

    /// Every node that holds a full replica of something, ascending.
    #[must_use]
    pub fn nodes(&self) -> &[N] {
        self.numbered.nodes()
    }

    /// The positions in [`PlacementMap::placements`] of those with a full replica on one of these nodes, ascending: without
    /// a look-up by name for every replica of the ring.
    #[must_use]
    pub fn placements_on(&self, nodes: impl IntoIterator<Item = N>) -> Vec<usize> {
        self.numbered.placements_on(nodes)
    }

    /// The full replicas of the placement at this position, as positions in [`PlacementMap::nodes`].
    #[must_use]
    pub fn numbered_replicas(&self, placement: usize) -> &[u32] {
        self.numbered.replicas_of(placement)
    }

    fn group(chosen: impl Iterator<Item = (TokenRange, Chosen<N>)>) -> Self {
        let mut groups: BTreeMap<Chosen<N>, Vec<TokenRange>> = BTreeMap::new();
        for (range, nodes) in chosen {
            groups.entry(nodes).or_default().push(range);
        }
        let placement = |(nodes, ranges): (Chosen<N>, _)| Placement {
            replicas: nodes.full,
            transient: nodes.transient,
            ranges,
        };
        Self::new(groups.into_iter().map(placement).collect())
    }

    fn new(placements: Vec<Placement<N>>) -> Self {
        let numbered = placements.iter().enumerate();
        let mut index: Vec<_> = numbered
            .flat_map(|(number, placement)| placement.ranges.iter().map(move |range| (*range, number)))
            .collect();
        index.sort_unstable_by_key(|(range, _)| range.end);
        let numbered = Numbered::new(placements.iter().map(|placement| placement.replicas.as_slice()));
        Self {
            placements,
            index,
            numbered,
        }
    }
}

impl<N: Hash> PlacementMap<N> {
    /// A number that equal maps share and different maps, in all likelihood, do not. It depends on the map alone, not
    /// on the machine or the run.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv::default();
        for placement in &self.placements {
            placement.replicas.hash(&mut digest);
            placement.transient.hash(&mut digest);
            placement.ranges.hash(&mut digest);
        }
        digest.finish()
    }
}

/// Ranges that leave a gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the ranges do not cover every token exactly once")]
pub struct NotTheWholeRing;

#[cfg(test)]
mod by_cassandra;
#[cfg(test)]
mod tests;
