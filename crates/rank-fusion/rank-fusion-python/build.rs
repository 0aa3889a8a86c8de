//! The stub holds the documentation, and the build of `pyo3` knows the interpreter.

use pyo3_build_config::{GilUsed, PythonAbiKind, PythonImplementation};

fn main() -> std::io::Result<()> {
    println!("cargo:rustc-check-cfg=cfg(plain_objects)");
    // A wheel for one version of CPython knows what its objects are made of; and the GIL keeps other threads away.
    let abi = pyo3_build_config::get().target_abi();
    if abi.implementation() == PythonImplementation::CPython
        && abi.kind() == PythonAbiKind::VersionSpecific(GilUsed::GilEnabled)
    {
        println!("cargo:rustc-cfg=plain_objects");
    }
    rank_stubs::write_docs("rank_fusion/_rank_fusion.pyi")
}
