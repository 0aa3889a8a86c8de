//! The formulas, posting by posting.

use super::lengths::rounded;
use super::{Formula, Scoring};

/// A field of BM25F.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Field {
    pub(crate) weight: f64,
    pub(crate) b: Option<f64>,
}

/// What scores depend on beyond the posting.
#[derive(Debug, Clone)]
pub(crate) struct Collection<'a> {
    pub(crate) documents: u64,
    /// Of each field, the sum of the lengths.
    pub(crate) lengths: &'a [u64],
    pub(crate) fields: &'a [Field],
}

/// A term under a scoring.
#[derive(Debug, Clone)]
pub(crate) struct Model<'a> {
    scoring: Scoring,
    collection: &'a Collection<'a>,
    /// What stands before the part of the posting.
    weight: f64,
    /// The share of the term among all.
    share: f64,
}

impl Collection<'_> {
    /// Appends for each field what a term with these counts adds to the frequency that saturates.
    pub(crate) fn normalized(&self, scoring: Scoring, counts: &[u32], lengths: &[u32], out: &mut Vec<f64>) {
        for (at, (field, &count)) in self.fields.iter().zip(counts).enumerate() {
            if count == 0 {
                out.push(0.0);
                continue;
            }
            let length = lengths.get(at).copied().unwrap_or(0);
            let length = f64::from(if scoring.byte_lengths { rounded(length) } else { length });
            let b = field.b.unwrap_or(scoring.b);
            let weight = scoring.field_weights.and_then(|weights| weights.get(at).copied()).unwrap_or(field.weight);
            let mean = self.lengths[at] as f64 / self.documents as f64;
            out.push(weight * f64::from(count) / (1.0 - b + b * length / mean));
        }
    }
}

impl<'a> Model<'a> {
    /// Of a term that `holding` documents hold, `occurrences` times together.
    pub(crate) fn new(scoring: Scoring, collection: &'a Collection<'a>, holding: u64, occurrences: u64) -> Self {
        let (n, df) = (collection.documents as f64, holding as f64);
        let numerator = if scoring.numerator { scoring.k1 + 1.0 } else { 1.0 };
        let weight = match scoring.formula {
            Formula::Lucene => numerator * (1.0 + (n - df + 0.5) / (df + 0.5)).ln(),
            Formula::Robertson => numerator * ((n - df + 0.5) / (df + 0.5)).max(1.0).ln(),
            Formula::Atire => (scoring.k1 + 1.0) * (n / df).ln(),
            Formula::Bm25L => (scoring.k1 + 1.0) * ((n + 1.0) / (df + 0.5)).ln(),
            Formula::Bm25Plus => ((n + 1.0) / df).ln(),
            Formula::TfIdf => (n / df).ln(),
            Formula::LuceneTfIdf => 1.0 + ((n + 1.0) / (df + 1.0)).ln(),
            _ => 1.0,
        };
        let total: u64 = collection.lengths.iter().sum();
        // Lucene counts one more, of each term and of all.
        let more =
            f64::from(u8::from(matches!(scoring.formula, Formula::LuceneDirichlet | Formula::LuceneJelinekMercer)));
        Self { scoring, collection, weight, share: (occurrences as f64 + more) / (total as f64 + more) }
    }

    /// What a document without the term scores for it.
    pub(crate) fn absent(&self) -> f64 {
        let Scoring { k1, delta, .. } = self.scoring;
        match self.scoring.formula {
            // Without saturation and without δ a document that lacks the term is as if δ were 0.
            Formula::Bm25L if k1 + delta > 0.0 => self.weight * (delta / (k1 + delta)),
            Formula::Bm25Plus => self.weight * delta,
            _ => 0.0,
        }
    }

