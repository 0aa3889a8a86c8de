"""The wheels of ``make wheels``, installed where nothing else is."""

import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
EXTENSIONS = ["eval", "fusion", "rerank", "retrieve", "soft"]


@pytest.fixture(scope="module")
def wheels() -> list[Path]:
    found = sorted(DIST.glob("*.whl"))
    assert found, "no wheels: run `make wheels`"
    return found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, wheels: list[Path]) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", *wheels]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr
    return python


def test_names_and_tags(wheels: list[Path]) -> None:
    names = [path.name for path in wheels]
    # rank-fusion takes the objects of one CPython apart.
    own = f"cp{sys.version_info.major}{sys.version_info.minor}"
    for crate in EXTENSIONS:
        tags = f"{own}-{own}" if crate == "fusion" else "cp311-abi3"
        assert [name for name in names if re.match(rf"rank_{crate}-[\d.]+-{tags}-", name)], names
    assert [name for name in names if re.match(r"rank_rank-[\d.]+-py3-none-any\.whl", name)], names
    assert len(names) == len(EXTENSIONS) + 1


@pytest.mark.parametrize("crate", EXTENSIONS)
def test_a_wheel_is_typed_and_licensed(crate: str, wheels: list[Path]) -> None:
    (path,) = [path for path in wheels if path.name.startswith(f"rank_{crate}-")]
    with zipfile.ZipFile(path) as wheel:
        files = wheel.namelist()
        metadata = wheel.read(next(name for name in files if name.endswith("METADATA"))).decode()
    assert f"rank_{crate}/py.typed" in files
    assert f"rank_{crate}/_rank_{crate}.pyi" in files
    assert "License-Expression: MIT OR Apache-2.0" in metadata


def test_rank_eval_is_small_and_needs_numpy_alone(wheels: list[Path]) -> None:
    (path,) = [path for path in wheels if path.name.startswith("rank_eval-")]
    assert path.stat().st_size < 5_000_000
    with zipfile.ZipFile(path) as wheel:
        metadata = wheel.read(next(name for name in wheel.namelist() if name.endswith("METADATA"))).decode()
    needed = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata, flags=re.MULTILINE)
    assert needed == ["numpy"]


def test_the_guides_pipeline_in_a_fresh_environment(fresh: Path, tmp_path: Path) -> None:
    example = ROOT / "examples" / "rag_pipeline.py"
    done = subprocess.run([fresh, example], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "nDCG@10 of the reranked list" in done.stdout


def test_what_is_missing_says_how_to_get_it(fresh: Path, tmp_path: Path) -> None:
    # The fresh environment has no ONNX Runtime.
    code = "import rank_rerank\nrank_rerank.OrtCrossEncoder.from_file('m.onnx', tokenizer_path='t.json')"
    (tmp_path / "m.onnx").write_bytes(b"")
    (tmp_path / "t.json").write_text("{}")
    done = subprocess.run([fresh, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "BackendError" in done.stderr
    assert "pip install" in done.stderr


@pytest.mark.parametrize("name", ["rank-eval", "rank-rank"])
def test_the_commands_are_there(fresh: Path, name: str) -> None:
    command = fresh.with_name(name)
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.match(rf"{name} \d+\.\d+\.\d+", done.stdout)
