//! The types of the server's state.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::clock::Instant;

/// What whoever opens the address may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Instance {
    /// Nothing here is real, and everybody knows the passwords.
    #[schema(example = false)]
    pub demonstration: bool,
}

/// How the server does.
#[derive(Debug, Serialize, ToSchema)]
pub struct Etat {
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// The number of the database's newest migration.
    #[schema(example = 19)]
    pub schema: i32,
    pub maintenant: Instant,
    pub demarre_le: Instant,
    /// Of the database and of the log that is folded into it from time to time.
    #[schema(example = 52_428_800)]
    pub base_octets: u64,
    #[schema(example = 4_194_304)]
    pub wal_octets: u64,
    #[schema(example = 1200)]
    pub documents: i64,
    #[schema(example = 734_003_200)]
    pub documents_octets: i64,
    /// What may still be written before documents are refused; null where the system does not say.
    #[schema(example = 120_000_000_000_u64)]
    pub place_octets: Option<u64>,
    /// Whether there is a server that takes mail.
    pub courriel_configure: bool,
    #[schema(example = 0)]
    pub courriels_en_attente: i64,
    #[schema(example = 0)]
    pub courriels_en_echec: i64,
    pub plus_ancien_courriel: Option<Instant>,
    pub derniere_sauvegarde: Option<Instant>,
    /// Whether people reach the server by HTTPS, its own or a proxy's.
    pub https: bool,
    /// Whether phones are to trust an authority of this server's own.
    pub autorite_locale: bool,
    /// Last day of the server's own certificate; null when there is none.
    #[schema(value_type = Option<String>, format = Date)]
    pub certificat_expire: Option<Date>,
    /// What is not well, and where to look; empty when all is.
    pub anomalies: Vec<Anomalie>,
}

/// Something that whoever keeps the server should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Anomalie {
    pub code: CodeAnomalie,
    #[schema(example = "La nuit a passé sans sauvegarde.")]
    pub message: String,
    /// Path of the page that says more.
    #[schema(example = "/sauvegardes")]
    pub lien: &'static str,
}

words! {
    pub enum CodeAnomalie {
        Sauvegarde = "sauvegarde" ("Sauvegarde", "Backup"),
        Disque = "disque" ("Disque", "Disk"),
        Horloge = "horloge" ("Horloge", "Clock"),
        Courriel = "courriel" ("E-mails", "E-mails"),
        Tache = "tache" ("Tâche", "Job"),
        Certificat = "certificat" ("Certificat", "Certificate"),
        Documents = "documents" ("Documents", "Documents"),
        Journal = "journal" ("Journal technique", "Log"),
        Ecriture = "ecriture" ("Écriture", "Writing"),
        Limites = "limites" ("Limites", "Limits"),
        Base = "base" ("Base de données", "Database"),
    }
}
