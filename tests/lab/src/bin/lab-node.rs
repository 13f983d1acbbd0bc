//! `lab-node start|stop|status ADDRESS --lab FOLDER`: a node of a lab as its service manager would have it, for the
//! commands of a host.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, address, flag, folder] = arguments.as_slice() else {
        return usage();
    };
    let (Ok(address), "--lab") = (address.parse(), flag.as_str()) else {
        return usage();
    };
    match ringkeeper_lab::ask(Path::new(folder), verb, address) {
        Ok((code, words)) => {
            if !words.is_empty() {
                eprintln!("{words}");
            }
            u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("{error:#}");
            // As for status: unknown.
            ExitCode::from(4)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("lab-node start|stop|status ADDRESS --lab FOLDER");
    ExitCode::from(2)
}
