"""Texts become terms, through the installed wheel."""

from __future__ import annotations

import json
import pickle
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    ENGLISH_STOP_WORDS,
    Analyzer,
    Bm25Index,
    DtypeError,
    InvalidInputError,
    languages,
    stop_words,
)

if TYPE_CHECKING:
    from pathlib import Path

plain = partial(Analyzer, stop_words=[], stemmer=False)


def commas(text: str) -> list[str]:
    return text.split(",")


def test_terms() -> None:
    assert Analyzer().analyze("The flows of the Gases, can't they?") == ["flow", "gase"]
    assert Analyzer(stop_words=[]).analyze("the flows") == ["the", "flow"]
    assert Analyzer(stop_words=["Flows"], stemmer=False).analyze("the flows, flowing") == ["the", "flowing"]
    assert Analyzer("German").analyze("Die Häuser") == ["haus"]
    assert Analyzer(stop_words=[], stemmer="german").analyze("Die Häuser") == ["die", "haus"]
    assert plain(ngrams=(2, 2)).analyze("Fox") == ["fo", "ox"]
    assert plain(fold_accents=True, lowercase=False).analyze("Café") == ["Cafe"]
    assert plain(tokenizer="whitespace").analyze("a-b, C") == ["a-b,", "c"]
    assert plain(tokenizer="identifiers").analyze("np.stack()") == ["np.stack", "np", "stack"]
    assert Analyzer(tokenizer=commas).analyze("red foxes,Hens") == ["red fox", "hen"]
    assert Analyzer("chinese").analyze("北京大学") == ["北京", "京大", "大学"]


def test_an_index_uses_its_analyzer() -> None:
    index = Bm25Index(analyzer=plain())
    index.add_text(1, "the foxes")
    assert [key for key, _ in index.search("the")] == [1]
    assert index.search("fox") == []
    index = Bm25Index(analyzer=Analyzer(tokenizer=commas))
    index.add_texts([1, 2], ["red foxes,hens", "red hens"])
    assert [key for key, _ in index.search("hen")] == [1]


# Drafts of Snowball's when these stemmers were made, and one that it does not have.
WITHOUT_REFERENCE = {"czech", "persian", "sesotho", "ukrainian"}
STEMMED = [name for name in languages() if json.loads(Analyzer(name).to_json())["stemmer"]]


@pytest.mark.parametrize("language", sorted(set(STEMMED) - WITHOUT_REFERENCE))
def test_stems_are_those_of_snowball(language: str) -> None:
    analyzer = Analyzer(language, stop_words=[], tokenizer="whitespace")
    snowball = snowballstemmer.stemmer(language)
    for word in (*stop_words(language), *ENGLISH_STOP_WORDS, "кућама", "házakban", "continuellement"):
        for part in unicodedata.normalize("NFC", word).lower().split():
            # What stands before an apostrophe is cut in later versions.
            if "'" in part or "\u2019" in part:
                continue
            stem = unicodedata.normalize("NFC", snowball.stemWord(part))
            assert analyzer.analyze(part) == [unicodedata.normalize("NFC", stem)] * bool(stem)


def test_languages() -> None:
    assert len(STEMMED) == 35
    for language in languages():
        words = stop_words(language)
        assert words or language in STEMMED
        analyzer = Analyzer(language, tokenizer="whitespace")
        assert [word for word in words if len(word.split()) == 1 and analyzer.analyze(word)] == []
    assert stop_words("english") == ENGLISH_STOP_WORDS
    assert "not" in ENGLISH_STOP_WORDS
    with pytest.raises(InvalidInputError, match=r'^stemmer: expected a language that has a stemmer, got "zulu"; '):
        Analyzer(stemmer="zulu")


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    for analyzer in (Analyzer(), Analyzer(tokenizer="identifiers"), Analyzer("japanese", ngrams=(1, 3))):
        terms = analyzer.analyze(text)
        assert all(terms)
        assert terms == analyzer.analyze(unicodedata.normalize("NFD", unicodedata.normalize("NFC", text)))


