//! The pictures of the demo, drawn: a pressure gauge, and the plate of a machine.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};

use crate::kernel::error::{Error, Result};

/// Pixels of a gauge's side.
const SIDE: u32 = 420;

/// Pixels of one dot of a letter.
const DOT: u32 = 5;

/// Letters of three dots by five, a row of bits each, from the top: enough for a plate.
const LETTERS: &[(char, [u8; 5])] = &[
    ('0', [7, 5, 5, 5, 7]),
    ('1', [2, 6, 2, 2, 7]),
    ('2', [7, 1, 7, 4, 7]),
    ('3', [7, 1, 7, 1, 7]),
    ('4', [5, 5, 7, 1, 1]),
    ('5', [7, 4, 7, 1, 7]),
    ('6', [7, 4, 7, 5, 7]),
    ('7', [7, 1, 2, 2, 2]),
    ('8', [7, 5, 7, 5, 7]),
    ('9', [7, 5, 7, 1, 7]),
    ('A', [2, 5, 7, 5, 5]),
    ('B', [6, 5, 6, 5, 6]),
    ('C', [3, 4, 4, 4, 3]),
    ('D', [6, 5, 5, 5, 6]),
    ('E', [7, 4, 6, 4, 7]),
    ('F', [7, 4, 6, 4, 4]),
    ('G', [3, 4, 5, 5, 3]),
    ('H', [5, 5, 7, 5, 5]),
    ('I', [7, 2, 2, 2, 7]),
    ('J', [1, 1, 1, 5, 2]),
    ('K', [5, 5, 6, 5, 5]),
    ('L', [4, 4, 4, 4, 7]),
    ('M', [5, 7, 7, 5, 5]),
    ('N', [6, 5, 5, 5, 5]),
    ('O', [2, 5, 5, 5, 2]),
    ('P', [6, 5, 6, 4, 4]),
    ('Q', [2, 5, 5, 6, 3]),
    ('R', [6, 5, 6, 5, 5]),
    ('S', [3, 4, 2, 1, 6]),
    ('T', [7, 2, 2, 2, 2]),
    ('U', [5, 5, 5, 5, 7]),
    ('V', [5, 5, 5, 5, 2]),
    ('W', [5, 5, 7, 7, 5]),
    ('X', [5, 5, 2, 5, 5]),
    ('Y', [5, 5, 2, 2, 2]),
    ('Z', [7, 1, 2, 4, 7]),
    ('-', [0, 0, 7, 0, 0]),
    ('.', [0, 0, 0, 0, 2]),
    (':', [0, 2, 0, 2, 0]),
    ('/', [1, 1, 2, 4, 4]),
];

/// A gauge whose needle stands at `part` (0 to 1) of its scale, as a JPEG.
pub fn gauge(part: f32) -> Result<Vec<u8>> {
    // The scale goes clockwise over three quarters of the dial, from the lower left.
    let (start, sweep) = (0.75 * std::f32::consts::PI, 1.5 * std::f32::consts::PI);
    let needle = start + sweep * part;
    let middle = SIDE as f32 / 2.0;
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (dx, dy) = (x as f32 - middle, y as f32 - middle);
        let radius = dx.hypot(dy) / middle;
        let turn = (dy.atan2(dx) - start).rem_euclid(std::f32::consts::TAU);
        let along = dx * needle.cos() + dy * needle.sin();
        let beside = (dx * needle.sin() - dy * needle.cos()).abs();
        let tenth = turn / sweep * 10.0;
        let on_tick = turn <= sweep + 0.02 && (tenth - tenth.round()).abs() < 0.08;
        match radius {
            radius if radius > 0.96 => Rgb([120, 130, 135]),
            radius if radius > 0.88 => Rgb([45, 50, 55]),
            radius if radius < 0.06 => Rgb([30, 30, 30]),
            _ if along > 0.0 && radius < 0.7 && beside < 4.0 => Rgb([20, 20, 20]),
            radius if radius > 0.68 && radius < 0.8 && on_tick => Rgb([30, 30, 30]),
            radius if radius > 0.8 && radius < 0.85 && turn > sweep * 0.8 && turn < sweep => {
                Rgb([200, 40, 30])
            }
            radius if radius > 0.8 && radius < 0.85 && turn < sweep => Rgb([40, 150, 70]),
            _ => Rgb([244, 242, 235]),
        }
    });
    let mut jpeg = Cursor::new(Vec::new());
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(&picture);
    encoded.map_err(|cause| Error::Internal(cause.into()))?;
    Ok(jpeg.into_inner())
}

/// A metal plate with these lines engraved, as a PNG. Accents are left out, as engravers do.
pub fn plate(lines: &[String]) -> Result<Vec<u8>> {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0) as u32;
    let (width, height) = ((longest * 4 + 12) * DOT, (lines.len() as u32 * 8 + 10) * DOT);
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        let screw = |cx: u32, cy: u32| x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) < 60;
        let at_edge = x < 4 || y < 4 || x >= width - 4 || y >= height - 4;
        let (right, low) = (width - 16, height - 16);
        if at_edge || screw(16, 16) || screw(right, 16) || screw(16, low) || screw(right, low) {
            Rgb([70, 74, 78])
        } else {
            // Brushed metal.
            let shade = 196 + ((y * 7) % 11) as u8;
            Rgb([shade, shade, shade + 4])
        }
    });
    for (row, line) in lines.iter().enumerate() {
        let line = crate::kernel::page::fold(line).to_uppercase();
        for (column, letter) in line.chars().enumerate() {
            engrave(&mut picture, letter, 6 + column as u32 * 4, 6 + row as u32 * 8);
        }
    }
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|cause| Error::Internal(cause.into()))?;
    Ok(png.into_inner())
}

fn engrave(picture: &mut RgbImage, letter: char, left: u32, top: u32) {
    let Some((_, rows)) = LETTERS.iter().find(|(known, _)| *known == letter) else { return };
    for (y, row) in (top..).zip(rows) {
        for (x, bit) in (left..).zip([4, 2, 1]) {
            if row & bit == 0 {
                continue;
            }
            for (dx, dy) in (0..DOT).flat_map(|dx| (0..DOT).map(move |dy| (dx, dy))) {
                picture.put_pixel(x * DOT + dx, y * DOT + dy, Rgb([40, 42, 46]));
            }
        }
    }
}
