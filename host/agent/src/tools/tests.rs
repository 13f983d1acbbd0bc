//! Orders of tools, carried out by a Java that only repeats its words, or waits until it may.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use ringkeeper_cluster::ToolEnd;
use ringkeeper_tool_runs::Found;
use tempfile::TempDir;

use super::*;
use crate::orders::write;

/// The state directory of an agent beside a Cassandra that does not run and was seen before.
struct Machine {
    root: TempDir,
}

impl Machine {
    /// With this program as its Java.
    fn with(java: &str) -> Self {
        let machine = Self {
            root: tempfile::tempdir().unwrap(),
        };
        for folder in ["cassandra", "java/bin", "data", "state/tools"] {
            fs::create_dir_all(machine.at(folder)).unwrap();
        }
        fs::write(machine.at("cassandra/apache-cassandra-5.0.5.jar"), "").unwrap();
        fs::write(machine.at("cassandra.yaml"), "cluster_name: x\n").unwrap();
        symlink(java, machine.at("java/bin/java")).unwrap();
        let found = Found {
            home: machine.at("cassandra"),
            java_home: machine.at("java"),
            configuration: machine.at("cassandra.yaml"),
            data_directories: vec![machine.at("data")],
            jmx_port: 7199,
        };
        write(&machine.at("state/tools/found.json"), &found).unwrap();
        machine
    }

