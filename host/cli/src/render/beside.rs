//! What lies beside a node: the end of its log, its snapshots, what is installed.

use ringkeeper_cluster::{Installed, LogTail, NodeStorage};

use super::grid::{Column, Grid, Value};
use super::quantity::bytes;
use crate::screen::{Screen, Tone};

/// A data directory with less than this share free is shown in another colour.
const LITTLE: f64 = 0.15;

/// The end of a log, as it is written there.
pub(crate) fn log(tail: &LogTail, screen: &Screen) -> String {
    if tail.entries.is_empty() {
        let more = match tail.is_cut {
            true => " in the part of it that was read",
            false => "",
        };
        return format!("The log has no such entry{more}.\n");
    }
    let mut text = String::new();
    if tail.is_cut {
        text += &screen.paint(Tone::Faint, "(what is older is left out)");
        text.push('\n');
    }
    for entry in &tail.entries {
        text += &harmless(entry, &['\n', '\t']);
        text.push('\n');
    }
    text
}

/// Data directories with the room that is left, and snapshots.
pub(crate) fn storage(storage: &NodeStorage, screen: &Screen) -> String {
    let plain = |text: String| (text, Tone::Plain);
    let mut directories = Grid::new(vec![
        Column::left("Data directory", 0),
        Column::left("Free", 0),
        Column::left("Of", 0),
    ]);
    let rows = storage.directories.iter().map(|directory| {
        vec![
            plain(shown(&directory.path)),
            free(directory.free_bytes, directory.total_bytes),
            plain(bytes(directory.total_bytes)),
        ]
    });
    directories.group(rows.collect());
    let mut text = directories.draw(screen).groups.concat() + "\n\n";
    if storage.snapshots.is_empty() {
        text += "There is no snapshot.\n";
    } else {
        let mut snapshots = Grid::new(vec![
            Column::left("Snapshot", 0),
            Column::left("Keyspace", 0),
            Column::left("Tables", 1),
            Column::left("Size", 0),
            Column::left("Gives back", 0),
        ]);
        let rows = storage.snapshots.iter().map(|snapshot| {
            vec![
                plain(shown(&snapshot.tag)),
                plain(shown(&snapshot.keyspace)),
                plain(snapshot.tables.to_string()),
                plain(bytes(snapshot.bytes)),
                plain(bytes(snapshot.own_bytes)),
            ]
        });
        snapshots.group(rows.collect());
        text += &(snapshots.draw(screen).groups.concat() + "\n");
    }
    if storage.is_cut {
        text += "There are more, which give back less.\n";
    }
    for refused in &storage.refused {
        text += &format!("left out: {}\n", shown(refused));
    }
    text
}

#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "a share for people"
)]
fn free(free: u64, total: u64) -> Value {
    let tone = match free as f64 / total as f64 {
        share if share < LITTLE => Tone::Bad,
        _ => Tone::Plain,
    };
    (bytes(free), tone)
}

/// What is installed, in a line: of Cassandra what will run from the next start on, where that is another release.
pub(super) fn installed(installed: &Installed, runs: Option<&str>) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let cassandra: Vec<String> = installed
        .cassandra
        .iter()
        .map(|release| {
            let note = match runs {
                Some(runs) if release.is_in_use && runs != release.version => {
                    ", which runs from the next start on"
                }
                _ => "",
            };
            format!("{} in {}{note}", shown(&release.version), shown(&release.home))
        })
        .collect();
    if !cassandra.is_empty() {
        rows.push(("installed".to_owned(), cassandra.join("; ")));
    }
    let (used, others): (Vec<_>, Vec<_>) = installed.java.iter().partition(|java| java.is_in_use);
    let named = |java: &&ringkeeper_cluster::InstalledJava| {
        let by = java.implementor.as_ref().map(|by| format!(" of {}", shown(by)));
        format!(
            "{}{} in {}",
            shown(&java.version),
            by.unwrap_or_default(),
            shown(&java.home)
        )
    };
    if let Some(java) = used.first() {
        rows.push(("Java".to_owned(), named(java)));
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(named).collect();
        let name = if used.is_empty() {
            "Java, installed"
        } else {
            "other Java"
        };
        rows.push((name.to_owned(), others.join("; ")));
    }
    rows
}

/// A name as it is shown.
fn shown(text: &str) -> String {
    harmless(text, &[])
}

/// A log or a name may hold what clients sent: nothing of it tells the terminal what to do, but for what is `kept`.
fn harmless(text: &str, kept: &[char]) -> String {
    text.chars()
        .map(|letter| match letter.is_control() && !kept.contains(&letter) {
            true => char::REPLACEMENT_CHARACTER,
            false => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ringkeeper_cluster::{DataDirectory, InstalledCassandra, InstalledJava, KeptSnapshot};

    use super::*;
    use crate::render::samples::screen;

    #[test]
    fn a_log_is_shown_as_it_is_and_tells_the_terminal_nothing() {
        let tail = LogTail {
            entries: vec!["WARN  [a] b\n\tat c".to_owned(), "ERROR [a] \u{1b}[2J".to_owned()],
            is_cut: true,
        };
        assert_eq!(
            log(&tail, &screen(80)),
            "(what is older is left out)\nWARN  [a] b\n\tat c\nERROR [a] \u{fffd}[2J\n"
        );
        assert_eq!(
            log(&LogTail::default(), &screen(80)),
            "The log has no such entry.\n"
        );
    }

    #[test]
    fn snapshots_are_listed_with_what_they_give_back() {
        let mut told = NodeStorage {
            directories: vec![DataDirectory {
                path: "/var/lib/cassandra/data".to_owned(),
                total_bytes: 1 << 40,
                free_bytes: 1 << 36,
            }],
            snapshots: vec![KeptSnapshot {
                tag: "before-upgrade".to_owned(),
                keyspace: "shop".to_owned(),
                tables: 12,
                bytes: 3 << 30,
                own_bytes: 1 << 30,
            }],
            ..NodeStorage::default()
        };
        insta::assert_snapshot!(storage(&told, &screen(80)));
        told.snapshots.clear();
        assert!(storage(&told, &screen(80)).ends_with("There is no snapshot.\n"));
    }

    #[test]
    fn a_release_that_waits_for_a_start_is_said() {
        let told = Installed {
            cassandra: vec![InstalledCassandra {
                version: "5.0.5".to_owned(),
                home: "/usr/share/cassandra".to_owned(),
                is_in_use: true,
            }],
            java: vec![InstalledJava {
                version: "17.0.15".to_owned(),
                implementor: Some("Debian".to_owned()),
                home: "/usr/lib/jvm/java-17".to_owned(),
                is_in_use: true,
            }],
        };
        let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let java = row("Java", "17.0.15 of Debian in /usr/lib/jvm/java-17");
        let same = row("installed", "5.0.5 in /usr/share/cassandra");
        assert_eq!(installed(&told, Some("5.0.5")), [same.clone(), java.clone()]);
        assert_eq!(installed(&told, None), [same, java.clone()]);
        let waits = row(
            "installed",
            "5.0.5 in /usr/share/cassandra, which runs from the next start on",
        );
        assert_eq!(installed(&told, Some("5.0.4")), [waits, java]);
    }
}
