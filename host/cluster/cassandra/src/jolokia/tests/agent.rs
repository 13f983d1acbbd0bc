//! An HTTP server that answers as badly as it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringkeeper_seams::TaskGroup;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What an agent does once it has read a request.
enum Manner {
    /// Gives one answer after the other, each on its own connection, and the last one again and again.
    Answers(Vec<Vec<u8>>),
    /// Gives one answer after the other on each connection, and closes it after the last.
    Keeps(Vec<Vec<u8>>),
    Silent,
    Dribbles,
    Endless,
}

/// A listener on loopback; dropping it ends all it does.
pub(crate) struct Agent {
    port: u16,
    connections: Arc<AtomicUsize>,
    last_request: Arc<Mutex<String>>,
    _tasks: TaskGroup,
}

/// A whole answer with this status and body.
pub(crate) fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nLocation: /elsewhere\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Agent {
    /// Sends these bytes and closes.
    pub(crate) async fn answering(bytes: Vec<u8>) -> Self {
        Self::answering_in_turn(vec![bytes]).await
    }

    /// Sends one of these to each request and closes.
    pub(crate) async fn answering_in_turn(answers: Vec<Vec<u8>>) -> Self {
        Self::start(Manner::Answers(answers), None).await
    }

    /// The same, over TLS.
    pub(crate) async fn encrypted(config: ServerConfig, bytes: Vec<u8>) -> Self {
        Self::start(Manner::Answers(vec![bytes]), Some(Arc::new(config).into())).await
    }

    /// Sends these on each connection, one to a request, and closes it after the last. Head and body are sent apart,
    /// as the JDK's server does.
    pub(crate) async fn keeping(tls: Option<ServerConfig>, answers: Vec<Vec<u8>>) -> Self {
        Self::start(Manner::Keeps(answers), tls.map(|config| Arc::new(config).into())).await
    }

    /// Accepts and says nothing.
    pub(crate) async fn silent() -> Self {
        Self::start(Manner::Silent, None).await
    }

    /// Never stops answering, slowly.
    pub(crate) async fn dribbling() -> Self {
        Self::start(Manner::Dribbles, None).await
    }

    /// Never stops answering, fast.
    pub(crate) async fn endless() -> Self {
        Self::start(Manner::Endless, None).await
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections were opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The head and body of the last request, as far as one read gives them.
    pub(crate) fn last_request(&self) -> String {
        self.last_request.lock().unwrap().clone()
    }

    async fn start(manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let last_request = Arc::new(Mutex::new(String::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let mut tasks = TaskGroup::new();
        let (seen, counter, manner) = (
            Arc::clone(&last_request),
            Arc::clone(&connections),
            Arc::new(manner),
        );
        tasks.spawn(async move {
            // Clients keep connections, so that the next one comes before this one goes.
            let mut serving = TaskGroup::new();
            while let Ok((stream, _)) = listener.accept().await {
                let earlier = counter.fetch_add(1, Ordering::SeqCst);
                let (seen, manner, tls) = (Arc::clone(&seen), Arc::clone(&manner), tls.clone());
                serving.spawn(async move {
                    // A client that goes away in the middle is no fault of the test.
                    let _ = match tls {
                        None => serve(stream, &manner, earlier, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &manner, earlier, &seen).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self {
            port,
            connections,
            last_request,
            _tasks: tasks,
        }
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    manner: &Manner,
    earlier: usize,
    seen: &Mutex<String>,
) -> std::io::Result<()> {
    let mut request = vec![0; 65_536];
    let length = stream.read(&mut request).await?;
    *seen.lock().unwrap() = String::from_utf8_lossy(&request[..length]).into_owned();
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    match manner {
        Manner::Answers(answers) => stream.write_all(&answers[earlier.min(answers.len() - 1)]).await?,
        Manner::Keeps(answers) => {
            for (index, answer) in answers.iter().enumerate() {
                if index > 0 && stream.read(&mut request).await? == 0 {
                    break;
                }
                let head = answer
                    .windows(4)
                    .position(|bytes| bytes == b"\r\n\r\n")
                    .map_or(answer.len(), |end| end + 4);
                for part in [&answer[..head], &answer[head..]] {
                    stream.write_all(part).await?;
                    stream.flush().await?;
                }
            }
        }
        Manner::Silent => std::future::pending::<()>().await,
        Manner::Dribbles => {
            stream.write_all(HEAD).await?;
            loop {
                stream.write_all(b"1\r\n \r\n").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Manner::Endless => {
            stream.write_all(HEAD).await?;
            loop {
                stream.write_all(b"400\r\n").await?;
                stream.write_all(&[b' '; 0x400]).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
    }
    // Closing with unread bytes would reset the connection and lose the answer.
    stream.shutdown().await?;
    while stream.read(&mut request).await? > 0 {}
    Ok(())
}
