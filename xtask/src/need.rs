//! What the project needs from the machine, and how to see whether it is there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use ringkeeper_lab::Jdk;

use crate::workspace::output;

const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The distribution's compiler, which lives beside rustup's one.
const SYSTEM_RUSTC: &str = "/usr/bin/rustc";

/// One thing the machine must have.
#[derive(Debug)]
pub(crate) struct Need {
    /// What it is.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) purpose: &'static str,
    /// Where it was found, if it was.
    pub(crate) found: Option<String>,
    /// Debian 12 packages that bring it.
    pub(crate) packages: &'static [&'static str],
    /// The command that brings it where there are no such packages.
    pub(crate) otherwise: &'static str,
}

/// What it takes to build the product.
pub(crate) fn to_build() -> Vec<Need> {
    vec![
        Need {
            name: "C compiler",
            purpose: "SQLite and the cryptography library",
            found: on_path("cc"),
            packages: &["gcc", "libc6-dev"],
            otherwise: "install a C compiler named cc",
        },
        Need {
            name: "Rust for WebAssembly",
            purpose: "the plugins",
            found: wasm_rustc(),
            packages: &["rustc-web", "rust-web-src"],
            otherwise: "rustup target add wasm32-unknown-unknown",
        },
    ]
}

/// Looks at everything at once.
pub(crate) fn all() -> Vec<Need> {
    let mut needs = vec![Need {
        name: "rustfmt and clippy",
        purpose: "lints",
        found: rust_components(),
        packages: &[],
        otherwise: "rustup component add rustfmt clippy",
    }];
    needs.extend(to_build());
    needs.extend([
        Need {
            name: "JDK 17",
            purpose: "real Cassandra nodes",
            found: Jdk::find().ok().map(|jdk| jdk.home().display().to_string()),
            packages: &["openjdk-17-jdk-headless"],
            otherwise: "install a JDK 17 and set JAVA_HOME to its folder",
        },
        Need {
            name: "Maven",
            purpose: "fetching Cassandra",
            found: on_path("mvn"),
            packages: &["maven"],
            otherwise: "install Maven 3.6 or later",
        },
    ]);
    needs
}

/// The full path of a program of the search path.
pub(crate) fn on_path(program: &str) -> Option<String> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())?;
    Some(found.display().to_string())
}

fn rust_components() -> Option<String> {
    on_path("cargo-fmt")?;
    on_path("cargo-clippy")?;
    // rustup's shims are there even when the components are not.
    let root = crate::workspace::root();
    let ask = |program: &str| output(Command::new(program).current_dir(&root).arg("--version")).ok();
    ask("rustfmt")?;
    Some(ask("clippy-driver")?.trim().to_owned())
}

/// The compiler the plugins' build will take: one with a ready `std` for WebAssembly, else one with its source.
fn wasm_rustc() -> Option<String> {
    let named = env::var_os("GUEST_RUSTC").map(PathBuf::from);
    let active = sysroot(Path::new("rustc")).map(|root| root.join("bin/rustc"));
    let compilers: Vec<(PathBuf, PathBuf)> = [named, active, Some(SYSTEM_RUSTC.into())]
        .into_iter()
        .flatten()
        .filter_map(|rustc| Some((sysroot(&rustc)?, rustc)))
        .collect();
    let has = |part: &str| {
        let found = compilers
            .iter()
            .find(|(root, _)| root.join("lib/rustlib").join(part).exists());
        found.map(|(_, rustc)| rustc.display().to_string())
    };
    let ready = has(&format!("{WASM_TARGET}/lib"));
    ready.or_else(|| has("src/rust/library/Cargo.lock").map(|rustc| format!("{rustc}, std from source")))
}

fn sysroot(rustc: &Path) -> Option<PathBuf> {
    let root = crate::workspace::root();
    let printed = output(Command::new(rustc).current_dir(root).args(["--print", "sysroot"])).ok()?;
    Some(printed.trim().into())
}
