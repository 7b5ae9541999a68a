"""HTTP statuses of recorded requests."""

from typing import Final

REDIRECTED: Final = 302
"""What a request is recorded with whose answer came by a redirect: scripts are not told by which status."""
REDIRECTS: Final = (301, 302, 303, 307, 308)
"""The statuses of redirects that a browser follows."""
FAILED: Final = 400
"""The least status by which a server says no."""


def succeeded(status: int | None) -> bool:
    """Whether the server did as it was asked, and perhaps redirected to what shows it. None, no answer: it did not."""
    return 200 <= (status or 0) < FAILED
