"""What every message class shares beyond its own straight code: lists, maps, enums, comparing, printing, clearing.

It all works from each class's _FIELDS, tuples of (name, attribute, number, shape, kind, default, message class, oneof).
"""

from struct import error as struct_error

from . import _codec
from ._codec import is_instance, of_bytes

PLAIN, PRESENCE, LIST, MAP = 0, 1, 2, 3


class DecodeError(ValueError):
    """The bytes are no message of the type."""


_WRONG = (AttributeError, TypeError, ValueError, OverflowError, struct_error)
_MALFORMED = (IndexError, UnicodeDecodeError, struct_error, RecursionError)


# ---- containers


class MessageList(list):
    """A list of messages that makes its own elements: lines.add(text="x")."""

    __slots__ = ("_type",)

    def __init__(self, type, values=()):
        self._type = type
        list.__init__(self, [coerce(type, value) for value in values] if values else ())

    def add(self, **fields):
        value = self._type(**fields)
        self.append(value)
        return value

    def MergeFrom(self, other):
        self.extend(other)

    def __reduce__(self):
        return MessageList, (self._type, list(self))


class ScalarList(list):
    """A list of numbers, texts or bytes."""

    __slots__ = ()

    def MergeFrom(self, other):
        self.extend(other)


class Map(dict):
    """A map whose missing keys read as the default of its values, and are there from then on."""

    __slots__ = ("_make",)

    def __init__(self, make, values=None):
        self._make = make
        if values:
            if is_instance(make, type) and issubclass(make, Message):
                values = {key: coerce(make, value) for key, value in values.items()}
            dict.__init__(self, values)

    def __missing__(self, key):
        make = self._make
        value = self[key] = make() if callable(make) else make
        return value

    def get_or_create(self, key):
        return self[key]

    def MergeFrom(self, other):
        self.update(other)

    def __reduce__(self):
        return Map, (self._make, dict(self))


def coerce(type, value):
    """A message of the type, from itself or from a dict of its fields; None stays None."""
    if value is None or value.__class__ is type:
        return value
    made = type._of(value)
    if made is not None:
        return made
    raise TypeError(f"expected {type.__qualname__}, got {_name_of(value)}")


class Enum:
    """The names and numbers of an enum. Values of fields are plain numbers; unknown ones are legal."""

    def __init__(self, full_name, values):
        self.full_name = full_name
        self._values = values
        self.__dict__.update(values)

    def Name(self, number):
        for name, known in self._values:
            if known == number:
                return name
        raise ValueError(f"{self.full_name} has no name for {number}")

    def Value(self, name):
        for known, number in self._values:
            if known == name:
                return number
        raise ValueError(f"{self.full_name} has no value {name}")

    def keys(self):
        return [name for name, _ in self._values]

    def values(self):
        return [number for _, number in self._values]

    def items(self):
        return list(self._values)

    def __repr__(self):
        return f"<enum {self.full_name}>"


# ---- messages


def _name_of(value):
    return value.__class__.__name__


