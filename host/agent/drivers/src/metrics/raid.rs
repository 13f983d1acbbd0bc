//! Software RAID, by `/proc/mdstat`.

use std::io;

use super::proc_tree::Tree;
use super::{HostSample, number};

pub(super) fn read(tree: &Tree) -> Vec<HostSample> {
    let text = tree
        .open("proc/mdstat")
        .and_then(|file| io::read_to_string(file).ok());
    parse(&text.unwrap_or_default())
        .into_iter()
        .flat_map(|array| {
            let of = |metric, value| HostSample::of(metric, &array.name, value);
            [
                of("raid.members", number(array.members)),
                of("raid.members_missing", number(array.missing)),
                of("raid.is_syncing", f64::from(u8::from(array.is_syncing))),
            ]
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Array {
    name: String,
    members: u64,
    missing: u64,
    is_syncing: bool,
}

/// `md0 : active raid1 sdb1[1] sda1[0]`, then a line with `[2/1] [U_]`, then perhaps one with `recovery = 12.6%`.
fn parse(text: &str) -> Vec<Array> {
    let mut arrays: Vec<Array> = Vec::new();
    for line in text.lines() {
        if let Some((name, _)) = line.split_once(" : ").filter(|(name, _)| name.starts_with("md")) {
            arrays.push(Array {
                name: name.to_owned(),
                members: 0,
                missing: 0,
                is_syncing: false,
            });
            continue;
        }
        let Some(array) = arrays.last_mut() else { continue };
        if let Some((wanted, working)) = line.split_whitespace().find_map(members) {
            (array.members, array.missing) = (wanted, wanted.saturating_sub(working));
        }
        let words = ["recovery", "resync", "reshape", "check"];
        array.is_syncing |= words
            .iter()
            .any(|word| line.contains(&format!("{word} =")) || line.contains(&format!("{word}=")));
    }
    // A stripe has no such line: it lives with all its disks or not at all.
    arrays.retain(|array| array.members > 0);
    arrays
}

fn members(word: &str) -> Option<(u64, u64)> {
    let (wanted, working) = word.strip_prefix('[')?.strip_suffix(']')?.split_once('/')?;
    Some((wanted.parse().ok()?, working.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_read_as_the_kernel_writes_them() {
        let text = "\
Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
md2 : active raid0 sdd1[1] sdc1[0]
      209584128 blocks super 1.2 512k chunks

md1 : active raid1 sdb2[2] sda2[0]
      976630464 blocks super 1.2 [2/1] [U_]
      [==>..................]  recovery = 12.6% (123456/976630464) finish=101.2min speed=140000K/sec

md0 : active (auto-read-only) raid1 sdb1[1] sda1[0]
      523712 blocks super 1.2 [2/2] [UU]
        resync=PENDING

unused devices: <none>
";
        let array = |name: &str, members, missing, is_syncing| Array {
            name: name.to_owned(),
            members,
            missing,
            is_syncing,
        };
        assert_eq!(parse(text), [array("md1", 2, 1, true), array("md0", 2, 0, true)]);
        assert_eq!(parse("Personalities : \nunused devices: <none>\n"), []);
    }

    #[test]
    fn fuzz_what_the_kernel_says_of_arrays() {
        let sample = "md0 : active raid1 sdb1[1] sda1[0]\n      1046528 blocks [2/1] [U_]\n      [==>..]  recovery = 12.6% (37043392/292945152)\n";
        ringkeeper_fuzz::text("/proc/mdstat", &[sample], |text| {
            assert!(parse(text).iter().all(|array| array.missing <= array.members));
            Ok(())
        });
    }
}
