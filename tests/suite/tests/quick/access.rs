//! Host and commands over the network, as programs: tokens, TLS, and no secret where it does not belong.

mod doors;
mod logins;
mod secrets;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use ringkeeper_suite::{Product, Ran, Served};

/// Nobody is there.
const CLUSTER: &str = "[[cluster]]\nname = \"lab\"\ncontact_points = [\"127.0.0.250\"]\n";

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A host that listens on the network too.
struct Ground {
    product: Product,
    host: String,
    served: Served,
}

impl Ground {
    fn plain() -> Self {
        let at = format!("127.0.0.1:{}", free_port());
        let product = Product::new(&format!("listen = \"{at}\"\n{CLUSTER}")).unwrap();
        let served = product.serve().unwrap();
        Self {
            product,
            host: format!("http://{at}"),
            served,
        }
    }

    fn first_file(&self) -> PathBuf {
        self.product.folder().join("data/admin.token")
    }

    /// A command that asks over the network with the token in a file.
    fn run(&self, token_file: &str, arguments: &[&str]) -> Ran {
        let way = ["--host", &self.host, "--token-file", token_file];
        self.product.run(&[arguments, &way].concat()).unwrap()
    }

    /// Makes a token, and answers the name of the file it was put into.
    fn create(&self, name: &str, role: &str) -> String {
        let made = self
            .product
            .values(&["token", "create", name, "--role", role])
            .unwrap();
        let file = format!("{name}.token");
        let path = self.product.folder().join(&file);
        std::fs::write(&path, made[0]["token"].as_str().unwrap()).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        file
    }
}

fn said(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
}

#[test]
fn a_host_is_asked_over_the_network_by_who_has_a_token_and_no_more_than_its_role_may() {
    let ground = Ground::plain();
    let mode = std::fs::metadata(ground.first_file())
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o600);
    let first = "data/admin.token";
    assert_eq!(ground.run(first, &["status"]).code, 0);

    let viewer = ground.create("screen", "viewer");
    let operator = ground.create("ci", "operator");
    let freeze = ["freeze", "now", "--reason", "sale"];
    assert_eq!(ground.run(&viewer, &["status"]).code, 0);
    said(
        &ground.run(&viewer, &freeze),
        3,
        "token screen has the role viewer, and this takes the role operator",
    );
    assert_eq!(ground.run(&operator, &freeze).code, 0);
    let create = ["token", "create", "mine", "--role", "admin"];
    said(&ground.run(&operator, &create), 3, "this takes the role admin");
    let made = ground.run(first, &["token", "create", "screen", "--role", "viewer"]);
    said(&made, 3, "there is a token `screen` already");

    let listed = ground.run(&viewer, &["token", "list"]).stdout;
    for words in ["first-admin", "the host", "screen", "ci", "operator", "in 89 d"] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
    let revoked = ground.run(first, &["token", "revoke", "ci", "--reason", "moved"]);
    assert!(
        revoked.stdout.contains("Revoked by token first-admin: moved"),
        "{}",
        revoked.stdout
    );
    said(&ground.run(&operator, &["status"]), 3, "the token was revoked");
    let followed = ground.run(&operator, &["runs", "follow", "lab-1"]);
    said(&followed, 3, "the token was revoked");

    // The host is started again, and knows them still.
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
    assert_eq!(ground.run(first, &["status"]).code, 0);
    assert_eq!(ground.run(&viewer, &["status"]).code, 0);
    said(&ground.run(&operator, &["status"]), 3, "the token was revoked");
    ground.served.stop().unwrap();
}

