//! The text that Java has for the table of one snapshot's details.
//!
//! A row begins `[tag, keyspace, table, true size, size on disk` and goes on with what differs by release, up to the `]=`
//! before its values, which say the same again.

use ringkeeper_cluster::{TableName, TableSnapshot};

const VALUES: &str = "]=javax.management.openmbean.CompositeDataSupport(";
const UNITS: [(&str, f64); 5] = [
    ("bytes", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
];

/// The rows of the snapshot with this tag, or what cannot be read.
pub(super) fn read(tag: &str, text: &str) -> Result<Vec<TableSnapshot>, String> {
    let begin = format!("[{tag}, ");
    let mut keys: Vec<&str> = text.split(VALUES).collect();
    // Behind the last row there is none.
    keys.pop();
    let row = |before: &str| {
        let wrong = || format!("snapshot {tag:?} has a row that cannot be read");
        let (_, key) = before.rsplit_once(&begin).ok_or_else(wrong)?;
        let mut words = key.split(", ");
        let mut word = || words.next().ok_or_else(wrong);
        let (keyspace, table) = (word()?.to_owned(), word()?.to_owned());
        let (own, all) = (word()?, word()?);
        Ok(TableSnapshot {
            tag: tag.to_owned(),
            table: TableName { keyspace, table },
            bytes: bytes(all).ok_or_else(|| format!("{all:?} is no size"))?,
            own_bytes: bytes(own).ok_or_else(|| format!("{own:?} is no size"))?,
        })
    };
    keys.into_iter().map(row).collect()
}

/// A size as Cassandra prints it: `110 bytes`, `5.17 KiB`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer there is"
)]
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_once(' ')?;
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let number: f64 = number.replace(',', ".").parse().ok()?;
    (number >= 0.0).then_some((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str) -> String {
        let values = &VALUES[1..];
        format!("{key}{values}compositeType=…,contents={{Column family name=roles, Snapshot name=one}})")
    }

    fn told(rows: &[String]) -> String {
        format!(
            "javax.management.openmbean.TabularDataSupport(tabularType=…,contents={{{}}})",
            rows.join(", ")
        )
    }

    #[test]
    fn rows_of_every_release_are_read() {
        let table = |name: &str, bytes, own_bytes| TableSnapshot {
            tag: "one, or [two".to_owned(),
            table: TableName {
                keyspace: "shop".to_owned(),
                table: name.to_owned(),
            },
            bytes,
            own_bytes,
        };
        let text = told(&[
            row("[one, or [two, shop, a, 0 bytes, 5.09 KiB]"),
            row("[one, or [two, shop, b, 110 bytes, 1.5 MiB, 2026-11-25T21:42:37.666Z, null]"),
            row("[one, or [two, shop, c, 1 TiB, 2 TiB, 2026-11-25T21:42:37.666Z, null, false]"),
        ]);
        assert_eq!(
            read("one, or [two", &text).unwrap(),
            [
                table("a", 5_212, 0),
                table("b", 1_572_864, 110),
                table("c", 2 << 40, 1 << 40)
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(read("one", &told(&[])), Ok(Vec::new()));
        for key in [
            "[two, shop, a, 0 bytes, 1 KiB]",
            "[one, shop]",
            "[one, shop, a, 0 bytes, much]",
        ] {
            assert!(read("one", &told(&[row(key)])).is_err(), "{key}");
        }
    }

    #[test]
    fn fuzz_snapshot_details() {
        let sample = row("[1, roles, system_auth, 110 bytes, 5.17 KiB");
        ringkeeper_fuzz::text("snapshot details", &[&sample], |text| read("one", text).map(drop));
    }
}
