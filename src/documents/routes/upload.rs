//! Adding a document: a form read as it arrives, in whatever order its fields come.

use axum::extract::Request;

use crate::documents::model::{Document, DocumentForm, NewDocument, Rattachement, TypeMime};
use crate::documents::{commands, rules};
use crate::ids::*;
use crate::kernel::answer::Answer;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::files::{Files, Received};
use crate::kernel::upload::{Part, Upload};
use crate::kernel::words::prose;
use crate::permissions::AddDocuments;
use crate::phrase;

/// Bytes of a field that is not the file: four for each character of a description.
const TEXT: usize = rules::DESCRIPTION * 4;

/// Attach a file to an intervention, an équipement, a plan or a demande (a client, to its own demandes)
#[utoipa::path(post, path = "/api/v1/documents/", tag = "documents",
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Document)))]
pub async fn add_document(who: Allowed<AddDocuments>, request: Request) -> Result<Answer> {
    let mut form = Upload::begin(request, who.files().largest()).await?;
    let (new, received) = read(who.files(), &mut form).await?;
    let operation = who.operation(&[
        new.sha256.as_bytes(),
        new.rattachement.champ().as_bytes(),
        &new.rattachement.id().to_be_bytes(),
        new.nom_fichier.as_bytes(),
        new.description.as_deref().unwrap_or_default().as_bytes(),
    ]);
    if let Some(answer) = who.first_answer(&operation).await? {
        return Ok(answer);
    }
    // What will be refused leaves no file.
    let asked = new.clone();
    who.read(move |db| commands::check(db, &asked)).await?;
    let keeping = who.files().keeping().await;
    received.keep(&keeping).await?;
    let held = keeping.clone();
    who.write_as(operation, move |tx| {
        // Even if whoever sent it no longer waits.
        let _held = held;
        Answer::created(&commands::add(tx, &new)?)
    })
    .await
}

/// What a form has said so far.
#[derive(Default)]
struct Draft {
    file: Option<(String, TypeMime, Received)>,
    rattachement: Option<Rattachement>,
    description: Option<String>,
}

async fn read(files: &Files, form: &mut Upload) -> Result<(NewDocument, Received)> {
    let mut draft = Draft::default();
    while let Some(part) = form.next().await? {
        let name = part.name().to_owned();
        match name.as_str() {
            "file" if draft.file.is_some() => return Err(twice("file")),
            "file" => draft.file = Some(take_file(files, part).await?),
            "intervention_id" => {
                draft.attach(part, |id| Rattachement::Intervention(InterventionId(id))).await?
            }
            "equipement_id" => draft.attach(part, |id| Rattachement::Equipement(EquipementId(id))).await?,
            "planning_id" => draft.attach(part, |id| Rattachement::Planning(PlanningId(id))).await?,
            "demande_id" => draft.attach(part, |id| Rattachement::Demande(DemandeId(id))).await?,
            "piece_id" => draft.attach(part, |id| Rattachement::Piece(PieceId(id))).await?,
            "description" if draft.description.is_some() => return Err(twice("description")),
            "description" => draft.description = Some(description(part.text(TEXT).await?)?),
            _ => {
                let message = phrase!("n’est pas un champ accepté ici", "is not a field accepted here");
                return Err(Error::invalid(name, "champ_inconnu", message));
            }
        }
    }
    draft.finish()
}

impl Draft {
    async fn attach(&mut self, part: Part<'_>, to: impl FnOnce(i64) -> Rattachement) -> Result<()> {
        let name = part.name().to_owned();
        let text = part.text(TEXT).await?;
        // A field of a form that was left empty.
        if text.is_empty() {
            return Ok(());
        }
        let Some(id) = text.parse().ok().filter(|id| *id >= 1) else {
            let message = phrase!("un nombre entier est attendu", "a whole number is expected");
            return Err(Error::invalid(name, "valeur_invalide", message));
        };
        if self.rattachement.replace(to(id)).is_some() {
            let message =
                phrase!("un document se joint à une seule chose", "a document is attached to one thing only");
            return Err(Error::invalid(name, "doublon", message));
        }
        Ok(())
    }

    fn finish(self) -> Result<(NewDocument, Received)> {
        let required = |champ: &str, message| Error::invalid(champ, "champ_requis", message);
        let (nom_fichier, type_mime, received) =
            self.file.ok_or_else(|| required("file", phrase!("est requis", "is required")))?;
        let rattachement = self.rattachement.ok_or_else(|| {
            let message = phrase!(
                "dites à quoi le joindre : intervention_id, equipement_id, planning_id, demande_id ou piece_id",
                "say what to attach it to: intervention_id, equipement_id, planning_id, demande_id or piece_id"
            );
            required("intervention_id", message)
        })?;
        let new = NewDocument {
            rattachement,
            nom_fichier,
            type_mime,
            taille: received.bytes().cast_signed(),
            sha256: received.digest(),
            description: self.description.filter(|text| !text.is_empty()),
        };
        Ok((new, received))
    }
}

/// Receives the file and looks at it as it goes by.
async fn take_file(files: &Files, mut part: Part<'_>) -> Result<(String, TypeMime, Received)> {
    let name = rules::name_of(part.file_name().unwrap_or_default())?;
    let (mut content, mut incoming) = (rules::Content::default(), files.receive().await?);
    while let Some(chunk) = part.chunk().await? {
        content.see(&chunk);
        incoming.write(&chunk).await?;
    }
    let received = incoming.finish().await?;
    let kind = rules::admit(&name, &content, received.bytes())?;
    Ok((name, kind, received))
}

fn description(text: String) -> Result<String> {
    let most = rules::DESCRIPTION;
    if text.chars().count() > most {
        let message = phrase!("au plus {most} caractères", "at most {most} characters");
        return Err(Error::invalid("description", "trop_long", message));
    }
    if text.contains('\0') {
        return Err(Error::invalid("description", "format", phrase!("format refusé", "wrong format")));
    }
    Ok(prose(&text).into_owned())
}

fn twice(champ: &str) -> Error {
    Error::invalid(champ, "doublon", phrase!("figure deux fois", "appears twice"))
}
