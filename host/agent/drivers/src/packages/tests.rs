use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::conformance::{Machine, check};
use super::*;

/// A program in place of apt-get that prints what apt-get printed.
struct Recorded {
    root: TempDir,
    apt: Apt,
}

impl Recorded {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("run")).unwrap();
        let program = root.path().join("apt-get");
        fs::write(
            &program,
            format!("#!/bin/sh\ncat {}/printed\n", root.path().display()),
        )
        .unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        fs::write(root.path().join("printed"), "Reading package lists...\n").unwrap();
        Self {
            apt: Apt::new(program, root.path()),
            root,
        }
    }

    fn print(&self, text: &str) {
        fs::write(self.root.path().join("printed"), text).unwrap();
    }
}

impl Machine for Recorded {
    fn packages(&self) -> &dyn Packages {
        &self.apt
    }

    fn set_updates(&self, updates: &[Update]) {
        let lines = updates.iter().map(|update| {
            let installed = update
                .installed
                .as_ref()
                .map(|version| format!("[{version}] "))
                .unwrap_or_default();
            let origin = if update.is_security {
                "Debian-Security:12/stable-security"
            } else {
                "Debian:12.8/stable"
            };
            format!(
                "Inst {} {installed}({} {origin} [amd64])\nConf {} (x)\n",
                update.package, update.candidate, update.package
            )
        });
        self.print(&lines.collect::<String>());
    }

    fn set_reboot(&self, packages: Option<&[&str]>) {
        let run = self.root.path().join("run");
        let file = |name: &str| run.join(name);
        let remove = |path: &Path| drop(fs::remove_file(path));
        match packages {
            Some(packages) => {
                fs::write(file("reboot-required"), "*** System restart required ***\n").unwrap();
                // Each installation adds its line again.
                fs::write(
                    file("reboot-required.pkgs"),
                    format!("{0}\n{0}\n", packages.join("\n")),
                )
                .unwrap();
            }
            None => {
                remove(&file("reboot-required"));
                remove(&file("reboot-required.pkgs"));
            }
        }
    }
}

impl Machine for MemoryPackages {
    fn packages(&self) -> &dyn Packages {
        self
    }

    fn set_updates(&self, updates: &[Update]) {
        Self::set_updates(self, updates.to_vec());
    }

    fn set_reboot(&self, packages: Option<&[&str]>) {
        let mut named: Option<Vec<String>> =
            packages.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        if let Some(names) = &mut named {
            names.sort_unstable();
        }
        Self::set_reboot(self, named.map(|packages| RebootRequired { packages }));
    }
}

#[tokio::test]
async fn apt_conforms() {
    check(&Recorded::new()).await;
}

#[tokio::test]
async fn packages_in_memory_conform() {
    check(&MemoryPackages::default()).await;
}

#[tokio::test]
async fn what_apt_says_and_nobody_understands_is_no_good_news() {
    let machine = Recorded::new();
    machine.print("Inst bash\n");
    let error = machine.apt.updates().await.unwrap_err().to_string();
    assert!(error.contains("not understood: bash"), "{error}");
    assert!(Apt::new("/none/apt-get", "/").updates().await.is_err());
    assert!(Apt::new("/bin/false", "/").updates().await.is_err());
}

#[tokio::test]
async fn this_machine_answers_where_it_has_apt() {
    if Path::new("/usr/bin/apt-get").exists() {
        Apt::default().updates().await.unwrap();
        Apt::default().reboot_required().await.unwrap();
    }
}

#[test]
fn fuzz_what_apt_prints() {
    let sample = "Inst libssl3 [3.0.11-1] (3.0.15-1 Debian:12.8/stable, Debian-Security:12/stable-security [amd64])\nConf libssl3\n";
    ringkeeper_fuzz::text("apt-get upgrade --simulate", &[sample], |text| {
        super::apt::parse(text)
            .map(drop)
            .map_err(|line| format!("not understood: {line}"))
    });
}
