//! Large pages for large arrays.

use std::mem::MaybeUninit;

/// Less is not worth a call: two pages of the large kind, one of which may be cut.
const LEAST: usize = 4 << 20;

/// Asks the system to back memory that is about to be written for the first time by large pages, where it has them: long
/// reads in order then miss fewer translations. What the system answers changes nothing but speed.
///
/// # Example
///
/// ```
/// let mut values: Vec<f32> = Vec::with_capacity(1 << 21);
/// rank_kernels::ask_for_large_pages(values.spare_capacity_mut());
/// values.resize(1 << 21, 1.0);
/// ```
pub fn ask_for_large_pages<T>(room: &mut [MaybeUninit<T>]) {
    if size_of_val(room) < LEAST {
        return;
    }
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        let range = room.as_mut_ptr_range();
        let start = range.start.addr().next_multiple_of(PAGE);
        let length = (range.end.addr() - start) / PAGE * PAGE;
        // SAFETY: whole pages of memory that is borrowed alone; the advice changes nothing that is in them.
        unsafe {
            libc::madvise(range.start.cast::<libc::c_void>().with_addr(start), length, libc::MADV_HUGEPAGE);
        }
    }
}
