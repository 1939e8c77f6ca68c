"""How much is read at most. Real files ask for 13 GiB with one branch; what is over a limit is said, not read."""

from __future__ import annotations

MB = 1_000_000

# One stored object (a tree's description, a histogram), uncompressed.
OBJECT_BYTES = 256 * MB
# A preview of a branch: entries and uncompressed bytes of baskets or pages.
PREVIEW_ENTRIES = 100_000
PREVIEW_BYTES = 64 * MB
PREVIEW_VALUES = 2_000_000
PREVIEW_BINS = 100
PREVIEW_WORDS = 30
# A stored histogram that is drawn: more bins than this are merged (counts) or refused (means).
STORED_CELLS = 10_000_000
STORED_BINS = 4_000
STORED_SIDE = 200
STORED_POINTS = 10_000
# The first rows of a tree as a table: entries, branches, and characters of one cell.
TABLE_ROWS = 20
TABLE_COLUMNS = 40
TABLE_TEXT = 80
# Page lists of an RNTuple that are read for sizes in its listing, uncompressed.
PAGE_LISTS = 2 * MB
# Rows of one level that the server sends, and bytes of any of its readers' replies: parsing one of this length holds up
# the server's other threads for a tenth of a second.
LISTED = 20_000
REPLY_BYTES = 16 * MB
# Files of a folder that are listed.
FOLDER_ROWS = 10_000
# Text from a file that is shown whole.
TEXT = 2_000


def size_text(count: float) -> str:
    """A number of bytes for people: ``860 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if count >= 100 or unit == "bytes" else f"{count:.1f} {unit}"
