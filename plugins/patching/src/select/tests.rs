use super::*;
use crate::testing::{NOW, id, world};

fn ring() -> World {
    world(&[("dc1", "r1", 2), ("dc1", "r2", 1), ("dc2", "r1", 1)])
}

/// Places of the chosen nodes.
fn chosen(world: &World, parameters: &str) -> Result<Vec<usize>, String> {
    let parameters: Parameters = serde_json::from_str(parameters).unwrap();
    let chosen = select(world, &parameters).map_err(|refusal| {
        assert_eq!(refusal.kind, Fault::InvalidParameters);
        refusal.message
    })?;
    let place = |node: &&Node| world.nodes.iter().position(|one| one.id == node.id).unwrap();
    Ok(chosen.iter().map(place).collect())
}

#[test]
fn each_parameter_leaves_what_it_names() {
    let world = ring();
    for (parameters, places) in [
        ("{}", vec![0, 1, 2, 3]),
        (r#"{"data_centres": ["dc1"]}"#, vec![0, 1, 2]),
        (r#"{"racks": ["r1"]}"#, vec![0, 1, 3]),
        (r#"{"racks": ["dc1/r1"]}"#, vec![0, 1]),
        (r#"{"racks": ["r1"], "data_centres": ["dc2"]}"#, vec![3]),
        (r#"{"nodes": ["10.0.0.3:7000", "10.0.0.1"]}"#, vec![0, 2]),
        (r#"{"nodes": ["00000003-"]}"#, vec![3]),
    ] {
        assert_eq!(chosen(&world, parameters), Ok(places), "{parameters}");
    }
}

#[test]
fn an_address_in_brackets_needs_no_port() {
    let mut world = ring();
    world.nodes[1].address = "[fd00::2]:7000".to_owned();
    assert_eq!(chosen(&world, r#"{"nodes": ["fd00::2"]}"#), Ok(vec![1]));
}

#[test]
fn what_does_not_exist_is_refused_with_what_does() {
    let refusal = |parameters| chosen(&ring(), parameters).unwrap_err();
    assert_eq!(
        refusal(r#"{"data_centres": ["dc"]}"#),
        "There is no data centre `dc`. There are: dc1 and dc2."
    );
    assert_eq!(
        refusal(r#"{"racks": ["dc1/r3"]}"#),
        "There is no rack `dc1/r3`. Did you mean `dc1/r2`? There are: dc1/r1, dc1/r2 and dc2/r1."
    );
    let node = refusal(r#"{"nodes": ["10.0.0.9:7000"]}"#);
    assert!(
        node.starts_with("There is no node `10.0.0.9:7000`. Did you mean `10.0.0."),
        "{node}"
    );
    let short = refusal(r#"{"nodes": ["000"]}"#);
    assert!(short.starts_with("There is no node `000`."), "{short}");
}

#[test]
fn where_no_node_is_known_nothing_is_refused_by_name() {
    let refusal = select(&World::default(), &Parameters::default()).unwrap_err();
    assert_eq!(refusal.kind, Fault::Precondition);
}

#[test]
fn known_names_are_bounded() {
    let refusal = chosen(&world(&[("dc1", "r1", 300)]), r#"{"nodes": ["nobody"]}"#).unwrap_err();
    assert!(refusal.ends_with("and 281 more."), "{refusal}");
}

#[test]
fn a_beginning_that_fits_several_is_refused() {
    let refusal = chosen(&ring(), r#"{"nodes": ["0000"]}"#).unwrap_err();
    let start = format!("`0000` is 4 nodes: 10.0.0.1:7000 ({})", id(0));
    assert!(refusal.starts_with(&start), "{refusal}");
}

#[test]
fn names_that_leave_nothing_together_are_refused() {
    let refusal = chosen(&ring(), r#"{"nodes": ["10.0.0.1"], "data_centres": ["dc2"]}"#).unwrap_err();
    assert!(refusal.starts_with("No node is left"), "{refusal}");
}

#[test]
fn who_started_later_is_left_out_and_who_may_not_have_is_not() {
    let mut world = ring();
    world.nodes[0].seen.process = Some(NOW - 1_000);
    // Down: it is to be started, whenever it last was.
    world.nodes[1].seen.process = Some(NOW - 1_000);
    world.nodes[1].seen.presence = Presence::Down(NOW - 500);
    world.nodes[2].seen.process = None;
    let moment = (NOW - 60_000) / 1_000;
    assert_eq!(
        chosen(&world, &format!(r#"{{"if_started_before": {moment}}}"#)),
        Ok(vec![1, 2, 3])
    );
}
