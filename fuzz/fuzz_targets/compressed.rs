//! Gzip and zstd, whole and damaged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_eval::Run;

fuzz_target!(|bytes: &[u8]| {
    for magic in [[0x1f, 0x8b, 8, 0].as_slice(), &[0x28, 0xb5, 0x2f, 0xfd]] {
        let _ = Run::from_reader(&*[magic, bytes].concat(), "run");
    }
    let _ = Run::from_reader(bytes, "run");
});