    /// Appends the impact of each posting: what it adds to a score beyond that of a document without the term.
    ///
    /// `counts` and `lengths` have a number for each field; `lengths` those of the window's documents.
    pub(crate) fn impacts(&self, locals: &[u16], counts: &[u32], lengths: &[u32], out: &mut Vec<f32>) {
        let Scoring { k1, b, delta, mu, smoothing, byte_lengths, .. } = self.scoring;
        let plain = matches!(self.collection.fields, [Field { weight: 1.0, b: None }]);
        if !plain || self.scoring.field_weights.is_some() {
            return self.fields(locals, counts, lengths, out);
        }
        let mean = self.collection.lengths[0] as f64 / self.collection.documents as f64;
        let weight = self.weight;
        let kept = |local: u16| {
            let length = lengths.get(usize::from(local)).copied().unwrap_or(0);
            f64::from(if byte_lengths { rounded(length) } else { length })
        };
        let ratio = |local| 1.0 - b + b * kept(local) / mean;
        let norm = |local| k1 * (1.0 - b + b * kept(local) / mean);
        let mut each = |part: &dyn Fn(f64, u16) -> f64| {
            out.extend(locals.iter().zip(counts).map(|(&local, &count)| part(f64::from(count), local) as f32));
        };
        match self.scoring.formula {
            Formula::Lucene | Formula::Robertson | Formula::Atire => {
                // The default, and the one that is timed: no call through a pointer.
                out.extend(locals.iter().zip(counts).map(|(&local, &count)| {
                    let tf = f64::from(count);
                    (weight * tf / (tf + norm(local))) as f32
                }));
            }
            Formula::Bm25L => {
                let absent = self.absent();
                each(&|tf, local| {
                    let c = tf / ratio(local) + delta;
                    (weight * (c / (k1 + c)) - absent).max(0.0)
                });
            }
            Formula::Bm25Plus => each(&|tf, local| weight * ((k1 + 1.0) * tf / (tf + norm(local)))),
            Formula::TfIdf => each(&|tf, _| weight * (1.0 + tf.ln())),
            Formula::Dirichlet => each(&|tf, _| (tf / (mu * self.share)).ln_1p()),
            Formula::LuceneTfIdf => each(&|tf, local| weight * tf.sqrt() / kept(local).sqrt()),
            Formula::LuceneDirichlet => {
                // One logarithm: a term that is as frequent as in the collection is worth nothing, not what rounding leaves.
                each(&|tf, local| ((tf / self.share - kept(local)) / (kept(local) + mu)).ln_1p().max(0.0));
            }
            Formula::JelinekMercer | Formula::LuceneJelinekMercer => {
                each(&|tf, local| ((1.0 - smoothing) * tf / (smoothing * kept(local) * self.share)).ln_1p());
            }
        }
    }

    /// BM25F: one saturation over the fields' frequencies, each normalized by its own length.
    fn fields(&self, locals: &[u16], counts: &[u32], lengths: &[u32], out: &mut Vec<f32>) {
        let Scoring { k1, delta, .. } = self.scoring;
        let absent = self.absent();
        let fields = self.collection.fields.len();
        let mut normalized = Vec::with_capacity(fields);
        for (&local, counts) in locals.iter().zip(counts.chunks_exact(fields)) {
            let first = usize::from(local) * fields;
            normalized.clear();
            self.collection.normalized(self.scoring, counts, lengths.get(first..).unwrap_or(&[]), &mut normalized);
            let sum: f64 = normalized.iter().sum();
            if sum == 0.0 {
                // Of fields that weigh nothing.
                out.push(0.0);
                continue;
            }
            let impact = match self.scoring.formula {
                Formula::Bm25L => (self.weight * ((sum + delta) / (k1 + sum + delta)) - absent).max(0.0),
                Formula::Bm25Plus => self.weight * ((k1 + 1.0) * sum / (k1 + sum)),
                _ => self.weight * sum / (k1 + sum),
            };
            out.push(impact as f32);
        }
    }
}

impl Scoring {
    /// What the document's length adds to its score for each term of the query.
    pub(crate) fn offset(&self, length: u32) -> f64 {
        match self.formula {
            Formula::Dirichlet => {
                let length = f64::from(if self.byte_lengths { rounded(length) } else { length });
                (self.mu / (length + self.mu)).ln()
            }
            _ => 0.0,
        }
    }

    pub(crate) fn has_offset(&self) -> bool {
        self.formula == Formula::Dirichlet
    }
}
