//! Children of the machine, each known by heart.

use std::fs;
use std::path::Path;

use super::*;

fn call(folder: &Path, program: &str, words: &[&str]) -> Call {
    Call {
        program: program.into(),
        words: words.iter().map(OsString::from).collect(),
        folder: folder.to_owned(),
        user: None,
        within: Duration::from_secs(60),
        most_bytes: 1024,
        names: Vec::new(),
    }
}

fn printed(folder: &Path, stream: Stream) -> String {
    fs::read_to_string(folder.join(stream.file())).unwrap()
}

#[tokio::test]
async fn nothing_of_the_agents_environment_is_handed_down() {
    let folder = tempfile::tempdir().unwrap();
    let finished = call(folder.path(), "/usr/bin/env", &[])
        .run(folder.path(), None)
        .await
        .unwrap();
    assert!(finished.status.unwrap().success());
    let here = folder.path().display();
    let text = printed(folder.path(), Stream::Output);
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            &format!("HOME={here}"),
            "LC_ALL=C.UTF-8",
            "PATH=/usr/bin:/bin",
            &format!("TMPDIR={here}"),
            "TZ=UTC"
        ]
    );
}

#[tokio::test]
async fn it_works_in_its_own_folder_and_its_words_are_words() {
    let folder = tempfile::tempdir().unwrap();
    call(
        folder.path(),
        "/usr/bin/printf",
        &["%s|", "a b", "$(id)", ";", "*"],
    )
    .run(folder.path(), None)
    .await
    .unwrap();
    assert_eq!(printed(folder.path(), Stream::Output), "a b|$(id)|;|*|");
    call(folder.path(), "/bin/pwd", &["-P"])
        .run(folder.path(), None)
        .await
        .unwrap();
    let here = folder.path().canonicalize().unwrap();
    assert_eq!(
        printed(folder.path(), Stream::Output).trim(),
        here.to_str().unwrap()
    );
}

#[tokio::test]
async fn one_that_does_not_end_is_ended_and_its_output_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut endless = call(folder.path(), "/usr/bin/yes", &["again"]);
    endless.within = Duration::from_millis(300);
    let finished = endless.run(folder.path(), None).await.unwrap();
    assert!(finished.status.is_none());
    assert!(
        finished.output.is_cut && finished.output.bytes > 1024,
        "{finished:?}"
    );
    assert_eq!(printed(folder.path(), Stream::Output).len(), 1024);
}

#[tokio::test]
async fn what_it_prints_is_passed_on_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (tell, mut told) = mpsc::channel(8);
    let complaining = call(folder.path(), "/bin/cat", &["/nowhere"]);
    let finished = complaining.run(folder.path(), Some(&tell)).await.unwrap();
    assert_eq!(finished.status.unwrap().code(), Some(1));
    let piece = told.recv().await.unwrap();
    assert_eq!(piece.stream, Stream::Complaints);
    let kept = printed(folder.path(), Stream::Complaints);
    assert_eq!(String::from_utf8(piece.text).unwrap(), kept);
    assert!(kept.contains("/nowhere"));
    assert_eq!(finished.complaints.bytes, kept.len() as u64);
}

#[tokio::test]
async fn a_listener_that_goes_away_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (tell, told) = mpsc::channel(1);
    drop(told);
    let call = call(folder.path(), "/usr/bin/seq", &["1", "200"]);
    assert!(
        call.run(folder.path(), Some(&tell))
            .await
            .unwrap()
            .status
            .unwrap()
            .success()
    );
    assert!(printed(folder.path(), Stream::Output).ends_with("\n200\n"));
}

#[tokio::test]
async fn paths_of_a_copy_are_called_as_the_originals() {
    let folder = tempfile::tempdir().unwrap();
    let mut call = call(folder.path(), "/usr/bin/printf", &["/copy/0/shop\\n/copy/0/x"]);
    call.names = vec![("/copy/0".to_owned(), "/data".to_owned())];
    call.run(folder.path(), None).await.unwrap();
    assert_eq!(printed(folder.path(), Stream::Output), "/data/shop\n/data/x");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = call(folder.path(), "/nowhere/java", &[])
        .run(folder.path(), None)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "/nowhere/java cannot be started: No such file or directory (os error 2)"
    );
}

/// Only root can take another user on.
#[tokio::test]
async fn it_runs_as_the_user_that_it_is_given() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let kept = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nobody = User {
        uid: 65534,
        gid: 65534,
    };
    crate::user::give(folder.path(), Some(nobody)).unwrap();
    for (word, expected) in [("-u", "65534\n"), ("-G", "65534\n")] {
        let mut id = call(folder.path(), "/usr/bin/id", &[word]);
        id.user = Some(nobody);
        let finished = id.run(kept.path(), None).await.unwrap();
        assert!(finished.status.unwrap().success());
        assert_eq!(printed(kept.path(), Stream::Output), expected);
    }
}
