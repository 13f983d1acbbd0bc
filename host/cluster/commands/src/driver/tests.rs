use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ringkeeper_cluster::NodeId;
use uuid::Uuid;

use super::*;

fn order() -> Order {
    Order {
        run: "run-1".to_owned(),
        step: "restart".to_owned(),
        number: 1,
    }
}

/// Far more than a small command takes, because tests share their machine with compilers.
const LONG: Duration = Duration::from_secs(60);

fn node() -> ProcessPlace {
    ProcessPlace {
        node: NodeId::new(Uuid::from_u128(7)),
        endpoint: "10.0.0.1:7000".parse().unwrap(),
        data_centre: "dc1".to_owned(),
        rack: "r1".to_owned(),
    }
}

fn line(words: &[&str]) -> CommandLine {
    CommandLine::parse(words.iter().copied()).unwrap()
}

fn shell(script: &str) -> CommandLine {
    line(&[
        "/bin/sh",
        "-c",
        &script.replace('{', "{{").replace('}', "}}"),
        "sh",
        "{address}",
    ])
}

fn driver(start: CommandLine, limit: Duration) -> CommandDriver {
    CommandDriver::new(Commands {
        start,
        stop: shell("exit 0"),
        status: None,
        limit,
    })
}

/// What starting with this script comes to.
async fn started(script: &str, limit: Duration) -> Result<(), ProcessError> {
    driver(shell(script), limit).start(&node(), &order()).await
}

fn is_alive(pid: &str) -> bool {
    // The state follows the name, which stands in parentheses.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

/// Waits until the process is gone: a kill takes a moment.
async fn death_of(pid: &str) {
    let waiting = async {
        while is_alive(pid) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap();
}

/// Waits until the file holds a line, and returns it.
async fn line_in(file: &Path) -> String {
    let waiting = async {
        loop {
            let text = fs::read_to_string(file).unwrap_or_default();
            if text.ends_with('\n') {
                return text.trim().to_owned();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap()
}

#[tokio::test]
async fn a_command_that_ends_with_0_did_it() {
    started("test \"$1\" = 10.0.0.1", LONG).await.unwrap();
    // It has no input, and does not hold what holds it.
    started("! read -r line && test ! -e /proc/$$/fd/3", LONG)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_command_that_fails_is_told_with_its_last_words() {
    let error = started("echo one; echo two >&2; exit 4", LONG).await.unwrap_err();
    assert_eq!(error.kind, ProcessErrorKind::Failed);
    assert_eq!(
        error.message,
        "10.0.0.1:7000: the start command `/bin/sh` ended with 4; it said: one / two; \
         run it by hand as the user of this host"
    );
    let error = started("exit 1", LONG).await.unwrap_err();
    assert!(
        error.message.contains("ended with 1; it printed nothing;"),
        "{error}"
    );
}

#[tokio::test]
async fn a_command_that_hangs_is_killed_with_all_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; echo waiting; wait", pids.display());
    let error = started(&script, Duration::from_secs(2)).await.unwrap_err();
    assert_eq!(error.kind, ProcessErrorKind::TimedOut);
    assert_eq!(
        error.message,
        "10.0.0.1:7000: the start command `/bin/sh` did not end within 2s and was killed, with or without effect; \
         it said: waiting; see what it waits for, or raise `limit` in [cluster.process]"
    );
    death_of(&line_in(&pids).await).await;
}

#[tokio::test]
async fn a_command_nobody_waits_for_any_more_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pid");
    let driver = driver(
        shell(&format!("echo $$ > {}; exec sleep 600", pids.display())),
        LONG,
    );
    let node = node();
    let pid = {
        let order = order();
        let mut starting = std::pin::pin!(driver.start(&node, &order));
        assert!(futures::poll!(starting.as_mut()).is_pending());
        line_in(&pids).await
    };
    death_of(&pid).await;
}

/// Not a test of its own: the part of the next one that gets killed.
#[tokio::test]
#[ignore = "runs as a child of another test"]
async fn host_of_a_command_until_killed() {
    let Some(pids) = std::env::var_os("RINGKEEPER_COMMANDS_TELL_PID") else {
        return;
    };
    let script = format!("sleep 600 & echo $! > {}; wait", Path::new(&pids).display());
    let _ = started(&script, LONG * 10).await;
}

#[tokio::test]
async fn a_command_ends_with_a_host_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pid");
    let mut host = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "driver::tests::host_of_a_command_until_killed",
        ])
        .env("RINGKEEPER_COMMANDS_TELL_PID", &pids)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let child = line_in(&pids).await;
    assert!(is_alive(&child));
    host.kill().unwrap();
    host.wait().unwrap();
    death_of(&child).await;
}

#[tokio::test]
async fn a_flood_of_output_neither_stops_a_command_nor_is_kept() {
    let error = started(
        "head -c 3000000 /dev/zero | tr '\\0' 'x'; echo; echo the end; exit 1",
        LONG,
    )
    .await
    .unwrap_err();
    assert!(error.message.contains("… / the end;"), "{error}");
    assert!(error.message.len() < 500, "{error}");
}

#[tokio::test]
async fn what_stays_in_the_background_is_neither_waited_for_nor_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pid");
    // It holds the output open.
    started(&format!("sleep 600 & echo $! > {}", pids.display()), LONG)
        .await
        .unwrap();
    let background = line_in(&pids).await;
    assert!(is_alive(&background), "{background} is gone");
    let pid = background.parse().ok().and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.unwrap(), rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn a_command_ended_by_somebody_else_is_in_doubt() {
    let error = started("kill -9 $$", LONG).await.unwrap_err();
    assert_eq!(error.kind, ProcessErrorKind::TimedOut);
    assert!(error.message.contains("was ended by signal 9"), "{error}");
}

#[tokio::test]
async fn a_program_that_cannot_be_run_is_told_with_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o600)).unwrap();
    for (program, reason) in [
        ("no-such-program-anywhere", "no such program in PATH"),
        ("/no/such/file", "no such file"),
        (plain.to_str().unwrap(), "not executable for this user"),
        (folder.path().to_str().unwrap(), "not a regular file"),
    ] {
        let error = driver(line(&[program]), LONG)
            .start(&node(), &order())
            .await
            .unwrap_err();
        assert_eq!(
            error.message,
            format!(
                "10.0.0.1:7000: the start command `{program}` cannot be run: {reason}; \
                 correct `start` in [cluster.process]"
            )
        );
        assert_eq!(error.kind, ProcessErrorKind::Failed);
    }
}

