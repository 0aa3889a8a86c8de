"""Files of LETOR and SVMlight: what is read is what was written, and what is refused."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rank_soft import DtypeError, InvalidInputError, ShapeError, read_letor, write_letor

FEATURES = np.array([[0.5, 0.0, 2.0], [0.0, 1.0, 0.0], [-1000.0, 0.0, 0.0]], dtype=np.float32)
LABELS = np.array([2.0, 0.0, 1.0], dtype=np.float32)
OFFSETS = np.array([0, 2, 3])


@given(
    features=arrays(np.float32, (3, 4), elements=st.floats(-(2.0**90), 2.0**90, width=32)),
    suffix=st.sampled_from(["txt", "txt.gz", "txt.zst"]),
)
def test_what_is_written_is_read(features: np.ndarray, suffix: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("letor") / f"file.{suffix}"
    write_letor(path, features, LABELS, OFFSETS)
    got, labels, offsets, queries = read_letor(str(path))
    assert got.dtype == np.float32
    assert np.array_equal(got, features)
    assert np.array_equal(labels, LABELS)
    assert np.array_equal(offsets, OFFSETS)
    assert queries == ["1", "2"]


def test_options(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"1 0:5 2:6\n"))
    features, _, offsets, queries = read_letor(path, columns=4, zero_based=True, threads=0)
    assert features.tolist() == [[5.0, 0.0, 6.0, 0.0]]
    assert (offsets.tolist(), queries) == ([0, 1], [""])
    path.write_text("# nothing\n")
    features, labels, offsets, queries = read_letor(path)
    assert (features.shape, labels.shape, offsets.tolist(), queries) == ((0, 0), (0,), [0], [])


def test_errors(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    with pytest.raises(FileNotFoundError, match=r"file\.txt"):
        read_letor(path)
    path.write_text("1 qid:1 1:1\n1 qid:1 1:x\n")
    with pytest.raises(InvalidInputError, match=r'file\.txt:2: expected a value that is a finite number, got "1:x"'):
        read_letor(path)
    with pytest.raises(FileNotFoundError):
        write_letor(tmp_path / "no" / "file", FEATURES, LABELS, OFFSETS)
    with pytest.raises(ShapeError, match=r"features: expected shape \(items, columns\)"):
        write_letor(path, LABELS, LABELS, OFFSETS)
    with pytest.raises(ShapeError, match=r"labels: expected shape \(3,\)"):
        write_letor(path, FEATURES, LABELS[:2], OFFSETS)
    with pytest.raises(InvalidInputError, match="offsets: expected ascending"):
        write_letor(path, FEATURES, LABELS, OFFSETS[:2])
    with pytest.raises(InvalidInputError, match="queries: expected 2 ids"):
        write_letor(path, FEATURES, LABELS, OFFSETS, ["1"])
    with pytest.raises(InvalidInputError, match="labels: expected finite numbers"):
        write_letor(path, FEATURES, LABELS * np.float32(np.nan), OFFSETS)
    with pytest.raises(DtypeError, match="features: expected "):
        write_letor(path, FEATURES.astype(np.float64), LABELS, OFFSETS)
    assert [file.name for file in tmp_path.iterdir()] == ["file.txt"]
