//! The command `rank-eval`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    ExitCode::from(rank_eval::cli::run(arguments, &mut stdin, &mut stdout, &mut stderr))
}
