//! Changed components, manifests, schemas and JSON of plugins. What is loaded of them is told in `tests/sandbox/garbage.rs`.

use ringkeeper_bundled::fixtures::{GREEDY, IDLE, LIAR};
use serde_json::json;

use crate::inspection::inspect;
use crate::manifest::Manifest;
use crate::schema::Schema;

#[test]
fn components() {
    ringkeeper_fuzz::bytes("components", &[IDLE, GREEDY, LIAR], |bytes| {
        inspect(bytes).map(drop).map_err(|error| error.to_string())
    });
}

#[test]
fn manifests() {
    let sample = r#"{"name":"greedy","version":"0.1.0","summary":"s","licence":"Apache-2.0","source":"","capabilities":{"cluster":"to look"}}"#;
    ringkeeper_fuzz::text("manifests", &[sample], |text| {
        serde_json::from_str::<Manifest>(text)
            .map(drop)
            .map_err(|error| error.to_string())
    });
}

#[test]
fn schemas() {
    let samples = [
        r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"nodes":{"type":"array","items":{"$ref":"#/$defs/Node"},"uniqueItems":true},"depth":{"type":["integer","null"],"minimum":1}},"required":["nodes"],"additionalProperties":false,"$defs":{"Node":{"type":"string","pattern":"^[a-z0-9-]{1,40}$"}}}"##,
        r##"{"oneOf":[{"const":"full"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"},{"not":{"$ref":"#/$defs/b"}}]},"b":{"patternProperties":{"^x":{"format":"date-time"}}}}}"##,
    ];
    let values = [
        json!({ "nodes": ["a", "a"], "depth": 0, "x": [] }),
        json!("full"),
        json!([[[1]]]),
        json!(null),
    ];
    ringkeeper_fuzz::text("schemas", &samples, |text| {
        let (schema, _) = Schema::parse(text)?;
        for value in &values {
            let _ = schema.check(value);
        }
        Ok(())
    });
}
