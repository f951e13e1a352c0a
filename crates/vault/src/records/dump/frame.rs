//! The pieces of a dump.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{DumpError, Summary};
use crate::records::{Kind, Row, Table, Value};

const MAGIC: &[u8] = b"bonafide records 1\n";

/// A piece of rows is closed when it has so many bytes.
const PIECE: usize = 1 << 20;

/// No piece is longer: what says so is damaged.
const LONGEST: u32 = 256 << 20;

/// What a table looked like.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    columns: Vec<HeaderColumn>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderColumn {
    name: String,
    kind: String,
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Bytes => "bytes",
    }
}

/// Writes pieces.
pub(super) struct Writer<'w> {
    sink: &'w mut (dyn AsyncWrite + Unpin + Send),
    sum: digest::Context,
}

impl<'w> Writer<'w> {
    pub(super) async fn begin(
        sink: &'w mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Self, DumpError> {
        let mut writer = Self { sink, sum: digest::Context::new(&digest::SHA256) };
        writer.put(MAGIC).await?;
        Ok(writer)
    }

    pub(super) async fn table(&mut self, table: &Table) -> Result<(), DumpError> {
        let columns = table.columns.iter().map(|column| HeaderColumn {
            name: column.name.to_owned(),
            kind: kind_name(column.kind).to_owned(),
        });
        let header = Header { name: table.name.to_owned(), columns: columns.collect() };
        let json = serde_json::to_vec(&header).map_err(|_| DumpError::Damaged("no header"))?;
        self.piece(b'T', &json).await
    }

    pub(super) async fn rows(&mut self, rows: &[Row]) -> Result<(), DumpError> {
        let mut piece = Vec::new();
        for row in rows {
            for value in row.values() {
                encode(value, &mut piece);
            }
            if piece.len() >= PIECE {
                self.piece(b'R', &piece).await?;
                piece.clear();
            }
        }
        if piece.is_empty() { Ok(()) } else { self.piece(b'R', &piece).await }
    }

    pub(super) async fn end(&mut self, rows: u64) -> Result<(), DumpError> {
        self.piece(b'E', &rows.to_le_bytes()).await
    }

    /// Gives the checksum in hexadecimal.
    pub(super) async fn finish(mut self, counts: &[(String, u64)]) -> Result<String, DumpError> {
        self.put(&head(b'Z', 8 + 8 + 32)).await?;
        self.put(&(counts.len() as u64).to_le_bytes()).await?;
        self.put(&counts.iter().map(|(_, rows)| rows).sum::<u64>().to_le_bytes()).await?;
        let sum = self.sum.finish();
        self.sink.write_all(sum.as_ref()).await?;
        self.sink.flush().await?;
        Ok(hexadecimal(sum.as_ref()))
    }

    async fn piece(&mut self, tag: u8, bytes: &[u8]) -> Result<(), DumpError> {
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or(DumpError::File(std::io::ErrorKind::FileTooLarge))?;
        self.put(&head(tag, length)).await?;
        self.put(bytes).await
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), DumpError> {
        self.sum.update(bytes);
        Ok(self.sink.write_all(bytes).await?)
    }
}

fn head(tag: u8, length: u32) -> [u8; 5] {
    let [a, b, c, d] = length.to_le_bytes();
    [tag, a, b, c, d]
}

pub(super) fn encode(value: &Value, piece: &mut Vec<u8>) {
    let mut long = |tag, bytes: &[u8]| {
        // No value of a row is longer than 8 MiB.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        piece.extend(head(tag, length));
        piece.extend(bytes);
    };
    match value {
        Value::Null => piece.push(b'0'),
        Value::Text(text) => long(b't', text.as_bytes()),
        Value::Bytes(bytes) => long(b'b', bytes),
        Value::Integer(number) => {
            piece.push(b'i');
            piece.extend(number.to_le_bytes());
        }
    }
}

/// What a reader met.
pub(super) enum Frame {
    /// The beginning of a table.
    Table,
    /// Rows of it, as this binary declares the table.
    Rows(Vec<Row>),
    /// Its end.
    End,
}

/// Reads pieces, and holds each against the tables and what came before.
pub(super) struct Reader<'r, R> {
    source: tokio::io::BufReader<&'r mut R>,
    tables: &'r [&'static Table],
    sum: digest::Context,
    open: Option<Open>,
    done: Vec<(String, u64)>,
    sha256: Option<String>,
}

/// The table that is being read.
struct Open {
    table: &'static Table,
    /// Where each value of the file belongs in a row of today.
    places: Vec<(usize, Kind)>,
    rows: u64,
}

