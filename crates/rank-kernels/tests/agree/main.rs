//! Every level that this machine has, against sums in `f64` over the unpacked tokens, within a stated bound.

mod best;
mod bits;
mod edges;
mod maxsim;
mod oracle;
mod panics;
mod products;
mod sums;

use rank_kernels::{Isa, available, kernels, try_kernels};

#[test]
fn the_scalar_reference_is_always_there() {
    assert_eq!(available().next().unwrap().isa(), Isa::Scalar);
}

#[test]
fn the_choice_is_one_of_those_available() {
    let chosen = kernels().isa();
    assert!(available().any(|kernels| kernels.isa() == chosen));
    assert_eq!(try_kernels().unwrap().isa(), chosen);
}
