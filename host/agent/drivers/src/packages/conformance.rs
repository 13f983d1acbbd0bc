//! What every driver of packages keeps to.

use super::{Packages, RebootRequired, Update};

/// A machine's packages, as a test sets them.
pub(super) trait Machine {
    fn packages(&self) -> &dyn Packages;
    fn set_updates(&self, updates: &[Update]);
    fn set_reboot(&self, packages: Option<&[&str]>);
}

fn update(package: &str, installed: Option<&str>, is_security: bool) -> Update {
    Update {
        package: package.to_owned(),
        installed: installed.map(str::to_owned),
        candidate: "2.0-1+deb12u1".to_owned(),
        is_security,
    }
}

/// Runs the whole suite on a machine where all is well.
pub(super) async fn check(machine: &dyn Machine) {
    assert!(machine.packages().updates().await.unwrap().is_empty());
    assert_eq!(machine.packages().reboot_required().await.unwrap(), None);

    let updates = [
        update("openssl", Some("1:1.0-1"), true),
        update("bash", Some("1.0"), false),
        update("linux-image-2", None, true),
    ];
    machine.set_updates(&updates);
    let told = machine.packages().updates().await.unwrap();
    let names: Vec<&str> = told.iter().map(|update| update.package.as_str()).collect();
    assert_eq!(names, ["bash", "linux-image-2", "openssl"]);
    assert!(updates.iter().all(|update| told.contains(update)), "{told:?}");

    machine.set_reboot(Some(&["linux-image-2", "libc6"]));
    let packages = ["libc6", "linux-image-2"].map(str::to_owned).to_vec();
    assert_eq!(
        machine.packages().reboot_required().await.unwrap(),
        Some(RebootRequired { packages })
    );
    machine.set_reboot(None);
    assert_eq!(machine.packages().reboot_required().await.unwrap(), None);
}
