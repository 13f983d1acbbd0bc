use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use ringkeeper_plan::Severity;
use ringkeeper_seams::TaskGroup;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::{Notice, NoticeKind};
use ringkeeper_journal::{AuditHead, Version};

/// What a mail server took.
#[derive(Clone, Debug, Default)]
struct Taken(Arc<Mutex<Vec<Mail>>>);

#[derive(Clone, Debug)]
struct Mail {
    was_encrypted: bool,
    login: Option<String>,
    from: String,
    to: Vec<String>,
    lines: Vec<String>,
}

impl Mail {
    fn header(&self, name: &str) -> Option<&str> {
        let opening = format!("{name}: ");
        self.lines.iter().find_map(|line| line.strip_prefix(&opening))
    }
}

/// A server on loopback that speaks what RFC 5321, 3207 and 4954 ask of it, and the certificate by which it is believed.
struct Server {
    port: u16,
    ca_file: PathBuf,
    taken: Taken,
    _folder: tempfile::TempDir,
    _tasks: TaskGroup,
}

#[derive(Clone, Copy)]
struct Manners {
    encryption: Encryption,
    /// What it says to a mail.
    answer: &'static str,
}

async fn server(manners: Manners) -> Server {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let tls = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Taken::default();
    let keep = taken.clone();
    let mut tasks = TaskGroup::new();
    tasks.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, keep) = (acceptor.clone(), keep.clone());
            // One client after the other is enough. One that goes away is no failure.
            let _ = match manners.encryption {
                Encryption::Tls => match acceptor.accept(stream).await {
                    Ok(stream) => talk(stream, true, true, manners, &keep).await.map(drop),
                    Err(error) => Err(error),
                },
                _ => match talk(stream, false, true, manners, &keep).await {
                    Ok(Some(stream)) => match acceptor.accept(stream).await {
                        Ok(stream) => talk(stream, true, false, manners, &keep).await.map(drop),
                        Err(error) => Err(error),
                    },
                    ended => ended.map(drop),
                },
            };
        }
    });
    Server {
        port,
        ca_file,
        taken,
        _folder: folder,
        _tasks: tasks,
    }
}

/// Talks until the client goes, or wants to go on encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    is_encrypted: bool,
    greets: bool,
    manners: Manners,
    taken: &Taken,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    let mut mail = Mail {
        was_encrypted: is_encrypted,
        login: None,
        from: String::new(),
        to: Vec::new(),
        lines: Vec::new(),
    };
    if greets {
        stream.write_all(b"220 localhost\r\n").await?;
    }
    let offers_starttls = manners.encryption == Encryption::StartTls && !is_encrypted;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" if offers_starttls => "250-localhost\r\n250 STARTTLS",
            "EHLO" => "250-localhost\r\n250 AUTH PLAIN LOGIN",
            "STARTTLS" => {
                stream.write_all(b"220 go ahead\r\n").await?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => {
                mail.login = Some(line.to_owned());
                "235 welcome"
            }
            "MAIL" => {
                line.clone_into(&mut mail.from);
                "250 well"
            }
            "RCPT" => {
                mail.to.push(line.to_owned());
                "250 well"
            }
            "DATA" => {
                stream.write_all(b"354 go ahead\r\n").await?;
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).await?;
                    let line = line.trim_end_matches(['\r', '\n']);
                    if line == "." {
                        break;
                    }
                    mail.lines.push(line.to_owned());
                }
                if manners.answer.starts_with('2') {
                    taken.0.lock().unwrap().push(mail.clone());
                }
                manners.answer
            }
            "QUIT" => "221 farewell",
            _ => "250 well",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn settings(server: &Server, encryption: Encryption) -> EmailSettings {
    EmailSettings {
        server: "localhost".to_owned(),
        port: server.port,
        encryption,
        ca_file: (encryption != Encryption::None).then(|| server.ca_file.clone()),
        login: (encryption != Encryption::None).then(|| ("ringkeeper".to_owned(), "s3cret".to_owned())),
        from: "Ringkeeper <ringkeeper@example.com>".to_owned(),
        to: vec!["oncall@example.com".to_owned(), "dba@example.com".to_owned()],
    }
}

