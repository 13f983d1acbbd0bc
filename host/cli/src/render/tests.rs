//! What people see.

use insta::assert_snapshot;

use super::findings::Addresses;
use super::plan::Asked;
use super::samples::{
    NOW, checks, detail, dry_run, dry_run_with_steps, effective, findings, healthy, joining_node, node,
    plugins, screen, silent_node, troubled,
};
use crate::screen::Screen;

fn addresses() -> Addresses {
    let nodes = [node(1, "dc1", "r1"), node(2, "dc1", "r2"), silent_node()];
    nodes
        .into_iter()
        .map(|node| (node.host_id, node.address))
        .collect()
}

#[test]
fn a_healthy_cluster_fits_80_columns() {
    assert_snapshot!(super::status::status(&healthy(), &screen(80)));
}

#[test]
fn a_troubled_cluster_says_what_is_wrong_in_120_columns() {
    assert_snapshot!(super::status::status(&troubled(), &screen(120)));
}

#[test]
fn a_troubled_cluster_says_what_is_wrong_in_80_columns() {
    assert_snapshot!(super::status::status(&troubled(), &screen(80)));
}

#[test]
fn no_line_of_a_status_is_wider_than_the_terminal() {
    for width in 60..140 {
        let text = super::status::status(&troubled(), &screen(width));
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} > {width}\n{text}");
    }
}

#[test]
fn a_pipe_gets_every_column_and_no_colour() {
    let text = super::status::status(
        &troubled(),
        &Screen {
            width: None,
            colour: false,
            now: NOW,
        },
    );
    assert!(text.contains("Host ID") && text.contains("Heap"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn colour_changes_no_word() {
    let coloured = super::status::status(
        &troubled(),
        &Screen {
            colour: true,
            ..screen(120)
        },
    );
    assert!(coloured.contains('\u{1b}'));
    let plain = super::status::status(&troubled(), &screen(120));
    assert_eq!(without_colour(&coloured), plain);
}

fn without_colour(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    let plain = pieces.fold(first, |text, piece| {
        text + piece.split_once('m').map_or(piece, |(_, rest)| rest)
    });
    plain
        .lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn a_cluster_without_nodes_is_shown() {
    let status = ringkeeper_api::ClusterStatus {
        data_centers: Vec::new(),
        checks: Vec::new(),
        ..troubled()
    };
    assert_snapshot!(super::status::status(&status, &screen(80)));
}

#[test]
fn nodes_are_listed() {
    let nodes = [node(1, "dc1", "r1"), silent_node(), joining_node()];
    assert_snapshot!(super::nodes::list(&nodes, &screen(120)));
}

#[test]
fn a_node_is_shown_in_full() {
    assert_snapshot!(super::node::node(&detail(), &screen(80)));
}

#[test]
fn findings_read_like_a_note() {
    assert_snapshot!(super::findings::findings(&findings(), &addresses(), &screen(80)));
}

#[test]
fn no_findings_is_said() {
    assert_snapshot!(super::findings::findings(&[], &addresses(), &screen(80)), @"No findings.");
}

#[test]
fn a_dry_run_without_steps() {
    assert_snapshot!(super::plan::plan(
        &dry_run(),
        Asked::default(),
        &addresses(),
        &screen(100)
    ));
}

#[test]
fn a_dry_run_with_steps() {
    assert_snapshot!(super::plan::plan(
        &dry_run_with_steps(),
        Asked::default(),
        &addresses(),
        &screen(100)
    ));
}

#[test]
fn plugins_are_listed() {
    assert_snapshot!(super::plugins::plugins(&plugins(), &screen(100)));
}

#[test]
fn the_doctor_says_how_to_fix_what_is_wrong() {
    assert_snapshot!(super::doctor::checks(&checks(), &screen(80)));
}

#[test]
fn the_configuration_in_force_leaves_out_what_is_not_set() {
    assert_snapshot!(super::effective::effective(&effective(), &screen(80)));
}
