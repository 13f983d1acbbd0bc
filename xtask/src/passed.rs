//! What passed before on this machine, with the very same binaries and files: it need not be told again.
//!
//! A part's **basis** is the digest of all that can change what comes of it: the binaries it runs, and every file of the
//! checkout that is not compiled into them. Where no basis can be made (no checkout, no git), every part is told. The
//! stamps are in the target folder and go with it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::workspace::{cargo, output, product, root};

/// Rooms whose sources reach tests through binaries alone.
const COMPILED: [&str; 3] = ["host/", "tests/", "xtask/"];

/// What a part was told with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Basis(String);

impl Basis {
    /// Of the product, and of the files beside it.
    pub(crate) fn of_the_product() -> Result<Self> {
        Self::of(vec![product()])
    }

    /// Of these test binaries, the product, and the files beside them. They are built where they are not yet.
    pub(crate) fn of_tests(names: &[&str]) -> Result<Self> {
        let mut call = vec![
            "test",
            "--workspace",
            "--locked",
            "--no-run",
            "--message-format=json",
        ];
        for name in names {
            call.extend(["--test", name]);
        }
        let messages = output(&mut cargo(&call))?;
        let mut programs = executables(&messages, names)?;
        programs.push(product());
        Self::of(programs)
    }

    fn of(programs: Vec<PathBuf>) -> Result<Self> {
        let listed = output(Command::new("git").current_dir(root()).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut hasher = blake3::Hasher::new();
        for program in programs {
            add(&mut hasher, "a program", &program)?;
        }
        for name in listed.split('\0').filter(|name| counts(name)) {
            add(&mut hasher, name, &root().join(name))?;
        }
        Ok(Self(hasher.finalize().to_hex().to_string()))
    }

    /// How long ago the part passed with this basis.
    pub(crate) fn passed(&self, part: &str) -> Option<Duration> {
        let stamp = stamp(part);
        if fs::read_to_string(&stamp).ok()? != self.0 {
            return None;
        }
        let at = fs::metadata(&stamp).ok()?.modified().ok()?;
        SystemTime::now().duration_since(at).ok()
    }

    /// The part has passed with this basis.
    pub(crate) fn note(&self, part: &str) -> Result<()> {
        let stamp = stamp(part);
        let folder = stamp.parent().unwrap_or(&stamp);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&stamp, &self.0))
            .with_context(|| format!("cannot write {}", stamp.display()))
    }
}

/// Whether a file of the checkout can change what comes of a binary that is built already.
fn counts(name: &str) -> bool {
    let is_compiled = name.ends_with(".rs") && COMPILED.iter().any(|room| name.starts_with(room));
    !name.is_empty() && !is_compiled
}

/// A file that the index lists and that is gone counts as empty.
fn add(hasher: &mut blake3::Hasher, name: &str, path: &Path) -> Result<()> {
    hasher
        .update(&(name.len() as u64).to_le_bytes())
        .update(name.as_bytes());
    match File::open(path) {
        Ok(file) => {
            let mut content = blake3::Hasher::new();
            content
                .update_reader(file)
                .with_context(|| format!("cannot read {}", path.display()))?;
            hasher.update(content.finalize().as_bytes());
        }
        Err(_) => {
            hasher.update(&[0; 32]);
        }
    }
    Ok(())
}

/// What cargo says of an artefact.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

fn executables(messages: &str, names: &[&str]) -> Result<Vec<PathBuf>> {
    let mut programs = Vec::new();
    for line in messages.lines() {
        let message: Message = serde_json::from_str(line).context("a message of cargo cannot be read")?;
        let (Some(program), Some(target)) = (message.executable, message.target) else {
            continue;
        };
        if target.kind == ["test"] && names.contains(&target.name.as_str()) {
            programs.push(program);
        }
    }
    ensure!(
        programs.len() == names.len(),
        "cargo names {} of the tests {names:?}",
        programs.len()
    );
    programs.sort_unstable();
    Ok(programs)
}

fn stamp(part: &str) -> PathBuf {
    let name: String = part
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    ringkeeper_lab::target_directory().join("passed").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_is_told_by_its_binary_and_everything_else_by_itself() {
        for file in [
            "README.md",
            "scenarios/storm.toml",
            "plugins/health/src/lib.rs",
            "Cargo.lock",
        ] {
            assert!(counts(file), "{file}");
        }
        for file in ["host/ring/src/lib.rs", "tests/suite/tests/real/main.rs", ""] {
            assert!(!counts(file), "{file}");
        }
    }

    #[test]
    fn test_binaries_are_found_in_what_cargo_says() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"real","kind":["test"]},"executable":"/t/real-1"}
{"reason":"compiler-artifact","target":{"name":"real","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"ringkeeper","kind":["bin"]},"executable":"/t/ringkeeper"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            executables(messages, &["real"]).unwrap(),
            [PathBuf::from("/t/real-1")]
        );
        assert!(executables(messages, &["real", "cluster"]).is_err());
    }

    #[test]
    fn any_byte_of_any_file_makes_another_digest() {
        let folder = ringkeeper_lab::target_directory().join("passed-test");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("file");
        let digest = |content: Option<&str>, name: &str| {
            let _ = fs::remove_file(&file);
            if let Some(content) = content {
                fs::write(&file, content).unwrap();
            }
            let mut hasher = blake3::Hasher::new();
            add(&mut hasher, name, &file).unwrap();
            hasher.finalize()
        };
        let all = [
            digest(Some("a"), "file"),
            digest(Some("b"), "file"),
            digest(Some("a"), "other"),
            digest(Some(""), "file"),
            digest(None, "file"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all[place + 1..].iter().all(|other| other != one));
        }
        assert_eq!(digest(Some("a"), "file"), all[0]);
        fs::remove_dir_all(folder).unwrap();
    }
}
