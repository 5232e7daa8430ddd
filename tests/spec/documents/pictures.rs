//! Thumbnails: small, upright, and never a way to take the server's memory.

use futures_util::future::join_all;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{add_to, encoded, file_of, files, picture};
use crate::plant::{Plant, Reply};

async fn thumbnail(plant: &Plant, name: &str, bytes: &[u8]) -> Reply {
    let document = add_to(&plant.responsable(), ("equipement_id", 1), name, bytes).await.expect(201);
    plant.client().get(&format!("documents/{}/miniature", document.id())).await
}

fn decoded(reply: &Reply) -> DynamicImage {
    image::load_from_memory_with_format(&reply.bytes, ImageFormat::Jpeg).expect("a JPEG")
}

/// A JPEG that says how its camera was held (EXIF orientation, 1 to 8).
fn held(picture: &DynamicImage, orientation: u8) -> Vec<u8> {
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut jpeg = encoded(picture, ImageFormat::Jpeg);
    jpeg.splice(2..2, exif);
    jpeg
}

#[tokio::test]
async fn a_picture_gets_a_small_jpeg_made_once_and_kept_beside_it() {
    let plant = Plant::new();

    for (name, format) in
        [("a.png", ImageFormat::Png), ("b.jpg", ImageFormat::Jpeg), ("c.webp", ImageFormat::WebP)]
    {
        let picture = DynamicImage::from(RgbImage::from_pixel(1200, 900, Rgb([200, 30, 30])));
        let reply = thumbnail(&plant, name, &encoded(&picture, format)).await.expect(200);
        assert_eq!(decoded(&reply).dimensions(), (320, 240), "{name}");
        assert_eq!(reply.header("content-type"), "image/jpeg");
        assert_eq!(reply.header("content-security-policy"), "default-src 'none'; sandbox");
        assert!(reply.header("content-disposition").starts_with("inline;"));
        let tag = reply.header("etag").to_owned();
        let again =
            plant.client().send("GET", "documents/1/miniature", &[("if-none-match", &tag)], None).await;
        assert_eq!(again.status == 304, name == "a.png");
    }
    let small = thumbnail(&plant, "d.png", &picture(40, 20)).await.expect(200);

    assert_eq!(decoded(&small).dimensions(), (40, 20), "never larger than it was");
    assert_eq!(files(&plant).len(), 8);
}

#[tokio::test]
async fn a_photo_stands_upright_however_the_phone_was_held() {
    let plant = Plant::new();
    // Red above, blue below, as seen by whoever took it with the phone upright.
    let upright =
        RgbImage::from_fn(300, 400, |_, y| if y < 200 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let lying = DynamicImage::from(upright.clone()).rotate270();

    let as_is = thumbnail(&plant, "a.jpg", &held(&DynamicImage::from(upright), 1)).await.expect(200);
    let turned = thumbnail(&plant, "b.jpg", &held(&lying, 6)).await.expect(200);

    for reply in [as_is, turned] {
        let picture = decoded(&reply);
        assert_eq!(picture.dimensions(), (240, 320));
        let (top, bottom) = (picture.get_pixel(120, 40).0, picture.get_pixel(120, 280).0);
        assert!(top[0] > 200 && top[2] < 60 && bottom[2] > 200 && bottom[0] < 60, "{top:?} {bottom:?}");
    }
}

#[tokio::test]
async fn what_shows_through_a_picture_is_white() {
    let plant = Plant::new();
    let glass = DynamicImage::from(RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0])));

    let reply = thumbnail(&plant, "a.png", &encoded(&glass, ImageFormat::Png)).await.expect(200);

    assert!(decoded(&reply).get_pixel(25, 25).0[..3].iter().all(|part| *part > 250));
}

// (g)
#[tokio::test]
async fn a_picture_that_would_take_the_memory_or_is_broken_has_no_thumbnail_and_says_so() {
    let plant = Plant::new();
    // What a PNG of 30,000 × 30,000 announces, with the data of a small one.
    let mut huge = picture(16, 16);
    huge[16..24].copy_from_slice(&[30_000_u32.to_be_bytes(), 30_000_u32.to_be_bytes()].concat());
    let crc = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&crc.to_be_bytes());
    let wide = encoded(&DynamicImage::new_luma8(30_000, 30), ImageFormat::Png);
    let cut = picture(600, 600)[..700].to_vec();
    let mut jpeg = encoded(&DynamicImage::new_rgb8(64, 64), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);

    for (name, bytes) in [
        ("a.png", huge),
        ("b.png", wide),
        ("c.png", cut),
        ("d.jpg", jpeg),
        ("e.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec()),
    ] {
        for reply in [thumbnail(&plant, name, &bytes).await, thumbnail(&plant, name, &bytes).await] {
            let refused = reply.expect(422);
            assert_eq!(refused["errors"][0]["code"], "miniature_impossible", "{name}");
        }
    }
    thumbnail(&plant, "notes.txt", b"pas une image").await.expect(404);
    thumbnail(&plant, "anim.gif", b"GIF89a\x01\0\x01\0").await.expect(404);
}

#[tokio::test]
async fn many_who_ask_at_once_get_the_same_thumbnail() {
    let plant = Plant::new();
    let photo =
        add_to(&plant.responsable(), ("equipement_id", 1), "a.png", &picture(700, 500)).await.expect(201);
    let client = plant.client();

    let replies = join_all((0..20).map(|_| client.get("documents/1/miniature"))).await;

    assert!(replies.iter().all(|reply| reply.status == 200 && reply.bytes == replies[0].bytes));
    std::fs::remove_file(file_of(&plant, &photo)).expect("removed");
    client.get("documents/1/miniature").await.expect(200);
    client.get("documents/1/contenu").await.expect(410);
}

/// The checksum of a PNG's chunk.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}
