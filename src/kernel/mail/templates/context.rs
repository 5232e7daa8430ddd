//! What each mail's templates are given, beside `produit`, `langue`, `sens` (`ltr` or `rtl`) and `adresse` (of
//! the server).

use minijinja::Value;
use minijinja::value::Serde;
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
    /// How many there were; not all need be listed.
    pub nombre: usize,
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

/// Every mail, with content such as it has.
pub(super) fn samples() -> [(&'static str, Value); 3] {
    let notice = Notice {
        destinataire: "Amina Benali".to_owned(),
        titre: "INT-2031-000042".to_owned(),
        contenu: "Fuite d’huile au vérin.\nÀ consigner.".to_owned(),
        details: vec![("Équipement".to_owned(), "CASA-POMPE-01".to_owned())],
        lien: Some("https://gmao.test/interventions/42".to_owned()),
        motif: "cette intervention vous est affectée".to_owned(),
        preferences: "https://gmao.test/preferences".to_owned(),
    };
    let entry = DigestEntry {
        heure: "08:00".to_owned(),
        titre: notice.titre.clone(),
        contenu: notice.contenu.clone(),
        lien: notice.lien.clone(),
    };
    let digest = Digest {
        destinataire: notice.destinataire.clone(),
        jour: "mercredi 15 janvier 2031".to_owned(),
        nombre: 1,
        messages: vec![entry],
        preferences: notice.preferences.clone(),
    };
    let trial = Trial { serveur: "smtp.test:587".to_owned(), expediteur: "gmao@usine.test".to_owned() };
    [
        ("notification", Value::from(Serde(notice))),
        ("resume", Value::from(Serde(digest))),
        ("essai", Value::from(Serde(trial))),
    ]
}
