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
    // Most pieces are of all tables, so it is counted once what all have, and apart where one has more or less.
    let none = |tables: usize| (0_i128, vec![0_i128; tables]);
    let mut counted: Vec<_> = world
        .chosen
        .iter()
        .map(|chosen| none(chosen.tables.len()))
        .collect();
    for piece in drafts.iter().flat_map(|draft| &draft.pieces) {
        let Some((all, apart)) = counted.get_mut(piece.chosen) else {
            continue;
        };
        let tokens = width(&piece.ranges).cast_signed();
        match &piece.batch {
            Batch::Only(table) => apart
                .iter_mut()
                .skip(*table)
                .take(1)
                .for_each(|sum| *sum += tokens),
            Batch::Except(except) => {
                *all += tokens;
                for table in except {
                    apart
                        .iter_mut()
                        .skip(*table)
                        .take(1)
                        .for_each(|sum| *sum -= tokens);
                }
            }
        }
    }
    for (chosen, (all, apart)) in world.chosen.iter().zip(counted) {
        let groups = maps.get(chosen.map).map_or(&[][..], |map| &map.groups);
        let wanted: u128 = groups.iter().map(|group| width(&group.ranges)).sum();
        for (table, more) in chosen.tables.iter().zip(apart) {
            let sum = all + more;
            if sum != wanted.cast_signed() {
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
