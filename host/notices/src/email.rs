//! Messages as e-mail, by SMTP.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use mail_builder::MessageBuilder;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use ringkeeper_seams::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{Message, Post, PostError};

/// How long each answer may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Threads that a message refers to.
const MOST_THREADS: usize = 10;

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It begins in the clear and must then be encrypted.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

/// How mail is sent.
#[derive(Clone)]
pub struct EmailSettings {
    /// The server's name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Authorities that are believed beside those of the machine.
    pub ca_file: Option<PathBuf>,
    /// User and password; none where the server wants none.
    pub login: Option<(String, String)>,
    /// Whom it is from, such as `Ringkeeper <ringkeeper@example.com>`.
    pub from: String,
    /// Whom it goes to.
    pub to: Vec<String>,
}

/// Sends messages by one server.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

/// `Somebody <somebody@example.com>`, or the address alone.
struct Mailbox {
    name: String,
    address: Address,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

impl Email {
    /// A way to send mail. Nothing is sent yet.
    ///
    /// # Errors
    /// When an address is none, or the file of authorities is none.
    pub fn new(settings: &EmailSettings) -> Result<Self, PostError> {
        let unusable = |what: &str, error: &dyn fmt::Display| PostError::Unusable(format!("{what}: {error}"));
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.server).port(settings.port);
        if settings.encryption != Encryption::None {
            let mut parameters = TlsParameters::builder(settings.server.clone());
            if let Some(file) = &settings.ca_file {
                let pem = std::fs::read(file).map_err(|error| unusable("ca_file", &error))?;
                let authority = Certificate::from_pem(&pem);
                parameters =
                    parameters.add_root_certificate(authority.map_err(|error| unusable("ca_file", &error))?);
            }
            let parameters = parameters
                .build_rustls()
                .map_err(|error| unusable("TLS", &error))?;
            builder = builder.tls(match settings.encryption {
                Encryption::Tls => Tls::Wrapper(parameters),
                _ => Tls::Required(parameters),
            });
        }
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.timeout(Some(LIMIT)).build(),
            from: Mailbox::parse(&settings.from)?,
            to: settings
                .to
                .iter()
                .map(|to| Mailbox::parse(to))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The message as mail: named after itself, and in the threads of what it tells of.
    fn mail(&self, message: &Message, now: Timestamp) -> Result<Vec<u8>, PostError> {
        let domain = self.from.address.domain();
        let mut threads: Vec<String> = Vec::new();
        for notice in &message.notices {
            let thread = thread(&message.cluster, &notice.thread, domain);
            if !threads.contains(&thread) && threads.len() < MOST_THREADS {
                threads.push(thread);
            }
        }
        let to: Vec<(String, String)> = self.to.iter().map(Mailbox::pair).collect();
        let mut mail = MessageBuilder::new()
            .from(self.from.pair())
            .to(to)
            .date(now.as_millis() / 1_000)
            .subject(message.subject())
            .message_id(format!("{}@{domain}", message.id))
            // What answers by itself, and what is away, keeps quiet (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"));
        if let Some(first) = threads.first() {
            mail = mail
                .in_reply_to(first.clone())
                .references(MessageId::new_list(threads.iter().cloned()));
        }
        mail.text_body(message.text())
            .html_body(message.html())
            .write_to_vec()
            .map_err(|error| PostError::Unusable(error.to_string()))
    }
}

impl Mailbox {
    fn parse(text: &str) -> Result<Self, PostError> {
        let (name, address) = match text.split_once('<') {
            Some((name, rest)) => (name.trim(), rest.trim_end().trim_end_matches('>')),
            None => ("", text.trim()),
        };
        let address = address
            .parse()
            .map_err(|error| PostError::Unusable(format!("`{text}` is no address: {error}")))?;
        Ok(Self {
            name: name.trim_matches('"').to_owned(),
            address,
        })
    }

    /// Name and address, as they stand in a header.
    fn pair(&self) -> (String, String) {
        (self.name.clone(), self.address.to_string())
    }
}

/// The name of a thread: the same for all that is told of one finding or run.
fn thread(cluster: &str, thread: &str, domain: &str) -> String {
    let digest = Sha256::digest(format!("{cluster}\n{thread}"));
    let name: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("thread-{name}@{domain}")
}

#[async_trait]
impl Post for Email {
    async fn post(&self, message: &Message, now: Timestamp) -> Result<(), PostError> {
        let mail = self.mail(message, now)?;
        let to = self.to.iter().map(|to| to.address.clone()).collect();
        let envelope = Envelope::new(Some(self.from.address.clone()), to)
            .map_err(|error| PostError::Unusable(error.to_string()))?;
        match self.transport.send_raw(&envelope, &mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// The server's own words are left out: some repeat what they were told.
fn failure(error: &lettre::transport::smtp::Error) -> PostError {
    if error.is_timeout() {
        return PostError::Silent(LIMIT.as_secs());
    }
    if let Some(code) = error.status() {
        return PostError::Refused(code.to_string());
    }
    if error.is_response() {
        return PostError::Refused("with what is no SMTP".to_owned());
    }
    if error.is_client() {
        return PostError::Unusable(
            "the server does not offer what is asked of it: STARTTLS, or a way to log in".to_owned(),
        );
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    PostError::Unreachable(reason.to_string())
}

#[cfg(test)]
mod tests;
