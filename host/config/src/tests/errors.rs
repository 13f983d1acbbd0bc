//! What a person reads about every mistake there is.

use insta::assert_snapshot;

use super::{SMALLEST, complaint};

/// The complaints about the smallest file with each of these texts in its cluster.
fn in_cluster(texts: &[&str]) -> String {
    each(texts, |text| format!("{SMALLEST}{text}\n"))
}

/// The complaints about each of these texts, together with a good cluster.
fn beside_cluster(texts: &[&str]) -> String {
    each(texts, |text| format!("{text}\n{SMALLEST}"))
}

fn each(texts: &[&str], file: impl Fn(&str) -> String) -> String {
    let about = |text: &&str| format!("{text}\n---\n{}", complaint(&file(text)));
    texts.iter().map(about).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    assert_snapshot!(complaint(
        r#"
[host]
data_directry = "/srv"
socket = 7

[[cluster]]
name = "prod uction"
contact_points = ["10.0.0.1", "10.0.0.300"]
check_every = "soon"
timeout = "5s"

[cluster.jolokia]
username = "admin"
password = "hunter2"

[[cluster]]
name = "prod uction"
"#
    ));
}

#[test]
fn texts_that_are_not_toml() {
    assert_snapshot!(each(
        &[
            "[host",
            "[host]\nsocket = ",
            "[host]\nsocket = 'a\nlog.level = info\n",
            "a = 1\na = 2",
            "[host]\n[host]"
        ],
        str::to_owned
    ));
}

#[test]
fn files_without_a_cluster() {
    assert_snapshot!(each(
        &[
            "",
            "[host]",
            "cluster = []",
            "cluster = 1",
            "[cluster]\nname = \"a\"",
            "cluster = [1]"
        ],
        str::to_owned
    ));
}

#[test]
fn unknown_keys() {
    assert_snapshot!(in_cluster(&[
        "contact_point = []",
        "colour = 1",
        "timeout = \"5s\"",
        "jolokai.url = 1",
        "\"a b\" = 1",
        "password = \"x\""
    ]));
}

#[test]
fn names_and_contact_points() {
    assert_snapshot!(each(
        &[
            "name = \"a/b\"\ncontact_points = [\"db1\"]",
            "name = \"\"\ncontact_points = [\"db1\"]",
            "name = \"a\"\ncontact_points = []",
            "name = \"a\"\ncontact_points = \"db1\"",
            "name = \"a\"\ncontact_points = [1, \"10.0.0.256\", \"http://db1\", \"db1:0\", \"user:hunter2@db1\", \"::1::2\", \"a b\"]",
            "name = \"a\"\ncontact_points = [\n\"db1\",\n\"DB1\",\n]",
        ],
        |text| format!("[[cluster]]\n{text}\n")
    ));
}

#[test]
fn two_clusters_of_one_name() {
    assert_snapshot!(complaint(&format!("{SMALLEST}{SMALLEST}")));
}

#[test]
fn times_sizes_and_numbers() {
    assert_snapshot!(in_cluster(&[
        "check_every = 5",
        "check_every = \"5 minutes\"",
        "check_every = \"1s\"",
        "jolokia.max_response = \"16MB\"",
        "jolokia.max_response = \"1B\"",
        "jolokia.max_response = 16",
        "cql.port = 0",
        "cql.port = 99999999999999999999",
        "cql.port = \"9042\"",
        "sweep.concurrency = 1.5",
        "sweep.node_limit = \"20s\"",
        "cql.tls = { ca_file = \"ca.pem\", verify_host_name = \"yes\" }",
    ]));
}

#[test]
fn urls() {
    assert_snapshot!(in_cluster(&[
        "jolokia.url = \"http://10.0.0.1:8778/\"",
        "jolokia.url = \"http://admin:hunter2@{address}/\"",
        "jolokia.url = \"ftp://{address}/\"",
        "jolokia.url = \"http://{address}:{port}/\"",
        "jolokia.url = \"http://{address}:eight/\"",
        "jolokia.url = \"http://{address}/?a=b\"",
        "jolokia.url = \"https://{address}/\"",
        "jolokia.tls.ca_file = \"ca.pem\"",
    ]));
}

#[test]
fn agents_and_other_ways() {
    assert_snapshot!(in_cluster(&[
        "agents = {}",
        "agents.port = 0",
        "agents = {}\njolokia.url = \"http://{address}:8778/\"",
        "agents = {}\njolokia.tiemout = \"5s\"",
        "agents = {}\njolokia.username = \"ringkeeper\"\njolokia.password_env = \"PATH\"",
    ]));
}

