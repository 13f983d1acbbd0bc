//! `ringkeeper plan`.

use ringkeeper_api::PlanRequest;

use super::addresses;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows what an operation would do.
pub(crate) async fn run(
    client: &Client,
    operation: String,
    cluster: Option<String>,
    parameters: Vec<(String, serde_json::Value)>,
    output: &Output,
) -> Result<Exit, Failure> {
    let request = PlanRequest {
        operation,
        cluster,
        parameters: parameters.into_iter().collect(),
    };
    let answer = client.plan(&request).await?;
    let addresses = addresses(client, &answer.cluster).await;
    output.one(&answer, |answer, screen| {
        render::plan::plan(answer, &addresses, screen)
    })?;
    Ok(Exit::Done)
}
