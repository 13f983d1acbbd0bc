use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::run;
use crate::java::Jdk;

const DEADLINE: Duration = Duration::from_secs(60);
/// Cassandra and Jolokia insist on one; it protects nothing but a lab.
pub(crate) const STORE_PASSWORD: &str = "ringkeeper";

/// A certificate authority made for one lab, and the certificate of its nodes.
///
/// All nodes serve the same certificate, which names the address of every one of them. It is made by the
/// JDK's own keytool, because 4.0 reads Java key stores only.
#[derive(Debug)]
pub struct Certificates {
    authority: PathBuf,
    key_store: PathBuf,
}

impl Certificates {
    pub(crate) fn create(directory: &Path, nodes: &[IpAddr], jdk: &Jdk) -> Result<Self> {
        fs::create_dir_all(directory)?;
        // The authority's store holds its private key, so the nodes get a second one without it.
        let authority_store = directory.join("authority.p12");
        let authority = directory.join("authority.pem");
        let key_store = directory.join("node.p12");
        let mut names = String::from("san=");
        for address in nodes {
            write!(names, "ip:{address},")?;
        }

        let keytool = |arguments: &[&str], paths: &[(&str, &Path)]| {
            let mut command = jdk.command("keytool");
            command.args(arguments);
            for (option, path) in paths {
                command.arg(option).arg(path);
            }
            run(&mut command, DEADLINE).context("cannot make certificates")
        };
        let key = [
            "-genkeypair",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-validity",
            "30",
        ];
        let store = ["-storetype", "PKCS12", "-storepass", STORE_PASSWORD];
        let root = [
            "-alias",
            "authority",
            "-dname",
            "CN=Ringkeeper lab authority",
            "-ext",
            "bc:critical=ca:true",
        ];
        keytool(
            &[&key[..], &store[..], &root[..]].concat(),
            &[("-keystore", &authority_store)],
        )?;
        keytool(
            &[&["-exportcert", "-rfc", "-alias", "authority"], &store[..]].concat(),
            &[("-keystore", &authority_store), ("-file", &authority)],
        )?;
        let node = [
            "-alias",
            "node",
            "-signer",
            "authority",
            "-dname",
            "CN=Ringkeeper lab node",
            "-ext",
        ];
        keytool(
            &[&key[..], &store[..], &node[..], &[names.trim_end_matches(',')]].concat(),
            &[("-keystore", &authority_store)],
        )?;
        keytool(
            &[
                "-importkeystore",
                "-srcalias",
                "node",
                "-srcstorepass",
                STORE_PASSWORD,
                "-deststoretype",
                "PKCS12",
                "-deststorepass",
                STORE_PASSWORD,
            ],
            &[("-srckeystore", &authority_store), ("-destkeystore", &key_store)],
        )?;
        Ok(Self { authority, key_store })
    }

    /// The authority's certificate in PEM form: what a client of this lab trusts.
    #[must_use]
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Key and certificate of the nodes, in PKCS #12 form.
    pub(crate) fn key_store(&self) -> &Path {
        &self.key_store
    }
}