#[test]
fn a_command_that_cannot_ask_says_why_and_how_to() {
    let ground = Ground::plain();
    let folder = ground.product.folder();
    let token = ground.create("screen", "viewer");
    said(
        &ground.product.run(&["status", "--host", &ground.host]).unwrap(),
        2,
        "no --token-file is given",
    );
    said(
        &ground.run("none.token", &["status"]),
        2,
        "cannot read none.token",
    );
    let both = ["status", "--host", &ground.host, "--socket", "x"];
    said(&ground.product.run(&both).unwrap(), 2, "cannot be used with");
    std::fs::write(folder.join("guess.token"), "rka1.000000000000.guess").unwrap();
    std::fs::set_permissions(folder.join("guess.token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    said(
        &ground.run("guess.token", &["status"]),
        2,
        "chmod 600 guess.token",
    );
    std::fs::set_permissions(folder.join("guess.token"), std::fs::Permissions::from_mode(0o600)).unwrap();
    said(
        &ground.run("guess.token", &["status"]),
        3,
        "fix: make one with `ringkeeper token create",
    );
    let foreign = ["status", "--host", "http://10.0.0.1:1", "--token-file", &token];
    said(&ground.product.run(&foreign).unwrap(), 2, "is not encrypted");
    let nobody = ["status", "--host", "https://127.0.0.1:1", "--token-file", &token];
    said(
        &ground.product.run(&nobody).unwrap(),
        5,
        "no host answers at https://127.0.0.1:1",
    );
    let plain = ground.host.replace("http://", "https://");
    let encrypted = ["status", "--host", &plain, "--token-file", &token];
    said(
        &ground.product.run(&encrypted).unwrap(),
        5,
        "no host answers at https://",
    );
}

#[test]
fn over_tls_the_host_is_known_by_its_authority() {
    let at = format!("127.0.0.1:{}", free_port());
    let product = Product::new(CLUSTER).unwrap();
    let write = |name: &str, text: String| {
        let path = product.folder().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    let certificate = || rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (own, other) = (certificate(), certificate());
    write("host.pem", own.cert.pem());
    write("host.key", own.signing_key.serialize_pem());
    write("other.pem", other.cert.pem());
    let tls = "tls_certificate = \"host.pem\"\ntls_key = \"host.key\"\n";
    product
        .configure(&format!("listen = \"{at}\"\n{tls}{CLUSTER}"))
        .unwrap();
    assert_eq!(product.run(&["serve", "--check"]).unwrap().code, 0);
    let served = product.serve().unwrap();
    let ask = |ca: &[&str]| {
        let way = [
            "status",
            "--host",
            &format!("https://{at}"),
            "--token-file",
            "data/admin.token",
        ];
        product.run(&[&way, ca].concat()).unwrap()
    };
    assert_eq!(ask(&["--ca", "host.pem"]).code, 0);
    said(&ask(&["--ca", "other.pem"]), 5, "no host answers at https://");
    said(&ask(&[]), 5, "no host answers at https://");
    said(&ask(&["--ca", "host.key"]), 2, "holds no certificate");
    served.stop().unwrap();
}

#[test]
fn no_host_starts_where_others_could_read_what_is_asked() {
    let product = Product::new(&format!("listen = \"0.0.0.0:{}\"\n{CLUSTER}", free_port())).unwrap();
    for arguments in [&["serve"][..], &["serve", "--check"]] {
        said(&product.run(arguments).unwrap(), 2, "and nothing is encrypted");
    }
    assert!(!product.folder().join("data").exists());
    let write = |name: &str| {
        let path = product.folder().join(name);
        std::fs::write(&path, "nonsense").unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("host.pem");
    write("host.key");
    let tls = "tls_certificate = \"host.pem\"\ntls_key = \"host.key\"\n";
    product
        .configure(&format!("listen = \"127.0.0.1:{}\"\n{tls}{CLUSTER}", free_port()))
        .unwrap();
    for arguments in [&["serve", "--check"][..], &["serve"]] {
        said(
            &product.run(arguments).unwrap(),
            2,
            "host.pem holds no usable certificate",
        );
    }
}

#[test]
fn no_host_starts_while_its_own_token_is_open_to_others() {
    let ground = Ground::plain();
    let file = ground.first_file();
    let Ground { product, served, .. } = ground;
    served.stop().unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    said(
        &product.run(&["serve"]).unwrap(),
        1,
        "is open to other users (mode 644)",
    );
    // As it says: without the file there is another token.
    std::fs::remove_file(&file).unwrap();
    let served = product.serve().unwrap();
    assert!(file.exists());
    served.stop().unwrap();
}
