"""What this package raises. Each class is also the builtin that its users would expect."""


class RankError(Exception):
    """The base of all errors of this package."""


class CollectionError(RankError, ValueError):
    """A collection that cannot be read; the message begins with file and line."""


class InvalidInputError(RankError, ValueError):
    """A value that cannot be used."""


class EncoderError(RankError, RuntimeError):
    """A model that cannot be loaded or that does not give what a stage needs."""


class MissingPackageError(RankError, ImportError):
    """An optional package that is not installed; the message says which command installs it."""


class IndexFolderError(RankError, ValueError):
    """A folder that holds no index of this package, or one that another process uses."""
