//! Counting the replicas that would be left, over a whole map at once.

use ringkeeper_cluster::NodeId;
use ringkeeper_ring::PlacementMap;

use super::need::{Centres, Scope, needed, wanted_in, wanted_in_all};
use super::question::Question;
use super::seats::Seats;

/// Too few replicas for one question, among all or in one data centre.
pub(super) struct Shortage<'q, 's> {
    pub(super) question: &'q Question<'s>,
    /// None where all replicas count together.
    pub(super) centre: Option<&'s str>,
    pub(super) ranges: usize,
    /// Replicas left and needed where it is worst.
    pub(super) left: usize,
    pub(super) needed: usize,
    /// Numbers of the placements concerned.
    pub(super) placements: Vec<usize>,
}

/// Replicas of one placement by data centre, the last one standing for nodes that nobody knows.
#[derive(Clone, Copy, Default)]
struct Tally {
    placed: usize,
    left: usize,
    loses: bool,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.placed += other.placed;
        self.left += other.left;
        self.loses |= other.loses;
    }
}

/// Asks every question about these placements of one map.
pub(super) fn count<'q, 's>(
    seats: &Seats<'s>,
    map: &PlacementMap<NodeId>,
    placements: &[usize],
    questions: &[&'q Question<'s>],
) -> Vec<Shortage<'q, 's>> {
    let table = seats.of_map(map);
    let seat = |number: &u32| table.get(*number as usize);
    let mut counters: Vec<_> = questions
        .iter()
        .map(|question| Counter::new(question, seats.centres()))
        .collect();
    let mut tallies = vec![Tally::default(); seats.centres().len() + 1];
    for &number in placements {
        let replicas = map.numbered_replicas(number);
        if !replicas.iter().filter_map(seat).any(|seat| seat.is_removed) {
            continue;
        }
        tallies.fill(Tally::default());
        for seat in replicas.iter().filter_map(seat) {
            if let Some(tally) = tallies.get_mut(seat.centre) {
                tally.add(Tally {
                    placed: 1,
                    left: usize::from(seat.is_left),
                    loses: seat.is_removed,
                });
            }
        }
        let ranges = || {
            map.placements()
                .get(number)
                .map_or(0, |placement| placement.ranges.len())
        };
        let mut all = Tally::default();
        for tally in &tallies {
            all.add(*tally);
        }
        for counter in &mut counters {
            counter.count(number, all, &tallies, ranges);
        }
    }
    counters.into_iter().flat_map(Counter::shortages).collect()
}

/// What is found for one question.
struct Counter<'q, 's> {
    question: &'q Question<'s>,
    scope: Scope,
    wanted_in_all: usize,
    /// By data centre: its name and the replicas the options want there.
    centres: Vec<(&'s str, usize)>,
    short_of_all: Option<Shortage<'q, 's>>,
    short_in: Vec<Option<Shortage<'q, 's>>>,
}

impl<'q, 's> Counter<'q, 's> {
    fn new(question: &'q Question<'s>, centres: &[&'s str]) -> Self {
        let replication = &question.keyspace.keyspace.replication;
        Self {
            question,
            scope: Scope::of(question.level, replication),
            wanted_in_all: wanted_in_all(replication),
            centres: centres
                .iter()
                .map(|centre| (*centre, wanted_in(replication, centre)))
                .collect(),
            short_of_all: None,
            short_in: centres.iter().map(|_| None).collect(),
        }
    }

    fn count(&mut self, placement: usize, all: Tally, tallies: &[Tally], ranges: impl Fn() -> usize) {
        let (question, level) = (self.question, self.question.level);
        let needed_of_all = needed(level, all.placed.max(self.wanted_in_all));
        if self.scope.whole && all.left < needed_of_all {
            let numbers = (all.left, needed_of_all);
            add(
                &mut self.short_of_all,
                question,
                None,
                placement,
                ranges(),
                numbers,
            );
        }
        for (((centre, wanted), short), tally) in self.centres.iter().zip(&mut self.short_in).zip(tallies) {
            let needed_here = needed(level, tally.placed.max(*wanted));
            let (is_concerned, needed) = match self.scope.centres {
                Centres::None => break,
                Centres::Losing => (tally.loses, needed_here),
                Centres::LosingMajority => {
                    // Where the majority is elsewhere, nobody could ever use the level.
                    let could = tally.placed >= needed_of_all || tally.placed == all.placed;
                    (tally.loses && could, needed_of_all)
                }
                Centres::All => (tally.loses || tally.placed > 0, needed_here),
            };
            if is_concerned && tally.left < needed {
                let numbers = (tally.left, needed);
                add(short, question, Some(centre), placement, ranges(), numbers);
            }
        }
    }

    fn shortages(self) -> impl Iterator<Item = Shortage<'q, 's>> {
        self.short_of_all
            .into_iter()
            .chain(self.short_in.into_iter().flatten())
    }
}

fn add<'q, 's>(
    short: &mut Option<Shortage<'q, 's>>,
    question: &'q Question<'s>,
    centre: Option<&'s str>,
    placement: usize,
    ranges: usize,
    (left, needed): (usize, usize),
) {
    let short = short.get_or_insert_with(|| Shortage {
        question,
        centre,
        ranges: 0,
        left,
        needed,
        placements: Vec::new(),
    });
    short.ranges += ranges;
    short.placements.push(placement);
    if (left, std::cmp::Reverse(needed)) < (short.left, std::cmp::Reverse(short.needed)) {
        (short.left, short.needed) = (left, needed);
    }
}
