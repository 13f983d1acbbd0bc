//! The reference of all keys, as `docs/configuration.md` ships it.

use std::fmt::Write as _;

use crate::file::ROOT;
use crate::key::{Absent, Entry, Section};

const INTRODUCTION: &str = "\
# Configuration

The host reads one TOML file: `--config FILE`, else `./ringkeeper.toml`, else `/etc/ringkeeper/ringkeeper.toml`. This is
enough for a first cluster:

```toml
[[cluster]]
name = \"analytics\"
contact_points = [\"10.0.0.1\", \"10.0.0.2\"]
```

`ringkeeper serve --check` reads the file, reports everything that is wrong with it, and prints every value in force with
the line it comes from.

- An unknown key is an error.
- Times are written like `\"500ms\"`, `\"15s\"`, `\"5m\"`, `\"1h30m\"` or `\"2d\"`; sizes like `\"64KiB\"`, `\"16MiB\"` or `\"1GiB\"`.
- Relative paths are relative to the folder of the file.
- Secrets never stand in the file: `password_file` names a file that other users cannot read, `password_env` an
  environment variable of the host.
- `docs/config-schema.json` is a JSON Schema of the file, for editors.
";

/// The reference of all keys in Markdown: every key with its default and meaning.
#[must_use]
pub fn reference() -> String {
    let sections: Vec<_> = ROOT
        .every()
        .into_iter()
        .filter(|section| !section.path.is_empty())
        .map(section)
        .collect();
    format!("{INTRODUCTION}\n{}", sections.join("\n"))
}

/// A chapter about a section.
pub(crate) fn section(section: &Section) -> String {
    format!(
        "## `{}`\n\n{}\n{}",
        section.heading(),
        section.meaning,
        keys(section)
    )
}

/// An entry for each key of a section.
pub(crate) fn keys(section: &Section) -> String {
    let mut text = String::new();
    for key in section.keys {
        let (name, meaning) = (key.name(), key.meaning());
        let _ = write!(
            text,
            "\n- **`{name}`**: {meaning}\n  {}. {}\n",
            sentence(*key),
            absent(*key)
        );
    }
    text
}

fn absent(key: &dyn Entry) -> String {
    match key.absent() {
        Absent::Required => "**Required.**".to_owned(),
        Absent::Default(text) => format!("Default: `{text}`."),
        Absent::Otherwise(text) => format!("Without it: {text}."),
    }
}

/// What the value must be, beginning with a capital letter.
fn sentence(key: &dyn Entry) -> String {
    let expects = key.expects();
    let mut characters = expects.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}
