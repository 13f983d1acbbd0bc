//! Components: part of the host, or read from a file with the signature beside it, none larger than the sandbox takes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ringkeeper_config::PluginSource;
use ringkeeper_sandbox::SandboxSettings;
use ringkeeper_seams::Timestamp;
use ringkeeper_signing::{SIGNATURE_SUFFIX, Signer, Trust};

const MIB: u64 = 1 << 20;
/// A signature has some 350 bytes.
const MOST_SIGNATURE_BYTES: u64 = 4 << 10;

/// A component that may be loaded.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Who signed these very bytes; none where nobody did, or it is part of the host.
    pub signer: Option<Signer>,
}

/// The bytes of a component, if they are trusted.
///
/// # Errors
/// Why they cannot be had, or are not trusted, in words.
pub fn component(source: &PluginSource, trust: &Trust, now: Timestamp) -> Result<Component, String> {
    match source {
        PluginSource::Builtin(name) => ringkeeper_bundled::ALL
            .iter()
            .find(|(bundled, _)| bundled == name)
            .map(|(_, bytes)| Component {
                bytes: bytes.to_vec(),
                signer: None,
            })
            .ok_or_else(|| format!("this program was built without the plugin `{name}`")),
        PluginSource::File(path) => {
            let unreadable = |error: io::Error| format!("{} cannot be read: {error}", path.display());
            let bytes = read(path).map_err(unreadable)?;
            let signature = signature_beside(path)?;
            let signer = trust
                .judge(&bytes, signature.as_deref(), now)
                .map_err(|untrusted| format!("{} is not trusted: {untrusted}", path.display()))?;
            Ok(Component { bytes, signer })
        }
    }
}

/// The signature beside a component; none where there is none.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn signature_beside(component: &Path) -> Result<Option<String>, String> {
    let mut name = component.as_os_str().to_owned();
    name.push(SIGNATURE_SUFFIX);
    let path = PathBuf::from(name);
    match read_at_most(&path, MOST_SIGNATURE_BYTES) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

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
        let limit = match limit >= MIB {
            true => format!("a component may have {} MiB", limit / MIB),
            false => format!("it may have {limit}"),
        };
        io::Error::other(format!("it has {bytes} bytes; {limit}"))
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

    #[test]
    fn a_component_in_a_file_is_loaded_where_a_trusted_key_signed_these_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.wasm");
        std::fs::write(&path, b"\0asm").unwrap();
        let source = PluginSource::File(path.clone());
        let key = ringkeeper_signing::new_key().unwrap();
        let trust = Trust {
            keys: vec![ringkeeper_signing::TrustedKey {
                name: "release".to_owned(),
                key: key.public.clone(),
                until: None,
            }],
            allow_unsigned: false,
        };
        let load = |trust: &Trust| component(&source, trust, Timestamp::default());
        let refused = load(&trust).unwrap_err();
        assert!(
            refused.contains("plugin.wasm is not trusted: nobody signed it"),
            "{refused}"
        );
        assert!(load(&Trust::in_everything()).unwrap().signer.is_none());
        let signature = ringkeeper_signing::sign(b"\0asm", &key.secret, "plugin.wasm").unwrap();
        std::fs::write(folder.path().join("plugin.wasm.minisig"), signature).unwrap();
        assert_eq!(load(&trust).unwrap().signer.unwrap().name, "release");
        std::fs::write(&path, b"\0asm!").unwrap();
        assert!(load(&trust).unwrap_err().contains("is not what release"));
    }

    #[test]
    fn what_is_part_of_the_host_needs_no_signature() {
        let health = PluginSource::Builtin("health".to_owned());
        assert!(component(&health, &Trust::default(), Timestamp::default()).is_ok());
    }
}
