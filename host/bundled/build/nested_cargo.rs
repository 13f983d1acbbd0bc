//! The cargo inside cargo that compiles guests to WebAssembly.
//!
//! It has a target folder of its own, shared by debug, release, test and clippy builds, so that `std` is compiled once
//! and the outer build's lock is never waited for.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};

/// Names the compiler to take before all others.
pub(crate) const GUEST_RUSTC: &str = "GUEST_RUSTC";

const TARGET: &str = "wasm32-unknown-unknown";
/// The distribution's compiler, which lives beside rustup's one.
const SYSTEM_RUSTC: &str = "/usr/bin/rustc";
const INSTALL_HELP: &str = "the plugins need a Rust compiler for wasm32-unknown-unknown, and there is none. Do one of: \
    `rustup target add wasm32-unknown-unknown`, or on Debian `apt-get install rustc-web rust-web-src`";

/// Cargo with a compiler that can build guests.
pub(crate) struct NestedCargo {
    cargo: OsString,
    rustc: PathBuf,
    /// Whether the compiler brings `std` only as source.
    build_std: bool,
    linker: Option<PathBuf>,
    target_dir: PathBuf,
}

impl NestedCargo {
    /// Chooses a compiler: the first that has `std` for WebAssembly, else the first that has its source.
    pub(crate) fn find(out: &Path) -> Result<Self> {
        let active = PathBuf::from(env::var_os("RUSTC").context("RUSTC is not set")?);
        let active_sysroot = sysroot(&active)?;
        let host = env::var("HOST").context("HOST is not set")?;
        let linker = active_sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");

        let chosen = env::var_os(GUEST_RUSTC).map(PathBuf::from);
        // The compiler itself and not rustup's shim: no toolchain variable can redirect it.
        let candidates = chosen
            .into_iter()
            .chain([active_sysroot.join("bin/rustc"), SYSTEM_RUSTC.into()]);
        let usable: Vec<(PathBuf, PathBuf)> = candidates
            .filter_map(|rustc| Some((sysroot(&rustc).ok()?, rustc)))
            .collect();
        for (root, _) in &usable {
            // Installing what was missing heals a failed build.
            println!("cargo::rerun-if-changed={}", root.join("lib/rustlib").display());
        }
        let with_std = |root: &Path| root.join("lib/rustlib").join(TARGET).join("lib").is_dir();
        let with_source = |root: &Path| root.join("lib/rustlib/src/rust/library/Cargo.lock").is_file();
        let (rustc, build_std) = if let Some((_, rustc)) = usable.iter().find(|(root, _)| with_std(root)) {
            (rustc.clone(), false)
        } else if let Some((_, rustc)) = usable.iter().find(|(root, _)| with_source(root)) {
            (rustc.clone(), true)
        } else {
            bail!(INSTALL_HELP)
        };
        Ok(Self {
            cargo: env::var_os("CARGO").context("CARGO is not set")?,
            rustc,
            build_std,
            linker: linker.is_file().then_some(linker),
            target_dir: shared_target_dir(out),
        })
    }

    /// What cargo knows about the workspace's own packages, as JSON.
    pub(crate) fn metadata(&self, workspace: &Path) -> Result<Vec<u8>> {
        let mut command = self.command(workspace);
        command.args(["metadata", "--no-deps", "--format-version=1"]);
        Ok(succeeded(command.output(), workspace)?.stdout)
    }

    /// Compiles every package of the workspace.
    pub(crate) fn build(&self, workspace: &Path) -> Result<()> {
        let mut command = self.command(workspace);
        command.args(["build", "--release", "--locked", "--target", TARGET]);
        if self.build_std {
            command
                .env("RUSTC_BOOTSTRAP", "1")
                .arg("-Zbuild-std=std,panic_abort");
        }
        succeeded(command.output(), workspace)?;
        Ok(())
    }

    /// Where the core module of a library is after a build.
    pub(crate) fn module(&self, library: &str) -> PathBuf {
        self.target_dir
            .join(TARGET)
            .join("release")
            .join(format!("{library}.wasm"))
    }

    fn command(&self, workspace: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        for (key, _) in env::vars_os().filter(|(key, _)| steers_the_outer_build(key)) {
            command.env_remove(key);
        }
        command
            .current_dir(workspace)
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", &self.target_dir);
        if let Some(linker) = &self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }
}

fn succeeded(output: std::io::Result<Output>, workspace: &Path) -> Result<Output> {
    let output = output.context("cannot run cargo for the plugins")?;
    ensure!(
        output.status.success(),
        "building {} failed:\n{}",
        workspace.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output)
}

/// Variables that describe the outer build and would lead the inner one astray.
fn steers_the_outer_build(key: &OsStr) -> bool {
    const KEEP: &[&str] = &[
        "CARGO_HOME",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_",
        "CARGO_HTTP_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
    ];
    const DROP: &[&str] = &[
        "CARGO",
        "RUSTC",
        "RUSTDOC",
        "RUSTFLAGS",
        "CLIPPY_",
        "RUSTUP_TOOLCHAIN",
        "__CARGO",
    ];
    const DROP_EXACT: &[&str] = &[
        "TARGET",
        "HOST",
        "PROFILE",
        "OPT_LEVEL",
        "DEBUG",
        "NUM_JOBS",
        "OUT_DIR",
    ];
    let Some(key) = key.to_str() else { return false };
    !KEEP.iter().any(|start| key.starts_with(start))
        && (DROP.iter().any(|start| key.starts_with(start)) || DROP_EXACT.contains(&key))
}

/// `guests` in the outer build's target folder, which is the one with cargo's cache tag.
fn shared_target_dir(out: &Path) -> PathBuf {
    out.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .unwrap_or(out)
        .join("guests")
}

fn sysroot(rustc: &Path) -> Result<PathBuf> {
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .output()
        .with_context(|| format!("cannot run {}", rustc.display()))?;
    ensure!(
        output.status.success(),
        "{} does not say its sysroot",
        rustc.display()
    );
    Ok(String::from_utf8(output.stdout)?.trim().into())
}