#[test]
fn secrets_and_certificates() {
    assert_snapshot!(in_cluster(&[
        "cql.password = \"hunter2\"",
        "cql = { username = \"a\", password = \"hunter2\" }",
        "cql = { username = \"a\" }",
        "cql = { username = \"\" , password_file = \"password\" }",
        "cql = { password_file = \"password\" }",
        "cql = { username = \"a\", password_file = \"no-such-file\" }",
        "cql = { username = \"a\", password_file = \"open-password\" }",
        "cql = { username = \"a\", password_file = \"empty-password\" }",
        "cql = { username = \"a\", password_file = \".\" }",
        "cql = { username = \"a\", password_file = \"\" }",
        "cql = { username = \"a\", password_file = \"password\", password_env = \"PATH\" }",
        "cql = { username = \"a\", password_env = \"RINGKEEPER_NO_SUCH_VARIABLE\" }",
        "cql = { username = \"a\", password_env = \"hunter2\" }",
        "cql.tls = {}",
        "cql.tls = { ca_file = \"no-such.pem\" }",
        "cql.tls = { ca_file = \"ca.pem\", certificate_file = \"host.pem\" }",
        "cql.tls = { ca_file = \"ca.pem\", key_file = \"host.key\" }",
        "cql.tls = { ca_file = \"ca.pem\", certificate_file = \"host.pem\", key_file = \"open.key\" }",
    ]));
}

#[test]
fn commands_for_processes() {
    assert_snapshot!(in_cluster(&[
        "process = {}",
        "process = { stop = [\"true\"] }",
        "process = { start = [\"true\"] }",
        "process = { status = [\"true\"] }",
        "process = { start = [], stop = \"systemctl stop cassandra\" }",
        "process = { start = [\"\"], stop = [\"true\", 1] }",
        "process = {\n  start = [\n    \"ssh\",\n    \"{adress}\",\n  ],\n  stop = [\"ssh\", \"{host}\", \"{address\"],\n}",
        "process = { start = [\"./no-such-program\"], stop = [\"./ca.pem\"], limit = \"0s\" }",
        "process = { start = [\".\"], stop = [\"./\"], statsu = [\"true\"] }",
    ]));
}

#[test]
fn the_host() {
    assert_snapshot!(beside_cluster(&[
        "host = 1",
        "[[host]]",
        "[host]\ndata_directory = \"\"",
        "[host]\ndata_directory = \"a\\u0000b\"",
        "[host.log]\nformat = \"jsn\"",
        "[host.log]\nlevel = \"loud\"",
    ]));
}

#[test]
fn a_socket_leaves_room_for_the_name_it_is_made_under() {
    let with_socket = |bytes: usize| format!("[host]\nsocket = \"/{}\"\n{SMALLEST}", "x".repeat(bytes - 1));
    assert!(super::parse(&with_socket(103)).is_ok());
    let complaint = complaint(&with_socket(104));
    assert!(
        complaint.contains("is 104 bytes long, and a socket's path may have 103\n  fix: choose a shorter"),
        "{complaint}"
    );
}

#[test]
fn policies() {
    assert_snapshot!(beside_cluster(&[
        "[policy]\ndefault_consistency = \"local_quorum\"",
        "[policy]\ndefault_consistency = \"unwatched\"",
        "[policy]\nkeyspaces = \"shop\"",
        "[policy.keyspaces]\nshop = \"QUORUM\"\n\"a.b\" = \"ONE\"\nlogs = \"unwached\"\ncarts = 3",
    ]));
}

#[test]
fn waivers() {
    assert_snapshot!(beside_cluster(&[
        "[policy.waiver]\nkeyspace = \"shop\"",
        "[[policy.waiver]]\nkeyspace = \"shop\"",
        "[[policy.waiver]]\nkeyspace = \"a.b\"\nreason = \" \"\nuntil = \"2026-12-31T12:00\"",
        "[[policy.waiver]]\nkeyspace = \"shop\"\nreason = \"racks\"\nuntil = 2026-12-31T12:00:00",
        "[[policy.waiver]]\nkeyspace = \"shop\"\nreason = \"racks\"\nuntill = 7",
        "[[policy.waiver]]\nkeyspace = \"shop\"\nreason = \"racks\"\nuntil = \"2026-12-31\"\n\n\
         [[policy.waiver]]\nkeyspace = \"shop\"\nreason = \"more racks\"\nuntil = \"2027-12-31\"",
    ]));
}

