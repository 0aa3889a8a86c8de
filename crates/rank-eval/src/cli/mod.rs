//! The command line: what `trec_eval` does with its own options, and subcommands.

mod arguments;
mod catalog;
mod compare;
mod convert;
mod failure;
mod getopt;
mod input;
mod trec_eval;
mod validate;
mod values;

use std::ffi::OsString;
use std::io::{BufWriter, Read, Write};

use self::arguments::Request;
use self::compare::Command;
use self::failure::{BROKEN_PIPE, Outcome};
use self::input::Input;

/// Runs the command `rank-eval` and returns its exit code; `arguments` are those behind the name of the program.
///
/// | code | means |
/// | --- | --- |
/// | 0 | done |
/// | 1 | the command line is wrong; or `validate` found something |
/// | 2 | a file cannot be read or written, or is not what its format asks for |
/// | 7 | no query is both judged and ranked |
/// | 141 | nobody reads the output any more |
///
/// # Example
///
/// ```
/// let mut out = Vec::new();
/// let code = rank_eval::cli::run(["--version"], &mut std::io::empty(), &mut out, &mut std::io::sink());
/// assert_eq!(code, 0);
/// assert!(out.starts_with(b"rank-eval "));
/// ```
pub fn run(
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
    stdin: &mut (dyn Read + Send),
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let mut out = BufWriter::new(stdout);
    let outcome = dispatch(&arguments, &mut Input { stdin }, &mut out).and_then(|()| Ok(out.flush()?));
    match outcome {
        Ok(()) => 0,
        Err(failure) if failure.code == BROKEN_PIPE => {
            // Taken apart, or it would try again when it is dropped.
            let _ = out.into_parts();
            BROKEN_PIPE
        }
        Err(failure) => {
            // If this fails as well, there is nowhere left to report to.
            let _ = out.flush();
            if !failure.message.is_empty() {
                let _ = writeln!(stderr, "rank-eval: {failure}");
            }
            failure.code
        }
    }
}

fn dispatch(arguments: &[OsString], input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    match arguments.split_first() {
        Some((first, rest)) if first == "compare" => return compare::run(Command::Compare, rest, input, out),
        Some((first, rest)) if first == "report" => return compare::run(Command::Report, rest, input, out),
        Some((first, rest)) if first == "convert" => return convert::run(rest, input, out),
        Some((first, rest)) if first == "validate" => return validate::run(rest, input, out),
        _ => {}
    }
    let request = Request::parse(arguments)?;
    if request.help {
        out.write_all(include_bytes!("help.txt"))?;
        return Ok(());
    }
    if request.version {
        writeln!(out, "rank-eval {} (trec_eval 9.0.8; with --compat 10, 10.0)", env!("CARGO_PKG_VERSION"))?;
        return Ok(());
    }
    trec_eval::run(&request, input, out)
}
