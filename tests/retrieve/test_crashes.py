"""Writers that die at any moment: what is there is an index, of one save or of the next."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

COMMON = """
import os, random, resource, signal, sys, time
from rank_retrieve import Bm25Index

def documents(index):
    # The documents of an index, which are 0, 1, 2, ... of one save.
    found = sorted(id for id, _ in index.search("fox", k=1_000_000))
    assert found == list(range(len(index))), found
    return len(found)

def write(index, how):
    (index.commit if how == "commit" else index.save)("index")

def grow(index, count):
    start = len(index)
    index.add_texts(range(start, start + count), [f"fox {n} {n % 7} {n * n}" for n in range(start, start + count)])

def forked(work):
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            work()
        finally:
            os._exit(0)
    return pid
"""


def run(program: str, folder: Path, how: str) -> str:
    """Runs a program to its end, and gives what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", COMMON + textwrap.dedent(program), how],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


@pytest.mark.parametrize("how", ["commit", "save"])
def test_a_writer_killed_at_any_moment(how: str, tmp_path: Path) -> None:
    output = run(
        """
        how = sys.argv[1]
        index = Bm25Index()
        grow(index, 50)
        write(index, how)
        random.seed(7)
        killed = 0
        for _ in range(40):
            reader, writer = os.pipe()

            def work():
                os.close(reader)
                index = Bm25Index.load("index")
                while True:
                    grow(index, 50)
                    write(index, how)
                    os.write(writer, b"%d " % len(index))

            before = documents(Bm25Index.load("index"))
            pid = forked(work)
            os.close(writer)
            time.sleep(random.uniform(0.005, 0.05))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            said = os.read(reader, 1 << 16).split()
            os.close(reader)
            last = int(said[-1]) if said else before
            assert documents(Bm25Index.load("index")) in (last, last + 50)
            killed += 1
        print(killed)
        """,
        tmp_path,
        how,
    )
    assert output == "40\n"


@pytest.mark.parametrize("how", ["commit", "save"])
def test_a_writer_killed_at_any_byte(how: str, tmp_path: Path) -> None:
    # A process that writes beyond its limit is killed at once, in the middle of a file.
    output = run(
        """
        how = sys.argv[1]
        index = Bm25Index()
        grow(index, 50)
        write(index, how)
        outcomes = []
        for limit in [0, 1, 63, 64, 65, 200, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000, 30_000, 1 << 24]:
            before = documents(Bm25Index.load("index"))

            def work():
                index = Bm25Index.load("index")
                grow(index, 50)
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                write(index, how)

            _, status = os.waitpid(forked(work), 0)
            after = documents(Bm25Index.load("index"))
            died = os.WIFSIGNALED(status)
            assert after == (before if died else before + 50), (limit, status)
            outcomes.append(died)
        print(outcomes[0], outcomes[-1], len(os.listdir()))
        """,
        tmp_path,
        how,
    )
    # Only the file or the folder is left, once a writer has come to its end.
    assert output == "True False 1\n"


def test_readers_beside_a_writer(tmp_path: Path) -> None:
    output = run(
        """
        index = Bm25Index()
        grow(index, 50)
        index.commit("index")

        def read():
            code, seen = 1, 0
            try:
                while seen < 50 * 41:
                    now = documents(Bm25Index.load("index"))
                    assert now >= seen
                    seen = now
                code = 0
            finally:
                os._exit(code)

        readers = [forked(read) for _ in range(2)]
        for n in range(40):
            grow(index, 50)
            if n % 9 == 0:
                index.merge()
            index.commit("index")
        print([os.waitpid(pid, 0)[1] for pid in readers])
        """,
        tmp_path,
        "commit",
    )
    assert output == "[0, 0]\n"
