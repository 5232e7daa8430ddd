//! The documents of the system before this one: the rows of `documents.csv`, and their files in a folder beside it.
//!
//! A file that is missing there, or that no document is made of here, keeps nobody from taking the rest over: it is
//! named in the report.

use std::path::{Component, Path, PathBuf};

use super::lignes::Lignes;
use super::predecesseur::{Known, Row, get, moment, owned};
use crate::documents::{self, Kept, NewDocument, Rattachement};
use crate::ids::{EquipementId, InterventionId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::files::{Files, Keeping};
use crate::kernel::phrase::Phrase;
use crate::kernel::problem;
use crate::phrase;

/// Where the files may be, in the folder of the tables.
const FOLDERS: [&str; 3] = ["", "documents", "uploads"];

/// A row whose file was found and has its place.
#[derive(Debug)]
pub struct Papier {
    line: usize,
    row: Row,
    file: Kept,
}

/// A line that was left out, and why.
pub type Left = (usize, Phrase);

/// Finds and keeps the files that the rows name.
///
/// # Errors
/// A fault of the disk; what is wrong with one file leaves that one out.
pub async fn keep(
    files: &Files,
    keeping: &Keeping,
    folder: &Path,
    lines: &Lignes,
) -> Result<(Vec<Papier>, Vec<Left>)> {
    let (mut papiers, mut left) = (Vec::new(), Vec::new());
    for (line, cells) in lines.rows() {
        let row = owned(cells);
        let Some((path, name)) = find(folder, &row) else {
            left.push((
                line,
                phrase!("son fichier n’est pas dans le dossier", "its file is not in the folder"),
            ));
            continue;
        };
        match documents::keep_file(files, keeping, &path, &name).await {
            Ok(file) => papiers.push(Papier { line, row, file }),
            Err(Error::Internal(cause)) => return Err(Error::Internal(cause)),
            Err(Error::Invalid(wrong)) => left.extend(wrong.into_iter().map(|wrong| (line, wrong.message))),
            Err(other) => left.push((line, problem::sentence(&other))),
        }
    }
    Ok((papiers, left))
}

/// The file of a row, and what people called it. Of the path that it had on the other server only the folders inside
/// this one count.
fn find(folder: &Path, row: &Row) -> Option<(PathBuf, String)> {
    let path = get(row, &["chemin", "chemin_fichier", "file_path", "filepath", "path", "url", "fichier"]);
    let name = get(
        row,
        &["nom_original", "original_filename", "nom_fichier", "filename", "file_name", "nom", "name"],
    );
    let path = PathBuf::from(path.or_else(|| name.clone())?.replace('\\', "/"));
    let inside: Vec<_> = path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
    let name = name.or_else(|| Some(inside.last()?.as_os_str().to_string_lossy().into_owned()))?;
    // The longest end of its path that is there: `/app/uploads/2025/a.pdf` may be `2025/a.pdf` here.
    let ends = (0..inside.len()).map(|from| inside[from..].iter().collect::<PathBuf>());
    let mut places = ends.flat_map(|end| FOLDERS.map(|place| folder.join(place).join(&end)));
    places.find(|path| path.is_file()).map(|path| (path, name))
}

/// Attaches the documents to what their rows name. How many; and those that belong to nothing that came.
pub(super) fn attach(
    tx: &Tx<'_>,
    papiers: &[Papier],
    known: &Known,
    former: impl Fn() -> Result<UserId>,
) -> Result<(usize, Vec<Left>)> {
    let mut left = Vec::new();
    for Papier { line, row, file } in papiers {
        let new_id =
            |column: &str, table: &'static str| known.made.get(&(table, get(row, &[column])?)).copied();
        let intervention = new_id("intervention_id", "interventions");
        let rattachement =
            intervention.map(|id| Rattachement::Intervention(InterventionId(id))).or_else(|| {
                new_id("equipement_id", "equipements").map(|id| Rattachement::Equipement(EquipementId(id)))
            });
        let Some(rattachement) = rattachement else {
            let why = phrase!(
                "ni son intervention ni son équipement n’ont été repris",
                "neither its intervention nor its équipement was taken over"
            );
            left.push((*line, why));
            continue;
        };
        let author = get(row, &["ajoute_par", "uploaded_by", "user_id", "utilisateur_id", "auteur_id"]);
        let author = author.and_then(|id| known.made.get(&("users", id)).copied().map(UserId));
        let added = moment(row, &["date_ajout", "uploaded_at", "date_upload", "created_at", "date_creation"]);
        let at = added.parse::<jiff::Timestamp>().map_or(tx.now(), |at| Instant::from_second(at.as_second()));
        let new = NewDocument {
            rattachement,
            nom_fichier: file.nom_fichier.clone(),
            type_mime: file.type_mime,
            taille: file.taille,
            sha256: file.sha256,
            description: get(row, &["description", "legende", "commentaire"]),
        };
        documents::bring_in(tx, &new, author.map_or_else(&former, Ok)?, at)?;
    }
    Ok((papiers.len() - left.len(), left))
}
