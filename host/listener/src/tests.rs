use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Extension;
use axum::routing::get;
use ringkeeper_seams::{SystemClock, TaskGroup};
use ringkeeper_trust::{AgentTrust, HOST_NAME, HostTrust, NewKey, enrolling};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use super::*;

const NODE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Ground {
    host: HostTrust,
    folder: tempfile::TempDir,
    at: SocketAddr,
    stop: oneshot::Sender<()>,
    tasks: TaskGroup,
}

impl Ground {
    /// A host that says which certificate it was shown.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = HostTrust::open(folder.path(), Arc::new(SystemClock)).unwrap();
        let listener = TcpListener::bind((NODE, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let tls = host.listener().unwrap();
        let router = Router::new().route(
            "/who",
            get(|Extension(Shown(shown)): Extension<Shown>| async move {
                shown.map_or_else(|| "nobody".to_owned(), |shown| shown.to_string())
            }),
        );
        let (stop, stopped) = oneshot::channel();
        let mut tasks = TaskGroup::new();
        tasks.spawn(async move {
            let stop = async { drop(stopped.await) };
            serve(listener, || Some(Arc::clone(&tls)), router, stop).await;
        });
        Self {
            host,
            folder,
            at,
            stop,
            tasks,
        }
    }

    async fn who(&self, client: Arc<ClientConfig>) -> std::io::Result<String> {
        let tcp = TcpStream::connect(self.at).await?;
        let name = ServerName::try_from(HOST_NAME).unwrap();
        let mut stream = TlsConnector::from(client).connect(name, tcp).await?;
        stream
            .write_all(b"GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer.rsplit("\r\n").next().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn handlers_know_which_certificate_was_shown() {
    let ground = Ground::new().await;
    let stranger = enrolling(ground.host.fingerprint()).unwrap();
    assert_eq!(ground.who(stranger).await.unwrap(), "nobody");
    let key = NewKey::make().unwrap();
    let signed = ground.host.sign(NODE, &key.request().unwrap()).unwrap();
    let file = ground.folder.path().join("agent.json");
    let agent = AgentTrust::keep(&file, &key, signed.enrolment).unwrap();
    let shown = ground.who(agent.client().unwrap()).await.unwrap();
    assert_eq!(shown, signed.fingerprint.to_string());
}

#[tokio::test]
async fn a_certificate_of_another_authority_does_not_get_in() {
    let (ground, other) = (Ground::new().await, Ground::new().await);
    let key = NewKey::make().unwrap();
    let signed = other.host.sign(NODE, &key.request().unwrap()).unwrap();
    let mut enrolment = signed.enrolment;
    // It believes the host, which does not believe it.
    enrolment.host_authority = ground
        .host
        .sign(NODE, &NewKey::make().unwrap().request().unwrap())
        .unwrap()
        .enrolment
        .host_authority;
    let agent = AgentTrust::keep(&ground.folder.path().join("agent.json"), &key, enrolment).unwrap();
    ground.who(agent.client().unwrap()).await.unwrap_err();
}

#[tokio::test]
async fn whoever_says_nothing_is_cut_off_and_keeps_nobody_waiting() {
    let ground = Ground::new().await;
    let mut silent = TcpStream::connect(ground.at).await.unwrap();
    let stranger = enrolling(ground.host.fingerprint()).unwrap();
    assert_eq!(ground.who(stranger).await.unwrap(), "nobody");
    let mut nothing = [0];
    let cut = tokio::time::timeout(HANDSHAKE * 4, silent.read(&mut nothing)).await;
    assert!(matches!(cut, Ok(Ok(0) | Err(_))), "{cut:?}");
}

#[tokio::test]
async fn it_stops_when_it_is_told() {
    let mut ground = Ground::new().await;
    ground.stop.send(()).unwrap();
    tokio::time::timeout(HANDSHAKE * 4, ground.tasks.finish())
        .await
        .unwrap();
    TcpStream::connect(ground.at).await.unwrap_err();
}

/// Says that what it stands in was dropped.
struct Dropped(Option<oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            let _ = tell.send(());
        }
    }
}

/// An answer without an end, asked for over plain TCP; and when it was given up.
async fn endless_answer() -> (TcpStream, oneshot::Receiver<()>, TaskGroup) {
    let listener = TcpListener::bind((NODE, 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let (tell, told) = oneshot::channel();
    let dropped = Arc::new(std::sync::Mutex::new(Some(Dropped(Some(tell)))));
    let router = Router::new().route(
        "/much",
        get(move || {
            let dropped = dropped.lock().unwrap().take();
            let pieces = futures::stream::repeat_with(move || {
                let _until_the_end = &dropped;
                Ok::<_, std::io::Error>(vec![0_u8; 1 << 16])
            });
            std::future::ready(axum::body::Body::from_stream(pieces))
        }),
    );
    let mut tasks = TaskGroup::new();
    tasks.spawn(serve_dressed(
        listener,
        || Some(Dress::Plain),
        4,
        router,
        std::future::pending(),
    ));
    let mut reader = TcpStream::connect(at).await.unwrap();
    reader
        .write_all(b"GET /much HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 15];
    reader.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    (reader, told, tasks)
}

/// Takes all that is there.
async fn take(reader: &TcpStream) -> usize {
    let (mut taken, mut piece) = (0, vec![0; 1 << 20]);
    reader.readable().await.unwrap();
    while let Ok(count @ 1..) = reader.try_read(&mut piece) {
        taken += count;
    }
    taken
}

#[tokio::test]
async fn whoever_takes_nothing_of_an_answer_is_cut_off_and_whoever_takes_it_slowly_is_not() {
    let (reader, mut given_up, _tasks) = endless_answer().await;
    tokio::time::pause();
    for _ in 0..4 {
        assert!(take(&reader).await > 0);
        let early = tokio::time::timeout(TAKING / 3 * 2, &mut given_up).await;
        assert!(early.is_err(), "it was given up while somebody took it");
    }
    // Now nothing was taken for two thirds of the time.
    tokio::time::timeout(TAKING / 2, given_up).await.unwrap().unwrap();
}
