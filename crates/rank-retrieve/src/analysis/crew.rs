//! Many texts at once, on several threads.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::AnalyzerSession;
use crate::Error;
use crate::engine::Dictionary;

/// Rows that a thread takes at once.
const TAKEN: usize = 64;

/// Does `work` on pieces of `0..count`, each thread with a state of its own. What comes of it is in the order of the
/// pieces, which do not depend on the number of threads.
pub(crate) fn in_pieces<S: Send, R: Send>(
    states: &mut [S],
    count: usize,
    work: impl Fn(&mut S, Range<usize>) -> R + Sync,
) -> Vec<R> {
    let piece = |at: usize| at * TAKEN..count.min((at + 1) * TAKEN);
    let pieces = count.div_ceil(TAKEN);
    let alone = pieces < 2 || states.len() < 2;
    if let (true, [state, ..]) = (alone, &mut *states) {
        return (0..pieces).map(|at| work(state, piece(at))).collect();
    }
    let next = AtomicUsize::new(0);
    let done = |state: &mut S| {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= pieces {
                return done;
            }
            done.push((at, work(state, piece(at))));
        }
    };
    let done = &done;
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = states.iter_mut().map(|state| scope.spawn(move || done(state))).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    });
    all.sort_unstable_by_key(|entry| entry.0);
    all.into_iter().map(|entry| entry.1).collect()
}

/// The terms of some texts, as numbers in a list of their own.
#[derive(Debug, Default)]
pub(crate) struct Analyzed {
    pub(crate) words: Dictionary,
    pub(crate) tokens: Vec<u32>,
    /// Where the tokens of each text end.
    pub(crate) ends: Vec<usize>,
    /// Why the next text is missing, and all after it.
    pub(crate) failed: Option<Error>,
}

impl Analyzed {
    /// Adds a text. Whether it could be analyzed.
    pub(crate) fn push(&mut self, session: &mut AnalyzerSession<'_>, text: &str) -> bool {
        let Self { words, tokens, .. } = self;
        let analyzed = session.analyze(text, |term| tokens.push(words.intern(term)));
        match analyzed {
            Ok(()) => self.ends.push(self.tokens.len()),
            Err(error) => self.failed = Some(error),
        }
        self.failed.is_none()
    }

    /// The tokens of a text.
    pub(crate) fn text(&self, at: usize) -> &[u32] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.tokens[start..self.ends[at]]
    }
}
