//! Answers, held to the document in which the API describes itself.

use std::sync::LazyLock;

use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(ringkeeper_server::describe_api);

/// A method of a path, as the document has it.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) said: &'static Value,
}

/// Every method of every path.
pub(crate) fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &'static Value)| {
        let path = path.clone();
        let methods = methods.as_object().unwrap().iter();
        let operation = move |(method, said): (&String, &'static Value)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            said,
        };
        methods.map(operation).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// What an answer has against the document; nothing where it is as the document says.
pub(crate) fn complaints(method: &str, path: &str, status: u16, body: &str) -> Vec<String> {
    let path = path.split('?').next().unwrap();
    let known = operations();
    let named = known.iter().filter(|operation| fits(&operation.path, path));
    // A path that is named by its words goes before one with a place for anything.
    let known = named
        .filter(|operation| operation.method == method)
        .min_by_key(|operation| operation.path.matches('{').count());
    let problem = || json!({ "$ref": "#/components/schemas/Problem" });
    let schema = match known.map(|operation| &operation.said["responses"][status.to_string()]) {
        Some(Value::Null) if status < 400 => {
            return vec![format!("{method} {path}: {status} is not described")];
        }
        Some(Value::Null) | None => problem(),
        Some(answer) => match &answer["content"]["application/json"]["schema"] {
            Value::Null => return Vec::new(),
            schema => schema.clone(),
        },
    };
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        // Not ready is said in words.
        return match path {
            "/readyz" => Vec::new(),
            _ => vec![format!("{method} {path}: {body:?} is no JSON")],
        };
    };
    let mut schema = match schema {
        Value::Bool(all) => json!({ "allOf": [all] }),
        schema => schema,
    };
    schema["components"] = DOCUMENT["components"].clone();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let complaints = validator.iter_errors(&body);
    complaints
        .map(|error| format!("{method} {path}: {error} at {}", error.instance_path()))
        .collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let mut pairs = template.iter().zip(&path);
    template.len() == path.len() && pairs.all(|(part, word)| part.starts_with('{') || part == word)
}

#[test]
fn the_document_is_one_of_openapi_with_every_reference_in_place() {
    let text = DOCUMENT.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(DOCUMENT.pointer(reference).is_some(), "{reference}");
    }
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    assert!(operations().len() >= 36, "{}", operations().len());
    for Operation { method, path, said } in operations() {
        let in_path = path.matches('{').count();
        let parameters = said["parameters"].as_array().unwrap();
        let named = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .count();
        assert_eq!(in_path, named, "{method} {path}");
        let takes_a_key = parameters
            .iter()
            .any(|parameter| parameter["name"] == "idempotency-key" && parameter["in"] == "header");
        assert_eq!(takes_a_key, method != "GET", "{method} {path}");
    }
}

#[test]
fn an_answer_that_is_not_as_described_is_complained_about() {
    let said = |status, body| complaints("GET", "/api/v1/clusters", status, body).len();
    assert_eq!(said(200, "[]"), 0);
    assert!(said(200, "{}") > 0 && said(201, "[]") > 0 && said(200, r#"[{"name":7}]"#) > 0);
    assert!(said(404, "{}") > 0 && said(200, "x") > 0);
    assert_eq!(said(404, r#"{"code":"not-found","message":"no","cure":null}"#), 0);
}

#[test]
fn the_page_for_people_tells_of_every_path_and_of_no_other() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let page = std::fs::read_to_string(format!("{root}/docs/api.md")).unwrap();
    for Operation { method, path, .. } in operations() {
        let (folder, last) = path.rsplit_once('/').unwrap();
        let rows = page.lines().filter(|line| line.starts_with('|'));
        let is_told = |row: &str| {
            let asked = row.split('|').nth(1).unwrap_or_default();
            let whole = format!("{method} {path}");
            let with_more = |end: char| asked.contains(&format!("{whole}{end}"));
            let in_short =
                asked.contains(&format!("{method} {folder}/")) && asked.contains(&format!("`…/{last}`"));
            with_more('`') || with_more('?') || in_short
        };
        assert!(
            rows.clone().any(is_told),
            "docs/api.md does not tell of {method} {path}"
        );
    }
}