    /// With a Java that says a line, waits for a file, and says another one.
    fn with_slow_java() -> Self {
        let machine = Self::with("/bin/false");
        let java = machine.at("slow");
        let script = format!(
            "#!/bin/sh\necho begun\nwhile ! [ -e {} ]; do sleep 0.02; done\necho done\n",
            machine.at("go").display()
        );
        fs::write(&java, script).unwrap();
        fs::set_permissions(&java, fs::Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(machine.at("java/bin/java")).unwrap();
        symlink(&java, machine.at("java/bin/java")).unwrap();
        machine
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    async fn open(&self) -> Arc<ToolOrders> {
        self.open_behind(Arc::default()).await
    }

    async fn open_behind(&self, fence: Arc<Fence>) -> Arc<ToolOrders> {
        let places = ToolPlaces {
            // Of other Cassandras on this machine nothing is seen.
            wanted: ringkeeper_jvm::Wanted {
                pid_file: Some(self.at("none.pid")),
                ..ringkeeper_jvm::Wanted::default()
            },
            ..ToolPlaces::default()
        };
        let seams = Seams::production().unwrap();
        let files = Arc::new(Semaphore::new(1));
        ToolOrders::open(&self.at("state"), places, seams, fence, files)
            .await
            .unwrap()
    }
}

fn order(number: u64) -> Order {
    Order {
        run: "shop-1".to_owned(),
        step: "status".to_owned(),
        number,
    }
}

fn call(tool: &str, values: &[(&str, &str)]) -> ToolCall {
    let values = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ToolCall {
        tool: tool.to_owned(),
        values: values.collect(),
        dry_run: false,
    }
}

async fn end(tools: &ToolOrders, number: u64) -> ToolState {
    let mut ended = tools.ended.subscribe();
    while tools.state(number) == ToolState::Running {
        ended.changed().await.unwrap();
    }
    tools.state(number)
}

#[tokio::test]
async fn a_tool_is_run_once_however_often_it_is_ordered_and_its_output_is_kept() {
    let machine = Machine::with("/bin/echo");
    let tools = machine.open().await;
    tools.ready().await.unwrap();
    let call = call("status", &[("keyspace", "shop")]);
    let state = tools.take(order(7), call.clone()).await.unwrap();
    let ToolState::Ended { report } = &state else {
        panic!("{state:?}")
    };
    assert_eq!(
        (report.ended, report.words.as_slice()),
        (ToolEnd::Code(0), &["status", "--", "shop"].map(String::from)[..])
    );
    assert_eq!(tools.take(order(7), call.clone()).await.unwrap(), state);
    assert_eq!(fs::read_dir(machine.at("state/tools/runs")).unwrap().count(), 1);
    // Nor after a restart of the agent, which still has what was printed.
    drop(tools);
    let tools = machine.open().await;
    assert_eq!(tools.take(order(7), call).await.unwrap(), state);
    let piece = tools.printed(7, ToolStream::Output, 0).unwrap();
    assert!(
        piece.text.ends_with("-h 127.0.0.1 -p 7199 status -- shop\n"),
        "{piece:?}"
    );
    assert!(piece.is_last && piece.next == report.output_bytes);
    let rest = tools.printed(7, ToolStream::Output, piece.next).unwrap();
    assert_eq!((rest.text.as_str(), rest.is_last), ("", true));
}

#[tokio::test]
async fn what_a_shell_would_take_apart_is_one_word_or_refused() {
    let machine = Machine::with("/bin/echo");
    let tools = machine.open().await;
    let key = "$(touch /tmp/x); a | b";
    let values = [("keyspace", "shop"), ("table", "orders"), ("key", key)];
    let state = tools.take(order(1), call("getendpoints", &values)).await.unwrap();
    assert!(
        matches!(&state, ToolState::Ended { report } if report.words.last().unwrap() == key),
        "{state:?}"
    );
    let state = tools
        .take(order(2), call("flush", &[("keyspace", "a; b")]))
        .await
        .unwrap();
    assert!(
        matches!(&state, ToolState::Refused { message } if message.contains("keyspace cannot be")),
        "{state:?}"
    );
}

#[tokio::test]
async fn what_is_printed_is_seen_while_it_runs() {
    let machine = Machine::with_slow_java();
    let tools = machine.open().await;
    let state = tools.take(order(1), call("info", &[])).await.unwrap();
    assert_eq!(state, ToolState::Running);
    let piece = tools.printed(1, ToolStream::Output, 0).unwrap();
    assert_eq!((piece.text.as_str(), piece.is_last), ("begun\n", false));
    fs::write(machine.at("go"), "").unwrap();
    assert!(matches!(end(&tools, 1).await, ToolState::Ended { .. }));
    let piece = tools.printed(1, ToolStream::Output, piece.next).unwrap();
    assert_eq!((piece.text.as_str(), piece.is_last), ("done\n", true));
}

#[tokio::test]
async fn an_order_that_comes_too_late_is_refused_where_it_would_change_something() {
    let machine = Machine::with("/bin/echo");
    let fence = Arc::<Fence>::default();
    let tools = machine.open_behind(Arc::clone(&fence)).await;
    tools.take(order(9), call("flush", &[])).await.unwrap();
    let late = tools.take(order(8), call("flush", &[])).await.unwrap_err();
    assert_eq!(late.code, ProblemCode::Refused);
    assert!(late.message.starts_with("order 8 comes too late"), "{late:?}");
    // Looking does no harm, and holds nobody back.
    tools.take(order(5), call("status", &[])).await.unwrap();
    tools.take(order(20), call("status", &[])).await.unwrap();
    tools.take(order(10), call("flush", &[])).await.unwrap();
    // Nor does a restart of the agent forget it, and it holds for the process, too.
    drop(tools);
    let fence = Arc::<Fence>::default();
    let tools = machine.open_behind(Arc::clone(&fence)).await;
    assert!(fence.check(&order(9)).is_err());
    assert!(tools.take(order(9), call("cleanup", &[])).await.is_err());
    let other = tools.take(order(10), call("cleanup", &[])).await.unwrap_err();
    assert_eq!(other.message, "order 10 was heard before, as another one");
}

#[tokio::test]
async fn what_an_agent_was_killed_in_was_broken_off_and_is_not_run_again() {
    let machine = Machine::with_slow_java();
    let tools = machine.open().await;
    assert_eq!(
        tools.take(order(3), call("info", &[])).await.unwrap(),
        ToolState::Running
    );
    // An agent that is ended writes nothing more, as one that is killed.
    drop(tools);
    let tools = machine.open().await;
    let state = tools.take(order(3), call("info", &[])).await.unwrap();
    let ToolState::Ended { report } = state else {
        panic!("{state:?}")
    };
    assert_eq!(report.ended, ToolEnd::BrokenOff);
    assert!(
        report.to_string().starts_with("the agent ended while it ran"),
        "{report}"
    );
    assert_eq!(report.output_bytes, "begun\n".len() as u64);
}

#[tokio::test]
async fn an_order_that_nobody_gave_is_unknown_and_without_a_cassandra_nothing_is_ready() {
    let machine = Machine::with("/bin/echo");
    let tools = machine.open().await;
    assert_eq!(tools.state(4), ToolState::Unknown);
    assert_eq!(
        tools.printed(4, ToolStream::Output, 0).unwrap_err().code,
        ProblemCode::NotFound
    );
    fs::remove_file(machine.at("state/tools/found.json")).unwrap();
    let problem = tools.ready().await.unwrap_err();
    assert!(problem.message.contains("start it once"), "{problem:?}");
    assert_eq!(
        tools
            .take(order(4), call("status", &[]))
            .await
            .unwrap_err()
            .message,
        problem.message
    );
    assert_eq!(tools.state(4), ToolState::Unknown);
}

#[tokio::test]
async fn nobody_starts_a_node_while_a_tool_works_on_its_files() {
    use async_trait::async_trait;
    use ringkeeper_api::{OrderState, ProcessRequest};
    use ringkeeper_cluster::{ProcessDriver, ProcessError, ProcessPlace, ProcessState};

    /// Starts whatever it is told to.
    #[derive(Debug)]
    struct Willing;

    #[async_trait]
    impl ProcessDriver for Willing {
        async fn start(&self, _: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
            Ok(())
        }
        async fn stop(&self, _: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
            Ok(())
        }
        async fn state(&self, _: &ProcessPlace) -> Result<ProcessState, ProcessError> {
            Ok(ProcessState::Stopped)
        }
        fn limit(&self) -> Duration {
            Duration::from_secs(60)
        }
    }

    let machine = Machine::with_slow_java();
    let (orders, worker) = crate::orders::open(&machine.at("state"), Arc::new(Willing)).unwrap();
    let places = ToolPlaces {
        wanted: ringkeeper_jvm::Wanted {
            pid_file: Some(machine.at("none.pid")),
            ..ringkeeper_jvm::Wanted::default()
        },
        ..ToolPlaces::default()
    };
    let (seams, files) = (Seams::production().unwrap(), worker.on_files());
    let tools = ToolOrders::open(&machine.at("state"), places, seams, orders.fence(), files)
        .await
        .unwrap();
    let request = ProcessRequest {
        protocol: 1,
        order: order(5),
        place: ProcessPlace {
            node: "00000000-0000-0000-0000-000000000007".parse().unwrap(),
            endpoint: "10.0.0.1:7000".parse().unwrap(),
            data_centre: "dc1".to_owned(),
            rack: "r1".to_owned(),
        },
        limit_ms: 60_000,
    };
    let scrub = call("sstablescrub", &[("keyspace", "shop"), ("table", "orders")]);
    let story = async {
        assert_eq!(tools.take(order(4), scrub).await.unwrap(), ToolState::Running);
        let soon = Duration::from_millis(300);
        let state = orders
            .take(crate::orders::Deed::Start, request.clone(), soon)
            .await
            .unwrap();
        assert_eq!(state, OrderState::Running, "it waits");
        fs::write(machine.at("go"), "").unwrap();
        let within = Duration::from_secs(30);
        let state = orders
            .take(crate::orders::Deed::Start, request, within)
            .await
            .unwrap();
        assert_eq!(state, OrderState::Done);
        assert!(matches!(tools.state(4), ToolState::Ended { .. }));
    };
    use futures::future::{Either, select};
    match select(std::pin::pin!(worker.work()), std::pin::pin!(story)).await {
        Either::Right(_) => {}
        Either::Left(_) => unreachable!("it works on"),
    }
}
