//! The tile registers and the one loop that uses them.
//!
//! The compiler knows no tiles, so that none is alive between blocks of instructions.

use std::arch::asm;
use std::marker::PhantomData;

use crate::query::Line;

/// The rows of a tile.
pub(super) const TILE: usize = 16;
/// The most rows of a document that are multiplied at once: two tiles.
pub(super) const ROWS: usize = 2 * TILE;

/// Sums of 32 bits: of each row those of two groups of query tokens.
pub(super) type Sums<T> = [[Line<T, 16>; 2]; ROWS];

#[repr(C, align(64))]
struct Config {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    bytes: [u16; 16],
    rows: [u8; 16],
}

/// Eight tiles of 16 rows of 64 bytes.
static CONFIG: Config = {
    let mut config = Config { palette: 1, start: 0, reserved: [0; 14], bytes: [0; 16], rows: [0; 16] };
    let mut tile = 0;
    while tile < 8 {
        config.bytes[tile] = 64;
        config.rows[tile] = TILE as u8;
        tile += 1;
    }
    config
};

/// This thread's tiles, set up as long as this lives.
pub(crate) struct Tiles(PhantomData<*const ()>);

impl Tiles {
    /// # Safety
    ///
    /// The machine has AMX, and its use is granted; the thread has no other of this.
    pub(crate) unsafe fn new() -> Self {
        // SAFETY: the caller vouches for the instruction; the configuration is 64 bytes of palette 1.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const CONFIG, options(nostack, readonly, preserves_flags)) };
        Self(PhantomData)
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: the machine has AMX, as there is a value of this type.
        unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
    }
}

/// Where the operands of a product of tiles lie.
#[derive(Clone, Copy)]
pub(super) struct Operands {
    /// The first of the document's rows.
    pub(super) rows: *const u8,
    /// From a row to the next, in bytes.
    pub(super) stride: usize,
    /// 16 lines of the query for each 64 bytes of a row, of each group; the same twice if there is but one.
    pub(super) query: [*const u8; 2],
    /// A row by 64 bytes.
    pub(super) steps: usize,
    /// From where on as many bytes as the rows have are brought into the first-level cache, if it is not null.
    pub(super) ahead: *const u8,
}

macro_rules! if_two {
    (1, $text:expr) => {
        ""
    };
    (2, $text:expr) => {
        $text
    };
}

macro_rules! if_both_two {
    (2, 2, $text:expr) => {
        $text
    };
    ($tiles:tt, $groups:tt, $text:expr) => {
        ""
    };
}

/// Products of so many tiles of rows and groups of query tokens: four tiles of sums at most, two of rows, two of the
/// query. Each is loaded once a step.
macro_rules! multiply {
    ($name:ident, $product:literal, $tiles:tt, $groups:tt, $lines:literal) => {
        unsafe fn $name(operands: Operands, sums: *mut u8) {
            // SAFETY: as promised to `multiply`, which chooses among these functions; of the registers only those that
            // are named are changed.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    if_two!($groups, "tilezero tmm1"),
                    if_two!($tiles, "tilezero tmm2"),
                    if_both_two!($tiles, $groups, "tilezero tmm3"),
                    "2:",
                    "tileloadd tmm4, [{rows} + {stride}]",
                    "tileloadd tmm6, [{first} + {line}]",
                    concat!($product, " tmm0, tmm4, tmm6"),
                    if_two!($groups, "tileloadd tmm7, [{second} + {line}]"),
                    if_two!($groups, concat!($product, " tmm1, tmm4, tmm7")),
                    if_two!($tiles, "tileloadd tmm5, [{below} + {stride}]"),
                    if_two!($tiles, concat!($product, " tmm2, tmm5, tmm6")),
                    if_both_two!($tiles, $groups, concat!($product, " tmm3, tmm5, tmm7")),
                    "test {ahead}, {ahead}",
                    "jz 3f",
                    concat!(".irp at, ", $lines),
                    "prefetcht0 [{ahead} + 64*\\at]",
                    ".endr",
                    concat!("add {ahead}, 1024*", stringify!($tiles)),
                    "3:",
                    "add {rows}, 64",
                    "add {below}, 64",
                    "add {first}, 1024",
                    "add {second}, 1024",
                    "sub {steps}, 1",
                    "jnz 2b",
                    "tilestored [{sums} + 2*{line}], tmm0",
                    if_two!($groups, "tilestored [{sums} + 2*{line} + 64], tmm1"),
                    if_two!($tiles, "tilestored [{sums} + 2*{line} + 2048], tmm2"),
                    if_both_two!($tiles, $groups, "tilestored [{sums} + 2*{line} + 2112], tmm3"),
                    rows = inout(reg) operands.rows => _,
                    below = inout(reg) operands.rows.wrapping_add(TILE * operands.stride) => _,
                    stride = in(reg) operands.stride,
                    first = inout(reg) operands.query[0] => _,
                    second = inout(reg) operands.query[1] => _,
                    line = in(reg) 64_usize,
                    steps = inout(reg) operands.steps => _,
                    ahead = inout(reg) operands.ahead => _,
                    sums = in(reg) sums,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                );
            }
        }
    };
}

/// What is multiplied, in groups of four bytes, and added up in 32 bits.
pub(super) trait Product {
    /// The type of the sums.
    type Sum: Copy;

    /// Multiplies one tile of rows, or two, with one group of query tokens, or two.
    ///
    /// # Safety
    ///
    /// [`Tiles`] are set up; `tiles` times 16 rows of `steps` times 64 bytes can be read, and for each of these steps 16
    /// lines of each group; there is at least one step.
    unsafe fn multiply<const GROUPS: usize>(tiles: usize, operands: Operands, sums: &mut Sums<Self::Sum>);
}

macro_rules! product {
    ($(#[$doc:meta])* $kind:ident, $sum:ty, $instruction:literal) => {
        $(#[$doc])*
        pub(super) struct $kind;

        impl Product for $kind {
            type Sum = $sum;

            #[inline]
            unsafe fn multiply<const GROUPS: usize>(tiles: usize, operands: Operands, sums: &mut Sums<$sum>) {
                multiply!(one_by_one, $instruction, 1, 1, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
                multiply!(one_by_two, $instruction, 1, 2, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
                multiply!(
                    two_by_one, $instruction, 2, 1,
                    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"
                );
                multiply!(
                    two_by_two, $instruction, 2, 2,
                    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"
                );
                let sums = std::ptr::from_mut(sums).cast();
                // SAFETY: what the caller promises; there is room for the sums of two tiles and groups.
                unsafe {
                    match (tiles, GROUPS) {
                        (1, 1) => one_by_one(operands, sums),
                        (1, _) => one_by_two(operands, sums),
                        (_, 1) => two_by_one(operands, sums),
                        (_, _) => two_by_two(operands, sums),
                    }
                }
            }
        }
    };
}

product! {
    /// Pairs of `bf16`, added up in `f32`; subnormal numbers count as zero.
    Pairs, f32, "tdpbf16ps"
}
product! {
    /// Fours of signed bytes, added up exactly.
    Fours, i32, "tdpbssd"
}
