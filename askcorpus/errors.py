"""Every error that askcorpus raises on purpose, with its exit code and one next step.

    AskcorpusError                 1
    ├── UsageError                 2   a question, folder or option that can't be used
    │   ├── ConfigError            2   a setting that is unknown or has a bad value
    │   └── FilesGoneError         2   too much is missing from the folder to take that for meant
    ├── IndexUnusableError         3   the index can't answer as it stands
    │   ├── IndexMissingError      3   nothing has been indexed there
    │   └── IndexMismatchError     3   made by another model, or by another format
    ├── UnavailableError           4   something needed is not there now
    │   ├── ModelUnavailableError  4   the model's files are missing or can't be run
    │   ├── StoreUnavailableError  4   the ledger or the vector index can't be read or written
    │   └── IndexBusyError         4   another process is writing this index
    ├── FilesFailedError           5   some files could not be read
    └── RegressionError            6   an evaluation came out worse than its baseline

A message is one sentence that names the object; the hint is one next step. Foreign exceptions
are translated by the module that owns the library. "No answer" is a value, never an error.
"""


class AskcorpusError(Exception):
    """An error with a one-sentence message and one next step for the user."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AskcorpusError):
    """A question, folder or option that can't be used."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting that is unknown or has a value outside its range."""


class FilesGoneError(UsageError):
    """A folder, or most of what was in it, is missing; nothing was changed."""


class IndexUnusableError(AskcorpusError):
    """The index can't answer as it stands."""

    exit_code = 3


class IndexMissingError(IndexUnusableError):
    """Nothing has been indexed at this place."""


class IndexMismatchError(IndexUnusableError):
    """The index was made by another model, or in another format."""


class UnavailableError(AskcorpusError):
    """Something that is needed isn't there now."""

    exit_code = 4


class ModelUnavailableError(UnavailableError):
    """The model's files are missing, damaged or can't be run."""


class StoreUnavailableError(UnavailableError):
    """The ledger or the vector index can't be read or written."""


class IndexBusyError(UnavailableError):
    """Another process is writing this index."""


class FilesFailedError(AskcorpusError):
    """Some files could not be read; the rest is indexed."""

    exit_code = 5


class RegressionError(AskcorpusError):
    """An evaluation came out worse than its baseline."""

    exit_code = 6
