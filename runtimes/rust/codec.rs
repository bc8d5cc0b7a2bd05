//! Reads and writes the wire format of protobuf.

use std::fmt;

/// Messages may be nested this deep on the wire.
const MAX_DEPTH: u32 = 320;

/// What every generated struct can do.
pub trait Message: Default {
    /// Writes the fields in the order of their numbers, then fields that the struct does not know.
    fn write_to(&self, writer: &mut Writer);

    /// Reads more fields from encoded bytes: lists grow, messages merge, everything else is replaced.
    fn read_from(&mut self, reader: &mut Reader<'_>) -> Result<(), InvalidMessage>;

    /// Reads a message; fields that the struct does not know are kept.
    fn decode(bytes: &[u8]) -> Result<Self, InvalidMessage> {
        let mut message = Self::default();
        message.read_from(&mut Reader::new(bytes, 0))?;
        Ok(message)
    }

    /// Equal messages have equal bytes, because maps are written in the order of their keys.
    fn encode_to_vec(&self) -> Vec<u8> {
        Writer::encoded(|writer| self.write_to(writer))
    }
}

/// Fields that the struct does not know, encoded as they came. `..Default::default()` fills this member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UnknownFields(Vec<u8>);

impl UnknownFields {
    /// The fields as they were received, with their tags.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes are no message of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidMessage {
    /// The bytes end early, or hold what the wire format does not have.
    Malformed,
    /// A text is not valid UTF-8.
    Text,
    /// Messages are nested deeper than anyone means to.
    Depth,
}

impl fmt::Display for InvalidMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidMessage::Malformed => "The bytes are no such message.",
            InvalidMessage::Text => "A text of the message is not valid UTF-8.",
            InvalidMessage::Depth => "The message is nested too deep.",
        })
    }
}

impl std::error::Error for InvalidMessage {}

/// A position in encoded bytes.
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    start: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], depth: u32) -> Self {
        Reader {
            bytes,
            position: 0,
            start: 0,
            depth,
        }
    }

    /// The next tag; none at the end.
    pub fn tag(&mut self) -> Result<Option<u32>, InvalidMessage> {
        if self.position >= self.bytes.len() {
            return Ok(None);
        }
        self.start = self.position;
        let value = self.varint()?;
        if value < 8 || value > u64::from(u32::MAX) {
            return Err(InvalidMessage::Malformed);
        }
        Ok(Some(value as u32))
    }

    pub fn varint(&mut self) -> Result<u64, InvalidMessage> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = *self
                .bytes
                .get(self.position)
                .ok_or(InvalidMessage::Malformed)?;
            self.position += 1;
            if shift < 64 {
                value |= u64::from(byte & 0x7F) << shift;
            }
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(InvalidMessage::Malformed)
    }

    pub fn int32(&mut self) -> Result<i32, InvalidMessage> {
        Ok(self.varint()? as i32)
    }

    pub fn int64(&mut self) -> Result<i64, InvalidMessage> {
        Ok(self.varint()? as i64)
    }

    pub fn uint32(&mut self) -> Result<u32, InvalidMessage> {
        Ok(self.varint()? as u32)
    }

    pub fn uint64(&mut self) -> Result<u64, InvalidMessage> {
        self.varint()
    }

    pub fn sint32(&mut self) -> Result<i32, InvalidMessage> {
        let bits = self.varint()? as u32;
        Ok((bits >> 1) as i32 ^ -((bits & 1) as i32))
    }

    pub fn sint64(&mut self) -> Result<i64, InvalidMessage> {
        let bits = self.varint()?;
        Ok((bits >> 1) as i64 ^ -((bits & 1) as i64))
    }

    pub fn bool(&mut self) -> Result<bool, InvalidMessage> {
        Ok(self.varint()? != 0)
    }

    pub fn fixed32(&mut self) -> Result<u32, InvalidMessage> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn fixed64(&mut self) -> Result<u64, InvalidMessage> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub fn sfixed32(&mut self) -> Result<i32, InvalidMessage> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    pub fn sfixed64(&mut self) -> Result<i64, InvalidMessage> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    pub fn float(&mut self) -> Result<f32, InvalidMessage> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    pub fn double(&mut self) -> Result<f64, InvalidMessage> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    pub fn string(&mut self) -> Result<String, InvalidMessage> {
        let text = std::str::from_utf8(self.span()?).map_err(|_| InvalidMessage::Text)?;
        Ok(text.to_owned())
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, InvalidMessage> {
        Ok(self.span()?.to_vec())
    }

    pub fn message<M: Message>(&mut self, message: &mut M) -> Result<(), InvalidMessage> {
        if self.depth >= MAX_DEPTH {
            return Err(InvalidMessage::Depth);
        }
        message.read_from(&mut Reader::new(self.span()?, self.depth + 1))
    }

    /// A reader of the entry of a map.
    pub fn entry(&mut self) -> Result<Reader<'a>, InvalidMessage> {
        Ok(Reader::new(self.span()?, self.depth))
    }

    /// Adds values that stand side by side under one tag.
    pub fn packed<T>(
        &mut self,
        values: &mut Vec<T>,
        read: fn(&mut Reader<'a>) -> Result<T, InvalidMessage>,
    ) -> Result<(), InvalidMessage> {
        let mut inner = Reader::new(self.span()?, self.depth);
        while inner.position < inner.bytes.len() {
            values.push(read(&mut inner)?);
        }
        Ok(())
    }

    /// Keeps the field that the last tag began, which the struct does not know.
    pub fn keep(&mut self, tag: u32, kept: &mut UnknownFields) -> Result<(), InvalidMessage> {
        self.skip(tag)?;
        kept.0
            .extend_from_slice(&self.bytes[self.start..self.position]);
        Ok(())
    }

    pub fn skip(&mut self, tag: u32) -> Result<(), InvalidMessage> {
        self.skip_within(tag, 0)
    }

    fn skip_within(&mut self, tag: u32, depth: u32) -> Result<(), InvalidMessage> {
        match tag & 7 {
            0 => {
                self.varint()?;
            }
            1 => {
                self.take(8)?;
            }
            2 => {
                self.span()?;
            }
            3 if depth < 100 => loop {
                let inner = self.varint()?;
                if inner == u64::from(tag) + 1 {
                    break;
                }
                if inner < 8 || inner > u64::from(u32::MAX) {
                    return Err(InvalidMessage::Malformed);
                }
                self.skip_within(inner as u32, depth + 1)?;
            },
            5 => {
                self.take(4)?;
            }
            _ => return Err(InvalidMessage::Malformed),
        }
        Ok(())
    }

    fn span(&mut self) -> Result<&'a [u8], InvalidMessage> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| InvalidMessage::Malformed)?)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], InvalidMessage> {
        if count > self.bytes.len() - self.position {
            return Err(InvalidMessage::Malformed);
        }
        self.position += count;
        Ok(&self.bytes[self.position - count..self.position])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], InvalidMessage> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

