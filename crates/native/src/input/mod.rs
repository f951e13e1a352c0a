//! What came in, read strictly into the type that an endpoint asks for.

pub(crate) mod json;
mod parts;
mod picture;
pub(crate) mod query;

pub(crate) use picture::{SentPicture, SentPictures};

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::Settings;
use crate::problem::{Code, Problem};
use crate::route::{FileKind, Takes};

/// Parts of a body at most: no request has half as many.
const MOST_PARTS: usize = 16;

/// What a JSON body without pictures may hold at most, in bytes.
const JSON_BYTES: usize = 64 * 1024;

/// The same with a hundred things to be assessed, facts of devices among them.
const BATCH_BYTES: usize = 512 * 1024;

/// A set of identifiers, of four million hashes.
const RISK_SET_BYTES: usize = 32 * 1024 * 1024;

/// What a small picture may have.
const SMALL_PICTURE_BYTES: usize = 64 * 1024;

/// A body, whole and within its limits.
pub(crate) enum Input {
    /// None.
    Empty,
    /// `application/json`.
    Json(Bytes),
    /// `multipart/form-data`: name and bytes of each part.
    Parts(Vec<(String, Bytes)>),
    /// A file.
    File(Bytes),
}

impl Input {
    /// The body as the endpoint's type.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        match self {
            // An endpoint without a needed member may be called without a body.
            Self::Empty | Self::File(_) => json::decode(b"{}"),
            Self::Json(bytes) => json::decode(bytes),
            Self::Parts(parts) => parts::decode(parts),
        }
    }

    /// The file; empty if there is none.
    pub(crate) fn into_file(self) -> Bytes {
        match self {
            Self::File(bytes) => bytes,
            Self::Empty | Self::Json(_) | Self::Parts(_) => Bytes::new(),
        }
    }

    /// The same bytes for the same request, whatever boundary separates parts.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Json(bytes) | Self::File(bytes) => bytes.to_vec(),
            Self::Parts(parts) => {
                let mut all = b"parts".to_vec();
                for (name, bytes) in parts {
                    for piece in [name.as_bytes(), bytes.as_ref()] {
                        all.extend((piece.len() as u64).to_be_bytes());
                        all.extend(piece);
                    }
                }
                all
            }
        }
    }

    /// Bytes of all of it.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Json(bytes) | Self::File(bytes) => bytes.len(),
            Self::Parts(parts) => parts.iter().map(|(_, bytes)| bytes.len()).sum(),
        }
    }
}

/// Reads the body of a request: of a type that the endpoint takes, within its
/// limits and its time.
pub(crate) async fn read(
    request: Request,
    takes: Takes,
    settings: &Settings,
) -> Result<Input, Problem> {
    let limit = limit(takes, settings);
    let declared = content_length(request.headers());
    if declared.is_some_and(|bytes| bytes > limit as u64) {
        return Err(too_large(limit));
    }
    let time = settings.body_time;
    tokio::time::timeout(time, read_whole(request, takes, limit, settings.picture_bytes))
        .await
        .unwrap_or_else(|_| {
            Err(Problem::new(
                Code::TooSlow,
                format!("send the whole body within {} seconds", time.as_secs()),
            ))
        })
}

fn limit(takes: Takes, settings: &Settings) -> usize {
    match takes {
        Takes::Nothing => 0,
        Takes::Json => JSON_BYTES,
        Takes::Batch => BATCH_BYTES,
        // As base64 in JSON it is a third longer.
        Takes::Pictures(count) => settings.picture_bytes.saturating_mul(count) / 3 * 4 + JSON_BYTES,
        Takes::File(FileKind::CapturePart) => settings.part_bytes,
        Takes::File(FileKind::SmallPicture) => SMALL_PICTURE_BYTES,
        Takes::File(FileKind::RiskSet) => RISK_SET_BYTES,
    }
}

