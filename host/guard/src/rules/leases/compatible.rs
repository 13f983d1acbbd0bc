//! Which kinds of work can share a node: the one table.

use crate::WorkKind;

/// Whether both can be under way on one node. The order does not matter.
///
/// | | observe | snapshot | upload | repair | tables | other | restore | disrupt, bring back |
/// |---|---|---|---|---|---|---|---|---|
/// | snapshot | yes | yes | yes | yes | yes | yes | no | no |
/// | upload | yes | yes | yes | yes | yes | yes | no | no |
/// | repair, tables, other | yes | yes | yes | no | no | no | no | no |
/// | restore, disrupt, bring back | yes | no | no | no | no | no | no | no |
#[must_use]
pub fn compatible(one: WorkKind, other: WorkKind) -> bool {
    use WorkKind::{BringBack, Disrupt, Observe, Restore, Snapshot, Upload};
    let reads_only = |kind| matches!(kind, Snapshot | Upload);
    let bears_no_reader = |kind| matches!(kind, Restore | Disrupt | BringBack);
    match (one, other) {
        (Observe, _) | (_, Observe) => true,
        (a, b) if reads_only(a) => !bears_no_reader(b),
        (a, b) if reads_only(b) => !bears_no_reader(a),
        _ => false,
    }
}
