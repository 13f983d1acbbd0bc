//! Jolokia's configuration: a file of Java properties.

use url::Url;

use crate::address::Loopback;

/// The user that Jolokia lets in.
pub(crate) const USER: &str = "ringkeeper";
const PASSWORD: &str = "password=";

/// The file for these settings; neither a URL nor a password of ours has a letter that Java would read differently. Several threads, because one slow answer would hold up all others.
pub(crate) fn write(address: Loopback, policy: &Url, password: &str) -> String {
    let socket = address.socket();
    format!(
        "# Written by Ringkeeper. Remove it to have another password.
host={}
port={}
protocol=http
user={USER}
{PASSWORD}{password}
policyLocation={policy}
executor=fixed
threadNr=4
discoveryEnabled=false
allowDnsReverseLookup=false
",
        socket.ip(),
        socket.port()
    )
}

/// The password in such a file.
pub(crate) fn password(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix(PASSWORD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_found_again() {
        let policy = Url::from_file_path("/var/lib/ringkeeper/my policy.xml").unwrap();
        let text = write(Loopback::default(), &policy, "s3cret");
        assert_eq!(password(&text), Some("s3cret"));
        assert_eq!(password("user=ringkeeper"), None);
        insta::assert_snapshot!(text);
    }
}