fn message(what: NoticeKind, event: u64) -> Message {
    let notice = Notice {
        event: Version(event),
        at: Timestamp::from_millis(1_772_366_400_000),
        what,
        thread: "finding/health.check/quorum".to_owned(),
        severity: Some(Severity::Severe),
        title: "Grüße: a quorum of shop is lost.".to_owned(),
        evidence: Vec::new(),
        suggestion: None,
    };
    Message::about("shop", vec![notice], AuditHead::default()).unwrap()
}

const WELL: &str = "250 well";

#[tokio::test]
async fn mail_goes_out_encrypted_with_a_login_and_in_both_forms() {
    for encryption in [Encryption::StartTls, Encryption::Tls] {
        let answer = WELL;
        let server = server(Manners { encryption, answer }).await;
        let email = Email::new(&settings(&server, encryption)).unwrap();
        let message = message(NoticeKind::FindingOpened, 7);
        email.post(&message, Timestamp::default()).await.unwrap();
        let taken = server.taken.0.lock().unwrap().clone();
        let mail = &taken[0];
        assert!(mail.was_encrypted);
        let login = mail
            .login
            .as_ref()
            .unwrap()
            .strip_prefix("AUTH PLAIN ")
            .unwrap()
            .to_owned();
        use base64::Engine as _;
        let login = base64::engine::general_purpose::STANDARD.decode(login).unwrap();
        assert_eq!(login, b"\0ringkeeper\0s3cret");
        assert!(mail.from.contains("<ringkeeper@example.com>"));
        assert_eq!(mail.to.len(), 2);
        assert_eq!(
            mail.header("Message-ID"),
            Some("<shop-7-7-1772366400000@example.com>")
        );
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
        let body = mail.lines.join("\n");
        assert!(
            body.contains("text/plain") && body.contains("text/html"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn what_is_told_of_one_finding_is_one_thread() {
    let (encryption, answer) = (Encryption::None, WELL);
    let server = server(Manners { encryption, answer }).await;
    let email = Email::new(&settings(&server, encryption)).unwrap();
    for (what, event) in [(NoticeKind::FindingOpened, 7), (NoticeKind::FindingCleared, 9)] {
        email
            .post(&message(what, event), Timestamp::default())
            .await
            .unwrap();
    }
    let taken = server.taken.0.lock().unwrap().clone();
    let [first, second] = taken.as_slice() else {
        panic!("{taken:?}")
    };
    assert!(!first.was_encrypted);
    assert!(first.header("References").unwrap().starts_with("<thread-"));
    assert_eq!(first.header("References"), second.header("References"));
    assert_eq!(first.header("In-Reply-To"), second.header("In-Reply-To"));
    assert_ne!(first.header("Message-ID"), second.header("Message-ID"));
}

#[tokio::test]
async fn a_no_is_said_by_its_number_without_the_servers_words() {
    let encryption = Encryption::None;
    let answer = "451 s3cret words of the server";
    let server = server(Manners { encryption, answer }).await;
    let email = Email::new(&settings(&server, encryption)).unwrap();
    let sent = email
        .post(&message(NoticeKind::FindingOpened, 7), Timestamp::default())
        .await;
    assert_eq!(sent.unwrap_err().to_string(), "it answered 451");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_neither_mail_nor_password() {
    let (encryption, answer) = (Encryption::StartTls, WELL);
    let server = server(Manners { encryption, answer }).await;
    let settings = EmailSettings {
        ca_file: None,
        ..settings(&server, encryption)
    };
    let email = Email::new(&settings).unwrap();
    let sent = email
        .post(&message(NoticeKind::FindingOpened, 7), Timestamp::default())
        .await;
    let said = sent.unwrap_err().to_string();
    assert!(said.contains("certificate"), "{said}");
    assert!(server.taken.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_gets_neither_mail_nor_password() {
    let (encryption, answer) = (Encryption::None, WELL);
    let server = server(Manners { encryption, answer }).await;
    let email = Email::new(&settings(&server, Encryption::StartTls)).unwrap();
    let sent = email
        .post(&message(NoticeKind::FindingOpened, 7), Timestamp::default())
        .await;
    let said = sent.unwrap_err().to_string();
    assert!(said.contains("STARTTLS"), "{said}");
    assert!(server.taken.0.lock().unwrap().is_empty());
}
