//! Setting up what is missing.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::doctor::advice;
use crate::need::{Need, on_path};
use crate::workspace::run;

/// Exit code when the machine lacks something we cannot install.
const MISSING: u8 = 2;

/// Installs what is missing of these needs where that is possible and then goes on. Where it is not, says everything that is
/// missing at once and does not go on.
pub(crate) fn then(needs: fn() -> Vec<Need>, work: impl FnOnce() -> Result<ExitCode>) -> Result<ExitCode> {
    let missing = missing(needs);
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !packages.is_empty() && may_install() {
        println!("installing {}", packages.join(", "));
        apt_get(&["update"])?;
        apt_get(&[&["install", "--yes", "--no-install-recommends"], &packages[..]].concat())?;
    }
    let missing = if packages.is_empty() {
        missing
    } else {
        self::missing(needs)
    };
    if missing.is_empty() {
        return work();
    }
    eprintln!("{}", advice(&missing));
    Ok(ExitCode::from(MISSING))
}

fn missing(needs: fn() -> Vec<Need>) -> Vec<Need> {
    needs().into_iter().filter(|need| need.found.is_none()).collect()
}

/// On Debian, as root: nobody is asked for a password, and nothing but the package manager is used.
pub(crate) fn may_install() -> bool {
    has_debian_packages() && rustix::process::geteuid().is_root()
}

/// Whether the package names we know mean something here.
pub(crate) fn has_debian_packages() -> bool {
    Path::new("/etc/debian_version").is_file() && on_path("apt-get").is_some()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet")
        .args(arguments))
}
