"""Reads what is needed of a Java class file: its parents, references and constants.

No package on the index that does this is maintained. Pure, and bounded by the bytes given. Source:
JVM specification, chapter 4 (https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

MAGIC = 0xCAFEBABE
_ABSTRACT_OR_INTERFACE = 0x0600
_CONSTANT_BYTES = {
    **dict.fromkeys([3, 4, 9, 10, 11, 12, 17, 18], 4),
    **dict.fromkeys([7, 8, 16, 19, 20], 2),
    15: 3,
}
_UTF8, _LONG, _DOUBLE, _CLASS, _STRING = 1, 5, 6, 7, 8
_METHOD_REFERENCES = (10, 11)
_NAME_AND_TYPE = 12
_ACONST_NULL, _LDC, _LDC_W, _ARETURN = 0x01, 0x12, 0x13, 0xB0


class NoClassFile(ValueError):
    """The bytes are not a class file, or a broken one."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The one value that a method always returns; `value` None is null."""

    value: str | None


@dataclass(frozen=True, slots=True)
class ClassFile:
    """What a class file says. Names are dotted.

    Args:
        name: the class.
        major: class file version; Java release = major - 44.
        is_concrete: neither abstract nor an interface.
        superclass: None for Object.
        interfaces: those it names itself.
        references: every class its constant pool names.
        calls: (class, method) of every method reference.
        strings: its string constants.
        descriptors: the types it names in descriptors, those of its annotations among them.
        constants: methods without arguments that return one constant, by name.
        methods: names of the methods it declares with code.
    """

    name: str
    major: int
    is_concrete: bool
    superclass: str | None
    interfaces: tuple[str, ...]
    references: frozenset[str]
    calls: frozenset[tuple[str, str]]
    strings: frozenset[str]
    descriptors: frozenset[str]
    constants: dict[str, Constant] = field(default_factory=dict)
    methods: tuple[str, ...] = ()


def parse(raw: bytes) -> ClassFile:
    """Read a class file.

    Raises:
        NoClassFile: it is not one, is cut short, or its references lead nowhere.
    """
    try:
        return _Parser(raw).parse()
    except (struct.error, IndexError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise NoClassFile(f"no class file, or a broken one ({error!r})") from error


class _Parser:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._pool: dict[int, tuple[int, bytes]] = {}

    def parse(self) -> ClassFile:
        if self._u4() != MAGIC:
            raise NoClassFile("it does not begin with 0xCAFEBABE")
        self._u2()
        major = self._u2()
        self._constant_pool()
        flags, name, superclass = self._u2(), self._class_name(self._u2()), self._u2()
        interfaces = tuple(self._class_name(self._u2()) for _ in range(self._u2()))
        for _ in range(self._u2()):
            self._member(lambda _name, _type, _attributes: None)
        constants: dict[str, Constant] = {}
        methods: list[str] = []

        def method(method_name: str, type_: str, attributes: dict[str, bytes]) -> None:
            if "Code" not in attributes:
                return
            methods.append(method_name)
            constant = self._returned(attributes["Code"]) if type_.startswith("()") else None
            if constant is not None:
                constants[method_name] = constant

        for _ in range(self._u2()):
            self._member(method)
        return ClassFile(
            name=name,
            major=major,
            is_concrete=not flags & _ABSTRACT_OR_INTERFACE,
            superclass=self._class_name(superclass) if superclass else None,
            interfaces=interfaces,
            references=frozenset(self._all(_CLASS)),
            calls=frozenset(self._calls()),
            strings=frozenset(self._all(_STRING)),
            descriptors=frozenset(self._descriptors()),
            constants=constants,
            methods=tuple(methods),
        )

    def _constant_pool(self) -> None:
        count, index = self._u2(), 1
        while index < count:
            tag = self._u1()
            if tag == _UTF8:
                size = self._u2()
            elif tag in (_LONG, _DOUBLE):
                size = 8
            else:
                size = _CONSTANT_BYTES[tag]
            self._pool[index] = (tag, self._take(size))
            index += 2 if tag in (_LONG, _DOUBLE) else 1

    def _member(self, receive: Callable[[str, str, dict[str, bytes]], None]) -> None:
        self._u2()
        name, type_ = self._utf8(self._u2()), self._utf8(self._u2())
        receive(name, type_, self._attributes())

    def _attributes(self) -> dict[str, bytes]:
        found = {}
        for _ in range(self._u2()):
            name = self._utf8(self._u2())
            found[name] = self._take(self._u4())
        return found

    def _returned(self, code_attribute: bytes) -> Constant | None:
        length = int.from_bytes(code_attribute[4:8], "big")
        code = code_attribute[8 : 8 + length]
        if code == bytes([_ACONST_NULL, _ARETURN]):
            return Constant(None)
        if len(code) == 3 and code[0] == _LDC and code[2] == _ARETURN:
            return self._string_constant(code[1])
        if len(code) == 4 and code[0] == _LDC_W and code[3] == _ARETURN:
            return self._string_constant(int.from_bytes(code[1:3], "big"))
        return None

    def _string_constant(self, index: int) -> Constant | None:
        tag, data = self._pool[index]
        return Constant(self._utf8(int.from_bytes(data, "big"))) if tag == _STRING else None

    def _descriptors(self) -> list[str]:
        texts = [data for tag, data in self._pool.values() if tag == _UTF8]
        return [
            _dotted(data[1:-1].decode("utf-8", "replace"))
            for data in texts
            if data[:1] == b"L" and data[-1:] == b";"
        ]

    def _calls(self) -> list[tuple[str, str]]:
        found = []
        for tag, data in self._pool.values():
            if tag in _METHOD_REFERENCES:
                owner, pair = struct.unpack(">HH", data)
                pair_tag, pair_data = self._pool[pair]
                if pair_tag == _NAME_AND_TYPE:
                    name = self._utf8(int.from_bytes(pair_data[:2], "big"))
                    found.append((self._class_name(owner), name))
        return found

    def _all(self, kind: int) -> list[str]:
        names = [
            self._utf8(int.from_bytes(data, "big"))
            for tag, data in self._pool.values()
            if tag == kind
        ]
        return [_dotted(each) for each in names] if kind == _CLASS else names

    def _class_name(self, index: int) -> str:
        return _dotted(self._utf8(int.from_bytes(self._pool[index][1], "big")))

    def _utf8(self, index: int) -> str:
        tag, data = self._pool[index]
        if tag != _UTF8:
            raise NoClassFile(f"constant {index} is not a text")
        return data.decode("utf-8", "replace")

    def _u1(self) -> int:
        return self._take(1)[0]

    def _u2(self) -> int:
        return int.from_bytes(self._take(2), "big")

    def _u4(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def _take(self, size: int) -> bytes:
        chunk = self._raw[self._at : self._at + size]
        if len(chunk) < size:
            raise NoClassFile("it is cut short")
        self._at += size
        return chunk


def _dotted(name: str) -> str:
    return name.replace("/", ".")
