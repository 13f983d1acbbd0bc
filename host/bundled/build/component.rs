//! One guest: what it is called, its manifest, and its component with the manifest inside.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::ComponentEncoder;

/// The custom section that holds the manifest as JSON.
const SECTION: &str = "ringkeeper:manifest";

/// A crate that becomes a plugin.
pub(crate) struct Guest {
    /// The package's name, which is the plugin's.
    pub(crate) name: String,
    /// The library's name, which names the module's file.
    pub(crate) library: String,
    /// One line about it.
    pub(crate) summary: String,
    /// Where its Cargo.toml is.
    pub(crate) folder: PathBuf,
    manifest: Option<Manifest>,
}

/// What a component says of itself without being run.
#[derive(Serialize)]
struct Manifest {
    name: String,
    version: String,
    summary: String,
    licence: String,
    source: String,
    capabilities: BTreeMap<String, String>,
}

/// `plugin.toml`. What it leaves out is taken from Cargo.toml, so that nothing need be said twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginToml {
    name: Option<String>,
    version: Option<String>,
    summary: Option<String>,
    licence: Option<String>,
    source: Option<String>,
    #[serde(default)]
    capabilities: BTreeMap<String, String>,
}

/// The part of `cargo metadata` that is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

impl Guest {
    /// Every guest that `cargo metadata` tells of: each package with a library of type `cdylib`.
    pub(crate) fn all(metadata: &[u8]) -> Result<Vec<Self>> {
        let metadata: Metadata = serde_json::from_slice(metadata).context("cannot read cargo metadata")?;
        let mut guests = Vec::new();
        for package in metadata.packages {
            let library = package
                .targets
                .iter()
                .find(|target| target.crate_types.iter().any(|t| t == "cdylib"));
            if let Some(library) = library.map(|target| target.name.replace('-', "_")) {
                guests.push(Self::new(package, library)?);
            }
        }
        guests.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(guests)
    }

    fn new(package: Package, library: String) -> Result<Self> {
        let folder = package
            .manifest_path
            .parent()
            .context("Cargo.toml in no folder")?
            .to_owned();
        let manifest = Manifest::read(&folder.join("plugin.toml"), &package)?;
        let summary = package.description.unwrap_or_default();
        Ok(Self {
            name: package.name,
            library,
            summary,
            folder,
            manifest,
        })
    }

    /// The component made of the core module in `module`.
    pub(crate) fn component(&self, module: &Path) -> Result<Vec<u8>> {
        let bytes = fs::read(module).with_context(|| module.display().to_string())?;
        let mut component = ComponentEncoder::default()
            .validate(true)
            .module(&bytes)?
            .encode()?;
        if let Some(manifest) = &self.manifest {
            let data = serde_json::to_vec(manifest)?;
            CustomSection {
                name: Cow::Borrowed(SECTION),
                data: Cow::Owned(data),
            }
            .append_to_component(&mut component);
        }
        Ok(component)
    }
}

impl Manifest {
    /// The manifest of a package; none where it has no `plugin.toml`, as some test guests have not.
    fn read(file: &Path, package: &Package) -> Result<Option<Self>> {
        if !file.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(file)?;
        let said: PluginToml = toml::from_str(&text).with_context(|| file.display().to_string())?;
        Ok(Some(Self {
            name: said.name.unwrap_or_else(|| package.name.clone()),
            version: said.version.unwrap_or_else(|| package.version.clone()),
            summary: said
                .summary
                .or_else(|| package.description.clone())
                .unwrap_or_default(),
            licence: said
                .licence
                .or_else(|| package.license.clone())
                .unwrap_or_default(),
            source: said
                .source
                .or_else(|| package.repository.clone())
                .unwrap_or_default(),
            capabilities: said.capabilities,
        }))
    }
}
