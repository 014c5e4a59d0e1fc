"""Errors of the library."""


class TradePotentialError(Exception):
    """Any error this library raises on purpose."""


class InputError(TradePotentialError):
    """Input that breaks a documented rule; the message names the offending keys."""


class ReleaseError(InputError):
    """A release that cannot be published, read or trusted; the message names path and remedy."""


class LimitError(InputError):
    """A limit on memory or threads that is none, or that the machine does not have."""


class MemoryLimitError(InputError):
    """A limit on memory that is too low for the rows."""


class NotEstimatedError(InputError):
    """Numbers were asked of a fit that has none; the message is its status and reason."""
