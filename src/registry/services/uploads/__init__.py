"""Files that callers bring over HTTP in pieces: kept beside the register until they are whole, then imported.

store      the bytes, and the one who holds them
records    what is known of an upload, by whom it was begun, what became of it
importing  the import of what is whole, begun again after a kill
"""

from registry.services.uploads.importing import import_upload, list_whole
from registry.services.uploads.records import MOST_BYTES, Upload, Wanted, begin, find, note_piece, remove
from registry.services.uploads.store import Store

__all__ = [
    "MOST_BYTES",
    "Store",
    "Upload",
    "Wanted",
    "begin",
    "find",
    "import_upload",
    "list_whole",
    "note_piece",
    "remove",
]
