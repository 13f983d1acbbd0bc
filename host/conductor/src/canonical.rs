//! One text for one meaning, so that a hash of it names a plan.

use ringkeeper_journal::Basis;
use ringkeeper_plan::{Plan, Request};
use serde_json::{Value, json};

/// BLAKE3 of what a plan would do, and of the world it would do it to: operation, parameters, settings, the component's
/// digest, the capabilities granted, the steps without titles and estimates, the goals, and the basis. Findings and times
/// are left out: they may differ while the plan is the same.
pub(crate) fn plan_hash(
    request: &Request,
    digest: &str,
    grants: &[String],
    plan: &Plan,
    basis: &Basis,
    cluster: &str,
) -> String {
    let steps: Vec<Value> = plan
        .steps
        .iter()
        .map(|step| {
            json!({
                "id": step.id, "nodes": step.nodes, "impact": step.impact,
                "after": step.after, "functions": step.functions, "body": step.body,
            })
        })
        .collect();
    let content = json!({
        "form": 3, "cluster": cluster, "operation": request.operation, "parameters": request.parameters,
        "settings": request.settings, "digest": digest, "grants": grants, "steps": steps, "goals": plan.goals,
        "basis": basis,
    });
    canonical_hash(&content)
}

/// BLAKE3 of a value in canonical form.
pub(crate) fn canonical_hash(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Writes JSON without spaces and with keys in byte order.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (position, (name, field)) in fields.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let mut first = String::new();
        let mut second = String::new();
        write(
            &serde_json::from_str(r#"{"b":[1,{"d":null,"c":"x"}],"a":true}"#).unwrap(),
            &mut first,
        );
        write(
            &serde_json::from_str(r#"{"a":true, "b":[1,{"c":"x","d":null}]}"#).unwrap(),
            &mut second,
        );
        assert_eq!(first, r#"{"a":true,"b":[1,{"c":"x","d":null}]}"#);
        assert_eq!(first, second);
    }

    #[test]
    fn fuzz_canonical_form() {
        let samples = [
            r#"{"b":[1,{"d":null,"c":"x"}],"a":true,"é":1.5e300,"n":-0.0}"#,
            r#"[18446744073709551615,"\u0000\ud83d\ude00",{}]"#,
        ];
        ringkeeper_fuzz::text("canonical JSON", &samples, |text| {
            let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let mut form = String::new();
            write(&value, &mut form);
            let again: Value = serde_json::from_str(&form).unwrap();
            let mut twice = String::new();
            write(&again, &mut twice);
            assert_eq!(form, twice, "one meaning, two texts");
            Ok(())
        });
    }
}
