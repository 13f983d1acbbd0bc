//! What every built-in plugin must be before anybody loads it.

use std::collections::BTreeSet;

use serde_json::Value;
use wasmparser::{Parser, Payload};

use crate::ALL;

/// Interfaces that every plugin may use without asking.
const FREE: &[&str] = &["types", "run", "clock", "random", "log", "jobs"];

/// What stands at a component's top level.
struct Outside {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
    manifest: Value,
}

impl Outside {
    fn of(component: &[u8]) -> Self {
        let mut outside = Self {
            imports: BTreeSet::new(),
            exports: BTreeSet::new(),
            manifest: Value::Null,
        };
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.unwrap() {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    outside.imports.extend(
                        imports
                            .into_iter()
                            .map(|import| import.unwrap().name.name.to_owned()),
                    );
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    outside.exports.extend(
                        exports
                            .into_iter()
                            .map(|export| export.unwrap().name.name.to_owned()),
                    );
                }
                Payload::CustomSection(section) if depth == 0 && section.name() == "ringkeeper:manifest" => {
                    assert!(outside.manifest.is_null(), "two manifests");
                    outside.manifest = serde_json::from_slice(section.data()).unwrap();
                }
                _ => {}
            }
        }
        outside
    }

    /// Imported interfaces that the operator has to grant.
    fn asks_for(&self) -> BTreeSet<&str> {
        self.imports
            .iter()
            .map(|import| interface(import))
            .filter(|name| !FREE.contains(name))
            .collect()
    }
}

/// `cluster` of `ringkeeper:maintenance/cluster@0.1.0`.
fn interface(import: &str) -> &str {
    import
        .strip_prefix("ringkeeper:maintenance/")
        .and_then(|rest| rest.split('@').next())
        .unwrap()
}

#[test]
fn every_plugin_exports_the_contract_and_imports_nothing_else() {
    for (name, component) in ALL {
        let outside = Outside::of(component);
        assert!(
            outside
                .exports
                .contains("ringkeeper:maintenance/maintenance@0.1.0"),
            "{name}: {:?}",
            outside.exports
        );
        for import in &outside.imports {
            assert!(
                import.starts_with("ringkeeper:maintenance/"),
                "{name} imports {import}"
            );
        }
    }
}

#[test]
fn every_manifest_names_exactly_what_the_component_imports_and_why() {
    for (name, component) in ALL {
        let outside = Outside::of(component);
        let capabilities = outside.manifest["capabilities"].as_object().unwrap();
        let named: BTreeSet<&str> = capabilities.keys().map(String::as_str).collect();
        assert_eq!(named, outside.asks_for(), "{name}");
        assert!(
            capabilities.values().all(|why| !why.as_str().unwrap().is_empty()),
            "{name} does not say why"
        );
    }
}

#[test]
fn every_manifest_is_complete() {
    for (name, component) in ALL {
        let manifest = Outside::of(component).manifest;
        assert_eq!(manifest["name"], *name);
        for key in ["version", "summary", "licence", "source"] {
            assert!(
                !manifest[key].as_str().unwrap().is_empty(),
                "{name}: {key} is empty"
            );
        }
    }
}
