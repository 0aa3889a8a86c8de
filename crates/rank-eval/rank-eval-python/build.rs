//! The stub holds the documentation.

fn main() -> std::io::Result<()> {
    rank_stubs::write_docs("rank_eval/_rank_eval.pyi")
}
