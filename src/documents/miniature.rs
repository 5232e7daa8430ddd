//! Thumbnails: made when they are first asked for, and kept beside the store.
//!
//! A picture is somebody's bytes: its size is read before it is decoded, one is decoded at a time, and what is
//! too large or broken has no thumbnail, which is remembered as well.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::sync::LazyLock;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

use super::model::{Document, TypeMime};
use crate::kernel::error::{Error, Result};
use crate::kernel::files::{Files, Opened};
use crate::kernel::turns::Turns;
use crate::phrase;

/// Pixels of the longer side.
const SIDE: u32 = 320;

/// Pixels that are decoded at most: a phone's 24 million and a little more. A progressive JPEG needs nine bytes
/// for each.
pub const MOST_PIXELS: u64 = 26_000_000;

/// A picture's longer side at most, and the bytes that its decoder may take.
const MOST_SIDE: u32 = 20_000;
const MOST_BYTES: u64 = 128 * 1024 * 1024;

const QUALITY: u8 = 80;

/// Pictures that are made small at once: two would need twice the memory.
pub const AT_ONCE: usize = 1;

/// Those that wait for it, a page of photos that nobody has looked at yet: some ten seconds of work.
pub const WAITING: usize = 64;

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(AT_ONCE, WAITING));

/// The thumbnail of a document, made if it is not there yet.
///
/// # Errors
/// 404 for what is no picture, 422 `miniature_impossible` for one that cannot be decoded, 410 without its file, 503 when
/// too many wait for theirs.
pub async fn of(files: &Files, document: &Document) -> Result<Opened> {
    if !document.miniature {
        return Err(Error::NotFound);
    }
    if let Some(made) = files.derived(document.sha256).await? {
        return not_empty(made);
    }
    let turn = TURNS.take().await?;
    // Whoever had the turn before may have made it.
    if let Some(made) = files.derived(document.sha256).await? {
        return not_empty(made);
    }
    let original = files.original(document.sha256, document.taille.unsigned_abs()).await?;
    let kind = document.type_mime;
    let made = tokio::task::spawn_blocking(move || {
        // Kept by the work itself: whoever waits for it may leave before it ends.
        let drawn = draw(original.file, kind);
        (turn, drawn)
    })
    .await;
    // A decoder that panics met a picture that it cannot decode.
    let (_turn, drawn) = made.map_or((None, None), |(turn, drawn)| (Some(turn), drawn));
    let thumbnail = drawn.unwrap_or_default();
    files.keep_derived(document.sha256, thumbnail).await?;
    match files.derived(document.sha256).await? {
        Some(made) => not_empty(made),
        None => Err(impossible()),
    }
}

/// An empty thumbnail says that there can be none.
fn not_empty(made: Opened) -> Result<Opened> {
    if made.bytes == 0 { Err(impossible()) } else { Ok(made) }
}

fn impossible() -> Error {
    Error::invalid(
        "miniature",
        "miniature_impossible",
        phrase!(
            "cette image est trop grande ou abîmée : elle n’a pas de miniature",
            "this picture is too large or damaged: it has no thumbnail"
        ),
    )
}

/// The thumbnail as a JPEG, turned as its camera was held; `None` when the picture cannot be decoded.
fn draw(file: File, kind: TypeMime) -> Option<Vec<u8>> {
    let mut reader =
        ImageReader::with_format(BufReader::new(file), image::ImageFormat::from_mime_type(kind.word())?);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MOST_SIDE), Some(MOST_SIDE));
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut small = if width.max(height) > SIDE { picture.thumbnail(SIDE, SIDE) } else { picture };
    small.apply_orientation(orientation);
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(&small)).ok()?;
    Some(jpeg.into_inner())
}

/// JPEG knows no transparency: what shows through is the paper.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        let over =
            |part: u8| ((u16::from(part) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255) as u8;
        Rgb([over(red), over(green), over(blue)])
    })
}