#[test]
fn mitigations() {
    assert_snapshot!(beside_cluster(&[
        "[policy.mitigation]\nfinding = \"node-down\"",
        "[[policy.mitigation]]\nfinding = \"node-down\"",
        "[[policy.mitigation]]\nfinding = \"Node down\"\noperation = \"start\"",
        "[[policy.mitigation]]\nfinding = \"node-down/\"\noperation = \"mitigation.start\"\nparameters = 3",
        "[[policy.mitigation]]\nfindings = \"node-down\"\noperation = \"mitigation.start\"",
    ]));
}

#[test]
fn pressure() {
    assert_snapshot!(beside_cluster(&[
        "[policy.pressure]\npending_compactions = \"none\"",
        "[policy.pressure]\npending_compactions = 0",
        "[policy.pressure]\npending_compactions = 1.5",
        "[policy.pressure]\nheap_percent = 101",
        "[policy.pressure]\nheap_percent = nan",
        "[policy.pressure]\nheap_percent = true",
        "[policy.pressure]\ndropped_per_second = -1",
        "[policy.pressure]\ndroped_per_second = 1",
    ]));
}

#[test]
fn approvals() {
    assert_snapshot!(beside_cluster(&[
        "[policy.approval]\ndisrupt = \"ak\"",
        "[policy.approval]\ndisrupts = \"ask\"",
        "[policy.approval]\nvalid_for = \"1s\"",
        "[policy.approval]\noperations = \"ask\"",
        "[policy.approval.operations]\nrepair.full = \"ask\"",
        "[policy.approval.operations]\n\"repair.full\" = \"asked\"\n\"patching.*\" = 1\n\"*\" = \"ask\"",
        "[policy.approval.operations]\n\"repair.full\" = { disrup = \"ask\", change = \"no\" }\n\"a.b\" = {}",
    ]));
}

#[test]
fn schedules() {
    assert_snapshot!(beside_cluster(&[
        "[[schedule]]\noperation = \"repair.full\"\ncluster = \"analitics\"\ncron = \"0 2 * * 6\"",
        "[[schedule]]\noperation = \"repair\"\ncron = \"0 2 * * 6\"",
        "[[schedule]]\noperation = \"repair.full\"\ncron = \"0 25 * * 6\"",
        "[[schedules]]\noperation = \"repair.full\"",
        // Keys elsewhere, but not written as such.
        "[[keyspaces]]\nshop = \"ONE\"",
    ]));
}

/// The complaints about a window with each of these texts in place of its own lines.
fn in_table(heading: &str, lines: &[(&str, &str)], texts: &[&str]) -> String {
    let with = |text: &str| {
        let instead = |name: &str| text.lines().any(|line| line.starts_with(&format!("{name} =")));
        let kept = lines.iter().filter(|(name, _)| !instead(name));
        let kept: String = kept.map(|(name, value)| format!("{name} = {value}\n")).collect();
        format!("{heading}\n{text}\n{kept}{SMALLEST}")
    };
    each(texts, with)
}

#[test]
fn windows() {
    let sound = [
        ("name", "\"night\""),
        ("impacts", "[\"disrupt\"]"),
        ("from", "\"22:00\""),
        ("to", "\"04:00\""),
    ];
    assert!(super::parse(&format!(
        "[[window]]\nname = \"night\"\nimpacts = [\"disrupt\"]\nfrom = \"22:00\"\nto = \"04:00\"\n{SMALLEST}"
    ))
    .is_ok());
    assert_snapshot!(in_table(
        "[[window]]",
        &sound,
        &[
            "name = \"at night\"",
            "cluster = \"analitics\"",
            "cluster = \"shop\"",
            "data_centres = []",
            "data_centres = [\"dc1\", \" \", \"dc1\", 2]",
            "impacts = []",
            "impacts = [\"disrupts\", \"observe\"]",
            "days = [\"Sat\", \"someday\", \"sun\", \"sun\"]",
            "days = []",
            "from = \"24:00\"",
            "from = 22:00:00",
            "to = \"4:00\"",
            "to = \"22:00\"",
            "zone = \"Berlin\"",
            "date_centres = [\"dc1\"]",
        ]
    ));
    assert_snapshot!(
        "windows_that_say_nothing",
        beside_cluster(&["[window]", "[[window]]"])
    );
}