async fn read_whole(
    request: Request,
    takes: Takes,
    limit: usize,
    part_limit: usize,
) -> Result<Input, Problem> {
    let kind = content_type(request.headers())?;
    if let (Takes::File(file), Kind::Other(sent)) = (takes, &kind) {
        if !file.media_types().contains(&sent.as_str()) {
            return Err(content_type_problem(takes));
        }
        return collect(request.into_body(), limit).await.map(Input::File);
    }
    if takes == Takes::Nothing || kind == Kind::None {
        let bytes = collect(request.into_body(), limit).await?;
        return match (bytes.is_empty(), takes) {
            (true, _) => Ok(Input::Empty),
            (false, Takes::Nothing) => Err(Problem::new(Code::InvalidRequest, "send no body here")),
            (false, _) => Err(content_type_problem(takes)),
        };
    }
    match (kind, takes) {
        (Kind::Json, Takes::Json | Takes::Batch | Takes::Pictures(_)) => {
            collect(request.into_body(), limit).await.map(Input::Json)
        }
        (Kind::Multipart, Takes::Pictures(_)) => {
            collect_parts(request, limit, part_limit).await.map(Input::Parts)
        }
        _ => Err(content_type_problem(takes)),
    }
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(Problem::new(Code::MalformedBody, "the body was cut off: send it whole")),
    }
}

async fn collect_parts(
    request: Request,
    limit: usize,
    part_limit: usize,
) -> Result<Vec<(String, Bytes)>, Problem> {
    let mut request = request.map(|body| Body::new(Limited::new(body, limit)));
    DefaultBodyLimit::disable().apply(&mut request);
    let malformed = || {
        Problem::new(
            Code::MalformedBody,
            "the multipart body cannot be read: send parts with names, each ended by the boundary",
        )
    };
    let failed = |error: &dyn std::error::Error| {
        if causes(error).any(<dyn std::error::Error>::is::<LengthLimitError>) {
            too_large(limit)
        } else {
            malformed()
        }
    };
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut parts = Vec::new();
    while let Some(mut part) = multipart.next_field().await.map_err(|error| failed(&error))? {
        if parts.len() >= MOST_PARTS {
            return Err(Problem::new(Code::TooLarge, format!("send at most {MOST_PARTS} parts")));
        }
        let Some(name) = part.name().map(str::to_owned) else {
            return Err(Problem::new(Code::InvalidRequest, "give every part a name"));
        };
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|error| failed(&error))? {
            if bytes.len() + piece.len() > part_limit {
                return Err(too_large(part_limit));
            }
            bytes.extend_from_slice(&piece);
        }
        parts.push((name, Bytes::from(bytes)));
    }
    Ok(parts)
}

fn causes<'a>(
    error: &'a dyn std::error::Error,
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| cause.source())
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    None,
    Json,
    Multipart,
    Other(String),
}

fn content_type(headers: &HeaderMap) -> Result<Kind, Problem> {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let Some(value) = all.next() else { return Ok(Kind::None) };
    if all.next().is_some() {
        return Err(Problem::new(Code::ContentType, "send one `content-type`, not several"));
    }
    let text = value.to_str().unwrap_or_default();
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    Ok(match essence.trim().to_ascii_lowercase().as_str() {
        "application/json" if utf8(parameters) => Kind::Json,
        "multipart/form-data" => Kind::Multipart,
        other => Kind::Other(other.to_owned()),
    })
}

/// JSON is UTF-8; a client that says so is right, another character set is not.
fn utf8(parameters: &str) -> bool {
    let parameters = parameters.trim().to_ascii_lowercase();
    parameters.is_empty()
        || parameters.strip_prefix("charset=").is_some_and(|set| set.trim_matches('"') == "utf-8")
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn content_type_problem(takes: Takes) -> Problem {
    Problem::new(
        Code::ContentType,
        match takes {
            Takes::Pictures(_) => "send `application/json` or `multipart/form-data`",
            Takes::File(FileKind::CapturePart | FileKind::RiskSet) => {
                "send `application/octet-stream`"
            }
            Takes::File(FileKind::SmallPicture) => "send `image/jpeg` or `image/webp`",
            Takes::Json | Takes::Batch | Takes::Nothing => "send `application/json`",
        },
    )
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::TooLarge, format!("send at most {limit} bytes here"))
}
