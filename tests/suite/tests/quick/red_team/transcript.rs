//! The transcript in `docs/security.md`.

use std::path::Path;

const BEGIN: &str = "<!-- red team -->\n";
const END: &str = "<!-- end of red team -->";

/// What was tried, and the words it met.
pub(super) struct Try {
    pub(super) tried: &'static str,
    pub(super) met: String,
}

/// Sees that the page tells these tries; writes them instead when `UPDATE_DOCS` is set.
pub(super) fn compare(tries: &[Try]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let from = page.find(BEGIN).unwrap() + BEGIN.len();
    let to = from + page[from..].find(END).unwrap();
    let table = tries
        .iter()
        .fold("| it tries | it meets |\n|---|---|\n".to_owned(), |table, one| {
            table
                + &format!(
                    "| {} | {} |\n",
                    one.tried,
                    one.met.replace('|', "\\|").replace('\n', " ")
                )
        });
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{}{table}{}", &page[..from], &page[to..])).unwrap();
        return;
    }
    assert!(
        page[from..to] == table,
        "docs/security.md is stale: run `UPDATE_DOCS=1 cargo test --test quick red_team`; now:\n{table}"
    );
}
