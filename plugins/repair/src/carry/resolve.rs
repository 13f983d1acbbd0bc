//! A piece of the plan, held against the cluster as it is now.

use std::collections::BTreeMap;

use ringkeeper_ring::{RangeSet, Token, TokenRange};
use ringkeeper_sdk::cluster::{Placement, Table};
use ringkeeper_sdk::prelude::*;

use super::host::Member;
use super::{Host, Stop};
use crate::body::{Body, Piece, Tables};
use crate::digest::of_table;
use crate::select::Patterns;

/// What a piece comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Resolved {
    /// These tables, and the replicas of each of its ranges.
    Tables(Vec<String>, Vec<(TokenRange, Vec<NodeId>)>),
    /// Nothing, as what it names was dropped; which is said here.
    Gone(String),
}

/// A look at the schema and at places, each keyspace once: a step may have hundreds of pieces.
pub(crate) struct Look<'a, H> {
    host: &'a H,
    members: &'a [Member],
    step: &'a Step<Body>,
    patterns: Patterns,
    known: BTreeMap<&'a str, Known>,
}

/// A keyspace as it is now; none where it was dropped.
type Known = Option<(Vec<Table>, Index)>;

impl<'a, H: Host> Look<'a, H> {
    pub(crate) fn new(host: &'a H, members: &'a [Member], step: &'a Step<Body>) -> Self {
        Self {
            host,
            members,
            step,
            patterns: Patterns::new(&step.body.include, &step.body.exclude),
            known: BTreeMap::new(),
        }
    }

    /// Holds a piece against what is there now. Tables that were dropped are left out.
    pub(crate) fn resolve(&mut self, piece: &'a Piece) -> Result<Resolved, Stop> {
        let keyspace = piece.keyspace.as_str();
        if !self.known.contains_key(keyspace) {
            let known = look(self.host, keyspace)?;
            self.known.insert(keyspace, known);
        }
        let Some(Some((tables, index))) = self.known.get(keyspace) else {
            return Ok(Resolved::Gone(format!("{keyspace} was dropped")));
        };
        let tables = still_there(tables, piece, &self.patterns)?;
        if tables.is_empty() {
            return Ok(Resolved::Gone(format!("its tables in {keyspace} were dropped")));
        }
        Ok(Resolved::Tables(tables, self.replicas(index, piece)?))
    }

    /// The nodes that hold each range of a piece, as far as its data centres are asked for. The plan fits no more where
    /// a range lies in no single range of the keyspace, or on a node that the step does not hold.
    fn replicas(&self, index: &Index, piece: &Piece) -> Result<Vec<(TokenRange, Vec<NodeId>)>, Stop> {
        let asked = &self.step.body.data_centres;
        let wanted = |node: &NodeId| {
            let mut members = self.members.iter();
            asked.is_empty()
                || members.any(|member| member.id == *node && asked.contains(&member.data_centre))
        };
        let moved = || Stop::Replan(format!("ranges of {} lie elsewhere now", piece.keyspace));
        let place = |range: TokenRange| {
            let replicas = index.replicas_of(range).ok_or_else(moved)?;
            let nodes: Vec<NodeId> = replicas.iter().filter(|node| wanted(node)).cloned().collect();
            if nodes.len() < 2 || !nodes.iter().all(|node| self.step.nodes.contains(node)) {
                return Err(moved());
            }
            Ok((range, nodes))
        };
        piece.token_ranges().into_iter().map(place).collect()
    }
}

/// A keyspace as it is now.
fn look(host: &impl Host, keyspace: &str) -> Result<Known, Stop> {
    let tables = match host.tables(keyspace) {
        Ok(tables) => tables,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(Stop::Later(error.message().to_owned())),
    };
    match host.placements(keyspace) {
        Ok(placements) => Ok(Some((tables, Index::new(placements)))),
        Err(Error::NotFound(_)) => Ok(None),
        Err(Error::Unsupported(why)) => Err(Stop::Replan(why)),
        Err(error) => Err(Stop::Later(error.message().to_owned())),
    }
}

/// The tables of a piece that there still are, views last. A table that came since is not the piece's.
fn still_there(known: &[Table], piece: &Piece, patterns: &Patterns) -> Result<Vec<String>, Stop> {
    let mut tables: Vec<&Table> = known
        .iter()
        .filter(|table| match &piece.tables {
            Tables::Only(names) => names.contains(&table.name),
            Tables::Except(names) => {
                !names.contains(&table.name) && patterns.leave(&piece.keyspace, &table.name)
            }
        })
        .collect();
    tables.sort_by_key(|table| table.kind == "view");
    let digest = |table: &&Table| of_table(&table.name, &table.id);
    let sum = tables.iter().map(digest).fold(0, u64::wrapping_add);
    let planned = piece.count as usize;
    if sum != piece.digest && tables.len() > planned {
        let newcomer = |table: &&Table| sum.wrapping_sub(digest(table)) == piece.digest;
        let before = tables.len();
        tables.retain(|table| !newcomer(table));
        if before - tables.len() != 1 {
            return Err(Stop::Replan(format!(
                "the tables of {} are others now",
                piece.keyspace
            )));
        }
    } else if sum != piece.digest && tables.len() == planned {
        return Err(Stop::Replan(format!(
            "the tables of {} are others now",
            piece.keyspace
        )));
    }
    Ok(tables.into_iter().map(|table| table.name.clone()).collect())
}

/// Ranges of a keyspace by their ends, with the place of their replicas.
struct Index {
    ranges: Vec<(TokenRange, usize)>,
    replicas: Vec<Vec<NodeId>>,
}

impl Index {
    fn new(placements: Vec<Placement>) -> Self {
        let mut ranges = Vec::new();
        let mut replicas = Vec::with_capacity(placements.len());
        for placement in placements {
            let token_range = |range: &ringkeeper_sdk::TokenRange| {
                TokenRange::new(Token::new(range.start), Token::new(range.end))
            };
            ranges.extend(
                placement
                    .ranges
                    .iter()
                    .map(|range| (token_range(range), replicas.len())),
            );
            replicas.push(placement.replicas);
        }
        ranges.sort_unstable_by_key(|(range, _)| range.end);
        Self { ranges, replicas }
    }

    /// The replicas of the range that has all of this one, if one has.
    fn replicas_of(&self, range: TokenRange) -> Option<&[NodeId]> {
        // Past the last end lies the range that wraps around to the first.
        let at = self.ranges.partition_point(|(outer, _)| outer.end < range.end);
        let (outer, place) = self.ranges.get(at).or(self.ranges.first())?;
        let covered = RangeSet::from_iter([*outer]).covers(range);
        self.replicas.get(*place).filter(|_| covered).map(Vec::as_slice)
    }
}
