//! Machines that swap.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::{bytes, duration};
use crate::world::World;

const MIB: f64 = 1_048_576.0;

/// Judged by what is read back: what lies in swap space and nobody wants does no harm, and is evidence at most.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let limit = f64::from(settings.swapped_in_mib.max(1)) * MIB;
    let found = world.places().filter_map(|(place, member)| {
        let numbers = &world.numbers;
        let read = numbers.increase("machine.memory.swapped_in_bytes", place)?;
        if read.by < limit {
            return None;
        }
        let title = format!(
            "{} swaps: {} were read back in {}.",
            member.name,
            bytes(read.by),
            duration(read.within)
        );
        let mut finding = about_node(Severity::Warning, "swap", member, Owner::Platform, title).beyond(
            format!("read back from swap space in {}", duration(read.within)),
            bytes(read.by),
            format!("below {}", bytes(limit)),
        );
        let now = |metric| numbers.latest(metric, place);
        if let (Some(used), Some(total)) = (
            now("machine.memory.swap_used_bytes"),
            now("machine.memory.swap_total_bytes"),
        ) {
            finding = finding.seen(
                "swap space in use",
                format!("{} of {}", bytes(used), bytes(total)),
            );
        }
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "swap",
        what: "Machines swap",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "A collection that meets a page of the Java heap on disk stands still, and the node with it. Switch swap off on \
    machines of Cassandra (swapoff, /etc/fstab), and see that the heap and all that is beside it fit into the memory.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    /// What was read back so far, in MiB, a point a minute; three quarters of the swap space are in use.
    fn found(read: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let read: Vec<f64> = read.iter().map(|read| read * MIB).collect();
        ring.metric("machine.memory.swapped_in_bytes", 0, &read)
            .metric("machine.memory.swap_used_bytes", 0, &[768.0 * MIB])
            .metric("machine.memory.swap_total_bytes", 0, &[1_024.0 * MIB]);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn what_lies_in_swap_space_and_nobody_wants_is_no_matter() {
        assert_eq!(found(&[900.0; 16]), []);
        assert_eq!(found(&[900.0]), []);
        assert_eq!(found(&[900.0, 910.0, 920.0, 963.0]), [], "a little of it");
    }

    #[test]
    fn a_machine_that_reads_it_back_is_told() {
        let told = found(&[900.0, 920.0, 940.0, 996.0]);
        assert_eq!(told[0].title, "10.0.1.1 swaps: 96.0 MiB were read back in 3 min.");
        assert_eq!(told[0].evidence[0].limit.as_deref(), Some("below 64.0 MiB"));
        assert_eq!(told[0].evidence[1].value, "768.0 MiB of 1.0 GiB");
    }
}
