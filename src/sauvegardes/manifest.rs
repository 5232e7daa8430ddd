//! What a backup says of itself, before anything else in it is looked at.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Instant;
use crate::kernel::files::Digest;
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Of this layout; another one is refused.
pub const FORMAT: u32 = 1;

/// The copy of the database inside a backup.
pub const DATABASE: &str = "db.sqlite";

/// The first part of a document's name inside a backup.
const DOCUMENTS: &str = "documents";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    /// The executable that made it.
    pub version: String,
    /// The number of the newest migration that the database has gone through.
    pub schema: i32,
    pub fait_le: Instant,
    /// Rows by table.
    pub lignes: BTreeMap<String, i64>,
    /// The database first, then the documents in the order of their names.
    pub fichiers: Vec<Fichier>,
    /// Documents whose file was missing or altered when the backup was made: they are not in it.
    pub manquants: Vec<Digest>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fichier {
    pub nom: String,
    pub octets: u64,
    pub sha256: Digest,
}

impl Manifest {
    /// Bytes of all files when unpacked.
    pub fn bytes(&self) -> u64 {
        self.fichiers.iter().fold(0, |sum: u64, file| sum.saturating_add(file.octets))
    }

    /// Why it cannot be a backup of ours, if it cannot: a name that leads elsewhere, twice the same, no database.
    pub fn flaw(&self) -> Option<Phrase> {
        if self.format != FORMAT {
            let format = self.format;
            return Some(phrase!(
                "cette sauvegarde a le format {format}, cet exécutable lit le format {FORMAT}",
                "this backup has format {format}, this executable reads format {FORMAT}"
            ));
        }
        let mut names = BTreeSet::new();
        for Fichier { nom, sha256, .. } in &self.fichiers {
            if nom != DATABASE && *nom != document_name(*sha256) {
                return Some(phrase!(
                    "« {nom} » n’est pas un nom de sauvegarde",
                    "\"{nom}\" is no name of a backup"
                ));
            }
            if !names.insert(nom) {
                return Some(phrase!("« {nom} » y est deux fois", "\"{nom}\" is in it twice"));
            }
        }
        let has_database = self.fichiers.first().is_some_and(|file| file.nom == DATABASE);
        (!has_database).then(|| phrase!("la base de données n’y est pas", "the database is not in it"))
    }
}

/// What a document is called inside a backup: as in the data directory.
pub fn document_name(digest: Digest) -> String {
    let digest = digest.to_string();
    format!("{DOCUMENTS}/{}/{digest}", &digest[..2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: char) -> Digest {
        letter.to_string().repeat(64).parse().unwrap()
    }

    fn manifest(names: &[(&str, Digest)]) -> Manifest {
        let file =
            |(nom, sha256): &(&str, Digest)| Fichier { nom: (*nom).to_owned(), octets: 1, sha256: *sha256 };
        Manifest {
            format: FORMAT,
            version: "0.1.0".to_owned(),
            schema: 1,
            fait_le: Instant::from_second(0),
            lignes: BTreeMap::new(),
            fichiers: names.iter().map(file).collect(),
            manquants: Vec::new(),
        }
    }

    #[test]
    fn only_the_database_and_documents_by_their_own_digest_are_names_of_a_backup() {
        let document = document_name(digest('a'));
        let good = manifest(&[(DATABASE, digest('0')), (&document, digest('a'))]);

        assert_eq!(good.flaw(), None);
        for name in ["../evil", "/etc/passwd", "documents/../../x", "documents/aa/b", "db.sqlite/x", ""] {
            let bad = manifest(&[(DATABASE, digest('0')), (name, digest('a'))]);
            assert!(bad.flaw().is_some(), "{name}");
        }
        assert!(manifest(&[(DATABASE, digest('0')), (&document, digest('b'))]).flaw().is_some());
    }

    #[test]
    fn a_name_twice_no_database_or_another_format_is_refused() {
        let document = document_name(digest('a'));
        let twice = [(DATABASE, digest('0')), (document.as_str(), digest('a')), (&document, digest('a'))];

        assert!(manifest(&twice).flaw().is_some());
        assert!(manifest(&twice[1..2]).flaw().is_some());
        assert!(manifest(&[]).flaw().is_some());
        let newer = Manifest { format: FORMAT + 1, ..manifest(&twice[..1]) };
        assert!(newer.flaw().is_some());
    }
}
