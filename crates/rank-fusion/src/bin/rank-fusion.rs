//! The command `rank-fusion`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into()).collect();
    ExitCode::from(rank_fusion::cli::run(&arguments, &mut std::io::stdout(), &mut std::io::stderr()))
}
