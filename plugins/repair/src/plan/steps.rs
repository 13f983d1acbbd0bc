//! Steps from drafts: names, ids and bodies.

use ringkeeper_sdk::prelude::*;

use crate::body::{Body, Piece as BodyPiece, Tables};
use crate::digest::Digest;
use crate::parameters::Parameters;
use crate::plan::draft::{Batch, Draft, Piece};
use crate::words::count;
use crate::world::{Chosen, World};

/// The steps of these drafts, in their order.
pub(crate) fn steps(
    world: &World,
    drafts: &[Draft],
    parameters: &Parameters,
    data_centres: &[String],
) -> Vec<Step<Body>> {
    let sums: Vec<u64> = world.chosen.iter().map(sum).collect();
    let step = |draft: &Draft| {
        let pieces = draft.pieces.iter();
        let body = Body {
            pieces: pieces
                .filter_map(|piece| body_piece(world, &sums, piece))
                .collect(),
            data_centres: data_centres.to_vec(),
            include: parameters.include.clone(),
            exclude: parameters.exclude.clone(),
            parallelism: parameters.parallelism,
            threads: parameters.threads,
        };
        let nodes = draft.nodes.iter().filter_map(|place| world.nodes.get(*place));
        let nodes: Vec<NodeId> = nodes.map(|node| node.id.clone()).collect();
        let mut step = Step::new(id(&body, &nodes), title(&body), reason(&body, draft), body)
            .touching(nodes)
            .calling("repair.start", Impact::Change);
        step.estimate_seconds = Some(draft.seconds.ceil().max(1.0) as u64);
        step.estimate_bytes = Some(draft.bytes.ceil().max(0.0) as u64);
        step
    };
    drafts.iter().map(step).collect()
}

/// The sum of the hashes of a keyspace's tables.
fn sum(chosen: &Chosen) -> u64 {
    let digests = chosen.tables.iter().map(|table| table.digest);
    digests.fold(0, u64::wrapping_add)
}

fn body_piece(world: &World, sums: &[u64], piece: &Piece) -> Option<BodyPiece> {
    let chosen = world.chosen.get(piece.chosen)?;
    let all = *sums.get(piece.chosen)?;
    let (tables, tables_of_it, digest) = match &piece.batch {
        Batch::Only(table) => {
            let table = chosen.tables.get(*table)?;
            (Tables::Only(vec![table.name.clone()]), 1, table.digest)
        }
        Batch::Except(except) => {
            let left_out: Vec<_> = except
                .iter()
                .filter_map(|table| chosen.tables.get(*table))
                .collect();
            let digest = left_out
                .iter()
                .fold(all, |sum, table| sum.wrapping_sub(table.digest));
            let number = chosen.tables.len() - left_out.len();
            let names: Vec<String> = left_out.iter().map(|table| table.name.clone()).collect();
            let tables = if chosen.by_name {
                let every = chosen.tables.iter().map(|table| table.name.clone());
                Tables::Only(every.filter(|name| !names.contains(name)).collect())
            } else {
                Tables::Except(names)
            };
            (tables, number, digest)
        }
    };
    Some(BodyPiece {
        keyspace: chosen.keyspace.clone(),
        tables,
        count: u32::try_from(tables_of_it).unwrap_or(u32::MAX),
        digest,
        ranges: piece
            .ranges
            .iter()
            .map(|range| [range.start.value(), range.end.value()])
            .collect(),
        commands: piece.commands,
    })
}

/// The step's id: its keyspace for a person, and a hash of all that it repairs and with whom. The same content has the
/// same id in every plan.
fn id(body: &Body, nodes: &[NodeId]) -> String {
    let mut digest = Digest::new();
    for text in body.data_centres.iter().chain(nodes) {
        digest = digest.text(text);
    }
    for piece in &body.pieces {
        digest = digest.text(&piece.keyspace).number(piece.digest);
        for [start, end] in &piece.ranges {
            digest = digest.number(start.cast_unsigned()).number(end.cast_unsigned());
        }
    }
    let keyspace = body.pieces.first().map_or("", |piece| &piece.keyspace);
    format!("{keyspace}-{:016x}", digest.value())
}

/// `shop.orders on 3 ranges`, `40 tables of shop on 48 ranges`, `12 pieces of shop and others`.
fn title(body: &Body) -> String {
    match body.pieces.as_slice() {
        [piece] => {
            let ranges = count(piece.ranges.len(), "range");
            match &piece.tables {
                Tables::Only(names) if names.len() == 1 => {
                    format!("{}.{} on {ranges}", piece.keyspace, names.concat())
                }
                _ => format!(
                    "{} of {} on {ranges}",
                    count(piece.count as usize, "table"),
                    piece.keyspace
                ),
            }
        }
        pieces => {
            let first = pieces.first().map_or("", |piece| &piece.keyspace);
            let others = pieces.iter().any(|piece| piece.keyspace != first);
            let others = if others { " and others" } else { "" };
            format!("{} pieces of {first}{others}", pieces.len())
        }
    }
}

/// `3 nodes hold these ranges and can differ; too large there to go with other tables; one of 4 parts, …`.
fn reason(body: &Body, draft: &Draft) -> String {
    let hold = format!(
        "{} hold these ranges and can differ",
        count(draft.nodes.len(), "node")
    );
    let why = match (draft.pieces.as_slice(), body.pieces.as_slice()) {
        ([piece], [its]) => match piece.batch {
            Batch::Only(_) => "too large there to go with other tables".to_owned(),
            Batch::Except(_) if its.count > 1 => "small enough there to go together".to_owned(),
            Batch::Except(_) => return with_parts(hold, draft),
        },
        (pieces, _) => format!(
            "{} go together, else the plan would be too long",
            count(pieces.len(), "piece")
        ),
    };
    with_parts(format!("{hold}; {why}"), draft)
}

/// Says where a batch was cut.
fn with_parts(reason: String, draft: &Draft) -> String {
    match draft.parts {
        0 | 1 => reason,
        parts => format!("{reason}; one of {parts} parts, so that none takes too long"),
    }
}
