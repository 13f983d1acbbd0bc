//! What is in force, and where it comes from.

use insta::assert_snapshot;

use super::documents::FULL;
use super::{SMALLEST, folder, parse, parse_in};
use crate::Config;

fn listing(config: &Config) -> String {
    let lines: Vec<_> = config
        .effective()
        .iter()
        .map(|value| format!("{} = {}  # {}", value.key, value.value, value.origin))
        .collect();
    lines.join("\n")
}

#[test]
fn the_smallest_file_is_all_defaults() {
    assert_snapshot!(listing(&parse(SMALLEST).unwrap()));
}

#[test]
fn every_value_of_a_file_has_its_line() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    assert_snapshot!(listing(&config).replace(&format!("{}/", folder.path().display()), ""));
}

#[test]
fn no_secret_is_in_force_or_in_debug_output() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    assert!(!format!("{config:?}").contains("s3cret"));
    assert!(!listing(&config).contains(&std::env::var("PATH").unwrap()));
}
