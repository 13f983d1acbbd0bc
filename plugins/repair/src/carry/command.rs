//! Repair commands of a piece.

use ringkeeper_ring::TokenRange;
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::repair::Order;

use crate::body::{Body, Piece};
use crate::cut::cut;

/// One command, but for who leads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Command {
    /// The keyspace.
    pub(crate) keyspace: String,
    /// Its tables.
    pub(crate) tables: Vec<String>,
    /// The ranges.
    pub(crate) ranges: Vec<TokenRange>,
    /// Replicas of every range.
    pub(crate) replicas: Vec<NodeId>,
}

/// The commands of a piece, in order. `placed` has each of its ranges with its replicas.
pub(crate) fn commands(
    piece: &Piece,
    tables: &[String],
    placed: &[(TokenRange, Vec<NodeId>)],
) -> Vec<Command> {
    let Some((_, replicas)) = placed.first() else {
        return Vec::new();
    };
    // All ranges of a piece had the same replicas when it was planned. Where they have not any more, only nodes that
    // hold every range can lead.
    let replicas: Vec<NodeId> = replicas
        .iter()
        .filter(|node| placed.iter().all(|(_, nodes)| nodes.contains(node)))
        .cloned()
        .collect();
    let command = |ranges| Command {
        keyspace: piece.keyspace.clone(),
        tables: tables.to_vec(),
        ranges,
        replicas: replicas.clone(),
    };
    let ranges: Vec<TokenRange> = placed.iter().map(|(range, _)| *range).collect();
    cut(&ranges, piece.commands).into_iter().map(command).collect()
}

impl Command {
    /// The order of this command, led by this node.
    pub(crate) fn order(&self, coordinator: &NodeId, body: &Body) -> Order {
        Order {
            coordinator: coordinator.clone(),
            keyspace: self.keyspace.clone(),
            tables: self.tables.clone(),
            ranges: self
                .ranges
                .iter()
                .map(|range| ringkeeper_sdk::TokenRange {
                    start: range.start.value(),
                    end: range.end.value(),
                })
                .collect(),
            data_centres: body.data_centres.clone(),
            parallelism: body.parallelism.into(),
            threads: body.threads,
        }
    }

    /// Smaller commands that come to the same: each table alone, or then the ranges in two halves; none where there is
    /// nothing to halve.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        if self.tables.len() > 1 {
            let alone = |table: &String| Self {
                tables: vec![table.clone()],
                ..self.clone()
            };
            return self.tables.iter().map(alone).collect();
        }
        let halves = cut(&self.ranges, 2);
        if halves.len() < 2 {
            return Vec::new();
        }
        let half = |ranges| Self {
            ranges,
            ..self.clone()
        };
        halves.into_iter().map(half).collect()
    }

    /// `shop.orders` or `shop (40 tables)`.
    pub(crate) fn name(&self) -> String {
        match self.tables.as_slice() {
            [table] => format!("{}.{table}", self.keyspace),
            tables => format!("{} ({} tables)", self.keyspace, tables.len()),
        }
    }
}
