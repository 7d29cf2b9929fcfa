"""Writes whole files, so that a crash leaves the old one or the new one, never a part of one."""

import os
from pathlib import Path


def replace(path: Path, data: bytes, sync: bool) -> None:
    """Replaces a file, which only its owner may read.

    Args:
        path: the file; created if missing.
        data: its new content.
        sync: whether to force it to the disk before returning.

    Raises:
        OSError: it could not be written; the old file is still there.
    """
    temporary = path.with_suffix(".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(handle, data)
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)
    temporary.replace(path)
    if sync:
        sync_folder(path.parent)


def write_all(handle: int, data: bytes) -> None:
    """Writes all bytes, however many calls that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def sync_folder(folder: Path) -> None:
    """Forces the names of a folder's files to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
