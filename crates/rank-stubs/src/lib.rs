//! For the build scripts of the bindings: the docstrings of a `.pyi` stub, one file each, so that the stub is the one
//! place where the Python documentation is written and `help()` still shows it.
//!
//! The stub is read as `ruff format` leaves it; nothing here is a general parser of Python.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// Writes each docstring of `stub` to `OUT_DIR/docs/NAME`, where `NAME` is `function`, `Class` or `Class.method`, for
/// `#[doc = include_str!(…)]` to pick up.
///
/// # Errors
///
/// If the stub cannot be read or `OUT_DIR` cannot be written.
pub fn write_docs(stub: &str) -> io::Result<()> {
    println_cargo(&format!("rerun-if-changed={stub}"));
    let out =
        env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set: this is for build scripts"))?;
    let folder = Path::new(&out).join("docs");
    fs::create_dir_all(&folder)?;
    for (name, text) in docstrings(&fs::read_to_string(stub)?) {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn println_cargo(line: &str) {
    println!("cargo::{line}");
}

/// The docstrings of a stub by qualified name, dedented. Overloads share a name: the last docstring stands.
pub fn docstrings(stub: &str) -> Vec<(String, String)> {
    const QUOTES: &str = r#"""""#;
    let mut found = Vec::new();
    // Enclosing classes and the function at hand, with their indentation.
    let mut scope: Vec<(usize, String)> = Vec::new();
    let mut lines = stub.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let code = line.trim_start();
        let defined = ["def ", "class ", "async def "].iter().find_map(|keyword| code.strip_prefix(keyword));
        if let Some(rest) = defined {
            scope.retain(|(depth, _)| *depth < indent);
            let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            scope.push((indent, name.to_owned()));
        } else if let Some(opening) = code.strip_prefix("r").unwrap_or(code).strip_prefix(QUOTES) {
            scope.retain(|(depth, _)| *depth < indent);
            let mut text = String::new();
            if let Some(single) = opening.strip_suffix(QUOTES) {
                text.push_str(single);
            } else {
                text.push_str(opening);
                for line in lines.by_ref() {
                    let body = line.get(indent.min(line.len() - line.trim_start().len())..).unwrap_or_default();
                    if let Some(last) = body.trim_end().strip_suffix(QUOTES) {
                        let _ = write!(text, "\n{}", last.trim_end());
                        break;
                    }
                    let _ = write!(text, "\n{body}");
                }
            }
            if !scope.is_empty() {
                let name: Vec<&str> = scope.iter().map(|(_, name)| name.as_str()).collect();
                found.push((name.join("."), text.trim_end().to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::docstrings;

    #[test]
    fn functions_classes_and_methods() {
        let stub = "\"\"\"The module.\"\"\"\n\nclass Index:\n    \"\"\"An index.\n\n    Args:\n        k: How many.\n    \"\"\"\n\n    \
                    def __init__(self) -> None: ...\n    def search(\n        self, text: str\n    ) -> int:\n        \
                    \"\"\"Finds.\"\"\"\n\ndef free() -> None:\n    \"\"\"Is free.\"\"\"\n";
        let expected =
            [("Index", "An index.\n\nArgs:\n    k: How many."), ("Index.search", "Finds."), ("free", "Is free.")];
        let found = docstrings(stub);
        let found: Vec<(&str, &str)> = found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(found, expected);
    }
}
