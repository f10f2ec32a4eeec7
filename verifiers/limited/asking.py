"""How a limited process is asked, by whoever has bytes of a stranger."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from certstore.errors import UnavailableError

_T = TypeVar("_T")


class LimitsExceededError(UnavailableError):
    """A task took more time or memory than it may, or its process ended."""


class Limited(Protocol):
    """Runs a task on bytes in a process of its own, with limits on time and memory."""

    def __call__(self, task: str, data: bytes, read: Callable[[bytes], _T]) -> _T:
        """The task's answer as `read` takes it; LimitsExceededError if the bytes are to blame.

        MalformedError if the task failed, or if `read` raises it: then somebody else may speak
        through the process, and it is asked nothing more. UnavailableError where nothing can be
        said about the bytes: too much to do just now.
        """
        ...
