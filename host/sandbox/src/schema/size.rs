//! How large a schema is with its references written out: that is what a check of a value may cost.

use std::collections::BTreeMap;

use serde_json::Value;

/// Values in a schema, counted again wherever a reference leads to them.
const MOST_VALUES: u64 = 50_000;
/// Patterns in a schema. Each is compiled to a program of its own.
const MOST_PATTERNS: u64 = 100;
/// Values inside of one another, those that references lead to among them.
const DEEPEST: u32 = 250;
/// Keywords that name what a schema is called, or follow such names. With them a reference need not mean what it says.
const NAMES: [&str; 6] = [
    "$id",
    "id",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveRef",
];
/// Keywords whose values are no schemas.
const PLAIN: [&str; 4] = ["const", "default", "enum", "examples"];

/// Sees that a schema has an end, and that it is near.
///
/// # Errors
/// A fragment that says what is wrong with it.
pub(super) fn is_bounded(schema: &Value) -> Result<(), String> {
    let mut measure = Measure {
        root: schema,
        known: BTreeMap::new(),
        open: Vec::new(),
        depth: 0,
    };
    let size = measure.of(schema)?;
    if size.values > MOST_VALUES {
        return Err(format!(
            "has {} values, those counted again that references lead to; {MOST_VALUES} are allowed",
            size.values
        ));
    }
    if size.patterns > MOST_PATTERNS {
        return Err(format!(
            "has {} patterns; {MOST_PATTERNS} are allowed",
            size.patterns
        ));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    values: u64,
    patterns: u64,
}

impl Size {
    const fn add(&mut self, other: Self) {
        self.values = self.values.saturating_add(other.values);
        self.patterns = self.patterns.saturating_add(other.patterns);
    }
}

struct Measure<'a> {
    root: &'a Value,
    /// Sizes of what references lead to.
    known: BTreeMap<&'a str, Size>,
    /// References that are being followed.
    open: Vec<&'a str>,
    depth: u32,
}

impl<'a> Measure<'a> {
    fn of(&mut self, value: &'a Value) -> Result<Size, String> {
        if self.depth == DEEPEST {
            return Err(format!(
                "is more than {DEEPEST} values deep, those counted that references lead to"
            ));
        }
        self.depth += 1;
        let size = self.inside(value);
        self.depth -= 1;
        size
    }

    fn inside(&mut self, value: &'a Value) -> Result<Size, String> {
        let mut size = Size {
            values: 1,
            patterns: 0,
        };
        match value {
            Value::Array(items) => {
                for item in items {
                    size.add(self.of(item)?);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    size.add(self.of_keyword(name, field)?);
                }
            }
            _ => {}
        }
        Ok(size)
    }

    fn of_keyword(&mut self, name: &str, field: &'a Value) -> Result<Size, String> {
        if let Some(text) = field.as_str() {
            if name == "$ref" {
                return self.of_reference(text);
            }
            if NAMES.contains(&name) {
                return Err(format!(
                    "uses `{name}`; only `$ref` to a place in the schema itself is allowed, as in `#/$defs/Node`"
                ));
            }
        }
        let patterns = match (name, field) {
            ("pattern", Value::String(_)) => 1,
            ("patternProperties", Value::Object(fields)) => fields.len() as u64,
            _ => 0,
        };
        let mut size = Size { values: 0, patterns };
        size.add(match PLAIN.contains(&name) {
            true => Size {
                values: 1,
                patterns: 0,
            },
            false => self.of(field)?,
        });
        Ok(size)
    }

    fn of_reference(&mut self, place: &'a str) -> Result<Size, String> {
        if let Some(size) = self.known.get(place) {
            return Ok(*size);
        }
        let shown: String = place.chars().take(100).collect();
        if self.open.contains(&place) {
            return Err(format!("leads back to itself: `{shown}`"));
        }
        let found = match place.strip_prefix('#') {
            Some(pointer) if !pointer.contains('%') => self.root.pointer(pointer),
            _ => None,
        };
        let found = found.ok_or_else(|| {
            format!("refers to `{shown}`, which is no place in the schema itself, as `#/$defs/Node` is")
        })?;
        self.open.push(place);
        let size = self.of(found)?;
        self.open.pop();
        self.known.insert(place, size);
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(schema: &Value) -> String {
        is_bounded(schema).unwrap_err()
    }

    #[test]
    fn a_schema_that_leads_back_to_itself_is_refused() {
        for schema in [
            json!({ "$ref": "#" }),
            json!({ "allOf": [{ "$ref": "#" }] }),
            json!({ "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "not": { "$ref": "#/$defs/a" } } }, "$ref": "#/$defs/a" }),
        ] {
            assert!(refused(&schema).starts_with("leads back to itself"), "{schema}");
        }
    }

    /// Thirty definitions, each of which is twice the next one: a billion checks of one value.
    #[test]
    fn a_schema_that_doubles_is_refused() {
        let mut schema = json!({ "$ref": "#/$defs/d0", "$defs": { "d30": { "type": "object" } } });
        for number in 0..30 {
            let next = json!({ "$ref": format!("#/$defs/d{}", number + 1) });
            schema["$defs"][format!("d{number}")] = json!({ "allOf": [next, next] });
        }
        let reason = refused(&schema);
        assert!(reason.ends_with("; 50000 are allowed"), "{reason}");
    }

    #[test]
    fn references_lead_on_only_so_far() {
        let mut schema = json!({ "$ref": "#/$defs/d0", "$defs": { "d300": {} } });
        for number in 0..300 {
            schema["$defs"][format!("d{number}")] = json!({ "$ref": format!("#/$defs/d{}", number + 1) });
        }
        assert!(refused(&schema).starts_with("is more than 250 values deep"));
    }

    #[test]
    fn names_that_change_what_a_reference_means_are_refused() {
        for name in NAMES {
            let schema = json!({ "properties": { "a": { name: "b" } } });
            assert!(refused(&schema).starts_with(&format!("uses `{name}`")), "{name}");
            let property = json!({ "properties": { name: { "type": "string" } }, "default": { name: "b" } });
            assert_eq!(is_bounded(&property), Ok(()), "a property of that name");
        }
    }

    #[test]
    fn patterns_are_counted() {
        let many = json!({ "anyOf": vec![json!({ "pattern": "a" }); 101] });
        assert_eq!(refused(&many), "has 101 patterns; 100 are allowed");
        let names: serde_json::Map<_, _> = (0..101).map(|number| (format!("a{number}"), json!({}))).collect();
        assert_eq!(
            refused(&json!({ "patternProperties": names })),
            "has 101 patterns; 100 are allowed"
        );
    }
}
