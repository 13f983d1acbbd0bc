//! Names that components import and export, and what this host makes of them.

use semver::Version;
use serde::Serialize;

use crate::capability::Capability;

/// The contract's package.
const PACKAGE: &str = "ringkeeper:maintenance";
/// The version of the contract this host offers.
const VERSION: Version = Version::new(0, 1, 0);
/// The interface every plugin exports.
pub(crate) const EXPORT: &str = "ringkeeper:maintenance/maintenance@0.1.0";

/// An import this host never gives, whatever is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedImport {
    /// As the component names it.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What an import is.
pub(crate) enum Import {
    /// Types alone, without any function.
    Types,
    /// Something that can be granted.
    Capability(&'static Capability),
    /// Something this host never gives.
    Refused(RefusedImport),
}

/// Says what the import `name` is; `is_interface` is false for a bare function or a module.
pub(crate) fn classify(name: &str, is_interface: bool) -> Import {
    let refused = |reason: String| {
        Import::Refused(RefusedImport {
            name: name.to_owned(),
            reason,
        })
    };
    if !is_interface {
        return refused("is not an interface, and the contract has nothing else".to_owned());
    }
    let (path, version) = split(name);
    match path.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix('/')) {
        None if path.starts_with("wasi:") => refused(
            "is WASI: a plugin has no files, environment, network or other clock; build for \
             wasm32-unknown-unknown, or stub WASI when making the component"
                .to_owned(),
        ),
        None => refused("is no part of the plugin contract".to_owned()),
        Some(_) if !compatible(version) => {
            let version = version.unwrap_or("no version");
            refused(format!(
                "is of another version of the contract ({version}); this host offers {VERSION}"
            ))
        }
        Some("types") => Import::Types,
        Some(interface) => match Capability::find(interface) {
            Some(capability) => Import::Capability(capability),
            None => refused("is no interface of this host; a newer host may have it".to_owned()),
        },
    }
}

/// The other versions of the export, where the right one is missing.
pub(crate) fn other_version_of_export(exports: &[String]) -> Option<&str> {
    exports.iter().find_map(|name| {
        let (path, version) = split(name);
        (path == split(EXPORT).0 && !compatible(version)).then_some(version.unwrap_or("no version"))
    })
}

/// Whether `name` is the export every plugin has, in a version this host can call.
pub(crate) fn is_export(name: &str) -> bool {
    let (path, version) = split(name);
    path == split(EXPORT).0 && compatible(version)
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (name, None),
    }
}

/// Whether a plugin made for this version can work here. The same rule as the linker's: below 1.0 the minor version
/// counts, and pre-releases match nothing but themselves.
fn compatible(version: Option<&str>) -> bool {
    let Some(Ok(version)) = version.map(Version::parse) else {
        return false;
    };
    version.pre.is_empty() && (version.major, version.minor) == (VERSION.major, VERSION.minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str) -> String {
        match classify(name, true) {
            Import::Types => "types".to_owned(),
            Import::Capability(capability) => format!("capability {}", capability.name),
            Import::Refused(refused) => refused.reason,
        }
    }

    #[test]
    fn every_import_gets_a_verdict() {
        for (name, start) in [
            ("ringkeeper:maintenance/types@0.1.0", "types"),
            ("ringkeeper:maintenance/node-state@0.1.0", "capability node-state"),
            ("ringkeeper:maintenance/node-state@0.1.7", "capability node-state"),
            (
                "ringkeeper:maintenance/node-state@0.2.0",
                "is of another version of the contract (0.2.0)",
            ),
            (
                "ringkeeper:maintenance/node-state@0.1.0-draft",
                "is of another version",
            ),
            (
                "ringkeeper:maintenance/node-state",
                "is of another version of the contract (no version)",
            ),
            (
                "ringkeeper:maintenance/backup@0.1.0",
                "is no interface of this host",
            ),
            ("ringkeeper:maintenance", "is no part"),
            ("wasi:io/poll@0.2.9", "is WASI"),
            ("shop:orders/api@0.1.0", "is no part of the plugin contract"),
        ] {
            assert!(verdict(name).starts_with(start), "{name}: {}", verdict(name));
        }
    }

    #[test]
    fn the_export_has_the_version_this_host_offers() {
        assert_eq!(EXPORT, format!("{PACKAGE}/maintenance@{VERSION}"));
        assert!(is_export(EXPORT));
    }
}
