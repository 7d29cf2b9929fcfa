"""Versions of the migration assistant."""

import re


def parse_version(text: str) -> tuple[int, ...]:
    """`3.9.6-beta` as (3, 9, 6); none where there is no number in it."""
    return tuple(int(each) for each in re.findall(r"\d+", text)[:3])
