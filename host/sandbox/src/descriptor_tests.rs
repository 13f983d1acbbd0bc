use super::*;
use crate::bindings::ringkeeper::maintenance::types::Impact;

fn operation(name: &str) -> wit::Operation {
    wit::Operation {
        name: name.to_owned(),
        summary: "Counts nodes.".to_owned(),
        parameters_schema: "{}".to_owned(),
        impact: Impact::Observe,
        default_schedule: None,
    }
}

fn good() -> wit::Descriptor {
    wit::Descriptor {
        name: "census".to_owned(),
        version: "1.2.3".to_owned(),
        summary: "Counts nodes.".to_owned(),
        host_versions: ">=0.1, <0.3".to_owned(),
        cassandra_versions: ">=4.0, <6".to_owned(),
        operations: vec![operation("census.count")],
        settings_schema: "{}".to_owned(),
    }
}

fn field_of_error(change: impl FnOnce(&mut wit::Descriptor)) -> String {
    let mut said = good();
    change(&mut said);
    match check(said, None) {
        Err(LoadError::Descriptor { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_descriptor_is_taken_as_it_is() {
    let described = check(good(), None).unwrap();
    assert_eq!(described.descriptor.operations[0].name, "census.count");
    assert!(described.parameters.contains_key("census.count"));
}

#[test]
fn every_rule_names_the_field_that_breaks_it() {
    assert_eq!(field_of_error(|it| it.name = "Census".into()), "name");
    assert_eq!(field_of_error(|it| it.name = String::new()), "name");
    assert_eq!(field_of_error(|it| it.version = "1.2".into()), "version");
    assert_eq!(field_of_error(|it| it.summary = "two\nlines".into()), "summary");
    assert_eq!(
        field_of_error(|it| it.host_versions = "newest".into()),
        "host-versions"
    );
    assert_eq!(
        field_of_error(|it| it.host_versions = ">=7".into()),
        "host-versions"
    );
    assert_eq!(
        field_of_error(|it| it.cassandra_versions = "four".into()),
        "cassandra-versions"
    );
    assert_eq!(
        field_of_error(|it| it.settings_schema = "{".into()),
        "settings-schema"
    );
    assert_eq!(field_of_error(|it| it.operations.clear()), "operations");
    assert_eq!(
        field_of_error(|it| it.operations.push(operation("repair.full"))),
        "operations[1].name"
    );
    assert_eq!(
        field_of_error(|it| it.operations.push(operation("census.count"))),
        "operations[1].name"
    );
    assert_eq!(
        field_of_error(|it| it.operations.push(operation("census."))),
        "operations[1].name"
    );
}

#[test]
fn the_manifest_must_say_the_same() {
    let manifest = |name: &str, version: &str| Manifest {
        name: name.to_owned(),
        version: version.to_owned(),
        summary: String::new(),
        licence: None,
        source: None,
        capabilities: BTreeMap::new(),
    };
    assert!(check(good(), Some(&manifest("census", "1.2.3"))).is_ok());
    let error = check(good(), Some(&manifest("census", "1.2.4"))).unwrap_err();
    insta::assert_snapshot!(error, @"its descriptor is not valid: `version` is `1.2.3`, and the manifest says `1.2.4`");
}
