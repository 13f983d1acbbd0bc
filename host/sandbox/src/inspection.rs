//! Looking into a component without running it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use wasmparser::{BinaryReaderError, ComponentExternalKind, Parser, Payload, Validator};

use crate::compile_size;
use crate::grants::Grants;
use crate::import::{self, Import, RefusedImport};
use crate::load_error::{LoadError, REASON_BYTES};
use crate::manifest::{MANIFEST_BYTES, MANIFEST_SECTION, Manifest};
use crate::text;

/// BLAKE3 digest of a component's bytes, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a component is, found without running any of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Digest of the file.
    pub digest: Digest,
    /// Size of the file.
    pub size_bytes: u64,
    /// Its manifest; none where its toolchain wrote none.
    pub manifest: Option<Manifest>,
    /// The capabilities it uses, base ones included: its imports are its request.
    pub capabilities: BTreeSet<&'static str>,
    /// Imports that no grant helps with; a component that has any is not loaded.
    pub refused: Vec<RefusedImport>,
    /// Everything it imports, as it names it.
    pub imports: Vec<String>,
    /// Everything it exports, as it names it.
    pub exports: Vec<String>,
}

impl Inspection {
    /// The capabilities it uses that need a grant.
    #[must_use]
    pub fn needed(&self) -> Grants {
        Grants::none().and(
            self.capabilities
                .iter()
                .copied()
                .filter(|name| crate::Capability::find(name).is_some_and(|capability| !capability.base)),
        )
    }
}

/// Looks into a component: validates all of it, runs nothing.
///
/// # Errors
/// When it is no valid component, or its manifest cannot be read or differs from what it imports.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, LoadError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWasm);
    }
    if Parser::is_core_wasm(bytes) {
        return Err(LoadError::CoreModule);
    }
    Validator::new().validate_all(bytes).map_err(malformed)?;
    let mut inspection = Inspection {
        digest: Digest::of(bytes),
        size_bytes: bytes.len() as u64,
        manifest: None,
        capabilities: BTreeSet::new(),
        refused: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
    };
    compile_size::is_bounded(bytes)?;
    // Components nest; only the outermost one speaks for itself.
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            payload if depth == 0 => inspection.add(&payload)?,
            _ => {}
        }
    }
    inspection.check_manifest()?;
    Ok(inspection)
}

impl Inspection {
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::ComponentImportSection(imports) => {
                for import in imports.clone() {
                    let import = import.map_err(malformed)?;
                    self.import(
                        import.name.name,
                        import.ty.kind() == ComponentExternalKind::Instance,
                    );
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports.clone() {
                    self.exports.push(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::CustomSection(section) if section.name() == MANIFEST_SECTION => {
                if self.manifest.is_some() {
                    return Err(LoadError::Manifest("stands there twice".to_owned()));
                }
                self.manifest = Some(read_manifest(section.data())?);
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, name: &str, is_interface: bool) {
        self.imports.push(name.to_owned());
        match import::classify(name, is_interface) {
            Import::Types => {}
            Import::Capability(capability) => {
                self.capabilities.insert(capability.name);
            }
            Import::Refused(refused) => self.refused.push(refused),
        }
    }

    /// The manifest is what a person reads before granting, so it must not say less or more than the imports.
    fn check_manifest(&self) -> Result<(), LoadError> {
        let Some(manifest) = &self.manifest else {
            return Ok(());
        };
        let needed = self.needed();
        let used: BTreeSet<&str> = needed.names().collect();
        let listed: BTreeSet<&str> = manifest.capabilities.keys().map(String::as_str).collect();
        let quote = |names: Vec<&&str>| {
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let silent: Vec<_> = used.difference(&listed).collect();
        if !silent.is_empty() {
            return Err(LoadError::Manifest(format!(
                "does not list {}, which the component imports",
                quote(silent)
            )));
        }
        let idle: Vec<_> = listed.difference(&used).collect();
        if !idle.is_empty() {
            return Err(LoadError::Manifest(format!(
                "lists {}, which the component does not import",
                quote(idle)
            )));
        }
        Ok(())
    }
}

fn read_manifest(json: &[u8]) -> Result<Manifest, LoadError> {
    if json.len() > MANIFEST_BYTES {
        return Err(LoadError::Manifest(format!(
            "is longer than {}",
            text::bytes(MANIFEST_BYTES as u64)
        )));
    }
    serde_json::from_slice(json).map_err(|error| LoadError::Manifest(format!("cannot be read: {error}")))
}

pub(crate) fn malformed(error: BinaryReaderError) -> LoadError {
    LoadError::Malformed {
        offset: error.offset() as u64,
        message: text::printable(text::cut(error.message(), REASON_BYTES)),
    }
}
