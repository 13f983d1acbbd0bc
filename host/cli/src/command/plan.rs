//! `ringkeeper plan`.

use ringkeeper_api::PlanRequest;

use super::addresses;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows what an operation would do; of many steps the first ones, unless `all` are wanted.
pub(crate) async fn run(
    client: &Client,
    request: &PlanRequest,
    all: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let answer = client.plan(request).await?;
    let addresses = addresses(client, &answer.cluster).await;
    let asked = render::plan::Asked {
        cluster: request.cluster.as_deref(),
        all,
    };
    output.one(&answer, |answer, screen| {
        render::plan::plan(answer, asked, &addresses, screen)
    })?;
    Ok(Exit::Done)
}