def test_analyzers_are_compared_saved_and_pickled() -> None:
    made = [Analyzer(), Analyzer("german"), Analyzer(ngrams=(2, 3)), Analyzer(tokenizer=commas)]
    for i, analyzer in enumerate(made):
        again = pickle.loads(pickle.dumps(analyzer))  # noqa: S301 - our own
        assert [again == other for other in made] == [i == j for j in range(len(made))]
        assert again.analyze("red foxes, hens") == analyzer.analyze("red foxes, hens")
        assert again.to_json() == analyzer.to_json()
        assert repr(analyzer).startswith("Analyzer.from_json(")
    assert Analyzer() != "english"
    saved = Analyzer(tokenizer=commas).to_json()
    assert Analyzer.from_json(saved, commas) == Analyzer(tokenizer=commas)
    with pytest.raises(InvalidInputError, match=r'^analyzer: .* got the custom tokenizer ".*commas" and no function'):
        Analyzer.from_json(saved)
    with pytest.raises(InvalidInputError, match=r"^analyzer: .* and the function "):
        Analyzer.from_json(saved, str.split)
    with pytest.raises(InvalidInputError, match=r"^analyzer: .* got version 7, not 1; "):
        Analyzer.from_json('{"version": 7}')
    with pytest.raises(DtypeError, match=r"^tokenizer: expected a function .*, got int; "):
        Analyzer.from_json(saved, 3)  # type: ignore[arg-type]


class Cut:
    def __init__(self, separator: str) -> None:
        self.separator = separator

    def __call__(self, text: str) -> list[str]:
        return text.split(self.separator)


def test_tokenizers_of_one_name_are_told_apart_by_what_they_do(tmp_path: Path) -> None:
    commas, semicolons = Analyzer(tokenizer=Cut(",")), Analyzer(tokenizer=Cut(";"))
    assert commas == Analyzer(tokenizer=Cut(","))
    assert commas != semicolons
    index = Bm25Index(analyzer=commas)
    index.add_text(1, "red foxes,hens")
    index.save(tmp_path / "index")
    assert len(Bm25Index.load(tmp_path / "index", Cut(",")).search("hen")) == 1
    with pytest.raises(InvalidInputError, match=r'^analyzer: .* ".*\.Cut" and one of that name that cuts otherwise; '):
        Bm25Index.load(tmp_path / "index", Cut(";"))


def test_what_a_tokenizer_raises_comes_through() -> None:
    def broken(text: str) -> list[str]:
        raise LookupError(text)

    with pytest.raises(LookupError, match=r"^hens$"):
        Analyzer(tokenizer=broken).analyze("hens")
    index = Bm25Index(analyzer=Analyzer(tokenizer=broken))
    with pytest.raises(LookupError, match=r"^hens$"):
        index.add_text(1, "hens")
    with pytest.raises(LookupError, match=r"^foxes$"):
        index.search("foxes")
    with pytest.raises(LookupError, match=r"^foxes$"):
        index.search_batch(["foxes"])
    assert len(index) == 0
    with pytest.raises(DtypeError, match=r"^tokenizer\(text\)\[0\]: expected a str, got int; "):
        Analyzer(tokenizer=lambda text: [len(text)]).analyze("hens")  # type: ignore[list-item]


def test_bad_settings_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=r'^language: expected one of afrikaans, .*, zulu, got "klingon"; '):
        Analyzer("klingon")
    with pytest.raises(InvalidInputError, match=r"^language: "):
        stop_words("klingon")
    with pytest.raises(DtypeError, match=r"^stop_words: expected a list of str, got str; "):
        Analyzer(stop_words="the")
    with pytest.raises(InvalidInputError, match=r"^language: "):
        Analyzer(stemmer="klingon")
    with pytest.raises(DtypeError, match=r"^stemmer: expected a bool or the name of a language, got int; "):
        Analyzer(stemmer=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r'^tokenizer: expected "words", "whitespace" or .*, got "regex"; '):
        Analyzer(tokenizer="regex")  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^tokenizer: expected a str or a function, got int; "):
        Analyzer(tokenizer=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^ngrams: expected 1 <= least <= most, got 3 and 2; "):
        Analyzer(ngrams=(3, 2))
    with pytest.raises(InvalidInputError, match=r'^ngrams: expected None or the tokenizer "words", got both; '):
        Analyzer(ngrams=(3, 3), tokenizer="whitespace")
    with pytest.raises(InvalidInputError, match=r"^ngrams: expected None beside a tokenizer of yours, got both; "):
        Analyzer(ngrams=(3, 3), tokenizer=commas)
