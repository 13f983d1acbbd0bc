//! `ringkeeper audit`.

mod files;

use ringkeeper_api::{AuditQuestion, AuditVerdict};

use super::client;
use crate::arguments::{AuditCommand, Common};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Lists, checks or exports the audit log.
pub(crate) async fn run(common: &Common, command: AuditCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        AuditCommand::List { run, since, last } => {
            let rows = client(common)?.audit(&AuditQuestion { run, since, last }).await?;
            output.several(&rows, render::audit::list)?;
            Ok(Exit::Done)
        }
        AuditCommand::Verify { head, files: None } => {
            let verdict = client(common)?.verify_audit(head.as_deref()).await?;
            judged(&verdict, output)
        }
        AuditCommand::Verify {
            head,
            files: Some(folder),
        } => judged(&files::verify(&folder, head.as_deref())?, output),
        AuditCommand::Export { folder } => {
            let written = files::export(&client(common)?, &folder).await?;
            output.several(&written, render::audit::exported)?;
            Ok(Exit::Done)
        }
    }
}

fn judged(verdict: &AuditVerdict, output: &Output) -> Result<Exit, Failure> {
    output.one(verdict, render::audit::verdict)?;
    Ok(match verdict.problem {
        None => Exit::Done,
        Some(_) => Exit::Failed,
    })
}
