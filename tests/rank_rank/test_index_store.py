"""The output folder is whole or not there, and replaces nothing that is not ours."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rank_rank import IndexFolderError
from rank_rank.index_store import new_folder, open_client, open_index


def write_index(folder: Path, content: str) -> None:
    (folder / "index").mkdir()
    (folder / "index" / "manifest.json").write_text(content)


def test_appears_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "out"
    with new_folder(path) as partial:
        write_index(partial, "one")
        assert not path.exists()
    assert (path / "index" / "manifest.json").read_text() == "one"
    assert list(path.parent.iterdir()) == [path]
    with new_folder(path) as partial:
        write_index(partial, "two")
        assert (path / "index" / "manifest.json").read_text() == "one"
    assert (path / "index" / "manifest.json").read_text() == "two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_leaves_all_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out"

    def fail() -> None:
        with new_folder(path) as partial:
            (partial / "half").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == []
    with new_folder(path) as partial:
        write_index(partial, "one")
    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "index" / "manifest.json").read_text() == "one"


def test_an_interrupted_replacement_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out"
    with new_folder(path) as partial:
        write_index(partial, "one")
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if target == path and self.name.startswith(".out-") and (self / "index" / "manifest.json").read_text() == "two":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), new_folder(path) as partial:
        write_index(partial, "two")
    assert (path / "index" / "manifest.json").read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_other_things_are_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "thesis"
    path.mkdir()
    with new_folder(path):  # an empty folder may be
        pass
    (path / "chapter").write_text("1")
    for target in (path, path / "chapter"):
        message = f"output: expected a new folder or one that rank-rank wrote, got {target}, which holds other things"
        with pytest.raises(IndexFolderError, match=f"^{re.escape(message)}"), new_folder(target):
            pass
    assert (path / "chapter").read_text() == "1"


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^index: expected a folder, got .*absent, which is none; run rank-rank demo"
    ):
        open_index(tmp_path / "absent").__enter__()
    with pytest.raises(
        IndexFolderError, match=r"^index: expected an index, got .* without index/manifest\.json; name the"
    ):
        open_index(tmp_path).__enter__()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "index: expected a manifest, got .*; name the output folder of rank-rank demo"),
        ("[]", "index: expected a manifest, got .*; name the output folder of rank-rank demo"),
        (json.dumps({"format": 1}), "index: expected a manifest, got .*; name the output folder of rank-rank demo"),
        (json.dumps({"format": 99}), "index: expected format 1, got 99 in .*; run rank-rank demo again"),
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, content: str, message: str) -> None:
    write_index(tmp_path, content)
    with pytest.raises(IndexFolderError, match=f"^{message}$"):
        open_index(tmp_path).__enter__()


def test_an_index_in_use(tmp_path: Path) -> None:
    # In another process, where the client may leave its lock file to the garbage collector.
    code = (
        "import sys; from rank_rank import IndexFolderError; from rank_rank.index_store import open_client\n"
        "try: open_client(sys.argv[1])\n"
        "except IndexFolderError as error: print(error)\n"
        "else: print('open')"
    )

    def answer() -> str:
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    client = open_client(tmp_path)
    try:
        expected = f"index: expected {tmp_path} to be free, got one that another process has open; wait for it to end\n"
        assert answer() == expected
    finally:
        client.close()
    assert answer() == "open\n"
