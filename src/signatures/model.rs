//! The types of signatures.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::ids::{InterventionId, SignatureId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::not_blank;

/// Characters of an image as it is sent: 100 kB, in base64 with its prefix.
const IMAGE: usize = 140_000;

/// The acknowledgement of an intervention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Signature {
    pub id: SignatureId,
    pub intervention_id: InterventionId,
    /// Who signed.
    #[schema(example = "Karim Fassi-Fihri")]
    pub nom: String,
    #[schema(example = "Chef de ligne")]
    pub fonction: Option<String>,
    pub date: Instant,
    /// Who was signed in, and handed the phone.
    #[schema(example = "Youssef Technicien")]
    pub recueillie_par: String,
    /// Of the intervention, when it was signed.
    pub version_signee: i64,
    /// Whether the intervention still says what was signed, with its answers, its time and its parts; finishing and
    /// validating it changes nothing of that.
    pub couvre_version_actuelle: bool,
    #[schema(example = "image/svg+xml")]
    pub type_mime: String,
    /// Where the image is.
    #[schema(example = "/api/v1/interventions/1/signature/image")]
    pub image: String,
}

impl Entity for Signature {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}/signature", self.intervention_id)
    }

    /// A signature is never changed.
    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignature {
    /// A PNG of 100 kB at most as a data URL, or the path of an SVG: absolute `M`, `L`, `Q`, `C` and `Z`.
    #[garde(length(max = IMAGE))]
    #[schema(max_length = 140000, example = "M10 40 C20 10 30 10 40 40 L60 20")]
    pub image: String,
    /// Who signs.
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Karim Fassi-Fihri")]
    pub nom: String,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200, example = "Chef de ligne")]
    pub fonction: Option<String>,
}

/// An image that has been looked at, as it will be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub type_mime: &'static str,
    pub bytes: Vec<u8>,
}

/// What was signed: SHA-256.
pub type Empreinte = [u8; 32];

/// What a signature keeps of what was signed.
#[derive(Debug)]
pub struct Signed {
    pub empreinte: Empreinte,
    /// Whether it is also of the work; those of before are of the intervention's own fields only.
    pub avec_travail: bool,
}

/// What was done, as far as it is in tables of its own: answers, entries of time, parts that stayed, each with what
/// makes it another.
#[derive(Debug, Default, Serialize)]
pub struct Travail {
    pub reponses: Vec<Value>,
    pub temps: Vec<Value>,
    pub pieces: Vec<Value>,
}
