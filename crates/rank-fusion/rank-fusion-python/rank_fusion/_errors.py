"""What this package raises. Each class is also the builtin that its users would expect."""


class RankError(Exception):
    """The base of all errors of this package."""


class InvalidInputError(RankError, ValueError):
    """A value that cannot be used."""


class ShapeError(InvalidInputError):
    """An array or a list of the wrong dimensions or length."""


class DuplicateIdError(InvalidInputError):
    """A document that is there twice."""


class DtypeError(RankError, TypeError):
    """A value of the wrong type, or an array of the wrong dtype."""


class MissingPackageError(RankError, ImportError):
    """A Python package that is needed for what was asked, and not installed."""


class InsignificantGainWarning(UserWarning):
    """What an optimization found is no better than the baseline, or may be so by chance."""
