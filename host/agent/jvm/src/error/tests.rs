use std::io;
use std::time::Duration;

use super::*;

#[test]
fn every_problem_says_what_to_do() {
    let (pid, path) = (812, PathBuf::from("/opt/ringkeeper/jolokia.jar"));
    let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
    let address = "127.0.0.1:8778".parse().unwrap();
    let problems = [
        Problem::NotRunning {
            wanted: "that listens on 10.0.0.1".to_owned(),
        },
        Problem::Ambiguous(vec![
            Candidate {
                pid,
                listens_on: vec!["10.0.0.1".parse().unwrap()],
                folder: Some("/var/lib/cassandra".to_owned()),
            },
            Candidate {
                pid: 813,
                listens_on: Vec::new(),
                folder: None,
            },
        ]),
        Problem::OtherUser {
            pid,
            owner: 110,
            agent: 1000,
        },
        Problem::NoJvm { pid },
        Problem::Disabled { pid },
        Problem::Deaf { pid },
        Problem::OtherNetwork { pid },
        Problem::NoJar {
            path: path.clone(),
            error: io::Error::from(io::ErrorKind::NotFound),
        },
        Problem::WrongJar {
            path: path.clone(),
            found: "00".repeat(32),
        },
        Problem::OpenJar { path: path.clone() },
        Problem::NotVisible {
            pid,
            path: path.clone(),
            error: denied(),
        },
        Problem::Path(path.clone()),
        Problem::PortTaken {
            address,
            by: Some(99),
        },
        Problem::PortTaken { address, by: None },
        Problem::OwnJolokia { pid },
        Problem::NoInstrument { pid },
        Problem::TimedOut {
            pid,
            within: Duration::from_secs(10),
        },
        Problem::Refused {
            pid,
            code: 102,
            said: "no".to_owned(),
        },
        Problem::Impostor {
            pid,
            path: PathBuf::from("/tmp/.java_pid812"),
        },
        Problem::Silent {
            pid,
            address,
            said: "connection refused".to_owned(),
        },
        Problem::Ended { pid },
        Problem::Machine {
            what: "listing processes".to_owned(),
            error: denied(),
        },
    ];
    let lines: Vec<String> = problems
        .into_iter()
        .map(|problem| {
            let javaagent = problem.is_about_attaching().then(|| Javaagent {
                option: "-javaagent:J=config=F".to_owned(),
                is_ready: !matches!(problem, Problem::OtherUser { .. }),
            });
            AttachError { problem, javaagent }.to_string()
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
