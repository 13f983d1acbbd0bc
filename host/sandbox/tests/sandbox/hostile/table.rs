//! The table in `docs/security.md`.

use std::path::Path;
use std::time::Duration;

use super::Row;

const BEGIN: &str = "<!-- attacks -->\n";
const END: &str = "<!-- end of attacks -->";

/// Sees that the page names these attacks and what stopped them; writes them instead when `UPDATE_DOCS` is set.
pub(super) fn compare(rows: &[Row]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let from = page
        .find(BEGIN)
        .expect("docs/security.md has no mark for attacks")
        + BEGIN.len();
    let to = from + page[from..].find(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{}{}{}", &page[..from], table(rows), &page[to..])).unwrap();
        return;
    }
    let shipped: Vec<String> = page[from..to].lines().skip(2).map(without_times).collect();
    let now: Vec<String> = rows.iter().map(|row| without_times(&line(row))).collect();
    assert!(
        shipped == now,
        "docs/security.md is stale: run `UPDATE_DOCS=1 cargo test -p ringkeeper-sandbox every_attack`; now:\n{}",
        now.join("\n")
    );
}

fn table(rows: &[Row]) -> String {
    let head =
        "| attack | what stopped it | after | longest look | longest call |\n|---|---|---:|---:|---:|\n";
    rows.iter()
        .fold(head.to_owned(), |table, row| table + &line(row) + "\n")
}

fn line(row: &Row) -> String {
    format!(
        "| {} | {} | {} | {} | {} |",
        row.name,
        words(&row.stopped_by),
        millis(row.after),
        millis(row.look),
        millis(row.call)
    )
}

/// One line that a table can hold, without what another build of the guest would change: bytes and places in files.
fn words(said: &str) -> String {
    let said = said
        .replace('|', "\\|")
        .replace('\n', " ")
        .replace(&"a".repeat(200), "aaa… (200 bytes of it)");
    let said = said
        .split("; its last error: panicked at ")
        .next()
        .unwrap_or_default();
    let (said, cut) = match said.char_indices().nth(260) {
        Some((end, _)) => (&said[..end], "…"),
        None => (said, ""),
    };
    let mut words: Vec<&str> = said.split(' ').collect();
    for place in 1..words.len() {
        if words[place - 1] == "byte" || words[place - 1] == "wanted" {
            words[place] = "…";
        }
    }
    words.join(" ") + cut
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// The names, and what stopped them.
fn without_times(line: &str) -> String {
    let columns: Vec<&str> = line.split(" | ").collect();
    columns[..columns.len().saturating_sub(3)].join(" | ")
}
