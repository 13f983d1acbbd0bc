//! `cargo xtask doctor`: what this machine has and what it lacks.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::need::{self, Need};
use crate::setup::{has_debian_packages, may_install};

/// Prints the list; fails when something is missing.
pub(crate) fn run() -> ExitCode {
    let needs = need::all();
    for Need {
        name, purpose, found, ..
    } in &needs
    {
        let state = if found.is_some() { "ok" } else { "missing" };
        let place = found.as_deref().unwrap_or("-");
        println!("{state:<8} {name:<22} {place:<48} for {purpose}");
    }
    let missing: Vec<Need> = needs.into_iter().filter(|need| need.found.is_none()).collect();
    if missing.is_empty() {
        println!("\nNothing is missing.");
        return ExitCode::SUCCESS;
    }
    println!("\n{}", advice(&missing));
    if may_install() {
        println!("`cargo xtask demo` and `cargo xtask test` do this by themselves.");
    }
    ExitCode::FAILURE
}

/// All that is missing and the commands that bring it, in one list.
pub(crate) fn advice(missing: &[Need]) -> String {
    advise(missing, has_debian_packages())
}

fn advise(missing: &[Need], debian: bool) -> String {
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    let mut text = format!("missing: {}\nto install everything:\n", names.join(", "));
    let packages: Vec<&str> = missing
        .iter()
        .filter(|_| debian)
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    // Writing to a string cannot fail.
    if !packages.is_empty() {
        let _ = writeln!(
            text,
            "  apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
    }
    for need in missing.iter().filter(|need| !debian || need.packages.is_empty()) {
        let _ = writeln!(text, "  {}", need.otherwise);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Need, advise};

    fn missing() -> [Need; 2] {
        let need = |name, packages, otherwise| Need {
            name,
            purpose: "",
            found: None,
            packages,
            otherwise,
        };
        [need("one", &["a", "b"], "get one"), need("two", &[], "get two")]
    }

    #[test]
    fn names_every_package_in_one_command_on_debian() {
        assert_eq!(
            advise(&missing(), true),
            "missing: one, two\nto install everything:\n  apt-get install --no-install-recommends a b\n  get two\n"
        );
    }

    #[test]
    fn names_no_packages_elsewhere() {
        assert_eq!(
            advise(&missing(), false),
            "missing: one, two\nto install everything:\n  get one\n  get two\n"
        );
    }
}
