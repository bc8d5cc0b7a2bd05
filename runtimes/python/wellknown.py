"""What the types of google.protobuf can do beyond holding their fields. Mixed into their generated classes."""

_LONGEST = 315576000000
_FIRST, _LAST = -62135596800, 253402300799


def _fraction(nanos):
    if not nanos:
        return ""
    if nanos % 1000000 == 0:
        return ".%03d" % (nanos // 1000000)
    if nanos % 1000 == 0:
        return ".%06d" % (nanos // 1000)
    return ".%09d" % nanos


def _nanos(digits):
    if len(digits) > 9 or not digits.isdecimal():
        raise ValueError("expected one to nine decimals")
    return int(digits.ljust(9, "0"))


class TimestampMixin:
    """A point in time: seconds since 1970 in UTC, and nanoseconds that count forward."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        if isinstance(value, dict):
            return cls(**value)
        if not hasattr(value, "utctimetuple"):
            return None
        made = cls()
        made.FromDatetime(value)
        return made

    def ToDatetime(self, tzinfo=None):
        """A datetime in this zone; without a zone, a naive one in UTC."""
        from datetime import datetime, timedelta, timezone

        value = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(
            seconds=self.seconds, microseconds=self.nanos // 1000
        )
        return value.astimezone(tzinfo) if tzinfo else value.replace(tzinfo=None)

    def FromDatetime(self, value):
        """From a datetime; a naive one counts as UTC."""
        from calendar import timegm

        self.seconds = timegm(value.utctimetuple())
        self.nanos = value.microsecond * 1000

    def GetCurrentTime(self):
        from time import time_ns

        self.FromNanoseconds(time_ns())

    def ToJsonString(self):
        if not _FIRST <= self.seconds <= _LAST or not 0 <= self.nanos < 1000000000:
            raise ValueError("the time is out of range")
        return self.ToDatetime().replace(microsecond=0).isoformat() + _fraction(self.nanos) + "Z"

    def FromJsonString(self, value):
        from datetime import datetime

        plain, zone = (value[:-1], "+00:00") if value.endswith("Z") else (value[:-6], value[-6:])
        plain, _, digits = plain.partition(".")
        if len(plain) != 19 or plain[10] != "T":
            raise ValueError("expected a time such as 2026-01-31T12:00:00Z")
        nanos = _nanos(digits) if digits else 0
        self.FromDatetime(datetime.fromisoformat(plain + zone))
        self.nanos = nanos

    def ToNanoseconds(self):
        return self.seconds * 1000000000 + self.nanos

    def ToMicroseconds(self):
        return self.ToNanoseconds() // 1000

    def ToMilliseconds(self):
        return self.ToNanoseconds() // 1000000

    def ToSeconds(self):
        return self.seconds

    def FromNanoseconds(self, value):
        self.seconds, self.nanos = divmod(value, 1000000000)

    def FromMicroseconds(self, value):
        self.FromNanoseconds(value * 1000)

    def FromMilliseconds(self, value):
        self.FromNanoseconds(value * 1000000)

    def FromSeconds(self, value):
        self.seconds, self.nanos = value, 0


class DurationMixin:
    """A span of time: seconds and nanoseconds of the same sign."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        if isinstance(value, dict):
            return cls(**value)
        if not hasattr(value, "total_seconds"):
            return None
        made = cls()
        made.FromTimedelta(value)
        return made

    def ToTimedelta(self):
        from datetime import timedelta

        return timedelta(seconds=self.seconds, microseconds=int(self.nanos / 1000))

    def FromTimedelta(self, value):
        self.FromNanoseconds(((value.days * 86400 + value.seconds) * 1000000 + value.microseconds) * 1000)

    def ToJsonString(self):
        if abs(self.seconds) > _LONGEST or self.seconds * self.nanos < 0:
            raise ValueError("the duration is out of range")
        sign = "-" if self.seconds < 0 or self.nanos < 0 else ""
        return f"{sign}{abs(self.seconds)}{_fraction(abs(self.nanos))}s"

    def FromJsonString(self, value):
        if value[-1:] != "s":
            raise ValueError("expected a duration such as 1.5s")
        whole, _, digits = value[:-1].partition(".")
        seconds = int(whole)
        nanos = _nanos(digits) if digits else 0
        self.seconds, self.nanos = seconds, -nanos if whole[:1] == "-" else nanos

    def ToNanoseconds(self):
        return self.seconds * 1000000000 + self.nanos

    def ToMicroseconds(self):
        return int(self.ToNanoseconds() / 1000)

    def ToMilliseconds(self):
        return int(self.ToNanoseconds() / 1000000)

    def ToSeconds(self):
        return self.seconds

    def FromNanoseconds(self, value):
        seconds, nanos = divmod(abs(value), 1000000000)
        self.seconds, self.nanos = (-seconds, -nanos) if value < 0 else (seconds, nanos)

    def FromMicroseconds(self, value):
        self.FromNanoseconds(value * 1000)

    def FromMilliseconds(self, value):
        self.FromNanoseconds(value * 1000000)

    def FromSeconds(self, value):
        self.seconds, self.nanos = value, 0


class ValueMixin:
    """Any JSON value; nothing set counts as null."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        made = cls()
        made._put(value)
        return made

    def _put(self, value):
        if value is None:
            self.null_value = 0
        elif isinstance(value, bool):
            self.bool_value = value
        elif isinstance(value, (int, float)):
            self.number_value = value
        elif isinstance(value, str):
            self.string_value = value
        elif isinstance(value, (dict, StructMixin)):
            self.ClearField("kind")
            self.struct_value.SetInParent()
            self.struct_value.update(value)
        else:
            self.ClearField("kind")
            self.list_value.SetInParent()
            self.list_value.extend(value)

    def _plain(self):
        kind = self.WhichOneof("kind")
        return None if kind in (None, "null_value") else getattr(self, kind)


class StructMixin:
    """A JSON object, used like a dict: numbers are floats, objects and arrays are Struct and ListValue."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        if not isinstance(value, dict):
            return None
        made = cls()
        made.update(value)
        return made

    def __getitem__(self, key):
        if key not in self.fields:
            raise KeyError(key)
        return self.fields[key]._plain()

    def __setitem__(self, key, value):
        self.fields[key]._put(value)

    def __delitem__(self, key):
        del self.fields[key]

    def __contains__(self, key):
        return key in self.fields

    def __len__(self):
        return len(self.fields)

    def __iter__(self):
        return iter(self.fields)

    def __bool__(self):
        return True

    def get(self, key, default=None):
        return self[key] if key in self.fields else default

    def keys(self):
        return self.fields.keys()

    def values(self):
        return [value._plain() for value in self.fields.values()]

    def items(self):
        return [(key, value._plain()) for key, value in self.fields.items()]

    def update(self, values):
        for key, value in values.items():
            self[key] = value

    def get_or_create_struct(self, key):
        value = self.fields[key].struct_value
        value.SetInParent()
        return value

    def get_or_create_list(self, key):
        value = self.fields[key].list_value
        value.SetInParent()
        return value


class ListValueMixin:
    """A JSON array, used like a list."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        if not isinstance(value, (list, tuple)):
            return None
        made = cls()
        made.extend(value)
        return made

    def __getitem__(self, index):
        return self.values[index]._plain()

    def __setitem__(self, index, value):
        self.values[index]._put(value)

    def __delitem__(self, index):
        del self.values[index]

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return (value._plain() for value in self.values)

    def __bool__(self):
        return True

    def items(self):
        return list(self)

    def append(self, value):
        self.values.add()._put(value)

    def extend(self, values):
        for value in values:
            self.append(value)

    def add_struct(self):
        value = self.values.add().struct_value
        value.SetInParent()
        return value

    def add_list(self):
        value = self.values.add().list_value
        value.SetInParent()
        return value
