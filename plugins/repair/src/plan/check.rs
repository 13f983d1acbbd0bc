//! The sum: what a plan repairs is what there is to repair.

use ringkeeper_sdk::prelude::*;

use crate::cut::width;
use crate::plan::draft::{Batch, Draft};
use crate::plan::group::Grouped;
use crate::world::World;

/// Counts, for every table, the tokens of all pieces against those of its replicated ranges. A plan that would leave
/// some out or repair some twice is a defect, and no plan.
pub(crate) fn every_range_of_every_table(
    world: &World,
    maps: &[Grouped],
    drafts: &[Draft],
) -> Result<(), Refusal> {
    let mut counted: Vec<Vec<u128>> = world
        .chosen
        .iter()
        .map(|chosen| vec![0; chosen.tables.len()])
        .collect();
    for piece in drafts.iter().flat_map(|draft| &draft.pieces) {
        let Some(tables) = counted.get_mut(piece.chosen) else {
            continue;
        };
        let tokens = width(&piece.ranges);
        match &piece.batch {
            Batch::Only(table) => tables
                .iter_mut()
                .skip(*table)
                .take(1)
                .for_each(|sum| *sum += tokens),
            Batch::Except(except) => {
                let rest = tables.iter_mut().enumerate();
                rest.filter(|(table, _)| except.binary_search(table).is_err())
                    .for_each(|(_, sum)| *sum += tokens);
            }
        }
    }
    for (chosen, sums) in world.chosen.iter().zip(counted) {
        let groups = maps.get(chosen.map).map_or(&[][..], |map| &map.groups);
        let wanted: u128 = groups.iter().map(|group| width(&group.ranges)).sum();
        for (table, sum) in chosen.tables.iter().zip(sums) {
            if sum != wanted {
                let message = format!(
                    "The plan would repair {sum} tokens of {}.{}, and it has {wanted}: a defect of this plugin.",
                    chosen.keyspace, table.name
                );
                return Err(Refusal::new(Fault::Internal, message));
            }
        }
    }
    Ok(())
}
