//! The file of a backup, written and read in one pass each, never whole in memory.
//!
//! Whoever reads one trusts nothing in it: names, kinds, sizes and bytes must be those of the manifest, which is
//! itself small, and nothing else may be there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tar::{Archive, Builder, EntryType, Header};

use super::manifest::{Fichier, Manifest};
use crate::failure::Failure;
use crate::kernel::files::Digest;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

const MANIFEST: &str = "manifest.json";

/// A manifest of a million documents has some 200 MB; ours are read whole, so there is a limit.
const LARGEST_MANIFEST: u64 = 256 * 1024 * 1024;

/// Fast: photographs do not get smaller anyway, and a database does already.
const LEVEL: i32 = 3;

/// What a reader may need for unpacking, as a power of two: 8 MB. An archive that asks for more is not ours.
const WINDOW: u32 = 23;

/// Bytes that the disk is asked to have at once.
const SYNCED_AT_ONCE: usize = 8 * 1024 * 1024;

/// Bytes read at once.
const CHUNK: usize = 128 * 1024;

/// Writes a backup: the manifest, then its files, each from where `source` says. Tells of the bytes as they go.
pub fn write(
    to: &File,
    manifest: &Manifest,
    source: impl Fn(&Fichier) -> std::path::PathBuf,
    tell: &dyn Fn(u64),
) -> io::Result<()> {
    let mut packed = zstd::Encoder::new(BufWriter::new(Steady { file: to, unsynced: 0 }), LEVEL)?;
    packed.include_checksum(true)?;
    packed.window_log(WINDOW)?;
    let mut tar = Builder::new(packed);
    let seconds = u64::try_from(manifest.fait_le.as_second()).unwrap_or(0);
    let header = |bytes: u64| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(seconds);
        header.set_size(bytes);
        header
    };
    let text = serde_json::to_vec_pretty(manifest)?;
    tar.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    for file in &manifest.fichiers {
        let content = Told { inner: File::open(source(file))?.take(file.octets), tell };
        tar.append_data(&mut header(file.octets), &file.nom, content)?;
    }
    tar.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.file.sync_all()
}

/// Has what is written on the disk bit by bit: a gigabyte at the end would hold up every commit meanwhile.
struct Steady<'f> {
    file: &'f File,
    unsynced: usize,
}

impl Write for Steady<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.unsynced += count;
        if self.unsynced >= SYNCED_AT_ONCE {
            self.file.sync_data()?;
            self.unsynced = 0;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Tells how many bytes went through.
struct Told<'t, R> {
    inner: R,
    tell: &'t dyn Fn(u64),
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        (self.tell)(count as u64);
        Ok(count)
    }
}

