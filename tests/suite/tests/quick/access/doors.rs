//! Servers of others, as far as a login goes: each takes a login, notes it, and has nothing else to say.
#![expect(
    clippy::disallowed_methods,
    reason = "each of them has threads of its own, as another program has"
)]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server on loopback, and what was shown to it by those that it let in, as it came over the wire.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) port: u16,
    shown: Arc<Mutex<Vec<String>>>,
}

/// Notes what was shown.
type Note = dyn Fn(&str) + Send + Sync;

impl Door {
    fn open(answer: impl Fn(TcpStream, &Note) -> std::io::Result<()> + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&shown);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, noted) = (answer.clone(), Arc::clone(&noted));
                // Each caller by itself; one that goes away is no failure.
                std::thread::spawn(move || {
                    let note = move |text: &str| noted.lock().unwrap().push(text.to_owned());
                    let _ = answer(stream.unwrap(), &note);
                });
            }
        });
        Self { port, shown }
    }

    /// What was shown by those that it let in.
    pub(super) fn shown(&self) -> Vec<String> {
        self.shown.lock().unwrap().clone()
    }
}

/// Jolokia that lets in who shows this value of `Authorization`.
pub(super) fn jolokia(authorization: &'static str) -> Door {
    Door::open(move |stream, note| {
        let (head, mut stream) = head_of_request(stream)?;
        let is_let_in = head.lines().any(|line| {
            line.split_once(": ").is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("authorization") && value == authorization
            })
        });
        if !is_let_in {
            return stream
                .write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
        note(authorization.trim_start_matches("Basic "));
        let body = r#"{"status":404,"error_type":"none","error":"there is nothing"}"#;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes())
    })
}

fn head_of_request(stream: TcpStream) -> std::io::Result<(String, TcpStream)> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.parse().unwrap_or(0);
        }
        head += &line;
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok((head, stream))
}

/// Cassandra's native protocol, version 4, that lets in who has this password.
pub(super) fn cassandra(password: &'static str) -> Door {
    Door::open(move |mut stream, note| {
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head)?;
            let length = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut body = vec![0; length as usize];
            stream.read_exact(&mut body)?;
            let (opcode, answer): (u8, Vec<u8>) = match head[4] {
                // Options: none. Startup: show a password. What was shown: well.
                0x05 => (0x06, vec![0, 0]),
                0x01 => (0x03, text("org.apache.cassandra.auth.PasswordAuthenticator")),
                0x0f if String::from_utf8_lossy(&body).ends_with(password) => {
                    note(password);
                    (0x10, (-1_i32).to_be_bytes().to_vec())
                }
                _ => (
                    0x00,
                    [&0x2100_i32.to_be_bytes()[..], &text("there is nothing")].concat(),
                ),
            };
            let length = u32::try_from(answer.len()).unwrap().to_be_bytes();
            let frame = [&[0x84, 0, head[2], head[3], opcode][..], &length, &answer].concat();
            stream.write_all(&frame)?;
        }
    })
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&length[..], text.as_bytes()].concat()
}

/// A mail server with TLS from the first byte, and its certificate (PEM).
pub(super) fn mail() -> (Door, String) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let tls = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let tls = Arc::new(tls);
    let door = Door::open(move |stream, note| {
        let connection = ServerConnection::new(Arc::clone(&tls)).map_err(std::io::Error::other)?;
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        stream.get_mut().write_all(b"220 localhost\r\n")?;
        let mut login = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let answer = match line
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase()
                .as_str()
            {
                "EHLO" => "250-localhost\r\n250 AUTH PLAIN",
                "AUTH" => {
                    login = line.trim_start_matches("AUTH PLAIN ").to_owned();
                    "235 welcome"
                }
                "DATA" => "354 go ahead",
                "." => {
                    note(&login);
                    "250 well"
                }
                "QUIT" => "221 farewell",
                "MAIL" | "RCPT" => "250 well",
                // A line of the mail.
                _ => continue,
            };
            stream.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        }
    });
    (door, made.cert.pem())
}