#[test]
fn two_windows_of_one_name() {
    let window = "[[window]]\nname = \"night\"\nimpacts = [\"disrupt\"]\nfrom = \"22:00\"\nto = \"04:00\"\n";
    assert_snapshot!(complaint(&format!("{SMALLEST}{window}{window}")));
}

#[test]
fn freezes() {
    let sound = [
        ("name", "\"christmas\""),
        ("from", "\"2026-12-20T00:00\""),
        ("to", "\"2027-01-06T00:00\""),
        ("reason", "\"Christmas trade\""),
    ];
    assert_snapshot!(in_table(
        "[[freeze]]",
        &sound,
        &[
            "cluster = \"analitics\"",
            "impacts = []",
            "from = \"2026-12-20\"",
            "from = 2026-12-20T00:00:00",
            "to = \"2026-12-20T00:00\"",
            "to = \"2027-02-29T00:00\"",
            "zone = \"Europe/Berlim\"",
            "reason = \"\"",
            "days = [\"sat\"]",
        ]
    ));
    assert_snapshot!("freezes_that_say_nothing", beside_cluster(&["[[freeze]]"]));
}

#[test]
fn plugins() {
    assert_snapshot!(beside_cluster(&[
        "[plugin]\nname = \"health\"",
        "[[plugin]]\nsource = \"repair.wasm\"",
        "[[plugin]]\nname = \"Repair\"\nsource = \"repair.wasm\"",
        "[[plugin]]\nname = \"helth\"",
        "[[plugin]]\nname = \"a\"\nsource = \"builtin:helth\"",
        "[[plugin]]\nname = \"a\"\nsource = \"no-such.wasm\"",
        "[[plugin]]\nname = \"a\"\nsource = \"\"",
        "[[plugin]]\nname = \"health\"\ngrants = [\"clutser\", \"metrics\", \"root\", \"metrics\"]",
        "[[plugin]]\nname = \"health\"\nsettings = { a = nan, b = [99999999999999999999] }",
        "[[plugin]]\nname = \"health\"\nsettings = 1",
        "[[plugin]]\nname = \"health\"\nlimits = { memory = \"8GiB\", cpu = \"0s\", wall = \"1s\" }",
        "[[plugin]]\nname = \"health\"\n\n[[plugin]]\nname = \"health\"",
    ]));
}

#[test]
fn where_the_host_listens() {
    let tls = "tls_certificate = \"host.pem\"\ntls_key = \"host.key\"\n";
    let files = [
        "listen = \"localhost:7980\"".to_owned(),
        "listen = \"0.0.0.0:7980\"".to_owned(),
        "listen = \"[::]:7980\"\nallowed_hosts = []".to_owned(),
        "listen = \"10.0.0.1:7980\"\ntls_certificate = \"host.pem\"".to_owned(),
        "listen = \"127.0.0.1:7980\"\ntls_key = \"open.key\"".to_owned(),
        "listen = \"127.0.0.1:7980\"\nallowed_hosts = [\"ringkeeper.example:7980\"]".to_owned(),
        format!("{tls}allowed_hosts = [\"ringkeeper.example\"]"),
    ];
    let files = files.map(|text| format!("[host]\n{text}"));
    let texts: Vec<&str> = files.iter().map(String::as_str).collect();
    assert_snapshot!(beside_cluster(&texts));
}

#[test]
fn notifications() {
    assert_snapshot!(beside_cluster(&[
        "[[notify]]\nname = \"a\"",
        "[[notify]]\nname = \"a\"\nkind = \"pager\"",
        "[[notify]]\nname = \"a\"\nkind = \"webhook\"",
        "[[notify]]\nname = \"a\"\nkind = \"webhook\"\nurl = \"https://u:hunter2@h/\"\nsecret_env = \"PATH\"",
        "[[notify]]\nname = \"a\"\nkind = \"webhook\"\nurl = \"https://h/\"\nsecret_env = \"PATH\"\nto = [\"a@b\"]",
        "[[notify]]\nname = \"a\"\nkind = \"email\"\nserver = \"mail\"\nfrom = \"nobody\"\nto = []\nseverities = [\"bad\"]",
        "[[notify]]\nname = \"a\"\nkind = \"email\"\nserver = \"mail.example:25\"\nencryption = \"none\"\nfrom = \"a@b\"\nto = [\"c@d\"]",
        "[[notify]]\nname = \"a\"\nkind = \"email\"\nserver = \"127.0.0.1:25\"\nencryption = \"none\"\nfrom = \"a@b\"\nto = [\"c@d\"]\n\
         username = \"u\"\npassword_env = \"PATH\"",
    ]));
}
