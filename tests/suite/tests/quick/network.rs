//! The HTTP interface over the network: who is let in, and to what.

mod clients;
mod events;
mod roles;
mod tokens;

use std::net::SocketAddr;
use std::time::Duration;

use ringkeeper_access::Access;
use ringkeeper_api::Role;
use ringkeeper_seams::TaskGroup;
use ringkeeper_server::{Doors, Network, Terms};
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const DAY: Duration = Duration::from_secs(86_400);
/// Far longer than any client is given.
const DEADLINE: Duration = Duration::from_secs(60);

/// A host on a cluster in memory that listens on loopback.
struct Ground {
    host: SimHost,
    access: Access,
    at: SocketAddr,
    client: reqwest::Client,
    _tasks: TaskGroup,
    _directory: TempDir,
}

/// Status, the header `Retry-After`, and what was said.
struct Answered {
    status: u16,
    wait: Option<u64>,
    body: String,
}

impl Ground {
    async fn new() -> Self {
        Self::to(SimHost::start(&HEALTH_GRANTS).await, Role::Operator).await
    }

    /// Looks once under a paused clock; what is asked over the network takes real time.
    async fn to(host: SimHost, approvers: Role) -> Self {
        host.pass(20).await;
        tokio::time::resume();
        let directory = tempfile::tempdir().unwrap();
        let socket = ringkeeper_server::bind(&directory.path().join("host.sock")).unwrap();
        let loopback = "127.0.0.1:0".parse().unwrap();
        let terms = Terms {
            allowed_hosts: vec!["ringkeeper.example".to_owned()],
            approvers,
        };
        let network = Network::bind(loopback, None, terms).await.unwrap();
        let at = network.address().unwrap();
        let doors = Doors {
            socket,
            network: Some(network),
        };
        let access = host.access().await;
        let forever = std::future::pending();
        let served = ringkeeper_server::serve(doors, host.conductor.clone(), None, access.clone(), forever);
        let mut tasks = TaskGroup::new();
        tasks.spawn(async move { served.await.unwrap() });
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self {
            host,
            access,
            at,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _tasks: tasks,
            _directory: directory,
        }
    }

    async fn token(&self, name: &str, role: Role) -> String {
        let made = self.access.create(name, role, DAY, "a test").await;
        made.unwrap().0.reveal()
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.client.request(method, format!("http://{}{path}", self.at))
    }

    async fn ask(&self, token: &str, path: &str) -> Answered {
        answered(self.request("GET", path).bearer_auth(token)).await
    }

    /// What comes back for bytes as they are, until the host ends the connection.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        // The host may have ended it before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
        // Whether the end is an orderly one is not the point.
        let _ = read.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Answered {
    let answer = request.send().await.unwrap();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    let wait = answer.headers().get("retry-after");
    Answered {
        status: answer.status().as_u16(),
        wait: wait.map(|wait| wait.to_str().unwrap().parse().unwrap()),
        body: answer.text().await.unwrap(),
    }
}

fn problem(answered: &Answered) -> Value {
    serde_json::from_str(&answered.body).unwrap_or_else(|_| panic!("{} {}", answered.status, answered.body))
}

/// A path with something in each of its places.
fn filled(path: &str) -> String {
    let cluster = path.replace("{cluster}", "shop");
    cluster
        .replace("{node}", "10.0.0.1")
        .replace("{id}", "shop-999999")
        .replace("{name}", "nobody")
}
