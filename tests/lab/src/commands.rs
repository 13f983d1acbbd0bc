//! The commands by which a host starts and stops the nodes of a lab.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::control::Verb;

/// The program beside this one, or beside the folder that test programs are in.
pub(crate) fn client() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.parent().context("a program is in a folder")?;
    let folder = match folder.file_name() {
        Some(name) if name == "deps" => folder.parent().context("deps is in a folder")?,
        _ => folder,
    };
    let program = folder.join("lab-node");
    ensure!(
        program.is_file(),
        "{} is missing; build it with: cargo build --workspace --bins",
        program.display()
    );
    Ok(program)
}

/// The section of a host's configuration.
pub(crate) fn section(program: &[&str], folder: &Path) -> String {
    let folder = folder.display().to_string();
    let lines = Verb::EVERY.map(|verb| {
        let fixed = program.iter().map(|word| braced(word));
        let words = fixed.chain([
            verb.word().to_owned(),
            "{address}".to_owned(),
            "--lab".to_owned(),
            braced(&folder),
        ]);
        let words: Vec<String> = words.map(|word| format!("{word:?}")).collect();
        format!("{} = [{}]\n", verb.word(), words.join(", "))
    });
    format!("[cluster.process]\n{}", lines.concat())
}

/// A word with its braces doubled, as a host reads them.
fn braced(word: &str) -> String {
    word.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_names_the_node_and_the_lab() {
        assert_eq!(
            section(&["/bin/x", "node"], Path::new("/a {b}")),
            "[cluster.process]\n\
             start = [\"/bin/x\", \"node\", \"start\", \"{address}\", \"--lab\", \"/a {{b}}\"]\n\
             stop = [\"/bin/x\", \"node\", \"stop\", \"{address}\", \"--lab\", \"/a {{b}}\"]\n\
             status = [\"/bin/x\", \"node\", \"status\", \"{address}\", \"--lab\", \"/a {{b}}\"]\n"
        );
    }
}
