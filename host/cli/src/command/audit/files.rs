//! The audit log as files, one a segment.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ringkeeper_api::{AuditExportRow, AuditVerdict};
use ringkeeper_conductor::audit_verdict;
use ringkeeper_journal::{AuditCheck, AuditHead, AuditRow, AuditSegment, read_audit_file};

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;

/// Seals what is open and writes every segment that is not in the folder yet. What is written is checked before the host is
/// told that it is there.
pub(super) async fn export(client: &Client, folder: &Path) -> Result<Vec<AuditExportRow>, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let mut written = Vec::new();
    for segment in client.seal_audit().await? {
        let file = folder.join(format!("audit-{:06}.jsonl", segment.segment));
        let was_there = file.exists();
        if !was_there {
            if segment.is_pruned {
                continue;
            }
            let answer = client.audit_segment(segment.segment).await?;
            write(&file, &answer.text).map_err(|error| unusable(&file, &error))?;
        }
        let (about, _) = checked(&file)?;
        if about.hash != segment.hash {
            let message = format!(
                "{}: it has the hash {}, and segment {} of this host has {}",
                file.display(),
                about.hash,
                segment.segment,
                segment.hash
            );
            let remedy = "export to another folder: this one is of another host, or the log of one of them was changed";
            return Err(Failure::new(Exit::Failed, message, remedy));
        }
        if segment.exported_at.is_none() {
            client
                .audit_exported(segment.segment, segment.hash.clone())
                .await?;
        }
        written.push(AuditExportRow {
            segment: segment.segment,
            file: file.display().to_string(),
            records: segment.last + 1 - segment.first,
            hash: segment.hash,
            was_there,
        });
    }
    Ok(written)
}

/// Checks the files of a folder, which must go on one from the other.
pub(super) fn verify(folder: &Path, head: Option<&str>) -> Result<AuditVerdict, Failure> {
    let files = files(folder)?;
    let Some(first) = files.first() else {
        let message = format!("{}: no file audit-*.jsonl is there", folder.display());
        return Err(Failure::new(
            Exit::NotFound,
            message,
            "name the folder that `ringkeeper audit export` wrote to",
        ));
    };
    let start = match read(first)? {
        Ok((segment, _)) => AuditHead {
            number: segment.first.saturating_sub(1),
            hash: segment.before,
        },
        Err(_) => AuditHead::default(),
    };
    let mut check = AuditCheck::new(start, head);
    let mut problem = None;
    for file in &files {
        let fits = match read(file)? {
            Ok((segment, rows)) => follow(&mut check, &segment, &rows),
            Err(problem) => Err(problem),
        };
        if let Err(wrong) = fits {
            problem = Some(format!("{}: {wrong}", file.display()));
            break;
        }
    }
    let problem = problem.or_else(|| check.end(None).err().map(|broken| broken.to_string()));
    Ok(audit_verdict(&check, problem))
}

fn follow(check: &mut AuditCheck, segment: &AuditSegment, rows: &[AuditRow]) -> Result<(), String> {
    for row in rows {
        check.record(row).map_err(|broken| broken.to_string())?;
    }
    check.segment(segment, false).map_err(|broken| broken.to_string())
}

/// The segment of one file, whose records fit.
fn checked(file: &Path) -> Result<(AuditSegment, Vec<AuditRow>), Failure> {
    let wrong = |problem: String| {
        let message = format!("{}: {problem}", file.display());
        let remedy =
            "move the file away and export again; if that does not help, see `ringkeeper audit verify`";
        Failure::new(Exit::Failed, message, remedy)
    };
    let (segment, rows) = read(file)?.map_err(wrong)?;
    let start = AuditHead {
        number: segment.first.saturating_sub(1),
        hash: segment.before.clone(),
    };
    follow(&mut AuditCheck::new(start, None), &segment, &rows).map_err(wrong)?;
    Ok((segment, rows))
}

type Parsed = Result<(AuditSegment, Vec<AuditRow>), String>;

fn read(file: &Path) -> Result<Parsed, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
    Ok(read_audit_file(&text))
}

/// The files of segments, in their order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unusable(folder, &error))?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("audit-") && name.ends_with(".jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whole or not at all, on disk, and for its owner alone.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let fresh = file.with_extension("new");
    let mut new = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(&fresh, file)?;
    File::open(file.parent().unwrap_or(file))?.sync_all()
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::plain(Exit::Failed, format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
