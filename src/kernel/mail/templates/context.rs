//! What each mail's templates are given, beside `produit`, `langue` and `adresse` (of the server).

use serde::Serialize;

/// Of `notification`: one message.
#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    /// Who reads it, as they are greeted.
    pub destinataire: String,
    /// Also the subject.
    pub titre: String,
    /// May have several lines.
    pub contenu: String,
    /// Facts below the text: what, and its value.
    pub details: Vec<(String, String)>,
    /// Where to read on.
    pub lien: Option<String>,
    /// « Vous recevez ce message parce que … », from « parce que » on, without a full stop.
    pub motif: String,
    /// Where this person chooses what they are sent.
    pub preferences: String,
}

/// Of `resume`: the messages of one day.
#[derive(Clone, Debug, Serialize)]
pub struct Digest {
    pub destinataire: String,
    /// The day as the reader writes it, such as « mercredi 15 janvier 2031 ».
    pub jour: String,
    pub messages: Vec<DigestEntry>,
    pub preferences: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DigestEntry {
    /// Time of day in the reader's zone, such as « 08:00 ».
    pub heure: String,
    pub titre: String,
    pub contenu: String,
    pub lien: Option<String>,
}

/// Of `essai`: a mail that an administrator asks for.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// Server and protection that it went through, such as « smtp.usine.ma:587 (STARTTLS) ».
    pub serveur: String,
    pub expediteur: String,
}
