use ringkeeper_sdk::cluster::Node;
use ringkeeper_sdk::naming;

use super::*;

const ID: &str = "6f1c2a3e-0000-0000-0000-000000000001";

fn world() -> Vec<Node> {
    [
        (ID, "10.0.0.1:7000"),
        ("6f1c2a3e-0000-0000-0000-000000000002", "10.0.0.2:7000"),
    ]
    .map(|(id, address)| Node {
        id: id.to_owned(),
        address: address.to_owned(),
        data_centre: "dc1".to_owned(),
        rack: "r1".to_owned(),
        release_version: Some("5.0.5".to_owned()),
        token_count: 16,
    })
    .to_vec()
}

fn asked(tool: &str, dry_run: bool, really: bool) -> Parameters {
    Parameters {
        tool: tool.to_owned(),
        node: "10.0.0.1".to_owned(),
        arguments: [(
            "keyspace".to_owned(),
            crate::parameters::Given::Text("shop".to_owned()),
        )]
        .into(),
        dry_run,
        really,
    }
}

fn checked(impact: Impact, is_for_real_only: bool, has_dry_run: bool, needs_stopped_node: bool) -> Checked {
    Checked {
        words: Vec::new(),
        impact,
        needs_stopped_node,
        is_for_real_only,
        has_dry_run,
        risks: match impact {
            Impact::Observe => Vec::new(),
            _ => vec!["Rows are gone.".to_owned()],
        },
        look_first: vec!["tablestats".to_owned()],
    }
}

fn planned(parameters: &Parameters, checked: &Checked) -> Result<Plan<Body>, Refusal> {
    let nodes = world();
    plan(
        naming::node(&nodes, &parameters.node)?,
        parameters,
        parameters.arguments(),
        checked,
        &[],
    )
}

#[test]
fn what_only_looks_is_one_step_that_only_looks() {
    let plan = planned(
        &asked("tablestats", false, false),
        &checked(Impact::Observe, false, false, false),
    )
    .unwrap();
    assert_eq!(plan.title, "tablestats keyspace=shop on 10.0.0.1:7000");
    let [step] = plan.steps.as_slice() else {
        panic!("{plan:?}")
    };
    assert_eq!(
        (step.impact, step.functions.as_slice()),
        (Impact::Observe, &["tools.run".to_owned()][..])
    );
    assert_eq!(step.nodes, [ID]);
    assert_eq!(step.reason, "it is asked for, and breaks nothing");
    assert!(plan.findings.is_empty());
}

#[test]
fn what_can_destroy_is_a_dry_run_unless_it_is_meant() {
    let scrub = checked(Impact::Change, true, true, true);
    let careful = planned(&asked("sstablescrub", false, false), &scrub).unwrap();
    assert_eq!(
        careful.title,
        "dry run of sstablescrub keyspace=shop on 10.0.0.1:7000"
    );
    assert_eq!(careful.steps[0].impact, Impact::Observe);
    assert_eq!(
        careful.steps[0].reason,
        "it can break something, so it says first what it would do"
    );
    assert_eq!(careful.steps[0].body.meant, Meant::DryRun);
    assert!(
        careful.findings[0]
            .suggestion
            .as_deref()
            .unwrap()
            .contains("--really")
    );
    let real = planned(&asked("sstablescrub", false, true), &scrub).unwrap();
    assert_eq!(
        real.title,
        "sstablescrub keyspace=shop on 10.0.0.1:7000, stopped for it"
    );
    assert_eq!(
        real.steps[0].reason,
        "it can break something, and `really` says that this is meant; it needs the node stopped"
    );
    assert_eq!(
        real.steps[0].functions,
        ["lifecycle.stop", "tools.run", "lifecycle.start"]
    );
    assert_eq!(
        (real.steps[0].impact, real.steps[0].body.meant),
        (Impact::Disrupt, Meant::ForReal)
    );
    assert_eq!(real.findings[0].title, "Rows are gone.");
}

#[test]
fn what_can_destroy_and_cannot_say_what_it_would_do_is_refused_with_the_word() {
    let cleanup = checked(Impact::Change, true, false, false);
    let refusal = planned(&asked("cleanup", false, false), &cleanup).unwrap_err();
    assert!(
        refusal.message.contains("`--really`") && refusal.message.contains("tablestats"),
        "{refusal:?}"
    );
    assert_eq!(refusal.evidence[0].value, "Rows are gone.");
    let real = planned(&asked("cleanup", false, true), &cleanup).unwrap();
    assert_eq!(
        (real.steps[0].impact, real.steps[0].body.stops),
        (Impact::Change, false)
    );
    assert!(planned(&asked("cleanup", true, true), &cleanup).is_err());
}

#[test]
fn what_changes_and_destroys_nothing_needs_no_word() {
    let plan = planned(
        &asked("flush", false, false),
        &checked(Impact::Change, false, false, false),
    )
    .unwrap();
    assert_eq!(
        (plan.steps[0].impact, plan.steps[0].body.meant),
        (Impact::Change, Meant::Harmless)
    );
}

#[test]
fn a_node_is_named_by_address_or_the_beginning_of_its_host_id() {
    let nodes = world();
    for name in [
        "10.0.0.1",
        "10.0.0.1:7000",
        "6f1c2a3e-0000-0000-0000-000000000001",
    ] {
        assert_eq!(naming::node(&nodes, name).unwrap().id, ID, "{name}");
    }
    for name in ["6f1c", "10.0.0.3", ""] {
        assert!(naming::node(&nodes, name).is_err(), "{name}");
    }
}

#[test]
fn a_plan_made_anew_does_nothing_twice() {
    let nodes = world();
    let (parameters, checked) = (
        asked("flush", false, false),
        checked(Impact::Change, false, false, false),
    );
    let done = planned(&parameters, &checked).unwrap().steps[0].id.clone();
    let again = plan(&nodes[0], &parameters, parameters.arguments(), &checked, &[done]).unwrap();
    assert!(again.steps.is_empty());
}
