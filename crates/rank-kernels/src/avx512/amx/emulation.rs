//! The tile instructions in software, so that machines without them run the kernels as they are: what the processor does
//! not know raises a signal, whose handler reads the instruction and does its work.
//!
//! After the manual (Intel, Architecture Instruction Set Extensions Programming Reference, "Intel AMX instruction set").

use std::cell::UnsafeCell;
use std::sync::Once;

use libc::{c_int, c_void, siginfo_t, ucontext_t};

/// Rows of 64 bytes.
type Tile = [[u8; 64]; 16];

struct State {
    configured: bool,
    rows: [usize; 8],
    bytes: [usize; 8],
    tiles: [Tile; 8],
    /// Instructions done.
    count: usize,
}

thread_local! {
    static STATE: UnsafeCell<State> = const {
        UnsafeCell::new(State {
            configured: false, rows: [0; 8], bytes: [0; 8], tiles: [[[0; 64]; 16]; 8], count: 0,
        })
    };
}

/// From here on this process has tiles, whatever the machine has.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler touches the context that it is given and a thread's own state, which needs no
        // initialization.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            assert_eq!(libc::sigaction(libc::SIGILL, &raw const action, std::ptr::null_mut()), 0);
        }
    });
}

/// The instructions that this thread has had done.
pub(super) fn count() -> usize {
    // SAFETY: nobody else looks at this thread's state at the time.
    STATE.with(|state| unsafe { (*state.get()).count })
}

/// Whether this thread's tiles are set up.
pub(super) fn configured() -> bool {
    // SAFETY: as above.
    STATE.with(|state| unsafe { (*state.get()).configured })
}

extern "C" fn handle(_: c_int, _: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes the context of the thread, whose instruction pointer is at the instruction; the kernels
    // under test vouch for what they read and write.
    unsafe {
        let registers = &mut (*context.cast::<ucontext_t>()).uc_mcontext.gregs;
        let at = registers[libc::REG_RIP as usize] as *const u8;
        let done = STATE.with(|state| execute(at, registers, &mut *state.get()));
        let Some(length) = done else {
            // Back to what the signal does of itself, at the same instruction.
            libc::signal(libc::SIGILL, libc::SIG_DFL);
            return;
        };
        registers[libc::REG_RIP as usize] += length as i64;
    }
}

/// By the numbers that instructions have for them.
const REGISTERS: [c_int; 16] = [
    libc::REG_RAX,
    libc::REG_RCX,
    libc::REG_RDX,
    libc::REG_RBX,
    libc::REG_RSP,
    libc::REG_RBP,
    libc::REG_RSI,
    libc::REG_RDI,
    libc::REG_R8,
    libc::REG_R9,
    libc::REG_R10,
    libc::REG_R11,
    libc::REG_R12,
    libc::REG_R13,
    libc::REG_R14,
    libc::REG_R15,
];

/// An operand in memory: where it begins, how far its rows lie apart, and the bytes that say so.
struct Memory {
    address: u64,
    stride: u64,
    length: usize,
}

/// # Safety
///
/// `at` is at the byte of an instruction that says what its operand is (`ModRM`).
unsafe fn memory(at: *const u8, vex: [u8; 2], registers: &[i64; 23]) -> Memory {
    // SAFETY: an instruction is as long as it says.
    let byte = |index: usize| unsafe { *at.add(index) };
    let register = |number: u8| registers[REGISTERS[usize::from(number)] as usize] as u64;
    // Stored the other way round.
    let (high_index, high_base) = (u8::from(vex[0] & 0x40 == 0) << 3, u8::from(vex[0] & 0x20 == 0) << 3);
    let (kind, low) = (byte(0) >> 6, byte(0) & 7);
    let (mut length, mut address, mut stride, mut base_less) = (1, 0, 0, false);
    if low == 4 {
        let sib = byte(1);
        length = 2;
        let (index, base) = (sib >> 3 & 7 | high_index, sib & 7);
        base_less = base == 5 && kind == 0;
        if !base_less {
            address = register(base | high_base);
        }
        if index != 4 {
            stride = register(index) << (sib >> 6);
        }
    } else {
        assert!(kind != 0 || low != 5, "no operand of these kernels is relative to the instruction");
        address = register(low | high_base);
    }
    let displacement = match kind {
        1 => {
            length += 1;
            i64::from(byte(length - 1).cast_signed())
        }
        2 => {
            length += 4;
            i64::from(i32::from_le_bytes(std::array::from_fn(|i| byte(length - 4 + i))))
        }
        _ => {
            assert!(!base_less, "operands of these kernels have a base");
            0
        }
    };
    Memory { address: address.wrapping_add_signed(displacement), stride, length }
}