/// Encoded bytes that grow.
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What is written.
    pub fn encoded(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer { bytes: Vec::new() };
        write(&mut writer);
        writer.bytes
    }

    pub fn varint(&mut self, mut value: u64) {
        while value > 0x7F {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub fn int32(&mut self, value: &i32) {
        self.varint(i64::from(*value) as u64);
    }

    pub fn int64(&mut self, value: &i64) {
        self.varint(*value as u64);
    }

    pub fn uint32(&mut self, value: &u32) {
        self.varint(u64::from(*value));
    }

    pub fn uint64(&mut self, value: &u64) {
        self.varint(*value);
    }

    pub fn sint32(&mut self, value: &i32) {
        self.varint(u64::from((value << 1 ^ value >> 31) as u32));
    }

    pub fn sint64(&mut self, value: &i64) {
        self.varint((value << 1 ^ value >> 63) as u64);
    }

    pub fn bool(&mut self, value: &bool) {
        self.bytes.push(u8::from(*value));
    }

    pub fn fixed32(&mut self, value: &u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn fixed64(&mut self, value: &u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn sfixed32(&mut self, value: &i32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn sfixed64(&mut self, value: &i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn float(&mut self, value: &f32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn double(&mut self, value: &f64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn string(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    pub fn bytes(&mut self, value: &[u8]) {
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
    }

    pub fn message<M: Message>(&mut self, value: &M) {
        self.nested(|writer| value.write_to(writer));
    }

    /// Writes a value whose length is known at its end.
    pub fn nested(&mut self, write: impl FnOnce(&mut Writer)) {
        let start = self.bytes.len();
        self.bytes.push(0);
        write(self);
        let length = self.bytes.len() - start - 1;
        if length < 0x80 {
            self.bytes[start] = length as u8;
            return;
        }
        // One byte was kept for the length: longer ones move the content.
        let head = Writer::encoded(|writer| writer.varint(length as u64));
        self.bytes.splice(start..start + 1, head);
    }

    pub fn unknown(&mut self, fields: &UnknownFields) {
        self.bytes.extend_from_slice(&fields.0);
    }
}
