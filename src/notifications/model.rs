//! The types of notifications, of their deliveries and of what people choose.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::*;
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::input::not_blank;
use crate::kernel::page::{Filters, Listing};

words! {
    /// What a message is about.
    pub enum TypeNotification {
        Affectation = "affectation" ("Affectation", "Assignment", "إسناد"),
        ChangementStatut = "changement_statut" ("Changement de statut", "Change of status", "تغيير الحالة"),
        Cloture = "cloture" ("Clôture", "Completion", "إنهاء"),
        Rappel = "rappel" ("Rappel", "Reminder", "تذكير"),
        Retard = "retard" ("Retard", "Overdue", "تأخر"),
        StockBas = "stock_bas" ("Stock bas", "Low stock", "مخزون منخفض"),
        PiecesDisponibles = "pieces_disponibles" ("Pièces disponibles", "Parts available", "قطع متوفرة"),
        Demande = "demande" ("Demande", "Request", "طلب"),
        Information = "information" ("Information", "Information", "معلومة"),
    }
}

words! {
    /// How a message reaches someone.
    pub enum Canal {
        App = "app" ("Application", "Application", "التطبيق"),
        Email = "email" ("E-mail", "E-mail", "البريد الإلكتروني"),
        Log = "log" ("Journal du serveur", "Server log", "سجل الخادم"),
    }
}

words! {
    /// What became of a delivery.
    pub enum StatutEnvoi {
        AEnvoyer = "a_envoyer" ("À envoyer", "To be sent", "للإرسال"),
        EnCours = "en_cours" ("En cours", "Under way", "قيد الإرسال"),
        Envoye = "envoye" ("Envoyé", "Sent", "أُرسل"),
        NonEnvoye = "non_envoye" ("Non envoyé", "Not sent", "لم يُرسل"),
        Echec = "echec" ("Échec", "Failed", "فشل"),
        Groupe = "groupe" ("Résumé quotidien", "Daily digest", "مجمّع"),
    }
}

words! {
    /// When a message is told by e-mail.
    pub enum FrequenceEmail {
        Jamais = "jamais" ("Jamais", "Never", "أبدًا"),
        Immediat = "immediat" ("Tout de suite", "At once", "فورًا"),
        Quotidien = "quotidien" ("Une fois par jour", "Once a day", "مرة في اليوم"),
    }
}

/// What a person was told once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notification {
    pub id: NotificationId,
    pub user_id: UserId,
    pub r#type: TypeNotification,
    #[schema(example = "INT-2026-000123 vous est affectée")]
    pub titre: String,
    #[schema(
        example = "Fuite au presse-étoupe – Pompe de relevage (CASA-POMPE-01). Le 26/11/2026 de 08:00 à 10:00."
    )]
    pub contenu: String,
    pub intervention_id: Option<InterventionId>,
    /// Path in the interface of what it is about; it answers 404 to who no longer sees that.
    #[schema(example = "/interventions/42")]
    pub lien: Option<String>,
    /// When it happened.
    pub date: Instant,
    pub lue: bool,
    pub lue_le: Option<Instant>,
}

/// One page of one's inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct Boite {
    #[serde(flatten)]
    pub list: Listing<Notification>,
    /// How many of all of them, whatever the filters, were not read yet.
    #[schema(example = 3)]
    pub non_lues: i64,
}

/// What marking everything as read did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lues {
    /// How many were unread.
    #[schema(example = 3)]
    pub lues: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotificationFilters {
    /// Read ones only, or unread ones only.
    pub lue: Option<bool>,
    #[serde(default)]
    pub r#type: Vec<TypeNotification>,
    #[serde(default)]
    pub intervention_id: Vec<InterventionId>,
    /// From this day or instant.
    #[param(inline)]
    pub du: Option<Moment>,
    /// To the end of this day, or to this instant.
    #[param(inline)]
    pub au: Option<Moment>,
}

impl Filters for NotificationFilters {}

/// A message that a responsable writes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotification {
    /// Whom it is for: an active account.
    #[garde(skip)]
    pub user_id: UserId,
    #[garde(skip)]
    pub r#type: TypeNotification,
    /// The one channel that it goes by, whatever the person chose for themselves.
    #[garde(skip)]
    pub canal: Canal,
    /// Left out, it says who writes.
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, example = "Réunion de lundi")]
    pub titre: Option<String>,
    #[garde(length(chars, max = 2000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 2000, example = "Merci de passer à l’atelier avant midi.")]
    pub contenu: String,
    /// One that the person sees.
    #[garde(skip)]
    pub intervention_id: Option<InterventionId>,
}

/// A message that was written, and its delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationEcrite {
    #[serde(flatten)]
    pub notification: Notification,
    pub canal: Canal,
    /// What became of it stands under `/notifications/envois/{envoi_id}`.
    pub envoi_id: EnvoiId,
}

impl Entity for NotificationEcrite {
    /// Of the delivery: the message itself is in somebody else's inbox.
    fn location(&self) -> String {
        format!("/api/v1/notifications/envois/{}", self.envoi_id)
    }

    /// A message is never reworded.
    fn version(&self) -> i64 {
        1
    }
}

/// A message, or a digest, on its way to someone by one channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Envoi {
    pub id: EnvoiId,
    /// Null for a digest's own e-mail.
    pub notification_id: Option<NotificationId>,
    /// The digest that it is, or that it went into.
    pub resume_id: Option<i64>,
    pub user_id: UserId,
    #[schema(example = "Youssef Technicien")]
    pub destinataire: String,
    pub canal: Canal,
    pub statut: StatutEnvoi,
    /// Null for a digest.
    pub r#type: Option<TypeNotification>,
    pub titre: Option<String>,
    pub intervention_id: Option<InterventionId>,
    /// Attempts so far; the twelfth is the last.
    pub essais: i64,
    pub prochain_essai: Option<Instant>,
    /// What the last attempt failed with.
    #[schema(example = "451 4.3.0 Mailbox busy")]
    pub derniere_erreur: Option<String>,
    /// The first part of its Message-ID, the same at each attempt.
    pub message_id: String,
    pub date: Instant,
    pub envoye_le: Option<Instant>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EnvoiFilters {
    #[serde(default)]
    pub statut: Vec<StatutEnvoi>,
    #[serde(default)]
    pub canal: Vec<Canal>,
    #[serde(default)]
    pub r#type: Vec<TypeNotification>,
    #[serde(default)]
    pub user_id: Vec<UserId>,
    #[serde(default)]
    pub intervention_id: Vec<InterventionId>,
    #[serde(default)]
    pub notification_id: Vec<NotificationId>,
    /// From this day or instant.
    #[param(inline)]
    pub du: Option<Moment>,
    /// To the end of this day, or to this instant.
    #[param(inline)]
    pub au: Option<Moment>,
}

impl Filters for EnvoiFilters {}

/// By which channels one is told what.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// The hour of the daily digest, 0 to 23, in the plant's zone.
    #[garde(range(min = 0, max = 23))]
    #[schema(minimum = 0, maximum = 23, example = 7)]
    pub heure_resume: i8,
    /// A type that is left out follows the defaults of one's role.
    #[garde(skip)]
    #[schema(max_items = 9)]
    pub types: Vec<Preference>,
}

/// The channels of one type of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    pub r#type: TypeNotification,
    /// In the inbox.
    pub app: bool,
    pub email: FrequenceEmail,
    /// As a line in the server's log, for a plant that watches it.
    #[serde(default)]
    pub log: bool,
}
