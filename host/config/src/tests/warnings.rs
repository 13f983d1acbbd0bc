//! What a person reads about what is sound and yet odd.

use insta::assert_snapshot;
use ringkeeper_seams::Timestamp;

use super::{SMALLEST, parse};

fn at(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn warned(text: &str, now: &str) -> String {
    let config = parse(&format!("{SMALLEST}\n{text}")).unwrap();
    let warnings: Vec<_> = config.warnings(at(now)).iter().map(ToString::to_string).collect();
    warnings.join("\n")
}

const WAIVER: &str = r#"
[[policy.waiver]]
keyspace = "staging"
reason = "one replica until the new racks stand"
until = "2026-05-01"
"#;

const FROZEN: &str = r#"
[[window]]
name = "night"
impacts = ["change", "disrupt"]
from = "22:00"
to = "04:00"
zone = "Europe/Berlin"

[[freeze]]
name = "move"
data_centres = ["dc2"]
impacts = ["disrupt"]
from = "2026-05-01T00:00"
to = "2026-09-01T00:00"
zone = "Europe/Berlin"
reason = "the data centre moves"
"#;

#[test]
fn a_waiver_that_is_over_is_told_from_its_end_on() {
    assert_eq!(warned(WAIVER, "2026-05-01T23:59:59.999Z"), "");
    assert_snapshot!(warned(WAIVER, "2026-05-02T00:00:00Z"));
}

#[test]
fn a_window_that_a_freeze_leaves_no_opening_is_told_until_it_ends() {
    assert_eq!(warned(FROZEN, "2026-02-01T00:00:00Z"), "");
    assert_snapshot!(warned(FROZEN, "2026-05-02T00:00:00Z"));
    assert_eq!(warned(FROZEN, "2026-08-01T00:00:00Z"), "");
}

#[test]
fn a_freeze_that_is_over_is_told() {
    assert_snapshot!(warned(FROZEN, "2026-09-01T00:00:00Z"));
}
