//! The walk around the ring that picks replicas, by the rules of Cassandra 4.0 to 5.0.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Replicas, RingMember, Token, TokenRange};

/// The nodes that hold one range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Chosen<N> {
    pub(crate) full: Vec<N>,
    pub(crate) transient: Vec<N>,
}

/// Every token with its owner, in token order.
pub(crate) struct Circle<'m, N> {
    points: Vec<Point<N>>,
    centres: Vec<Centre<'m>>,
}

/// A token and who owns it. Data centres and racks are numbers here, because the walk compares them often.
#[derive(Clone, Copy)]
struct Point<N> {
    token: Token,
    node: N,
    centre: usize,
    rack: usize,
}

/// A data centre, as far as its nodes own tokens.
struct Centre<'m> {
    name: &'m str,
    nodes: usize,
    racks: BTreeMap<&'m str, usize>,
}

/// What one data centre still needs during one walk.
#[derive(Clone, Default)]
struct Need {
    /// Replicas still to find.
    left: usize,
    /// How many of them, the last ones, are transient.
    transient: usize,
    /// How many may still share a rack, because there are fewer racks than replicas.
    rack_repeats: usize,
    /// Racks that have one.
    racks: Vec<usize>,
}

impl<'m, N: Copy + Ord> Circle<'m, N> {
    /// The ring of all members that own tokens. A token with two owners goes to the lesser node.
    pub(crate) fn new(members: &'m BTreeMap<N, RingMember>) -> Self {
        let mut centres: Vec<Centre<'m>> = Vec::new();
        let mut numbers = BTreeMap::new();
        let mut points = BTreeMap::new();
        for (&node, member) in members.iter().filter(|(_, member)| !member.tokens.is_empty()) {
            let centre = *numbers.entry(member.data_centre.as_str()).or_insert_with(|| {
                centres.push(Centre {
                    name: &member.data_centre,
                    nodes: 0,
                    racks: BTreeMap::new(),
                });
                centres.len() - 1
            });
            let Some(home) = centres.get_mut(centre) else {
                continue;
            };
            home.nodes += 1;
            let next_rack = home.racks.len();
            let rack = *home.racks.entry(&member.rack).or_insert(next_rack);
            for &token in &member.tokens {
                points.entry(token).or_insert(Point {
                    token,
                    node,
                    centre,
                    rack,
                });
            }
        }
        Self {
            points: points.into_values().collect(),
            centres,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The ranges between neighbouring tokens, in order of their ends, each with its position.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (usize, TokenRange)> {
        let ends = self.points.iter().map(|point| point.token);
        let starts = self
            .points
            .last()
            .into_iter()
            .chain(&self.points)
            .map(|point| point.token);
        starts
            .zip(ends)
            .map(|(start, end)| TokenRange { start, end })
            .enumerate()
    }

    /// All owners in order of node.
    pub(crate) fn everyone(&self) -> Chosen<N> {
        let nodes: BTreeSet<N> = self.points.iter().map(|point| point.node).collect();
        Chosen {
            full: nodes.into_iter().collect(),
            transient: Vec::new(),
        }
    }

    /// `SimpleStrategy`: the next distinct nodes.
    pub(crate) fn next_nodes(&self, position: usize, replicas: Replicas) -> Chosen<N> {
        let full = replicas.all.saturating_sub(replicas.transient) as usize;
        let mut chosen = Chosen::nobody();
        for point in self.from(position) {
            if chosen.count() >= replicas.all as usize {
                break;
            }
            if !chosen.has(point.node) {
                let is_full = chosen.count() < full;
                chosen.push(point.node, is_full);
            }
        }
        chosen
    }

    /// `NetworkTopologyStrategy`: one walk that fills every data centre. A node in a rack that has none yet is always
    /// taken; one in a rack that has is taken only as often as there are fewer racks than replicas.
    pub(crate) fn next_nodes_over_racks(&self, position: usize, needs: &mut Needs) -> Chosen<N> {
        let mut open = needs.reset();
        let mut chosen = Chosen::nobody();
        for point in self.from(position) {
            if open == 0 {
                break;
            }
            let Some(need) = needs.now.get_mut(point.centre).filter(|need| need.left > 0) else {
                continue;
            };
            if chosen.has(point.node) {
                continue;
            }
            if need.racks.contains(&point.rack) {
                if need.rack_repeats == 0 {
                    continue;
                }
                need.rack_repeats -= 1;
            } else {
                need.racks.push(point.rack);
            }
            chosen.push(point.node, need.left > need.transient);
            need.left -= 1;
            if need.left == 0 {
                open -= 1;
            }
        }
        chosen
    }

    /// What each data centre needs for these replication options. Where it has fewer nodes than replicas, its nodes
    /// are all, and the transient ones among them are the fewer.
    pub(crate) fn needs(&self, wanted: &BTreeMap<String, Replicas>) -> Needs {
        let need = |centre: &Centre<'_>| {
            let replicas = wanted
                .get(centre.name)
                .copied()
                .unwrap_or(Replicas { all: 0, transient: 0 });
            let all = replicas.all as usize;
            let left = all.min(centre.nodes);
            Need {
                left,
                transient: (replicas.transient as usize).saturating_sub(all - left),
                rack_repeats: all.saturating_sub(centre.racks.len()),
                racks: Vec::new(),
            }
        };
        let fresh: Vec<Need> = self.centres.iter().map(need).collect();
        Needs {
            now: fresh.clone(),
            fresh,
        }
    }

    fn from(&self, position: usize) -> impl Iterator<Item = &Point<N>> {
        let (before, after) = self.points.split_at(position.min(self.points.len()));
        after.iter().chain(before)
    }
}

/// What all data centres need, by their numbers: at the start of a walk, and now.
pub(crate) struct Needs {
    fresh: Vec<Need>,
    now: Vec<Need>,
}

impl Needs {
    /// Begins a walk; answers how many data centres need replicas.
    fn reset(&mut self) -> usize {
        self.now.clone_from(&self.fresh);
        self.fresh.iter().filter(|need| need.left > 0).count()
    }
}

impl<N: Copy + Ord> Chosen<N> {
    const fn nobody() -> Self {
        Self {
            full: Vec::new(),
            transient: Vec::new(),
        }
    }

    fn count(&self) -> usize {
        self.full.len() + self.transient.len()
    }

    fn has(&self, node: N) -> bool {
        self.full.contains(&node) || self.transient.contains(&node)
    }

    fn push(&mut self, node: N, is_full: bool) {
        if is_full {
            self.full.push(node)
        } else {
            self.transient.push(node)
        }
    }
}
