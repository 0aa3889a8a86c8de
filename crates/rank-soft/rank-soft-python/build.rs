//! The stub holds the documentation.

fn main() -> std::io::Result<()> {
    rank_stubs::write_docs("rank_soft/_rank_soft.pyi")
}