/// Reads a backup to its end and compares all of it with its manifest. `place` is asked where the bytes of a file
/// go, after the manifest was found good; nothing is written without it.
///
/// # Errors
/// It is not what it says it is: the sentence tells where.
pub fn read_through(
    path: &Path,
    accept: &mut dyn FnMut(&Manifest) -> Result<(), Failure>,
    place: &dyn Fn(&Fichier) -> io::Result<Option<File>>,
    tell: &dyn Fn(u64),
) -> Result<Manifest, Failure> {
    let shown = path.display();
    let unreadable = |cause: io::Error| {
        let why = phrase!(
            "La sauvegarde {shown} ne se lit pas ; prenez-en une autre.",
            "The backup {shown} cannot be read; take another one.",
            "تعذّرت قراءة النسخة الاحتياطية \u{2068}{shown}\u{2069}؛ خذ غيرها."
        );
        Failure::Fault(why, cause.into())
    };
    let refused = |why: Phrase| {
        let [fr, en, ar] = Language::ALL.map(|language| why.text(language));
        Failure::Refused(phrase!(
            "{shown} est refusée : {fr}. Rien n’a été touché.",
            "{shown} is refused: {en}. Nothing was touched.",
            "\u{2068}{shown}\u{2069} مرفوضة: {ar}. لم يتغيّر شيء."
        ))
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut unpacked = zstd::Decoder::new(BufReader::new(file)).map_err(unreadable)?;
    unpacked.window_log_max(WINDOW).map_err(unreadable)?;
    let mut tar = Archive::new(unpacked);
    let mut entries = tar.entries().map_err(unreadable)?;

    let first = entries.next().transpose().map_err(unreadable)?;
    let Some(first) = first.filter(|entry| is_plain(entry, MANIFEST)) else {
        return Err(refused(phrase!(
            "elle ne commence pas par son manifeste",
            "it does not begin with its manifest",
            "لا تبدأ ببيانها"
        )));
    };
    if first.size() > LARGEST_MANIFEST {
        return Err(refused(phrase!(
            "son manifeste est démesuré",
            "its manifest is far too large",
            "بيانها أكبر من اللازم"
        )));
    }
    let manifest: Manifest = serde_json::from_reader(first.take(LARGEST_MANIFEST)).map_err(|cause| {
        refused(phrase!(
            "son manifeste est illisible ({cause})",
            "its manifest is unreadable ({cause})",
            "بيانها غير مقروء (\u{2068}{cause}\u{2069})"
        ))
    })?;
    if let Some(flaw) = manifest.flaw() {
        return Err(refused(flaw));
    }
    accept(&manifest)?;

    let mut awaited: BTreeMap<&str, &Fichier> =
        manifest.fichiers.iter().map(|file| (file.nom.as_str(), file)).collect();
    for entry in entries {
        let mut entry = entry.map_err(unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(file) = awaited.remove(name.as_str()).filter(|file| is_plain(&entry, &file.nom)) else {
            return Err(refused(phrase!(
                "« {name} » n’est pas annoncé par le manifeste",
                "\"{name}\" is not announced by the manifest",
                "«\u{2068}{name}\u{2069}» غير مذكور في البيان"
            )));
        };
        if entry.size() != file.octets {
            return Err(refused(phrase!(
                "« {name} » n’a pas la taille annoncée",
                "\"{name}\" has not the size announced",
                "حجم «\u{2068}{name}\u{2069}» ليس الحجم المعلن"
            )));
        }
        let mut to = place(file).map_err(|cause| written(&name, cause))?;
        let digest = copy(&mut entry, to.as_mut(), tell)
            .map_err(|(was_read, cause)| if was_read { written(&name, cause) } else { unreadable(cause) })?;
        if digest != file.sha256 {
            return Err(refused(phrase!(
                "« {name} » a été altéré",
                "\"{name}\" was altered",
                "«\u{2068}{name}\u{2069}» تغيّر"
            )));
        }
    }
    match awaited.keys().next() {
        Some(name) => Err(refused(phrase!(
            "« {name} » manque",
            "\"{name}\" is missing",
            "«\u{2068}{name}\u{2069}» ناقص"
        ))),
        None => Ok(manifest),
    }
}

/// A file under exactly this name, without link, device or long-name trick.
fn is_plain<R: Read>(entry: &tar::Entry<'_, R>, name: &str) -> bool {
    entry.header().entry_type() == EntryType::Regular && entry.path_bytes().as_ref() == name.as_bytes()
}

fn written(name: &str, cause: io::Error) -> Failure {
    let why = phrase!(
        "« {name} » n’a pas pu être écrit : vérifiez la place et les droits du disque.",
        "\"{name}\" could not be written: check the room and the rights on the disk.",
        "تعذّرت كتابة «\u{2068}{name}\u{2069}»: تحقق من مساحة القرص وصلاحياته."
    );
    Failure::Fault(why, cause.into())
}

/// Copies and digests; an error says whether the bytes had been read.
fn copy(
    from: &mut impl Read,
    mut to: Option<&mut File>,
    tell: &dyn Fn(u64),
) -> Result<Digest, (bool, io::Error)> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).map_err(|cause| (false, cause))?;
        if count == 0 {
            break;
        }
        sum.update(&buffer[..count]);
        if let Some(file) = to.as_mut() {
            file.write_all(&buffer[..count]).map_err(|cause| (true, cause))?;
        }
        tell(count as u64);
    }
    if let Some(file) = to {
        file.sync_all().map_err(|cause| (true, cause))?;
    }
    Ok(sum.finalize().into())
}

/// The digest of a file as it is, and its size.
pub fn digest(path: &Path) -> io::Result<(Digest, u64)> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    copy(&mut file, None, &|_| {}).map(|digest| (digest, bytes)).map_err(|(_, cause)| cause)
}
