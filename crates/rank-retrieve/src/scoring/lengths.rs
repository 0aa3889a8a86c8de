//! Lengths in a byte, as Lucene and tantivy keep them.

/// The greatest length below or at `length` that Lucene's byte can hold: exact to 40, then with four significant bits.
pub(crate) fn rounded(length: u32) -> u32 {
    const EXACT: u32 = 24;
    let Some(above) = length.checked_sub(EXACT) else { return length };
    let drop = (32 - above.leading_zeros()).saturating_sub(4);
    EXACT + (above >> drop << drop)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn lengths_are_those_of_lucenes_table() {
        // LENGTH_TABLE of Lucene's BM25Similarity, and FIELD_NORMS_TABLE of tantivy, at these places.
        for (length, kept) in
            [(0, 0), (39, 39), (40, 40), (41, 40), (42, 42), (55, 54), (57, 56), (100, 96), (1000, 984), (1049, 1048)]
        {
            assert_eq!(rounded(length), kept, "{length}");
        }
        assert_eq!(rounded(u32::MAX), 24 + (0xf << 28));
    }
}
