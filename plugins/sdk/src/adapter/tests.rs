use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wit::{Cause, Guest, Request as WitRequest};
use super::*;
use crate::{About, Diagnosis, Finding, Impact, Operation, Plan, Request, Severity, Step};

struct Greeter;

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    /// How loud.
    loudness: u8,
}

#[derive(Deserialize, JsonSchema)]
struct Whom {
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Wave {
    times: u32,
}

impl Plugin for Greeter {
    const ABOUT: About = About::new("greeter", "1.2.3", "Greets.");
    type Settings = Settings;

    fn operations() -> Vec<Operation<Settings>> {
        vec![
            Operation::observing("greeter.look", "Looks.", look).scheduled("*/5 * * * *"),
            Operation::working("greeter.wave", "Waves.", Impact::Change, plan_wave, wave),
        ]
    }
}

fn look(request: Request<Whom, Settings>) -> Result<Diagnosis, Refusal> {
    let title = format!("{} at {}", request.parameters.name, request.settings.loudness);
    Ok(Diagnosis {
        title,
        findings: vec![Finding::new(Severity::Info, "seen", "Seen.")],
    })
}

fn plan_wave(request: Request<Whom, Settings>) -> Result<Plan<Wave>, Refusal> {
    let step = Step::new(
        "wave/1",
        request.parameters.name,
        "somebody came",
        Wave { times: 3 },
    )
    .calling("hand.wave", Impact::Change);
    Ok(Plan {
        title: "wave".into(),
        findings: Vec::new(),
        steps: vec![step],
        goals: Vec::new(),
    })
}

fn wave(step: Step<Wave>, attempt: Attempt) -> Result<Outcome, Failure> {
    Ok(Outcome::Done(format!(
        "{} times, attempt {}",
        step.body.times, attempt.number
    )))
}

fn request(operation: &str, parameters: &str, settings: &str) -> WitRequest {
    WitRequest {
        operation: operation.into(),
        parameters: parameters.into(),
        settings: settings.into(),
        cause: Cause::Person,
        already_done: Vec::new(),
    }
}

#[test]
fn describes_the_plugin_with_schemas() {
    let descriptor = Adapter::<Greeter>::describe();
    assert_eq!(
        (descriptor.name.as_str(), descriptor.version.as_str()),
        ("greeter", "1.2.3")
    );
    let settings: Value = serde_json::from_str(&descriptor.settings_schema).unwrap();
    assert_eq!(settings["properties"]["loudness"]["description"], "How loud.");
    assert_eq!(settings["properties"]["loudness"]["default"], 0);
    let parameters: Value = serde_json::from_str(&descriptor.operations[0].parameters_schema).unwrap();
    assert_eq!(parameters["required"], serde_json::json!(["name"]));
    assert_eq!(
        descriptor.operations[0].default_schedule.as_deref(),
        Some("*/5 * * * *")
    );
    assert_eq!(descriptor.operations[1].impact, Impact::Change);
}

#[test]
fn hands_parameters_and_settings_to_the_operation() {
    let plan =
        Adapter::<Greeter>::plan(request("greeter.look", r#"{"name":"Ada"}"#, r#"{"loudness":7}"#)).unwrap();
    assert_eq!(plan.title, "Ada at 7");
    assert_eq!(plan.findings.len(), 1);
    assert!(plan.steps.is_empty());
}

#[test]
fn refuses_what_does_not_fit_and_says_what() {
    let refusal = |request| Adapter::<Greeter>::plan(request).unwrap_err();
    let unknown = refusal(request("greeter.sing", "{}", "{}"));
    assert_eq!(
        (unknown.kind, unknown.message.contains("greeter.sing")),
        (Fault::InvalidParameters, true)
    );
    let parameters = refusal(request("greeter.look", "{}", "{}"));
    assert!(
        parameters
            .message
            .starts_with("The parameters do not fit: missing field `name`"),
        "{parameters:?}"
    );
    let settings = refusal(request("greeter.look", r#"{"name":"Ada"}"#, r#"{"pitch":1}"#));
    assert!(
        settings
            .message
            .starts_with("The settings do not fit: unknown field `pitch`"),
        "{settings:?}"
    );
}

#[test]
fn gives_a_planned_step_back_to_the_operation_that_planned_it() {
    let mut plan = Adapter::<Greeter>::plan(request("greeter.wave", r#"{"name":"Ada"}"#, "{}")).unwrap();
    let step = plan.steps.remove(0);
    assert_eq!(
        (step.impact, step.functions.as_slice()),
        (Impact::Change, ["hand.wave".to_owned()].as_slice())
    );
    let attempt = Attempt {
        number: 2,
        first_started_at: 0,
    };
    let Ok(Outcome::Done(summary)) = Adapter::<Greeter>::execute(step, attempt) else {
        panic!("not done")
    };
    assert_eq!(summary, "3 times, attempt 2");
}

#[test]
fn fails_a_step_that_no_operation_planned() {
    let mut plan = Adapter::<Greeter>::plan(request("greeter.wave", r#"{"name":"Ada"}"#, "{}")).unwrap();
    let mut step = plan.steps.remove(0);
    step.body = r#"{"operation":"greeter.sing","body":null}"#.into();
    let failure = Adapter::<Greeter>::execute(
        step,
        Attempt {
            number: 1,
            first_started_at: 0,
        },
    )
    .unwrap_err();
    assert_eq!(failure.kind, Fault::Internal);
}
