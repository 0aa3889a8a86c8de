"""Phrases of tantivy and BM25 of rank-retrieve, fused.

Phrases and a query language are tantivy's trade; its hits are a ranked list as any other.
Needs ``pip install tantivy``.
"""

import tantivy

import rank_fusion
import rank_retrieve

DOCUMENTS = {
    "red-fox": "The red fox hunts at night",
    "fox-red": "A fox, red with cold, hunts",
    "foxes": "Foxes and red hens, fox after fox",
    "hen": "A hen sleeps at night",
}


def main() -> None:
    """Prints the list of each, and the fused one."""
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("body", tokenizer_name="en_stem")
    phrases = tantivy.Index(schema.build())
    writer = phrases.writer(heap_size=15_000_000, num_threads=1)
    for key, text in DOCUMENTS.items():
        writer.add_document(tantivy.Document(id=key, body=text))
    writer.commit()
    writer.wait_merging_threads()
    phrases.reload()
    words = rank_retrieve.Bm25Index()
    words.extend(DOCUMENTS.items())

    searcher = phrases.searcher()
    found = searcher.search(phrases.parse_query('"red fox"', ["body"]), 10)
    by_phrase = [(searcher.doc(address)["id"][0], score) for score, address in found.hits]
    by_words = words.search("red fox", k=10)
    fused = rank_fusion.reciprocal_rank_fusion([by_phrase, by_words])
    for title, ranked in [("phrase", by_phrase), ("words", by_words), ("fused", fused)]:
        print(f"{title:7} {' '.join(str(key) for key, _ in ranked)}")


if __name__ == "__main__":
    main()
