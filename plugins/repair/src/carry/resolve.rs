//! A piece of the plan, held against the cluster as it is now.

use std::collections::BTreeMap;

use ringkeeper_ring::{RangeSet, Token, TokenRange};
use ringkeeper_sdk::cluster::{Placement, Table};
use ringkeeper_sdk::prelude::*;

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

/// Reads tables and places again. Tables that were dropped are left out.
pub(crate) fn resolve(host: &impl Host, piece: &Piece, step: &Step<Body>) -> Result<Resolved, Stop> {
    let keyspace = &piece.keyspace;
    let known = match host.tables(keyspace) {
        Ok(known) => known,
        Err(Error::NotFound(_)) => return Ok(Resolved::Gone(format!("{keyspace} was dropped"))),
        Err(error) => return Err(Stop::Later(error.message().to_owned())),
    };
    let tables = tables(known, piece, &step.body)?;
    if tables.is_empty() {
        return Ok(Resolved::Gone(format!("its tables in {keyspace} were dropped")));
    }
    let placements = match host.placements(keyspace) {
        Ok(placements) => placements,
        Err(Error::NotFound(_)) => return Ok(Resolved::Gone(format!("{keyspace} was dropped"))),
        Err(Error::Unsupported(why)) => return Err(Stop::Replan(why)),
        Err(error) => return Err(Stop::Later(error.message().to_owned())),
    };
    Ok(Resolved::Tables(
        tables,
        replicas(host, &placements, piece, step)?,
    ))
}

/// The tables of a piece that there still are, views last. A table that came since is not the piece's.
fn tables(known: Vec<Table>, piece: &Piece, body: &Body) -> Result<Vec<String>, Stop> {
    let patterns = Patterns::new(&body.include, &body.exclude);
    let mut tables: Vec<Table> = known
        .into_iter()
        .filter(|table| match &piece.tables {
            Tables::Only(names) => names.contains(&table.name),
            Tables::Except(names) => {
                !names.contains(&table.name) && patterns.leave(&piece.keyspace, &table.name)
            }
        })
        .collect();
    tables.sort_by_key(|table| table.kind == "view");
    let digest = |table: &Table| of_table(&table.name, &table.id);
    let sum = tables.iter().map(digest).fold(0, u64::wrapping_add);
    let planned = piece.count as usize;
    if sum != piece.digest && tables.len() > planned {
        let newcomer = |table: &Table| sum.wrapping_sub(digest(table)) == piece.digest;
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
    Ok(tables.into_iter().map(|table| table.name).collect())
}

/// The nodes that hold each range of a piece, as far as its data centres are asked for. The plan fits no more where a
/// range lies in no single range of the keyspace, or on a node that the step does not hold.
fn replicas(
    host: &impl Host,
    placements: &[Placement],
    piece: &Piece,
    step: &Step<Body>,
) -> Result<Vec<(TokenRange, Vec<NodeId>)>, Stop> {
    let data_centres: BTreeMap<NodeId, String> = match host.members() {
        Ok(members) => members
            .into_iter()
            .map(|member| (member.id, member.data_centre))
            .collect(),
        Err(error) => return Err(Stop::Later(error.message().to_owned())),
    };
    let wanted = |node: &NodeId| {
        let asked = &step.body.data_centres;
        asked.is_empty() || data_centres.get(node).is_some_and(|name| asked.contains(name))
    };
    let moved = || Stop::Replan(format!("ranges of {} lie elsewhere now", piece.keyspace));
    let index = Index::new(placements);
    piece
        .token_ranges()
        .into_iter()
        .map(|range| {
            let placement = index.placement_of(range).ok_or_else(moved)?;
            let nodes: Vec<NodeId> = placement
                .replicas
                .iter()
                .filter(|node| wanted(node))
                .cloned()
                .collect();
            if nodes.len() < 2 || !nodes.iter().all(|node| step.nodes.contains(node)) {
                return Err(moved());
            }
            Ok((range, nodes))
        })
        .collect()
}

/// Ranges of a keyspace by their ends.
struct Index<'a>(Vec<(TokenRange, &'a Placement)>);

impl<'a> Index<'a> {
    fn new(placements: &'a [Placement]) -> Self {
        let range = |range: &ringkeeper_sdk::TokenRange| {
            TokenRange::new(Token::new(range.start), Token::new(range.end))
        };
        let ranges = placements
            .iter()
            .flat_map(|placement| placement.ranges.iter().map(move |one| (range(one), placement)));
        let mut ranges: Vec<_> = ranges.collect();
        ranges.sort_unstable_by_key(|(range, _)| range.end);
        Self(ranges)
    }

    /// The placement of which one range has all of this one.
    fn placement_of(&self, range: TokenRange) -> Option<&'a Placement> {
        // Past the last end lies the range that wraps around to the first.
        let at = self.0.partition_point(|(outer, _)| outer.end < range.end);
        let (outer, placement) = self.0.get(at).or(self.0.first())?;
        RangeSet::from_iter([*outer]).covers(range).then_some(*placement)
    }
}
