//! Names that no cluster has.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::{SMALLEST, parse};
use crate::{KnownNames, unknown_names};

const TWO_CLUSTERS: &str = r#"
[[cluster]]
name = "orders"
contact_points = ["10.1.0.1"]

[policy.keyspaces]
shop = "QUORUM"
shpo = "QUORUM"

[[policy.waiver]]
keyspace = "Staging"
reason = "one replica until the new racks stand"
until = "2027-05-01"

[[window]]
name = "night"
data_centres = ["dc1", "dc_2", "berlin"]
impacts = ["disrupt"]
from = "22:00"
to = "04:00"

[[freeze]]
name = "move"
cluster = "analytics"
data_centres = ["dc1", "berlin"]
from = "2026-05-01T00:00"
to = "2026-09-01T00:00"
reason = "the data centre moves"
"#;

fn names(keyspaces: &[&str], data_centres: &[&str]) -> KnownNames {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    KnownNames {
        keyspaces: set(keyspaces),
        data_centres: set(data_centres),
    }
}

fn said(known: &[(&str, KnownNames)]) -> String {
    let config = parse(&format!("{SMALLEST}{TWO_CLUSTERS}")).unwrap();
    let known: BTreeMap<_, _> = known
        .iter()
        .map(|(cluster, names)| ((*cluster).to_owned(), names.clone()))
        .collect();
    let lines = unknown_names(&config, &known);
    let lines: Vec<_> = lines
        .iter()
        .map(|unknown| format!("{unknown}\n  fix: {}", unknown.remedy()))
        .collect();
    lines.join("\n")
}

#[test]
fn a_name_is_unknown_where_no_cluster_has_it_that_it_is_about() {
    assert_snapshot!(said(&[
        ("analytics", names(&["shop", "staging"], &["dc1", "dc2"])),
        ("orders", names(&["orders"], &["berlin"])),
    ]));
}

#[test]
fn nothing_is_said_of_what_a_cluster_may_have_that_was_not_asked() {
    let asked = ("analytics", names(&["shop"], &["dc1", "dc2"]));
    assert_eq!(
        said(&[asked]),
        "freeze.move.data_centres: cluster analytics has no data centre `berlin`\n  \
         fix: correct the name, or remove it"
    );
    assert_eq!(said(&[]), "");
}