#[tokio::test]
async fn nothing_is_stopped_that_could_not_be_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let driver = CommandDriver::new(Commands {
        start: line(&["/no/such/file"]),
        stop: shell(&format!("touch {}", ran.display())),
        status: None,
        limit: LONG,
    });
    let error = driver.stop(&node(), &order()).await.unwrap_err();
    assert!(error.message.ends_with("; so nothing is stopped"), "{error}");
    assert!(!ran.exists());
}

#[tokio::test]
async fn status_speaks_by_its_exit_code() {
    let state = |status: Option<CommandLine>| async {
        let (start, stop) = (shell("exit 0"), shell("exit 0"));
        let driver = CommandDriver::new(Commands {
            start,
            stop,
            status,
            limit: LONG,
        });
        driver.state(&node()).await
    };
    assert_eq!(state(None).await, Ok(ProcessState::Unknown));
    assert_eq!(state(Some(shell("exit 0"))).await, Ok(ProcessState::Running));
    assert_eq!(state(Some(shell("exit 3"))).await, Ok(ProcessState::Stopped));
    let error = state(Some(shell("echo no route to host; exit 255")))
        .await
        .unwrap_err();
    assert_eq!(
        error.message,
        "10.0.0.1:7000: the status command `/bin/sh` ended with 255; it said: no route to host; \
         0 means running and 3 stopped: run it by hand as the user of this host"
    );
}

#[tokio::test]
async fn arguments_are_never_repeated() {
    let secret = ["/bin/sh", "-c", "exit 1", "hunter2"];
    let error = driver(line(&secret), LONG)
        .start(&node(), &order())
        .await
        .unwrap_err();
    assert!(!error.message.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn without_commands_the_cure_is_told() {
    let error = ringkeeper_cluster::NoDriver
        .stop(&node(), &order())
        .await
        .unwrap_err();
    assert_eq!(error.kind, ProcessErrorKind::Unsupported);
    assert_eq!(
        error.message,
        "10.0.0.1:7000: nothing is configured to stop Cassandra there: set `start` and `stop` in [cluster.process], or run agents and set [cluster.agents]"
    );
}
