//! The types of documents.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::*;
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::files::Digest;
use crate::kernel::page::Filters;

words! {
    /// The types of document that are taken in, as their content says.
    pub enum TypeMime {
        Jpeg = "image/jpeg" ("Photo JPEG", "JPEG picture", "صورة JPEG"),
        Png = "image/png" ("Image PNG", "PNG picture", "صورة PNG"),
        Webp = "image/webp" ("Image WebP", "WebP picture", "صورة WebP"),
        Gif = "image/gif" ("Image GIF", "GIF picture", "صورة GIF"),
        Heic = "image/heic" ("Photo HEIC", "HEIC picture", "صورة HEIC"),
        Pdf = "application/pdf" ("PDF", "PDF", "PDF"),
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document" ("Texte Word", "Word text", "نص Word"),
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" ("Classeur Excel", "Excel workbook", "مصنف Excel"),
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation" ("Présentation PowerPoint", "PowerPoint slides", "عرض PowerPoint"),
        Odt = "application/vnd.oasis.opendocument.text" ("Texte OpenDocument", "OpenDocument text", "نص OpenDocument"),
        Ods = "application/vnd.oasis.opendocument.spreadsheet" ("Classeur OpenDocument", "OpenDocument workbook", "مصنف OpenDocument"),
        Texte = "text/plain" ("Texte", "Text", "نص"),
        Csv = "text/csv" ("Tableau CSV", "CSV table", "جدول CSV"),
        Zip = "application/zip" ("Archive ZIP", "ZIP archive", "أرشيف ZIP"),
        Mp4 = "video/mp4" ("Vidéo MP4", "MP4 video", "فيديو MP4"),
        Webm = "video/webm" ("Vidéo WebM", "WebM video", "فيديو WebM"),
        Mov = "video/quicktime" ("Vidéo QuickTime", "QuickTime video", "فيديو QuickTime"),
    }
}

impl TypeMime {
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Gif | Self::Heic)
    }

    /// May be shown in a page: it holds nothing that runs.
    pub fn shows_inline(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Gif | Self::Pdf)
    }

    /// A thumbnail can be made of it.
    pub fn has_miniature(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}

/// What a document is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rattachement {
    Intervention(InterventionId),
    Equipement(EquipementId),
    Planning(PlanningId),
    Demande(DemandeId),
    Piece(PieceId),
}

impl Rattachement {
    /// The field that names it.
    pub fn champ(self) -> &'static str {
        match self {
            Self::Intervention(_) => "intervention_id",
            Self::Equipement(_) => "equipement_id",
            Self::Planning(_) => "planning_id",
            Self::Demande(_) => "demande_id",
            Self::Piece(_) => "piece_id",
        }
    }

    pub fn id(self) -> i64 {
        match self {
            Self::Intervention(id) => id.0,
            Self::Equipement(id) => id.0,
            Self::Planning(id) => id.0,
            Self::Demande(id) => id.0,
            Self::Piece(id) => id.0,
        }
    }
}

/// A file attached to an intervention, an équipement, a plan, a demande or a part: exactly one of the five ids is given.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Document {
    pub id: DocumentId,
    pub intervention_id: Option<InterventionId>,
    pub equipement_id: Option<EquipementId>,
    pub planning_id: Option<PlanningId>,
    pub demande_id: Option<DemandeId>,
    pub piece_id: Option<PieceId>,
    #[schema(example = "Plaque signalétique.jpg")]
    pub nom_fichier: String,
    /// Of the content, whatever the name and the sender said.
    pub type_mime: TypeMime,
    /// Bytes.
    #[schema(minimum = 1, example = 482133)]
    pub taille: i64,
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub sha256: Digest,
    pub description: Option<String>,
    pub ajoute_par: UserId,
    #[schema(example = "Youssef Technicien")]
    pub ajoute_par_nom: String,
    pub date_ajout: Instant,
    /// Whether `/miniature` may be asked for.
    pub miniature: bool,
}

impl Entity for Document {
    fn location(&self) -> String {
        format!("/api/v1/documents/{}", self.id)
    }

    /// A document is never changed.
    fn version(&self) -> i64 {
        1
    }
}

/// A document about to be added.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub rattachement: Rattachement,
    pub nom_fichier: String,
    pub type_mime: TypeMime,
    pub taille: i64,
    pub sha256: Digest,
    pub description: Option<String>,
}

/// The form that adds a document. The fields may come in any order; exactly one of the ids is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documents the form, which is read field by field as it arrives")]
pub struct DocumentForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    intervention_id: Option<InterventionId>,
    equipement_id: Option<EquipementId>,
    planning_id: Option<PlanningId>,
    demande_id: Option<DemandeId>,
    piece_id: Option<PieceId>,
    /// At most 1,000 characters.
    #[schema(max_length = 1000, example = "Vue de la plaque avant remplacement")]
    description: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DocumentFilters {
    /// Those of the demandes that these answer included.
    pub intervention_id: Vec<InterventionId>,
    pub equipement_id: Vec<EquipementId>,
    pub planning_id: Vec<PlanningId>,
    pub demande_id: Vec<DemandeId>,
    pub piece_id: Vec<PieceId>,
    pub type_mime: Vec<TypeMime>,
    /// Added by one of these.
    pub ajoute_par: Vec<UserId>,
    /// Added in this period: from a civil day of the plant or an instant, to the end of a day or an instant.
    pub du: Option<Moment>,
    pub au: Option<Moment>,
}

impl Filters for DocumentFilters {}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContenuQuery {
    /// Shown in the page instead of saved, for pictures and PDF; others are saved all the same.
    #[serde(deserialize_with = "yes_or_no")]
    pub inline: bool,
}

/// `true` or `1`, `false` or `0`.
fn yes_or_no<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match &*std::borrow::Cow::<str>::deserialize(deserializer)? {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(serde::de::Error::custom(format!("« {other} » : true, false"))),
    }
}
