"""The demo: a collection through the whole pipeline, measured, and saved as an index that can be searched."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import rank_eval
from rank_rank.beir import read_beir
from rank_rank.chart import save_chart
from rank_rank.collection import Collection
from rank_rank.encoder import Encoder
from rank_rank.index_store import Manifest, new_folder, open_client, save_index
from rank_rank.lsa import LsaEncoder
from rank_rank.numpy_docs import numpy_collection
from rank_rank.pipeline import Pipeline, StageRun
from rank_rank.report import Report, evaluate
from rank_rank.sentence_encoder import SentenceEncoder
from rank_rank.table import format_report


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the demo is to do.

    Attributes:
        output: The folder of the results.
        data: The folder of a collection in BEIR's layout; None for NumPy's documentation.
        encoder: A sentence-transformers model or its folder; None for latent semantic analysis.
        quiet: Shows no progress.
    """

    output: Path
    data: Path | None = None
    encoder: str | None = None
    quiet: bool = False


def run_demo(options: DemoOptions) -> Report:
    """Runs the demo and writes its folder.

    The folder holds ``report.md``, ``chart.png``, ``runs/*.run`` and ``qrels.txt`` (both TREC) and ``index/``. It
    appears when all of it is written.

    Args:
        options: What to do.

    Returns:
        What was measured; it has been printed.

    Raises:
        FileNotFoundError: A file of the collection that is not there.
        CollectionError: A malformed collection.
        IndexFolderError: An output folder that holds other things.
        EncoderError: A model that cannot be loaded.
    """
    # A bar only where somebody sees it move; the steps are told in any case.
    bars = not options.quiet and sys.stderr.isatty()
    with new_folder(options.output) as folder:
        with _step("collection", options):
            collection = read_beir(options.data) if options.data else numpy_collection()
        with _step("encoder", options):
            encoder = _encoder(options, collection, bars)
        (folder / "index").mkdir()
        with closing(open_client(folder)) as client:
            with _step(f"index of {len(collection.documents)} documents", options):
                pipeline = Pipeline.build(collection.documents, encoder, client, progress=bars)
            with _step(f"{len(collection.queries)} queries", options):
                runs = pipeline.run(collection.queries, progress=bars)
        with _step("evaluation", options):
            report = evaluate(collection, runs, encoder.name)
            page = format_report(report, collection)
            _write(folder, collection, runs, report, page)
            manifest = Manifest(collection.name, encoder.name, report.best.stage)
            save_index(folder, manifest, collection.documents, encoder)
    print(page)
    print(f"{options.output}: report.md, chart.png, runs, index. Ask it: rank-rank search --index {options.output} ...")
    return report


def _encoder(options: DemoOptions, collection: Collection, bars: bool) -> Encoder:
    if options.encoder is not None:
        return SentenceEncoder(options.encoder)
    return LsaEncoder.fit([document.contents for document in collection.documents], progress=bars)


def _write(folder: Path, collection: Collection, runs: list[StageRun], report: Report, page: str) -> None:
    (folder / "runs").mkdir()
    for run in runs:
        answers = rank_eval.Run.from_dict({query: dict(ranked) for query, ranked in run.lists.items()})
        answers.write(folder / "runs" / f"{run.stage.lower()}.run", tag=run.stage)
    with (folder / "qrels.txt").open("w", encoding="utf-8", newline="\n") as file:
        for query in collection.queries:
            for document, relevance in collection.qrels[query].items():
                file.write(f"{query} 0 {document} {relevance}\n")
    save_chart(report, folder / "chart.png")
    (folder / "report.md").write_text(page, encoding="utf-8")


@contextmanager
def _step(name: str, options: DemoOptions) -> Iterator[None]:
    start = time.perf_counter()
    if not options.quiet:
        print(f"{name} ...", file=sys.stderr, flush=True)
    yield
    if not options.quiet:
        print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
