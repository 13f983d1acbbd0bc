//! Builds the plugins to components, puts each one's manifest in, and writes the constants that embed them.

mod component;
mod nested_cargo;

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::component::Guest;
use crate::nested_cargo::NestedCargo;

fn main() {
    if let Err(error) = build() {
        // One line for cargo to repeat; what a compiler said is shown once, as it said it.
        let text = format!("{error:#}");
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        println!("cargo::error={first}");
        eprintln!("{rest}");
        std::process::exit(1);
    }
}

fn build() -> Result<()> {
    let plugins = fs::canonicalize("../../plugins").context("no folder plugins/ beside host/")?;
    let wit = fs::canonicalize("../../wit").context("no folder wit/ beside host/")?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", wit.display());
    println!("cargo::rerun-if-changed={}", plugins.join("sdk").display());
    let ring = fs::canonicalize("../ring").context("no folder ring/ beside bundled/")?;
    println!("cargo::rerun-if-changed={}", ring.display());
    println!("cargo::rerun-if-env-changed={}", nested_cargo::GUEST_RUSTC);

    let cargo = NestedCargo::find(&out)?;
    build_workspace(&cargo, &plugins, &out.join("plugins"))?;
    if env::var_os("CARGO_FEATURE_FIXTURES").is_some() {
        build_workspace(&cargo, &plugins.join("fixtures"), &out.join("fixtures"))?;
    }
    Ok(())
}

/// Builds every guest of one workspace into `out`, with `out/guests.rs` naming them.
fn build_workspace(cargo: &NestedCargo, workspace: &Path, out: &Path) -> Result<()> {
    for file in ["Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(file).display());
    }
    fs::create_dir_all(out)?;
    let guests = Guest::all(&cargo.metadata(workspace)?)?;
    for guest in &guests {
        println!("cargo::rerun-if-changed={}", guest.folder.display());
    }
    cargo.build(workspace)?;

    let mut constants = String::new();
    let mut all = String::new();
    for guest in guests {
        let file = out.join(format!("{}.wasm", guest.name));
        let component = guest
            .component(&cargo.module(&guest.library))
            .with_context(|| format!("cannot make a component of the plugin `{}`", guest.name))?;
        fs::write(&file, component)?;
        let constant = guest.library.to_uppercase();
        writeln!(constants, "/// {}", guest.summary)?;
        writeln!(
            constants,
            "pub const {constant}: &[u8] = include_bytes!({file:?});"
        )?;
        write!(all, "({:?}, {constant}), ", guest.name)?;
    }
    writeln!(constants, "/// Every one of them, by name.")?;
    writeln!(constants, "pub const ALL: &[(&str, &[u8])] = &[{all}];")?;
    fs::write(out.join("guests.rs"), constants)?;
    Ok(())
}
