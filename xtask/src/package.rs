//! `cargo xtask package`: a Debian package of host and agent, and a trial of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::need::on_path;
use crate::workspace::{build_release, output, root, run as call};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Then install, start and remove it in a copy of this machine; as root
    #[arg(long = "try")]
    trial: bool,
    /// Pack this program rather than a new release build
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Files of the package: from where in the repository, to where, and with which mode.
const FILES: &[(&str, &str, u32)] = &[
    (
        "packaging/ringkeeper.service",
        "lib/systemd/system/ringkeeper.service",
        0o644,
    ),
    (
        "packaging/ringkeeper-agent.service",
        "lib/systemd/system/ringkeeper-agent.service",
        0o644,
    ),
    (
        "packaging/sysusers.conf",
        "usr/lib/sysusers.d/ringkeeper.conf",
        0o644,
    ),
    (
        "packaging/tmpfiles.conf",
        "usr/lib/tmpfiles.d/ringkeeper.conf",
        0o644,
    ),
    (
        "packaging/50-ringkeeper-agent.rules",
        "usr/share/polkit-1/rules.d/50-ringkeeper-agent.rules",
        0o644,
    ),
    (
        "packaging/ringkeeper.toml",
        "usr/share/doc/ringkeeper/ringkeeper.toml",
        0o644,
    ),
    ("LICENSE", "usr/share/doc/ringkeeper/copyright", 0o644),
    ("README.md", "usr/share/doc/ringkeeper/README.md", 0o644),
    ("packaging/postinst", "DEBIAN/postinst", 0o755),
    ("packaging/prerm", "DEBIAN/prerm", 0o755),
    ("packaging/postrm", "DEBIAN/postrm", 0o755),
];

/// Builds the release and packs it.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => build_release()?,
    };
    let package = build(&program, "zstd")?;
    println!("{}", package.display());
    if options.trial {
        try_out(&package)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether this machine can try a package; else what it lacks.
pub(crate) fn lacks() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        Some("needs root")
    } else if ["dpkg-deb", "systemd-sysusers", "systemd-analyze", "strip"]
        .iter()
        .any(|tool| on_path(tool).is_none())
    {
        Some("needs a Debian with systemd and binutils")
    } else if !can_be_tried() {
        Some("cannot make a copy of this machine: no overlay can be mounted")
    } else {
        None
    }
}

fn can_be_tried() -> bool {
    works("packaging/try")
}

/// Whether a trial can be made here, by its own word.
fn works(trial: &str) -> bool {
    let tried = Command::new(root().join(trial)).output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// Packs this program, and tries the package out.
pub(crate) fn build_and_try(program: &Path) -> Result<()> {
    try_out(&build(program, "none")?)
}

fn try_out(package: &Path) -> Result<()> {
    call(Command::new(root().join("packaging/try")).arg(package))?;
    if !works("packaging/boot") {
        eprintln!(
            "SKIPPED: the units were not started: no systemd can be booted here (packaging/boot says why)"
        );
        return Ok(());
    }
    call(Command::new(root().join("packaging/boot")).arg(package))
}

fn build(program: &Path, compression: &str) -> Result<PathBuf> {
    ensure!(
        on_path("dpkg-deb").is_some(),
        "dpkg-deb is missing; it comes with Debian"
    );
    let folder = ringkeeper_lab::target_directory().join("package");
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    for (from, to, mode) in FILES {
        put(&root().join(from), &tree.join(to), *mode)?;
    }
    let docs = fs::read_dir(root().join("docs"))?;
    for page in docs.filter_map(Result::ok).map(|entry| entry.path()) {
        let name = page.file_name().context("a page has a name")?;
        put(&page, &tree.join("usr/share/doc/ringkeeper").join(name), 0o644)?;
    }
    let binary = tree.join("usr/bin/ringkeeper");
    put(program, &binary, 0o755)?;
    call(Command::new("strip").arg("--strip-debug").arg(&binary))?;
    for (arguments, to) in [
        (&["man"][..], "usr/share/man/man1/ringkeeper.1"),
        (
            &["completions", "bash"],
            "usr/share/bash-completion/completions/ringkeeper",
        ),
        (
            &["completions", "zsh"],
            "usr/share/zsh/vendor-completions/_ringkeeper",
        ),
        (
            &["completions", "fish"],
            "usr/share/fish/vendor_completions.d/ringkeeper.fish",
        ),
    ] {
        let text = output(Command::new(&binary).args(arguments))?;
        write(&tree.join(to), text.as_bytes(), 0o644)?;
    }
    let version = env!("CARGO_PKG_VERSION");
    let architecture = output(Command::new("dpkg").arg("--print-architecture"))?;
    let architecture = architecture.trim();
    let size = output(
        Command::new("du")
            .args(["--summarize", "--block-size=1024"])
            .arg(&tree),
    )?;
    let size = size.split_whitespace().next().context("du says a size")?;
    let control = fs::read_to_string(root().join("packaging/control"))?
        .replace("VERSION", version)
        .replace("ARCHITECTURE", architecture)
        .replace("KILOBYTES", size);
    write(&tree.join("DEBIAN/control"), control.as_bytes(), 0o644)?;
    let package = folder.join(format!("ringkeeper_{version}_{architecture}.deb"));
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--root-owner-group", &format!("-Z{compression}"), "--build"]);
    call(pack.arg(&tree).arg(&package))?;
    Ok(package)
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, &content, mode)
}

/// Folders and files of a package are as everybody may see them, whatever this user's mask is.
fn write(to: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = to.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    fs::write(to, content)?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}
