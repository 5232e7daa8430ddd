//! The types of the second factor. Those that hold a secret are not `Debug`.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::clock::Instant;

/// How the caller's second factor stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Double {
    /// A code is asked for when they sign in.
    pub active: bool,
    pub active_le: Option<Instant>,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    pub codes_restants: i64,
    /// Whether admins and responsables must have one.
    pub exigee: bool,
}

/// What an authenticator application is told, once.
#[derive(Serialize, ToSchema)]
pub struct Enrolement {
    /// To type, in Base32.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    #[schema(example = "otpauth://totp/Interventions:y.benali?secret=JBSWY3DPEHPK3PXP&issuer=Interventions")]
    pub url: String,
    /// The same to scan, as an SVG drawing.
    pub qr_svg: String,
}

/// Recovery codes, each good once; they are not shown again.
#[derive(Serialize, ToSchema)]
pub struct CodesSecours {
    #[schema(example = json!(["k7mfp-29xrt"]))]
    pub codes_secours: Vec<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preuve {
    #[garde(skip)]
    #[schema(format = Password, example = "une phrase de passe")]
    pub password: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeTotp {
    /// Six digits of the application.
    #[garde(length(max = 40))]
    #[schema(max_length = 40, example = "123456")]
    pub totp: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retrait {
    #[garde(skip)]
    #[schema(format = Password, example = "une phrase de passe")]
    pub password: String,
    /// Six digits of the application, or a recovery code.
    #[garde(length(max = 40))]
    #[schema(max_length = 40, example = "123456")]
    pub totp: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exigence {
    #[garde(skip)]
    pub exigee: bool,
}
