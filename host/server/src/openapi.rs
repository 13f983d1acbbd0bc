//! The API, described for programs: OpenAPI 3.1, made of the table that the server answers by.

use std::sync::LazyLock;

use axum::Json;
use ringkeeper_api::Problem;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::api::table;
use crate::keys;
use crate::route::{Answer, Route, shape};

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

pub(crate) async fn document() -> Json<Value> {
    Json(DOCUMENT.clone())
}

/// The whole document.
pub fn describe() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut shapes = settings.into_generator();
    let mut paths = Map::<String, Value>::new();
    for route in table() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.to_owned(), operation(&route, &mut shapes));
        }
    }
    let problem = shape::<Problem>()(&mut shapes);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ringkeeper",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A maintenance host for Apache Cassandra. Over its Unix socket it is asked without a token; \
                            x-role says which role a token must have over the network.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": shapes.take_definitions(true),
            "responses": {
                "problem": {
                    "description": "why not: what was wrong and what to do",
                    "content": { "application/json": { "schema": problem } },
                },
            },
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}

fn operation(route: &Route, shapes: &mut SchemaGenerator) -> Value {
    let named = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let Some(question) = route.question {
        parameters.extend(asked(&question(shapes).to_value()));
    }
    if route.method != "get" {
        parameters.push(json!({
            "name": keys::HEADER,
            "in": "header",
            "required": false,
            "description": "the same key with the same request is carried out once, and answered the same",
            "schema": { "type": "string", "minLength": 1, "maxLength": keys::LONGEST },
        }));
    }
    let (status, description) = match route.answer {
        Answer::Json(status, _) => (status.as_u16(), route.about),
        Answer::Events(_) | Answer::Text(_) => (200, route.about),
    };
    let content = match route.answer {
        Answer::Json(_, shape) => json!({ "application/json": { "schema": shape(shapes) } }),
        Answer::Events(shape) => {
            json!({ "text/event-stream": { "schema": { "type": "string", "contentMediaType": "text/event-stream" }, "x-data": shape(shapes) } })
        }
        Answer::Text(kind) => json!({ kind: { "schema": { "type": "string" } } }),
    };
    let responses = json!({
        status.to_string(): { "description": description, "content": content },
        "default": { "$ref": "#/components/responses/problem" },
    });
    let mut operation = Map::from_iter([
        ("summary".to_owned(), json!(route.about)),
        ("parameters".to_owned(), json!(parameters)),
        ("responses".to_owned(), responses),
    ]);
    if let Some(body) = route.body {
        let content = json!({ "application/json": { "schema": body(shapes) } });
        let body = json!({ "required": true, "content": content });
        operation.insert("requestBody".to_owned(), body);
    }
    match route.role {
        Some(role) => operation.insert("x-role".to_owned(), json!(role)),
        None => operation.insert("security".to_owned(), json!([])),
    };
    Value::Object(operation)
}

/// The fields of a question, as they stand behind the `?`.
fn asked(question: &Value) -> Vec<Value> {
    let required = question["required"].as_array().cloned().unwrap_or_default();
    let fields = question["properties"].as_object().cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        let about = schema
            .as_object_mut()
            .and_then(|schema| schema.remove("description"));
        json!({
            "name": name,
            "in": "query",
            "required": required.contains(&json!(name)),
            "description": about.unwrap_or_default(),
            "schema": schema,
        })
    };
    fields.into_iter().map(parameter).collect()
}
