"""Where a method returns, read from its bytecode.

A breakpoint on each return costs nothing until it is reached, while METHOD_EXIT events would put
the whole thread into the interpreter. Source: JVM specification, chapter 6 and table 6.5.
"""

_RETURNS = range(0xAC, 0xB2)
_TABLESWITCH, _LOOKUPSWITCH, _WIDE, _IINC = 0xAA, 0xAB, 0xC4, 0x84
_OPERAND_BYTES = {
    **dict.fromkeys([0x10, 0x12, *range(0x15, 0x1A), *range(0x36, 0x3B), 0xA9, 0xBC], 1),
    **dict.fromkeys([0x11, 0x13, 0x14, 0x84, *range(0x99, 0xA9)], 2),
    **dict.fromkeys([*range(0xB2, 0xB9), 0xBB, 0xBD, 0xC0, 0xC1, 0xC6, 0xC7], 2),
    **dict.fromkeys([0xC5], 3),
    **dict.fromkeys([0xB9, 0xBA, 0xC8, 0xC9], 4),
}


def return_indexes(code: bytes) -> list[int]:
    """The indexes of the return instructions.

    Args:
        code: a method's bytecode as the JVM tells it.
    """
    found = []
    at = 0
    while at < len(code):
        if code[at] in _RETURNS:
            found.append(at)
        at += _instruction_length(code, at)
    return found


def _instruction_length(code: bytes, at: int) -> int:
    opcode = code[at]
    if opcode == _WIDE:
        return 6 if code[at + 1 : at + 2] == bytes([_IINC]) else 4
    if opcode in (_TABLESWITCH, _LOOKUPSWITCH):
        table = (at + 4) & ~3
        if opcode == _TABLESWITCH:
            entries = _int(code, table + 8) - _int(code, table + 4) + 1
            return table + 12 + 4 * max(entries, 0) - at
        return table + 8 + 8 * max(_int(code, table + 4), 0) - at
    return 1 + _OPERAND_BYTES.get(opcode, 0)


def _int(code: bytes, at: int) -> int:
    return int.from_bytes(code[at : at + 4], "big", signed=True)
