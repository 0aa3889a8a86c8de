//! Whether tiles may be used: what the processor has, what the system saves, and what it lets this process do.

/// The system has granted the use of tiles to this process, or does so now: threads inherit that, and it stays.
#[cfg(target_os = "linux")]
pub(crate) fn granted() -> bool {
    use std::sync::OnceLock;

    static GRANTED: OnceLock<bool> = OnceLock::new();
    *GRANTED.get_or_init(|| there() && request())
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn granted() -> bool {
    false
}

/// The processor has tiles, products of `bf16` and of eight bits, and the system saves the registers of a thread.
#[cfg(target_os = "linux")]
fn there() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    const TILE_BF16_INT8: u32 = 1 << 24 | 1 << 22 | 1 << 25;
    const STATE: u64 = 1 << 17 | 1 << 18;
    if !is_x86_feature_detected!("xsave") || __cpuid(0).eax < 7 {
        return false;
    }
    // SAFETY: the processor has XSAVE, and the system uses it.
    let saved = unsafe { _xgetbv(0) };
    __cpuid_count(7, 0).edx & TILE_BF16_INT8 == TILE_BF16_INT8 && saved & STATE == STATE
}

#[cfg(target_os = "linux")]
fn request() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const REQUEST_PERMISSION: u64 = 0x1023;
    const TILE_DATA: u64 = 18;
    let mut result = ARCH_PRCTL;
    // SAFETY: the call reads no memory and changes none; kernels that do not know it say so.
    unsafe {
        std::arch::asm!(
            "syscall",
            inout("rax") result,
            in("rdi") REQUEST_PERMISSION,
            in("rsi") TILE_DATA,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    result == 0
}
