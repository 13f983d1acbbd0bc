//! Reading component files, none larger than the sandbox takes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use ringkeeper_sandbox::SandboxSettings;

const MIB: u64 = 1 << 20;

/// The bytes of the component in this file. Nothing but a regular file is opened, for a pipe or device may never end.
///
/// # Errors
/// When the file cannot be read, is none, or is larger than a component may be.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, SandboxSettings::default().max_component_bytes)
}

fn read_at_most(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let too_large = |bytes: u64| {
        let limit = limit / MIB;
        io::Error::other(format!("it has {bytes} bytes; a component may have {limit} MiB"))
    };
    if metadata.len() > limit {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    // It may have grown meanwhile.
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.wasm");
        std::fs::write(&path, vec![0; MIB as usize]).unwrap();
        assert_eq!(read_at_most(&path, MIB).unwrap().len() as u64, MIB);
        std::fs::write(&path, vec![0; MIB as usize + 1]).unwrap();
        assert_eq!(
            read_at_most(&path, MIB).unwrap_err().to_string(),
            "it has 1048577 bytes; a component may have 1 MiB"
        );
    }

    #[test]
    fn what_may_never_end_is_not_opened() {
        for path in ["/dev/zero", "/"] {
            let error = read(Path::new(path)).unwrap_err();
            assert_eq!(error.to_string(), "it is no regular file", "{path}");
        }
    }
}
