//! The node's configuration, for a copy of its data.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ringkeeper_jvm::{CassandraYaml, MOST_YAML, Yaml, YamlError};

use crate::RunError;

/// What says where things are.
const PLACES: [&str; 6] = [
    "data_file_directories",
    "local_system_data_file_directory",
    "commitlog_directory",
    "saved_caches_directory",
    "hints_directory",
    "cdc_raw_directory",
];

/// The text of a `cassandra.yaml`, as far as one may go.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, RunError> {
    let mut text = String::new();
    let file = File::open(path).map_err(RunError::at(path))?;
    let read = file.take(MOST_YAML + 1).read_to_string(&mut text);
    read.map_err(RunError::at(path))?;
    Ok(text)
}

/// The same `cassandra.yaml`, with every place in `copy` and its data in `data`.
///
/// # Errors
/// When it is none, or its settings do not begin lines of their own.
pub(crate) fn for_copy(yaml: &str, copy: &Path, data: &[PathBuf]) -> Result<String, YamlError> {
    let mut places = "data_file_directories:\n".to_owned();
    for folder in data {
        places.push_str(&format!("  - {:?}\n", folder.display().to_string()));
    }
    for place in ["commitlog", "saved_caches", "hints", "cdc_raw"] {
        let folder = copy.join(place).display().to_string();
        places.push_str(&format!("{place}_directory: {folder:?}\n"));
    }
    CassandraYaml::read(yaml)?.replaced(yaml, &PLACES, &places)
}

/// The data directories that a `cassandra.yaml` names; none where it names none.
///
/// # Errors
/// When it is none.
pub(crate) fn data_directories(yaml: &str) -> Result<Vec<PathBuf>, YamlError> {
    let yaml = CassandraYaml::read(yaml)?;
    let named = yaml.get(&["data_file_directories"]);
    let named = named.map(Yaml::texts).unwrap_or_default();
    Ok(named.into_iter().map(PathBuf::from).collect())
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
            "data_file_directories: [ /data/1,\n  \"/data/2\" ]\nc:\n  - /no\n",
        ] {
            assert_eq!(data_directories(yaml).unwrap(), two, "{yaml}");
        }
        assert!(
            data_directories("# data_file_directories:\n#   - /data/1\ncommitlog_directory: /log\n")
                .unwrap()
                .is_empty()
        );
        assert!(data_directories("data_file_directories: [/data/1\n").is_err());
    }

    #[test]
    fn only_places_change() {
        let yaml = "cluster_name: lab\ndata_file_directories:\n  - /data/1\n  - /data/2\n# a word\ncommitlog_directory: /log\n\
                    partitioner: org.apache.cassandra.dht.Murmur3Partitioner\nseed_provider:\n- class_name: x\n  parameters: y\n";
        let copy = for_copy(yaml, Path::new("/copy"), &["/copy/0".into(), "/copy/1".into()]).unwrap();
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
            let copy = for_copy(yaml, Path::new("/copy"), &["/copy/0".into()]);
            let copy = copy.map_err(|error| error.to_string())?;
            assert_eq!(
                data_directories(&copy).unwrap(),
                [PathBuf::from("/copy/0")],
                "a copy names its own data alone"
            );
            Ok(())
        });
    }
}