class Message:
    """A message. Construct with keywords; unset fields read as their defaults."""

    __slots__ = ("_unknown", "_lazies", "_touched")
    __hash__ = None
    _FIELDS = ()
    _NAME = ""

    # -- bytes

    def SerializeToString(self):
        """The encoded message; maps are sorted, so that equal messages give equal bytes."""
        try:
            return self._encode()
        except _WRONG as error:
            raise _explain(self, error, "") from None

    SerializePartialToString = SerializeToString
    __bytes__ = SerializeToString

    def ByteSize(self):
        return len(self.SerializeToString())

    @classmethod
    def FromString(cls, data):
        message = cls()
        message.MergeFromString(data)
        return message

    def ParseFromString(self, data):
        self.Clear()
        self._touched = True
        return self.MergeFromString(data)

    def MergeFromString(self, data):
        if data.__class__ is not of_bytes:
            data = of_bytes(data)
        end = len(data)
        try:
            self._merge(data, 0, end)
        except _MALFORMED as error:
            reason = "text is not valid UTF-8" if is_instance(error, UnicodeDecodeError) else "malformed"
            raise DecodeError(f"the bytes are no {self._NAME}: {reason}") from None
        return end

    # -- fields

    @classmethod
    def _of(cls, value):
        """The message that a plain value stands for, or None."""
        return cls(**value) if is_instance(value, dict) else None

    def HasField(self, name):
        for field in self._FIELDS:
            if field[0] == name and field[3] == PRESENCE:
                return self._present(field)
        for field in self._FIELDS:
            if field[7] == name and name:
                return self.WhichOneof(name) is not None
        raise ValueError(f"{self._NAME} has no field {name} that can be absent")

    def WhichOneof(self, oneof):
        known = False
        for field in self._FIELDS:
            if field[7] == oneof:
                known = True
                if self._present(field):
                    return field[0]
        if not known:
            raise ValueError(f"{self._NAME} has no oneof {oneof}")
        return None

    def ClearField(self, name):
        for field in self._FIELDS:
            if field[0] == name:
                self._reset(field)
                return
        for field in self._FIELDS:
            if field[7] == name and name:
                self._reset(field)

    def Clear(self):
        self.__init__()

    def SetInParent(self):
        self._touched = True

    def IsInitialized(self):
        return True

    def CopyFrom(self, other):
        if other is self:
            return
        self.Clear()
        self.MergeFrom(other)

    def MergeFrom(self, other):
        if other.__class__ is not self.__class__:
            raise TypeError(f"expected {self._NAME}, got {_name_of(other)}")
        self._touched = True
        self.MergeFromString(other.SerializeToString())

    def _present(self, field):
        self._settle()
        return getattr(self, field[1]) is not None

    def _reset(self, field):
        name, attribute, _, shape, _, default, _, _ = field
        if shape == PRESENCE:
            setattr(self, attribute, None)
            if field[6] is not None and self._lazies:
                self._lazies.pop(attribute, None)
        elif shape == PLAIN:
            setattr(self, attribute, default)
        else:
            getattr(self, attribute).clear()

    def _lazy(self, attribute, type):
        """An absent message to read from; once something is put into it, it is a part of this one."""
        lazies = self._lazies
        if lazies is None:
            lazies = self._lazies = {}
        value = lazies.get(attribute)
        if value is None:
            value = lazies[attribute] = type()
        return value

    def _settle(self):
        lazies = self._lazies
        if not lazies:
            return
        for attribute, value in list(lazies.items()):
            if getattr(self, attribute) is not None:
                del lazies[attribute]
            elif getattr(value, "_touched", False) or value._encode():
                del lazies[attribute]
                for field in self._FIELDS:
                    if field[1] == attribute:
                        self._clear_oneof(field[7])
                setattr(self, attribute, value)

    def _clear_oneof(self, oneof):
        if oneof:
            for field in self._FIELDS:
                if field[7] == oneof:
                    setattr(self, field[1], None)

    # -- the rest

    def __eq__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        self._settle()
        other._settle()
        for field in self._FIELDS:
            if getattr(self, field[1]) != getattr(other, field[1]):
                return False
        return self._unknown == other._unknown

    def __repr__(self):
        self._settle()
        parts = []
        for field in self._FIELDS:
            value = getattr(self, field[1])
            if field[3] == PRESENCE and value is not None or field[3] != PRESENCE and value != field[5] and value:
                parts.append(f"{field[0]}={value!r}")
        return f"{self.__class__.__qualname__}({', '.join(parts)})"

    __str__ = __repr__

    def __copy__(self):
        return self.__deepcopy__(None)

    def __deepcopy__(self, memo):
        copy = self.__class__()
        copy.MergeFrom(self)
        return copy

    def __reduce__(self):
        return _rebuild, (self.__class__, self.SerializeToString())


def _rebuild(cls, data):
    return cls.FromString(data)


# ---- telling what is wrong with a value, after encoding has failed

_WORDS = {"string": "str", "bytes": "bytes", "bool": "bool", "double": "float", "float": "float"}


def _explain(message, error, path):
    for field in message._FIELDS:
        name, attribute, _, shape, kind, _, type, _ = field
        value = getattr(message, attribute)
        where = f"{path or message.__class__.__qualname__}.{name}"
        if shape == PLAIN:
            found = _wrong(kind, type, value, where)
        elif shape == PRESENCE:
            found = value is not None and _wrong(kind, type, value, where)
        elif shape == LIST:
            found = _first(_wrong(kind, type, item, f"{where}[{i}]") for i, item in enumerate(value))
        else:
            pairs = ((k, v, f"{where}[{k!r}]") for k, v in value.items())
            found = _first(_wrong(kind[0], None, k, at) or _wrong(kind[1], type, v, at) for k, v, at in pairs)
        if found:
            return found
    return error


def _first(found):
    return next((each for each in found if each), None)


def _wrong(kind, type, value, where):
    if type is not None:
        if not is_instance(value, type):
            return TypeError(f"{where}: expected {type.__qualname__}, got {_name_of(value)}")
        try:
            value._encode()
        except _WRONG as error:
            inner = _explain(value, error, where)
            return inner if inner is not error else None
        return None
    try:
        getattr(_codec, "write_" + kind)(value)
        return None
    except UnicodeEncodeError:
        return ValueError(f"{where}: the text holds half of a surrogate pair")
    except (ValueError, OverflowError):
        return ValueError(f"{where}: {value} does not fit {kind}")
    except struct_error:
        if is_instance(value, int):
            return ValueError(f"{where}: {value} does not fit {kind}")
    except (AttributeError, TypeError):
        pass
    return TypeError(f"{where}: expected {_WORDS.get(kind, 'int')}, got {_name_of(value)}")
