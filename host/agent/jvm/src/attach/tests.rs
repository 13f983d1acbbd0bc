//! A JVM's side of the protocol, played by a thread: what is asked, and what each answer means.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::thread::{Scope, ScopedJoinHandle};

use ringkeeper_seams::SystemClock;
use tempfile::TempDir;

use super::*;
use crate::proc::ProcessKey;

/// This process, with a root of its own.
struct Stage {
    folder: TempDir,
    proc: Proc,
    process: Process,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let me = Proc::default().process(std::process::id()).unwrap();
        let place = folder.path().join(me.key.pid.to_string());
        fs::create_dir_all(place.join("root/tmp")).unwrap();
        for name in ["stat", "status", "cmdline"] {
            fs::copy(Proc::default().of(me.key.pid, name), place.join(name)).unwrap();
        }
        fs::write(
            place.join("maps"),
            "7f00 r-xp /usr/lib/jvm/lib/server/libjvm.so\n",
        )
        .unwrap();
        let process = Process {
            inner_pid: 7,
            catches_quit: true,
            ..me
        };
        Self {
            proc: Proc::at(folder.path()),
            folder,
            process,
        }
    }

    fn door(&self) -> std::path::PathBuf {
        let pid = self.process.key.pid.to_string();
        self.folder.path().join(pid).join("root/tmp/.java_pid7")
    }

    /// Answers one command, and gives what it was.
    fn answers<'a>(&self, scope: &'a Scope<'a, '_>, answer: &'static str) -> ScopedJoinHandle<'a, String> {
        let listener = UnixListener::bind(self.door()).unwrap();
        scope.spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while asked.iter().filter(|byte| **byte == 0).count() < 5 {
                let mut byte = [0];
                line.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            line.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        })
    }

    fn load(&self, within: Duration) -> Result<(), Problem> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let attach = Attach {
            proc: &self.proc,
            process: &self.process,
            runtime: &Runtime::inline(),
            clock: &clock,
            within,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(attach.load(Path::new("/opt/jolokia.jar"), "config=/var/lib/x"))
    }
}

const SOON: Duration = Duration::from_secs(30);

fn answered(answer: &'static str) -> (String, Result<(), Problem>) {
    let stage = Stage::new();
    std::thread::scope(|scope| {
        let jvm = stage.answers(scope, answer);
        let result = stage.load(SOON);
        (jvm.join().unwrap(), result)
    })
}

#[test]
fn the_agent_is_asked_for_as_a_jvm_wants_it() {
    let (asked, result) = answered("0\nreturn code: 0\n");
    assert_eq!(
        asked,
        "1\0load\0instrument\0false\0/opt/jolokia.jar=config=/var/lib/x\0"
    );
    result.unwrap();
}

#[test]
fn every_answer_is_understood() {
    let lines: Vec<String> = [
        "0\n0\n",
        "0\nreturn code: 0\n",
        "0\nreturn code: 102\n",
        "0\nreturn code: -1\njava.lang.IllegalStateException: \u{1b}[31mport\n  at x\n",
        "-1\njava.lang.module.FindException: Module java.instrument not found\n",
        "101\n",
        "",
        "garbage",
    ]
    .into_iter()
    .map(|answer| {
        let told = answered(answer)
            .1
            .map_err(|problem| problem.to_string().replace(&std::process::id().to_string(), "N"));
        format!("{answer:?}: {told:?}")
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_jvm_that_says_nothing_is_left_after_the_time_limit() {
    let stage = Stage::new();
    let _listener = UnixListener::bind(stage.door()).unwrap();
    let result = stage.load(Duration::from_millis(50));
    assert!(matches!(result, Err(Problem::TimedOut { .. })), "{result:?}");
}

#[test]
fn what_lies_where_the_socket_should_be_is_not_believed() {
    let stage = Stage::new();
    fs::write(stage.door(), "").unwrap();
    let result = stage.load(SOON);
    assert!(matches!(result, Err(Problem::Impostor { .. })), "{result:?}");

    let mut other = Stage::new();
    let _listener = UnixListener::bind(other.door()).unwrap();
    // The socket is this process's, and not that of the one that is meant.
    let key = ProcessKey { pid: 1, started: 0 };
    fs::rename(
        other.folder.path().join(other.process.key.pid.to_string()),
        other.folder.path().join("1"),
    )
    .unwrap();
    other.process.key = key;
    let result = other.load(SOON);
    assert!(matches!(result, Err(Problem::Impostor { .. })), "{result:?}");
}

#[test]
fn nobody_gets_a_signal_who_would_not_take_it_well() {
    let mut stage = Stage::new();
    stage.process.catches_quit = false;
    assert!(matches!(stage.load(SOON), Err(Problem::Deaf { .. })));

    stage.process.arguments = vec![
        "-XX:-DisableAttachMechanism".into(),
        "-XX:+DisableAttachMechanism".into(),
    ];
    assert!(matches!(stage.load(SOON), Err(Problem::Disabled { .. })));

    fs::write(stage.proc.of(stage.process.key.pid, "maps"), "/bin/sleep").unwrap();
    assert!(matches!(stage.load(SOON), Err(Problem::NoJvm { .. })));
}

#[test]
fn a_path_that_would_be_read_differently_is_refused() {
    for jar in ["/opt/a=b.jar", "/opt/a,b.jar", "/opt/a\nb.jar"] {
        assert!(
            matches!(argument(Path::new(jar), "x"), Err(Problem::Path(_))),
            "{jar}"
        );
    }
    let long = format!("/{}", "x".repeat(LONGEST));
    assert!(matches!(argument(Path::new(&long), "x"), Err(Problem::Path(_))));
}
