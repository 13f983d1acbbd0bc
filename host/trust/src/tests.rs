use std::io::{Error as IoError, ErrorKind, Read as _, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_seams::{Clock, Entropy, SystemClock, Timestamp};
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};
use rustls_pki_types::ServerName;

use crate::*;

/// A clock that is so far from the real one.
#[derive(Debug)]
struct Off(i64);

impl Clock for Off {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.0 * 86_400_000)
    }

    fn monotonic(&self) -> Duration {
        SystemClock.monotonic()
    }
}

fn host(folder: &Path) -> HostTrust {
    HostTrust::open(folder, Arc::new(SystemClock)).unwrap()
}

#[derive(Debug)]
struct Everybody;

impl KnownAgents for Everybody {
    fn is_known(&self, _node: IpAddr, _shown: Fingerprint) -> bool {
        true
    }
}

#[derive(Debug)]
struct Nobody;

impl KnownAgents for Nobody {
    fn is_known(&self, _node: IpAddr, _shown: Fingerprint) -> bool {
        false
    }
}

/// The address of a node.
fn node(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

fn named(last: u8) -> ServerName<'static> {
    ServerName::from(node(last))
}

fn enrol(host: &HostTrust, agent: u8, file: &Path) -> AgentTrust {
    let key = NewKey::make().unwrap();
    let signed = host.sign(node(agent), &key.request().unwrap()).unwrap();
    AgentTrust::keep(file, &key, signed.enrolment).unwrap()
}

/// Lets two ends shake hands in memory, and say a word each way.
fn meet(
    client: Arc<ClientConfig>,
    asked_for: ServerName<'static>,
    server: Arc<ServerConfig>,
) -> Result<(), String> {
    let mut client = ClientConnection::new(client, asked_for).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    client.writer().write_all(b"?").unwrap();
    let mut wire = Vec::new();
    for _ in 0..8 {
        wire.clear();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        let heard = server.process_new_packets();
        wire.clear();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
        }
        // The client's reason comes first: where it refuses, the server only hears of it.
        client
            .process_new_packets()
            .map_err(|error| said(error, "the other"))?;
        heard.map_err(|error| said(error, "the caller"))?;
    }
    let mut word = [0];
    server
        .reader()
        .read_exact(&mut word)
        .map_err(|error| error.to_string())
}

fn said(error: rustls::Error, other: &str) -> String {
    let text = error.to_string();
    in_words(&IoError::new(ErrorKind::InvalidData, error), other).unwrap_or(text)
}

fn to_host() -> ServerName<'static> {
    ServerName::try_from(HOST_NAME).unwrap()
}

#[test]
fn a_host_and_its_agent_believe_each_other_both_ways_and_after_both_were_restarted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.json");
    let first = enrol(&host(folder.path()), 1, &file);
    let agent = AgentTrust::load(&file).unwrap().unwrap();
    assert_eq!(agent.node(), first.node());
    let host = host(folder.path());
    assert_eq!(agent.host(), host.fingerprint());
    meet(
        host.client(Arc::new(Everybody)).unwrap(),
        named(1),
        agent.server().unwrap(),
    )
    .unwrap();
    meet(agent.client().unwrap(), to_host(), host.listener().unwrap()).unwrap();
}

#[test]
fn an_agent_never_passes_for_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(folder.path());
    let one = enrol(&host, 1, &folder.path().join("1"));
    let other = enrol(&host, 2, &folder.path().join("2"));
    let refused = meet(other.client().unwrap(), to_host(), one.server().unwrap());
    assert!(refused.is_err());
    // It does not believe another agent's certificate, and would not be believed by it.
    let error = meet(other.client().unwrap(), named(1), one.server().unwrap()).unwrap_err();
    assert!(error.contains("is not known"), "{error}");
}

#[test]
fn the_host_talks_only_to_the_agent_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(folder.path());
    let one = enrol(&host, 1, &folder.path().join("1"));
    let error = meet(
        host.client(Arc::new(Everybody)).unwrap(),
        named(2),
        one.server().unwrap(),
    )
    .unwrap_err();
    assert_eq!(error, "the other has the certificate of somebody else");
}

