//! Components that were handed to the host, by their digest.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A component as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptComponent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its signature, where it came with one.
    pub signature: Option<String>,
}

/// Keeps components by digest. Whoever takes one out judges it again: what is kept is not trusted.
pub trait Components: std::fmt::Debug + Send + Sync {
    /// Keeps a component. When this returns it is durable.
    ///
    /// # Errors
    /// When it cannot be written; then nothing of it is there.
    fn put(&self, digest: &str, component: &KeptComponent) -> io::Result<()>;

    /// The component of this digest.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    fn get(&self, digest: &str) -> io::Result<KeptComponent>;

    /// Keeps a component no longer, if it is there.
    ///
    /// # Errors
    /// When it cannot be deleted; it may be there still.
    fn remove(&self, digest: &str) -> io::Result<()>;
}

/// Components that last as long as the process.
#[derive(Debug, Default)]
pub struct MemoryComponents(Mutex<BTreeMap<String, KeptComponent>>);

impl Components for MemoryComponents {
    fn put(&self, digest: &str, component: &KeptComponent) -> io::Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(digest.to_owned(), component.clone());
        Ok(())
    }

    fn get(&self, digest: &str) -> io::Result<KeptComponent> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(digest)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn remove(&self, digest: &str) -> io::Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(digest);
        Ok(())
    }
}

/// Components in a folder that is the host's alone.
#[derive(Debug)]
pub struct ComponentFolder {
    folder: PathBuf,
    /// No component is larger.
    most_bytes: u64,
}

impl ComponentFolder {
    /// The folder `plugins` of a data directory; it is made when the first component is kept.
    #[must_use]
    pub fn of(data_directory: &Path, most_bytes: u64) -> Self {
        Self {
            folder: data_directory.join("plugins"),
            most_bytes,
        }
    }

    fn path(&self, digest: &str, suffix: &str) -> io::Result<PathBuf> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        match is_digest {
            true => Ok(self.folder.join(format!("{digest}{suffix}"))),
            false => Err(io::Error::other("it is no digest")),
        }
    }

    /// Writes a file beside its place, and puts it there once it is on disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let beside = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        File::open(&self.folder)?.sync_all()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(self.most_bytes + 1)
            .read_to_end(&mut bytes)?;
        match bytes.len() as u64 > self.most_bytes {
            true => Err(io::Error::other("it is larger than a component may be")),
            false => Ok(bytes),
        }
    }
}

impl Components for ComponentFolder {
    fn put(&self, digest: &str, component: &KeptComponent) -> io::Result<()> {
        let (component_path, signature_path) = (self.path(digest, ".wasm")?, self.path(digest, ".minisig")?);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        // The component goes last: where it is, its signature is.
        match &component.signature {
            Some(signature) => self.write(&signature_path, signature.as_bytes())?,
            None => delete(&signature_path)?,
        }
        self.write(&component_path, &component.bytes)
    }

    fn get(&self, digest: &str) -> io::Result<KeptComponent> {
        let bytes = self.read(&self.path(digest, ".wasm")?)?;
        let signature = match self.read(&self.path(digest, ".minisig")?) {
            Ok(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(KeptComponent { bytes, signature })
    }

    fn remove(&self, digest: &str) -> io::Result<()> {
        // The component goes first, for the same reason.
        delete(&self.path(digest, ".wasm")?)?;
        delete(&self.path(digest, ".minisig")?)
    }
}

/// Deletes a file, if it is there.
fn delete(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn component(text: &str, signature: Option<&str>) -> KeptComponent {
        KeptComponent {
            bytes: text.as_bytes().to_vec(),
            signature: signature.map(str::to_owned),
        }
    }

    #[test]
    fn what_was_kept_is_there_with_its_signature_or_without_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let stores: [&dyn Components; 2] = [
            &ComponentFolder::of(folder.path(), 100),
            &MemoryComponents::default(),
        ];
        let digest = "ab".repeat(32);
        for store in stores {
            assert_eq!(store.get(&digest).unwrap_err().kind(), io::ErrorKind::NotFound);
            for kept in [component("one", Some("signed")), component("two", None)] {
                store.put(&digest, &kept).unwrap();
                assert_eq!(store.get(&digest).unwrap(), kept);
            }
            store.put(&digest, &component("one", Some("signed"))).unwrap();
            for _ in 0..2 {
                store.remove(&digest).unwrap();
                assert_eq!(store.get(&digest).unwrap_err().kind(), io::ErrorKind::NotFound);
            }
        }
        let left = std::fs::read_dir(folder.path().join("plugins")).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn nobody_else_can_read_or_write_there_and_no_name_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let store = ComponentFolder::of(folder.path(), 3);
        let digest = "0".repeat(64);
        store.put(&digest, &component("one", Some("s"))).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path().join("plugins")), 0o700);
        for entry in std::fs::read_dir(folder.path().join("plugins")).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
        assert!(store.put("../../etc/passwd", &component("one", None)).is_err());
        assert!(store.get(&"/".repeat(64)).is_err());
        assert!(store.remove("../../etc/passwd").is_err());
        store.put(&digest, &component("four", None)).unwrap();
        assert!(store.get(&digest).is_err(), "larger than allowed");
    }
}
