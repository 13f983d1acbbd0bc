//! Tools over HTTP, carried out by a Java that only repeats its words.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;

use ringkeeper_jvm::Loopback;
use ringkeeper_seams::{Seams, TaskGroup};
use ringkeeper_tool_runs::{Ended, Installation, Jmx, Limits, Manner, ToolSettings};
use serde_json::json;

use super::*;

struct Agent {
    _root: tempfile::TempDir,
    at: SocketAddr,
    _tasks: TaskGroup,
}

async fn agent() -> Agent {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["cassandra", "java/bin", "data"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::write(at("cassandra/apache-cassandra-5.0.5.jar"), "").unwrap();
    symlink("/bin/echo", at("java/bin/java")).unwrap();
    let settings = ToolSettings {
        installation: Installation::find(&at("cassandra"), &at("java")).unwrap(),
        yaml: at("cassandra.yaml"),
        data_directories: vec![at("data")],
        jmx: Jmx {
            at: Loopback::new([127, 0, 0, 1].into(), 7199).unwrap(),
            login: None,
        },
        folder: at("tools"),
        limits: Limits::default(),
    };
    let tools = ToolRuns::open(settings, Seams::production().unwrap()).unwrap();
    let routes = tool_routes(Arc::new(tools));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = TaskGroup::new();
    tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    Agent {
        _root: root,
        at: address,
        _tasks: tasks,
    }
}

impl Agent {
    fn client() -> reqwest::Client {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        reqwest::Client::new()
    }

    async fn run(&self, tool: &str, request: serde_json::Value) -> Vec<ToolLine> {
        let url = format!("http://{}/v1/tools/{tool}", self.at);
        let answer = Self::client().post(url).json(&request).send().await.unwrap();
        let text = answer.text().await.unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn what_a_tool_prints_comes_before_what_came_of_it() {
    let agent = agent().await;
    let lines = agent
        .run("status", json!({"values": [["keyspace", "shop"]]}))
        .await;
    let [ToolLine::Printed { stream, text }, ToolLine::Ended(report)] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(*stream, Stream::Output);
    assert!(
        text.ends_with("NodeTool -h 127.0.0.1 -p 7199 status -- shop\n"),
        "{text}"
    );
    assert_eq!((report.manner, report.ended), (Manner::Run, Ended::Code(0)));
    let url = format!("http://{}/v1/tools/runs/{}", agent.at, report.id);
    let kept: Report = Agent::client()
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(kept, *report);
}

#[tokio::test]
async fn what_destroys_has_to_be_meant() {
    let agent = agent().await;
    let shown = agent.run("truncatehints", json!({})).await;
    assert!(
        matches!(
            shown.as_slice(),
            [ToolLine::Ended(Report {
                manner: Manner::Shown,
                ..
            })]
        ),
        "{shown:?}"
    );
    let run = agent.run("truncatehints", json!({"intent": "for-real"})).await;
    assert!(
        matches!(
            run.last(),
            Some(ToolLine::Ended(Report {
                manner: Manner::Run,
                ..
            }))
        ),
        "{run:?}"
    );
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let agent = agent().await;
    for (tool, request, code, cure) in [
        (
            "repair",
            json!({}),
            ProblemCode::Refused,
            "ringkeeper run repair.full",
        ),
        (
            "statsu",
            json!({}),
            ProblemCode::Invalid,
            "`ringkeeper tool explain NAME` says what it takes",
        ),
        (
            "flush",
            json!({"values": [["keyspace", "a; b"]]}),
            ProblemCode::Invalid,
            "`ringkeeper tool explain NAME` says what it takes",
        ),
    ] {
        let lines = agent.run(tool, request).await;
        let [ToolLine::Refused(problem)] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        assert_eq!((problem.code, problem.cure.as_deref()), (code, Some(cure)));
    }
}