#[test]
fn a_host_of_another_authority_is_a_stranger() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (host, other) = (host(folder.path()), host(elsewhere.path()));
    let agent = enrol(&host, 1, &folder.path().join("1"));
    let error = meet(
        other.client(Arc::new(Everybody)).unwrap(),
        named(1),
        agent.server().unwrap(),
    )
    .unwrap_err();
    assert!(error.contains("is of another authority"), "{error}");
    let error = meet(agent.client().unwrap(), to_host(), other.listener().unwrap()).unwrap_err();
    assert!(error.contains("is of another authority"), "{error}");
}

#[test]
fn a_token_is_enough_to_know_the_host_and_no_other() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (host, other) = (host(folder.path()), host(elsewhere.path()));
    let token = host.token(&Entropy::from_seed(1), "token/1");
    let config = enrolling(token.host()).unwrap();
    meet(Arc::clone(&config), to_host(), host.listener().unwrap()).unwrap();
    let error = meet(config, to_host(), other.listener().unwrap()).unwrap_err();
    assert!(error.contains("is of another authority"), "{error}");
}

#[test]
fn clocks_may_be_a_day_apart() {
    for (days, expected) in [
        (-29, None),
        (-31, Some("has expired")),
        (2, Some("not valid yet")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        // As if the certificate had been made so many days from now.
        let then = HostTrust::open(folder.path(), Arc::new(Off(days))).unwrap();
        let agent = enrol(&then, 1, &folder.path().join("1"));
        let host = host(folder.path());
        let met = meet(
            host.client(Arc::new(Everybody)).unwrap(),
            named(1),
            agent.server().unwrap(),
        );
        match expected {
            None => met.unwrap(),
            Some(words) => {
                let error = met.unwrap_err();
                assert!(error.contains(words), "{days}: {error}");
            }
        }
    }
}

#[test]
fn a_certificate_is_renewed_long_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let agent = enrol(&host(folder.path()), 1, &folder.path().join("1"));
    let now = SystemClock.now();
    assert!(!agent.is_due(now));
    assert!(agent.is_due(now.after(LIFETIME - RENEWED_BEFORE)));
    assert!(!agent.is_due(now.after(LIFETIME - RENEWED_BEFORE - Duration::from_secs(60))));
}

#[test]
fn a_request_that_its_key_did_not_sign_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(folder.path());
    let good = NewKey::make().unwrap().request().unwrap();
    let middle = good.len() / 2;
    let swapped = if good.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut broken = good.clone();
    broken.replace_range(middle..=middle, swapped);
    for bad in ["", "hello", broken.as_str()] {
        let error = host.sign(node(1), bad).unwrap_err();
        assert!(matches!(error, TrustError::Request(_)), "{error}");
    }
}

#[test]
fn a_certificate_for_another_key_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(folder.path());
    let file = folder.path().join("agent.json");
    let signed = host
        .sign(node(1), &NewKey::make().unwrap().request().unwrap())
        .unwrap();
    AgentTrust::keep(&file, &NewKey::make().unwrap(), signed.enrolment).unwrap_err();
    assert!(AgentTrust::load(&file).unwrap().is_none());
}

#[test]
fn keys_are_closed_to_others_and_must_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.json");
    enrol(&host(folder.path()), 1, &file);
    let kept = ["authority-of-agents.pem", "authority-of-host.pem", "agent.json"];
    for path in kept.map(|kept| folder.path().join(kept)) {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600, "{path:?}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = match path == file {
            true => AgentTrust::load(&file).map(|_| ()).unwrap_err(),
            false => HostTrust::open(folder.path(), Arc::new(SystemClock))
                .map(|_| ())
                .unwrap_err(),
        };
        let words = error.to_string();
        assert!(words.contains("(mode 640); to close it: chmod 600"), "{words}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_damaged_file_is_said_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    drop(host(folder.path()));
    let file = folder.path().join("authority-of-host.pem");
    std::fs::write(&file, "oops").unwrap();
    let error = HostTrust::open(folder.path(), Arc::new(SystemClock)).unwrap_err();
    assert!(
        error.to_string().contains("holds no usable private key"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "oops");
}

#[test]
fn an_agent_that_was_revoked_is_not_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(folder.path());
    let agent = enrol(&host, 1, &folder.path().join("1"));
    let client = host.client(Arc::new(Nobody)).unwrap();
    let error = meet(client, named(1), agent.server().unwrap()).unwrap_err();
    assert!(error.contains("was revoked or enrolled anew"), "{error}");
}
