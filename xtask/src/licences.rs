//! The rules of `deny.toml` that can be checked without a tool and without the network: licences, bans and sources
//! of everything the lock files bring in.

mod expression;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace::{GUEST_MANIFESTS, cargo, output, root};

const RULES: &str = "deny.toml";
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The part of `deny.toml` that is checked here. The rest is cargo-deny's.
#[derive(Debug, Deserialize)]
struct Rules {
    licenses: LicenceRules,
    bans: BanRules,
    sources: SourceRules,
}

#[derive(Debug, Deserialize)]
struct LicenceRules {
    allow: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct BanRules {
    deny: Vec<Ban>,
}

/// A crate that must not appear, or only once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    deny_multiple_versions: bool,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SourceRules {
    allow_registry: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// A package as `cargo metadata` tells it. One without a source is our own.
#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// Checks the host's dependencies for this machine's target, and the guests' for theirs.
pub(crate) fn check() -> Result<()> {
    let rules: Rules = toml::from_str(&fs::read_to_string(root().join(RULES))?).context(RULES)?;
    let host = host_target()?;
    let guests = GUEST_MANIFESTS.map(|manifest| (manifest, WASM_TARGET));
    let mut problems = Vec::new();
    for (manifest, target) in [("Cargo.toml", host.as_str())].into_iter().chain(guests) {
        let packages = packages(Path::new(manifest), target)?;
        println!("{manifest}: {} packages for {target}", packages.len());
        problems.extend(judge(&packages, &rules));
    }
    if !problems.is_empty() {
        bail!("against {RULES}:\n  {}", problems.join("\n  "));
    }
    Ok(())
}

fn packages(manifest: &Path, target: &str) -> Result<Vec<Package>> {
    let mut command = cargo(&[
        "metadata",
        "--locked",
        "--format-version=1",
        "--filter-platform",
        target,
    ]);
    command.arg("--manifest-path").arg(manifest);
    let metadata: Metadata = serde_json::from_str(&output(&mut command)?)?;
    Ok(metadata.packages)
}

fn host_target() -> Result<String> {
    let told = output(std::process::Command::new("rustc").current_dir(root()).arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not tell its host")?.to_owned())
}

/// Everything that is against the rules, one line each.
fn judge(packages: &[Package], rules: &Rules) -> Vec<String> {
    let mut problems = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Package {
        name,
        version,
        license,
        source,
    } in packages
    {
        versions.entry(name).or_default().push(version);
        match license
            .as_deref()
            .map(|text| expression::permits(text, &rules.licenses.allow))
        {
            Some(Some(true)) => {}
            Some(Some(false)) | None => {
                problems.push(format!("{name} {version}: licence {license:?} is not allowed"));
            }
            Some(None) => problems.push(format!("{name} {version}: cannot read the licence {license:?}")),
        }
        if let Some(source) = source {
            let registry = source.strip_prefix("registry+").unwrap_or(source);
            if !rules
                .sources
                .allow_registry
                .iter()
                .any(|allowed| allowed == registry)
            {
                problems.push(format!("{name} {version}: comes from {source}"));
            }
        }
    }
    for Ban {
        name,
        deny_multiple_versions,
        reason,
    } in &rules.bans.deny
    {
        let Some(found) = versions.get(name.as_str()) else {
            continue;
        };
        if *deny_multiple_versions && found.len() > 1 {
            problems.push(format!(
                "{name} is there more than once ({}): {reason}",
                found.join(", ")
            ));
        } else if !deny_multiple_versions {
            problems.push(format!("{name} is banned: {reason}"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{Package, Rules, judge};

    const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

    fn rules() -> Rules {
        toml::from_str(include_str!("../../deny.toml")).unwrap()
    }

    fn package(name: &str, version: &str, license: Option<&str>, source: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            license: license.map(str::to_owned),
            source: Some(source.to_owned()),
        }
    }

    #[test]
    fn passes_what_keeps_the_rules() {
        let fine = [
            package("serde", "1.0.0", Some("MIT OR Apache-2.0"), CRATES_IO),
            package("ryu", "1.0.0", Some("Apache-2.0 OR BSL-1.0"), CRATES_IO),
        ];
        assert_eq!(judge(&fine, &rules()), [""; 0]);
    }

    #[test]
    fn names_every_breach() {
        let breaches = [
            (
                package("a", "1.0.0", Some("GPL-3.0-only"), CRATES_IO),
                "is not allowed",
            ),
            (
                package("a", "1.0.0", Some("MIT AND GPL-3.0-only"), CRATES_IO),
                "is not allowed",
            ),
            (package("a", "1.0.0", None, CRATES_IO), "is not allowed"),
            (package("a", "1.0.0", Some("MIT OR"), CRATES_IO), "cannot read"),
            (
                package("a", "1.0.0", Some("MIT"), "git+https://example.org/a"),
                "comes from",
            ),
            (
                package("openssl-sys", "0.9.0", Some("MIT"), CRATES_IO),
                "is banned",
            ),
        ];
        for (package, expected) in breaches {
            let problems = judge(&[package], &rules());
            assert!(
                matches!(problems.as_slice(), [one] if one.contains(expected)),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn refuses_two_versions_only_where_it_matters() {
        let twice = |name| ["1.0.0", "2.0.0"].map(|version| package(name, version, Some("MIT"), CRATES_IO));
        assert_eq!(judge(&twice("hashbrown"), &rules()).len(), 0);
        assert_eq!(judge(&twice("tokio"), &rules()).len(), 1);
    }
}
