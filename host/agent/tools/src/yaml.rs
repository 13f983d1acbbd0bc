//! The node's configuration, for a copy of its data.

use std::path::Path;

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
pub(crate) fn for_copy(yaml: &str, copy: &Path, data: &[std::path::PathBuf]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