/// Does the instruction at `at` and returns its length, or none if it is none of these.
///
/// # Safety
///
/// What it reads and writes can be read and written.
unsafe fn execute(at: *const u8, registers: &[i64; 23], state: &mut State) -> Option<usize> {
    // SAFETY: instructions of three bytes of prefix have at least two more.
    let [prefix, first, second, opcode, operand] = std::array::from_fn(|index| unsafe { *at.add(index) });
    // Of the second map of opcodes, with registers of 128 bits and W = 0.
    if prefix != 0xc4 || first & 0x1f != 2 || second & 0x84 != 0 {
        return None;
    }
    let register = usize::from(operand >> 3 & 7);
    // SAFETY: as above.
    let memory = || unsafe { memory(at.add(4), [first, second], registers) };
    let direct = operand >> 6 == 3;
    let length = match (second & 3, opcode, direct) {
        (0, 0x49, true) => {
            state.configured = false;
            5
        }
        (0, 0x49, false) => {
            let memory = memory();
            // SAFETY: what the caller promises.
            let config: [u8; 64] = unsafe { (memory.address as *const [u8; 64]).read_unaligned() };
            assert_eq!(config[..2], [1, 0], "palette 1, from the first row on");
            assert!(config[2..16].iter().chain(&config[32..48]).chain(&config[56..]).all(|&byte| byte == 0));
            for tile in 0..8 {
                state.bytes[tile] = usize::from(u16::from_le_bytes([config[16 + 2 * tile], config[17 + 2 * tile]]));
                state.rows[tile] = usize::from(config[48 + tile]);
                assert!(state.bytes[tile] <= 64 && state.rows[tile] <= 16);
            }
            state.configured = true;
            4 + memory.length
        }
        (3, 0x49, true) => {
            assert!(state.configured, "tiles are set up");
            state.tiles[register] = [[0; 64]; 16];
            5
        }
        (mode @ (2 | 3), 0x4b, false) => {
            assert!(state.configured, "tiles are set up");
            let memory = memory();
            for row in 0..state.rows[register] {
                let from = memory.address.wrapping_add(memory.stride.wrapping_mul(row as u64)) as *mut u8;
                let tile = state.tiles[register][row].as_mut_ptr();
                // SAFETY: what the caller promises.
                unsafe {
                    match mode {
                        3 => std::ptr::copy_nonoverlapping(from, tile, state.bytes[register]),
                        _ => std::ptr::copy_nonoverlapping(tile, from, state.bytes[register]),
                    }
                }
            }
            4 + memory.length
        }
        (mode @ (2 | 3), 0x5c | 0x5e, true) if (mode, opcode) == (2, 0x5c) || (mode, opcode) == (3, 0x5e) => {
            assert!(state.configured, "tiles are set up");
            let [a, b] = [operand & 7, !second >> 3 & 7].map(|tile| state.tiles[usize::from(tile)]);
            for (sums, a) in state.tiles[register].iter_mut().zip(&a) {
                product(opcode == 0x5c, sums, a, &b);
            }
            5
        }
        _ => return None,
    };
    state.count += 1;
    Some(length)
}

/// A row of sums: of `bf16`, or of signed bytes.
fn product(brain: bool, sums: &mut [u8; 64], a: &[u8; 64], b: &Tile) {
    for (at, sum) in sums.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let fours = a.as_chunks::<4>().0.iter().zip(b).map(|(a, b)| (a, b.as_chunks::<4>().0[at]));
        *sum = if brain {
            let [mut even, mut odd] = [0.0_f32; 2];
            for (a, b) in fours {
                even = number(a[0], a[1]).mul_add(number(b[0], b[1]), even);
                odd = number(a[2], a[3]).mul_add(number(b[2], b[3]), odd);
            }
            (f32::from_le_bytes(*sum) + flushed(flushed(even) + flushed(odd))).to_le_bytes()
        } else {
            let products = fours.map(|(a, b)| {
                let products = a.iter().zip(b).map(|(a, b)| i32::from(a.cast_signed()) * i32::from(b.cast_signed()));
                products.sum::<i32>()
            });
            products.fold(i32::from_le_bytes(*sum), i32::wrapping_add).to_le_bytes()
        }
    }
}

fn number(low: u8, high: u8) -> f32 {
    flushed(f32::from_le_bytes([0, 0, low, high]))
}

fn flushed(value: f32) -> f32 {
    if value.is_subnormal() { 0.0 } else { value }
}
