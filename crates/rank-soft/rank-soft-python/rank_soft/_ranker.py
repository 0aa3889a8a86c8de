"""Linear rankers and small networks in NumPy, trained by the losses of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rank_soft import _network_files
from rank_soft._network import Network
from rank_soft._rank_soft import Loss
from rank_soft._training import Training

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rank_soft._network import Floats
    from rank_soft._training import History, Items


class Ranker:
    """A linear ranker, or a small network with ReLU, over features that are standardized.

    Mean and deviation are those of the items that it is first trained on. The same seed and data give the same weights.
    Files are those of the Rust crate's ``rank_soft::ranker::Ranker``, which starts with the same weights and takes the
    same queries in the same order.

    Args:
        columns: How many features an item has.
        hidden: The widths of the hidden layers; none: a linear ranker.
        seed: 0 to 2 ** 64 - 1, of the weights at the start.

    Raises:
        InvalidInputError: No column, or a layer of no width.

    Source:
        He, Zhang, Ren, Sun: Delving deep into rectifiers (ICCV 2015), for the weights at the start.

    Example:
        >>> # Two queries of three items; the second feature says what is relevant, the first says nothing.
        >>> features = np.array([[0.3, 5], [0.1, 1], [0.2, 0], [0.1, 2], [0.2, 7], [0.3, 1]], dtype=np.float32)
        >>> labels, offsets = np.array([1, 0, 0, 0, 1, 0], dtype=np.float32), np.array([0, 3, 6])
        >>> ranker = Ranker(2)
        >>> history = ranker.fit(features, labels, offsets, loss="softmax", epochs=50, rate=0.1)
        >>> history.losses[-1] < history.losses[0]
        True
        >>> scores = ranker.score(np.array([[0.2, 0], [0.2, 9]], dtype=np.float32))
        >>> bool(scores[1] > scores[0])
        True
    """

    def __init__(self, columns: int, hidden: Sequence[int] = (), *, seed: int = 0) -> None:
        self._network = Network.random(columns, hidden, seed)

    @property
    def columns(self) -> int:
        """How many features an item has."""
        return len(self._network.mean)

    @property
    def hidden(self) -> list[int]:
        """The widths of the hidden layers."""
        return [len(bias) for _, bias in self._network.layers[:-1]]

    def score(self, features: Floats) -> Floats:
        """Score items; higher is better.

        Args:
            features: float32, shape ``(items, columns)``, finite.

        Returns:
            float32, shape ``(items,)``.

        Raises:
            ShapeError: Another number of columns.
            InvalidInputError: A number that is not finite.

        Example:
            >>> Ranker(3, [8]).score(np.zeros((2, 3), np.float32)).shape
            (2,)
        """
        return self._network.forward(self._network.standardized(features))[-1][:, 0].copy()

    def fit(
        self,
        features: Floats,
        labels: Floats,
        offsets: NDArray[np.int64],
        *,
        loss: str | Loss = "lambda_rank",
        held_out: Items | None = None,
        measure: str = "nDCG@10",
        epochs: int = 100,
        batch: int = 16,
        rate: float = 0.01,
        weight_decay: float = 0.0,
        patience: int = 10,
        seed: int = 0,
        progress: bool = False,
    ) -> History:
        """Train by mini-batches of queries and AdamW; stop early by a measure of rank_eval on other queries.

        A ranker that was trained before goes on from there. Afterwards its weights are those of the epoch with the
        best value, or, with nothing held out, the last ones; after Ctrl-C or an error those that were best until then.

        Args:
            features: float32, shape ``(items, columns)``, finite.
            labels: float32, shape ``(items,)``.
            offsets: int64, shape ``(queries + 1,)``: where the items of each query begin, and those of the last one
                end. All as by ``read_letor``.
            loss: A ``Loss``, or its name.
            held_out: Features, labels (whole numbers) and offsets of other queries. Needs the package rank-eval.
            measure: Of rank_eval, by which the training is stopped.
            epochs: How often all queries are seen, at most.
            batch: How many queries make a step.
            rate: Of learning.
            weight_decay: AdamW's.
            patience: Stop after as many epochs without a better value.
            seed: Of the order of queries, which is drawn anew for each epoch.
            progress: Whether to show a bar. Ctrl-C ends the training in any case.

        Returns:
            Losses and values.

        Raises:
            InvalidInputError: A number that is not finite or out of its range, also because the rate is too large; what
                the loss or the measure refuses.
            ShapeError: Arrays that do not fit together.
            MissingPackageError: Something is held out, and rank-eval is not installed.

        Source:
            Loshchilov, Hutter: Decoupled weight decay regularization (ICLR 2019), for the optimizer.

        Example:
            See the class.
        """
        chosen = Loss(loss) if isinstance(loss, str) else loss
        training = Training(chosen, epochs, batch, rate, weight_decay, patience, seed, progress)
        return training.fit(self._network, (features, labels, offsets), held_out, measure)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a safetensors file, beside itself first.

        It holds ``layers.0.weight``, ``layers.0.bias`` and so on, ``mean`` and ``deviation``, all float32. Needs the
        package safetensors.

        Args:
            path: Where to.

        Raises:
            OSError: The system does not write it.
            MissingPackageError: safetensors is not installed.

        Example:
            >>> ranker = Ranker(2, [4])
            >>> ranker.save("ranker.safetensors")
            >>> Ranker.load("ranker.safetensors").hidden
            [4]
        """
        _network_files.write(self._network, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ranker:
        """Read a file of ``save``, here or in Rust. Needs the package safetensors.

        Args:
            path: Of the file.

        Returns:
            The ranker.

        Raises:
            FileNotFoundError: There is no such file.
            InvalidInputError: It holds something else.
            MissingPackageError: safetensors is not installed.

        Example:
            See ``save``.
        """
        network = _network_files.read(path)
        ranker = cls(1)
        ranker._network = network
        return ranker
