//! The host and its agents, as programs: enrolled, heard, renewed, revoked.

use std::net::TcpListener;

use ringkeeper_lab::wait_until;
use ringkeeper_suite::{DEADLINE, Product, Ran, Served};
use serde_json::Value;

/// Nobody is there.
const CLUSTER: &str = "[[cluster]]\nname = \"lab\"\ncontact_points = [\"127.0.0.250\"]\n";
const NODE: &str = "127.0.0.1";

fn free_port() -> u16 {
    TcpListener::bind((NODE, 0)).unwrap().local_addr().unwrap().port()
}

struct Ground {
    product: Product,
    host: String,
    served: Served,
}

fn host() -> Ground {
    let at = format!("{NODE}:{}", free_port());
    let product = Product::new(&format!("agents = \"{at}\"\n{CLUSTER}")).unwrap();
    let served = product.serve().unwrap();
    Ground {
        product,
        host: format!("https://{at}"),
        served,
    }
}

impl Ground {
    fn token(&self) -> String {
        let made = self.product.values(&["agents", "token", NODE]).unwrap();
        made[0]["token"].as_str().unwrap().to_owned()
    }

    fn enroll(&self, token: &str, more: &[&str]) -> Ran {
        let arguments = [
            "agent", "enroll", "--host", &self.host, "--token", token, "--state", "agent",
        ];
        self.product.run(&[&arguments, more].concat()).unwrap()
    }

    /// The command that runs the agent at this address.
    fn listening(&self, listen: &str) -> [&'static str; 6] {
        let file = self.product.folder().join("agent.toml");
        std::fs::write(file, format!("listen = {listen:?}\n")).unwrap();
        ["agent", "run", "--state", "agent", "--config", "agent.toml"]
    }

    fn agent(&self) -> Value {
        self.product.values(&["agents", "show", NODE]).unwrap().remove(0)
    }
}

fn said(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
}

#[test]
fn an_agent_is_enrolled_heard_revoked_and_enrolled_anew() {
    let ground = host();
    let token = ground.token();
    assert_eq!(ground.agent()["state"], "awaited");
    let enrolled = ground.enroll(&token, &[]);
    assert_eq!(enrolled.code, 0, "{}", enrolled.stderr);
    assert!(
        enrolled.stdout.contains("agent of 127.0.0.1 from now on"),
        "{}",
        enrolled.stdout
    );
    said(&ground.enroll(&token, &[]), 2, "to enrol it anew, give --again");
    said(
        &ground.enroll(&token, &["--again"]),
        3,
        "the token was used before",
    );

    let port = free_port().to_string();
    let listen = format!("{NODE}:{port}");
    let run = ground.listening(&listen);
    let running = ground.product.begin(&run).unwrap();
    wait_until("the agent being heard", DEADLINE, || {
        Ok((!ground.agent()["heard_at"].is_null()).then_some(()))
    })
    .unwrap();
    let agent = ground.agent();
    assert_eq!(agent["state"], "enrolled");
    assert!(agent["clock_ahead_ms"].as_i64().unwrap().abs() < 2_000, "{agent}");
    let listed = ground.product.run(&["agents", "list"]).unwrap().stdout;
    assert!(
        listed.contains("enrolled") && listed.contains("right"),
        "{listed}"
    );
    drop(running);

    // The host is restarted, and knows its agents still.
    let Ground {
        product,
        host,
        served,
    } = ground;
    served.stop().unwrap();
    let served = product.serve().unwrap();
    let ground = Ground {
        product,
        host,
        served,
    };
    assert_eq!(ground.agent()["state"], "enrolled");
    let revoke = ["agents", "revoke", NODE, "--reason", "sold"];
    assert_eq!(ground.product.values(&revoke).unwrap()[0]["state"], "revoked");
    let running = ground.product.begin(&run).unwrap();
    let anew = ground.enroll(&ground.token(), &["--again"]);
    assert_eq!(anew.code, 0, "{}", anew.stderr);
    assert_eq!(ground.agent()["state"], "enrolled");
    drop(running);
    ground.served.stop().unwrap();
}

#[test]
fn nobody_but_its_host_is_answered_by_an_agent() {
    let ground = host();
    assert_eq!(ground.enroll(&ground.token(), &[]).code, 0);
    let listen = format!("{NODE}:{}", free_port());
    let run = ground.listening(&listen);
    let _running = ground.product.begin(&run).unwrap();
    wait_until("the agent listening", DEADLINE, || {
        Ok(std::net::TcpStream::connect(&listen).ok())
    })
    .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(async {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let stranger = reqwest::Client::builder()
            .tls_danger_accept_invalid_certs(true)
            .build()
            .unwrap();
        stranger.get(format!("https://{listen}/v1/agent")).send().await
    });
    assert!(answer.is_err(), "{answer:?}");
    ground.served.stop().unwrap();
}

#[test]
fn what_cannot_be_enrolled_is_told_why() {
    let (ground, other) = (host(), host());
    said(&ground.enroll("hello", &[]), 2, "this is no token");
    // A token of another host: neither says anything to the other.
    said(
        &ground.enroll(&other.token(), &[]),
        5,
        "is of another authority than the one expected",
    );
    let whole = ground.token();
    let id = whole.split('.').nth(1).unwrap();
    said(
        &ground.enroll(&whole.replace(id, "000000000000"), &[]),
        3,
        "the token is not known here",
    );
    let nobody = [
        "agent",
        "enroll",
        "--host",
        "https://127.0.0.1:1",
        "--token",
        &whole,
        "--state",
        "agent",
    ];
    said(&ground.product.run(&nobody).unwrap(), 5, "cannot be asked");
    let plain = ["agent", "enroll", "--host", "http://127.0.0.1", "--token", &whole];
    said(
        &ground.product.run(&plain).unwrap(),
        2,
        "it does not begin with https://",
    );
    said(
        &ground.product.run(&["agent", "run", "--state", "agent"]).unwrap(),
        2,
        "holds no enrolment",
    );
    said(
        &ground.product.run(&["agents", "token", "10.0.0"]).unwrap(),
        2,
        "10.0.0",
    );
    said(
        &ground
            .product
            .run(&["agents", "token", NODE, "--for", "169h"])
            .unwrap(),
        2,
        "between a minute and a week",
    );
    said(
        &ground.product.run(&["agents", "show", "10.0.0.9"]).unwrap(),
        4,
        "no agent of 10.0.0.9",
    );
    ground.served.stop().unwrap();
    other.served.stop().unwrap();

    let without = Product::new(CLUSTER).unwrap();
    let served = without.serve().unwrap();
    said(
        &without.run(&["agents", "token", NODE]).unwrap(),
        1,
        "set `agents` in [host]",
    );
    served.stop().unwrap();
}
