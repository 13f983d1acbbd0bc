//! The node's configuration, for a copy of its data.

use std::path::{Path, PathBuf};

/// What says where things are.
const PLACES: [&str; 6] = [
    "data_file_directories",
    "local_system_data_file_directory",
    "commitlog_directory",
    "saved_caches_directory",
    "hints_directory",
    "cdc_raw_directory",
];

/// The same `cassandra.yaml`, with every place in `copy` and its data in `data`.
pub(crate) fn for_copy(yaml: &str, copy: &Path, data: &[PathBuf]) -> String {
    let mut text = String::new();
    let mut is_place = false;
    for line in yaml.lines() {
        // What is indented, and a list without indent, still belongs to the key above.
        let begins =
            line.starts_with(|letter: char| !letter.is_whitespace() && letter != '-' && letter != '#');
        if begins {
            let key = line.split(':').next().unwrap_or_default();
            is_place = PLACES.contains(&key.trim());
        }
        if !is_place {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.push_str("data_file_directories:\n");
    for folder in data {
        text.push_str(&format!("  - {:?}\n", folder.display().to_string()));
    }
    for place in ["commitlog", "saved_caches", "hints", "cdc_raw"] {
        let folder = copy.join(place).display().to_string();
        text.push_str(&format!("{place}_directory: {folder:?}\n"));
    }
    text
}

/// The data directories that a `cassandra.yaml` names; none where it names none. A name in a list on one line, or below.
pub(crate) fn data_directories(yaml: &str) -> Vec<PathBuf> {
    let mut lines = yaml
        .lines()
        .skip_while(|line| !line.starts_with("data_file_directories:"));
    let Some((_, inline)) = lines.next().and_then(|line| line.split_once(':')) else {
        return Vec::new();
    };
    let list = inline.split('#').next().unwrap_or_default().trim();
    let path = |name: &str| PathBuf::from(name.trim().trim_matches(['"', '\'']));
    if let Some(list) = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        let names = list.split(',').filter(|name| !name.trim().is_empty());
        return names.map(path).collect();
    }
    let mut directories = Vec::new();
    for line in lines {
        let line = line.trim();
        match line.strip_prefix("- ") {
            Some(name) => directories.push(path(name.split(" #").next().unwrap_or_default())),
            None if line.is_empty() || line.starts_with('#') => {}
            None => break,
        }
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_directories_are_read_however_they_are_written() {
        let two: Vec<PathBuf> = vec!["/data/1".into(), "/data/2".into()];
        for yaml in [
            "a: b\ndata_file_directories:\n  - /data/1\n  # more\n  - '/data/2' # slow\nc: d\n",
            "data_file_directories:\n- \"/data/1\"\n- /data/2\n",
            "data_file_directories: [/data/1, \"/data/2\"] # both\nc:\n  - /no\n",
        ] {
            assert_eq!(data_directories(yaml), two, "{yaml}");
        }
        assert!(
            data_directories("# data_file_directories:\n#   - /data/1\ncommitlog_directory: /log\n")
                .is_empty()
        );
    }

    #[test]
    fn only_places_change() {
        let yaml = "cluster_name: lab\ndata_file_directories:\n  - /data/1\n- /data/2\n# a word\ncommitlog_directory: /log\n\
                    partitioner: org.apache.cassandra.dht.Murmur3Partitioner\nseed_provider:\n- class_name: x\n  parameters: y\n";
        let copy = for_copy(yaml, Path::new("/copy"), &["/copy/0".into(), "/copy/1".into()]);
        assert_eq!(
            copy,
            "cluster_name: lab\npartitioner: org.apache.cassandra.dht.Murmur3Partitioner\nseed_provider:\n\
             - class_name: x\n  parameters: y\ndata_file_directories:\n  - \"/copy/0\"\n  - \"/copy/1\"\n\
             commitlog_directory: \"/copy/commitlog\"\nsaved_caches_directory: \"/copy/saved_caches\"\n\
             hints_directory: \"/copy/hints\"\ncdc_raw_directory: \"/copy/cdc_raw\"\n"
        );
    }

    #[test]
    fn fuzz_cassandra_yaml() {
        let sample = "cluster_name: lab\ndata_file_directories:\n  - /data/1 # slow\n  - '/data/2'\ncommitlog_directory: /log\nseed_provider:\n- class_name: x\n";
        let inline = "data_file_directories: [/data/1, \"/data/2\"] # both\nc:\n  - /no\n";
        ringkeeper_fuzz::text("cassandra.yaml, for tools", &[sample, inline], |yaml| {
            data_directories(yaml);
            let copy = for_copy(yaml, Path::new("/copy"), &["/copy/0".into()]);
            assert_eq!(
                data_directories(&copy),
                [PathBuf::from("/copy/0")],
                "a copy names its own data alone"
            );
            Ok(())
        });
    }
}
