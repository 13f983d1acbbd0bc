//! What of a node may stand in a command.

use ringkeeper_cluster::ProcessPlace;

/// Every placeholder, without its braces.
pub const PLACEHOLDERS: &[&str] = &["address", "port", "host_id", "data_centre", "rack"];

/// What a placeholder stands for at this node; none for one that is unknown.
///
/// # Errors
/// The name and its value, where the value could mean more to a shell or a program than a name: names of data centres and racks come
/// from the nodes, and a node must not be able to run anything here.
pub(crate) fn value(placeholder: &str, node: &ProcessPlace) -> Result<Option<String>, String> {
    Ok(Some(match placeholder {
        "address" => node.endpoint.ip().to_string(),
        "port" => node.endpoint.port().to_string(),
        "host_id" => node.node.to_string(),
        "data_centre" => plain(placeholder, &node.data_centre)?,
        "rack" => plain(placeholder, &node.rack)?,
        _ => return Ok(None),
    }))
}

fn plain(placeholder: &str, value: &str) -> Result<String, String> {
    let is_plain = !value.is_empty()
        && !value.starts_with('-')
        && value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    if is_plain {
        Ok(value.to_owned())
    } else {
        Err(format!(
            "its {placeholder} is {value:?}, and only letters, digits and `_-.:` are put into a command"
        ))
    }
}