impl<'r, R: AsyncRead + Unpin + Send> Reader<'r, R> {
    pub(super) async fn begin(
        source: &'r mut R,
        tables: &'r [&'static Table],
    ) -> Result<Self, DumpError> {
        let mut reader = Self {
            source: tokio::io::BufReader::with_capacity(1 << 16, source),
            tables,
            sum: digest::Context::new(&digest::SHA256),
            open: None,
            done: Vec::new(),
            sha256: None,
        };
        let magic = reader.take(MAGIC.len() as u32).await?;
        if magic == MAGIC { Ok(reader) } else { Err(DumpError::Damaged("it is not a backup")) }
    }

    /// The next piece, or `None` at the end of a dump that is whole.
    pub(super) async fn next(&mut self) -> Result<Option<Frame>, DumpError> {
        let mut head = self.take(5).await?;
        let length = number::<4>(&head, 1).map(u32::from_le_bytes).unwrap_or(u32::MAX);
        if length > LONGEST {
            return Err(DumpError::Damaged("a piece of it is too long"));
        }
        match (head.remove(0), self.open.take()) {
            (b'T', None) => {
                let header = self.take(length).await?;
                self.open = Some(self.table(&header)?);
                Ok(Some(Frame::Table))
            }
            (b'R', Some(mut open)) => {
                let piece = self.take(length).await?;
                let rows = open.rows(&piece)?;
                open.rows += rows.len() as u64;
                self.open = Some(open);
                Ok(Some(Frame::Rows(rows)))
            }
            (b'E', Some(open)) => {
                let count = self.take(length).await?;
                if count != open.rows.to_le_bytes() {
                    return Err(DumpError::Damaged("rows are missing"));
                }
                self.done.push((open.table.name.to_owned(), open.rows));
                Ok(Some(Frame::End))
            }
            (b'Z', None) if length == 8 + 8 + 32 => {
                self.finish().await?;
                Ok(None)
            }
            _ => Err(DumpError::Damaged("its pieces are out of order")),
        }
    }

    /// After the end.
    pub(super) fn summary(self) -> Result<Summary, DumpError> {
        let sha256 = self.sha256.ok_or(DumpError::Damaged("it ends too early"))?;
        Ok(Summary { tables: self.done, sha256 })
    }

    fn table(&self, header: &[u8]) -> Result<Open, DumpError> {
        let header: Header = serde_json::from_slice(header)
            .map_err(|_| DumpError::Damaged("a table has no description"))?;
        let table = self.tables.iter().find(|table| table.name == header.name).copied();
        let Some(table) = table else { return Err(DumpError::Foreign(header.name)) };
        if self.done.iter().any(|(name, _)| *name == header.name) {
            return Err(DumpError::Damaged("a table comes twice"));
        }
        let place = |column: &HeaderColumn| match table.column(&column.name) {
            Some((at, known)) if kind_name(known.kind) == column.kind => Ok((at, known.kind)),
            _ => Err(DumpError::Foreign(format!("{}.{}", table.name, column.name))),
        };
        let places = header.columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        if places.is_empty() {
            return Err(DumpError::Damaged("a table has no columns"));
        }
        Ok(Open { table, places, rows: 0 })
    }

    async fn finish(&mut self) -> Result<(), DumpError> {
        let counts = self.take(8 + 8).await?;
        let expected =
            [self.done.len() as u64, self.done.iter().map(|(_, rows)| rows).sum::<u64>()];
        if counts != expected.map(u64::to_le_bytes).concat() {
            return Err(DumpError::Damaged("tables or rows are missing"));
        }
        let found = self.sum.clone().finish();
        let written = self.take(32).await?;
        if written != found.as_ref() {
            return Err(DumpError::Damaged("its checksum is another"));
        }
        if self.source.read(&mut [0]).await? != 0 {
            return Err(DumpError::Damaged("it goes on after its end"));
        }
        self.sha256 = Some(hexadecimal(&written));
        Ok(())
    }

    /// The next bytes, which count for the checksum. Memory grows with what is
    /// there, not with what a length says.
    async fn take(&mut self, length: u32) -> Result<Vec<u8>, DumpError> {
        let mut bytes = Vec::new();
        (&mut self.source).take(u64::from(length)).read_to_end(&mut bytes).await?;
        if bytes.len() as u64 != u64::from(length) {
            return Err(DumpError::Damaged("it ends too early"));
        }
        self.sum.update(&bytes);
        Ok(bytes)
    }
}

impl Open {
    fn rows(&self, mut piece: &[u8]) -> Result<Vec<Row>, DumpError> {
        let mut rows = Vec::new();
        while !piece.is_empty() {
            let mut values = vec![Value::Null; self.table.columns.len()];
            for (at, kind) in &self.places {
                let value = decode(&mut piece).ok_or(DumpError::Damaged("a row is cut off"))?;
                let fits = matches!(
                    (kind, &value),
                    (_, Value::Null)
                        | (Kind::Name | Kind::Text, Value::Text(_))
                        | (Kind::Integer, Value::Integer(_))
                        | (Kind::Bytes, Value::Bytes(_))
                );
                match values.get_mut(*at) {
                    Some(place) if fits => *place = value,
                    _ => return Err(DumpError::Damaged("a value is of another kind")),
                }
            }
            rows.push(Row::from_values(self.table, values));
        }
        Ok(rows)
    }
}

pub(super) fn decode(piece: &mut &[u8]) -> Option<Value> {
    let (tag, rest) = piece.split_first()?;
    *piece = rest;
    let bytes = match tag {
        b'0' => return Some(Value::Null),
        b'i' => {
            let value = number(piece, 0).map(i64::from_le_bytes)?;
            *piece = piece.get(8..)?;
            return Some(Value::Integer(value));
        }
        b't' | b'b' => {
            let length = usize::try_from(number(piece, 0).map(u32::from_le_bytes)?).ok()?;
            let end = length.checked_add(4)?;
            let bytes = piece.get(4..end)?.to_vec();
            *piece = piece.get(end..)?;
            bytes
        }
        _ => return None,
    };
    if *tag == b't' {
        String::from_utf8(bytes).ok().map(Value::Text)
    } else {
        Some(Value::Bytes(bytes))
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}
