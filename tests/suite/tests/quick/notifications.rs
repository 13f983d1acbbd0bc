//! The program with somebody to tell, killed where it hurts.
#![expect(
    clippy::disallowed_methods,
    reason = "the other side of a webhook has a thread of its own, as another program has"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use ringkeeper_journal::{Event, Journal as _, SqliteJournal, Version};
use ringkeeper_seams::Runtime;
use ringkeeper_suite::{DEADLINE, Product};
use serde_json::Value;

/// Nobody is there, which is severe.
const CLUSTER: &str = "[[cluster]]\nname = \"lab\"\ncontact_points = [\"127.0.0.250\"]\n\
                       [cluster.sweep]\nmembership = \"1s\"\nnode_limit = \"500ms\"\n";
/// A component that no host loads.
const PLUGIN: &str = "[plugins]\nallow_unsigned = true\n[[plugin]]\nname = \"mine\"\nsource = \"mine.wasm\"\n\
                      grants = [\"cluster\"]\n";

/// What came by webhook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    id: String,
    notices: Vec<Value>,
}

impl Message {
    fn events(&self) -> impl Iterator<Item = u64> {
        self.notices
            .iter()
            .map(|notice| notice["event"].as_u64().unwrap())
    }
}

/// The other side of a webhook: it takes what comes, and answers once it is told to.
pub(crate) struct Pager {
    pub(crate) at: u16,
    messages: Receiver<Message>,
    answers: Arc<Mutex<bool>>,
}

impl Pager {
    /// One that answers from the beginning, or only when it is told to.
    pub(crate) fn start(answers: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let at = listener.local_addr().unwrap().port();
        let (tell, messages) = channel();
        let answers = Arc::new(Mutex::new(answers));
        let may_answer = Arc::clone(&answers);
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let message = read(&mut stream);
                if *may_answer.lock().unwrap() {
                    // A host that was killed does not hear it.
                    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
                } else {
                    unanswered.push(stream);
                }
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            at,
            messages,
            answers,
        }
    }

    /// What comes next.
    pub(crate) fn next(&self) -> Message {
        self.messages.recv_timeout(DEADLINE).unwrap()
    }
}

fn read(stream: &mut TcpStream) -> Message {
    let mut reader = BufReader::new(stream);
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else {
            match line.trim().is_empty() {
                true => break,
                false => continue,
            }
        };
        match name.to_ascii_lowercase().as_str() {
            "ringkeeper-id" => id = value.to_owned(),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    Message {
        id,
        notices: body["notices"].as_array().unwrap().clone(),
    }
}

/// Findings that the journal says began or ended.
fn findings(product: &Product) -> BTreeSet<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let journal = SqliteJournal::open(&product.folder().join("data"), Runtime::inline()).unwrap();
    let events = runtime.block_on(journal.read("lab", Version(0), 10_000)).unwrap();
    let told = events.iter().filter(|(_, recorded)| {
        matches!(
            recorded.event,
            Event::FindingOpened { .. } | Event::FindingCleared { .. }
        )
    });
    told.map(|(version, _)| version.0).collect()
}

#[test]
fn a_host_that_is_killed_while_it_tells_loses_nothing_and_names_what_it_tells_again() {
    let pager = Pager::start(false);
    let product = Product::new("").unwrap();
    let secret = product.folder().join("pager.secret");
    std::fs::write(&secret, "Planted-Webhook-Secret-4713").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(product.folder().join("mine.wasm"), "no component").unwrap();
    let notify = format!(
        "[[notify]]\nname = \"pager\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{}/told\"\n\
         secret_file = \"pager.secret\"\nseverities = [\"severe\", \"warning\"]\n",
        pager.at
    );

    // Killed when the other side has the message and has not said so.
    product.configure(&format!("{CLUSTER}{notify}{PLUGIN}")).unwrap();
    let served = product.serve().unwrap();
    let mut messages = vec![pager.next()];
    served.kill();

    // Killed when it has said so, whether that is written or not. What the plugin was refused for is over.
    *pager.answers.lock().unwrap() = true;
    product.configure(&format!("{CLUSTER}{notify}")).unwrap();
    let served = product.serve().unwrap();
    messages.push(pager.next());
    served.kill();
    assert_eq!(messages[0], messages[1], "the same message under the same name");

    let served = product.serve().unwrap();
    let is_over = |message: &Message| {
        message.notices.iter().any(|notice| {
            let thread = notice["thread"].as_str().unwrap();
            notice["what"] == "finding-cleared" && thread.contains("plugin-refused/mine")
        })
    };
    while !messages.iter().any(is_over) {
        messages.push(pager.next());
    }
    served.stop().unwrap();

    let mut names: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for message in &messages {
        for event in message.events() {
            names.entry(event).or_default().insert(&message.id);
        }
    }
    assert!(names.values().all(|names| names.len() == 1), "{names:?}");
    let first = *names.keys().next().unwrap();
    let last = *names.keys().next_back().unwrap();
    let told: BTreeSet<u64> = names.into_keys().collect();
    let written: BTreeSet<u64> = findings(&product).range(first..=last).copied().collect();
    assert_eq!(told, written);
    assert!(told.len() >= 3, "{messages:#?}");
}
