//! One search over everything the caller sees, and every closed list of words.

use std::collections::BTreeMap;

use super::model::{Choix, Resultat, TypeResultat, Valeurs};
use crate::clients::{self, ClientFilters, Scope, SiteFilters};
use crate::codes::Nature;
use crate::demandes::{self, DemandeFilters, StatutDemande};
use crate::documents::{self, DocumentFilters, TypeMime};
use crate::equipements::{self, Criticite, EquipementFilters, StatutEquipement};
use crate::gammes::{self, GammeFilters, StatutCorrective, StatutGamme, TypeOperation};
use crate::interventions::{
    self, InterventionFilters, Priorite, RoleAffectation, StatutIntervention, TypeHistorique,
    TypeIntervention,
};
use crate::kernel::auth::Role;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::phrase::Language;
use crate::kernel::types::Word;
use crate::notifications::{Canal, FrequenceEmail, StatutEnvoi, TypeNotification};
use crate::permissions::{ManagePlanning, ManageUsers, ReadGammes, ReadPieces, ReadTechniciens};
use crate::pieces::{self, PieceFilters, StatutInventaire, StatutPiece, StatutReservation, TypeMouvement};
use crate::planning::{
    self, Frequence, ModePlanning, PlanningFilters, Rattrapage, Sens, StatutEcheance, StatutPlanning,
};
use crate::taches::{Declencheur, ResultatExecution};
use crate::techniciens::{self, Disponibilite, TechnicienFilters};
use crate::temps::NatureTemps;
use crate::users::{self, Langue, UserFilters};

/// Results of one kind: what a palette shows without scrolling.
pub const PER_TYPE: i64 = 8;

/// Everything that the caller sees and that contains the words of `q`; nothing when there are none.
pub fn search(db: &Reader<'_>, q: String) -> Result<Vec<Resultat>> {
    let page = Page::first(q, PER_TYPE)?;
    if page.words().is_empty() {
        return Ok(Vec::new());
    }
    let (scope, mut found) = (Scope::of(db.actor()), Vec::new());
    let mut add = |r#type, id, libelle, detail| found.push(Resultat { r#type, id, libelle, detail });
    for it in interventions::list(db, &InterventionFilters::default(), &page)?.items {
        add(
            TypeResultat::Intervention,
            it.id.0,
            format!("{} {}", it.numero, it.titre),
            Some(it.equipement_nom),
        );
    }
    for it in demandes::list(db, &DemandeFilters::default(), &page)?.items {
        add(TypeResultat::Demande, it.id.0, format!("{} {}", it.numero, it.titre), Some(it.equipement_nom));
    }
    for it in equipements::list(db, &EquipementFilters::default(), &page)?.items {
        add(TypeResultat::Equipement, it.id.0, format!("{} {}", it.code, it.nom), Some(it.site_nom));
    }
    if db.actor().may::<ReadTechniciens>() {
        for it in techniciens::list(db, &TechnicienFilters::default(), &page)?.items {
            add(TypeResultat::Technicien, it.id.0, it.nom, it.equipe);
        }
    }
    if db.actor().may::<ManagePlanning>() {
        for it in planning::list(db, &PlanningFilters::default(), &page)?.items {
            let machine = format!("{} {}", it.equipement_code, it.equipement_nom);
            add(TypeResultat::Planning, it.id.0, it.titre, Some(machine));
        }
    }
    if db.actor().may::<ReadPieces>() {
        for it in pieces::list(db, &PieceFilters::default(), &page)?.items {
            add(TypeResultat::Piece, it.id.0, format!("{} {}", it.reference, it.designation), it.emplacement);
        }
    }
    for it in clients::sites(db, scope, &SiteFilters::default(), &page)?.items {
        add(TypeResultat::Site, it.id.0, format!("{} {}", it.code, it.nom), it.client_nom);
    }
    for it in clients::clients(db, scope, &ClientFilters::default(), &page)?.items {
        add(TypeResultat::Client, it.id.0, it.nom, it.contact);
    }
    for it in documents::list(db, &DocumentFilters::default(), &page)?.items {
        add(TypeResultat::Document, it.id.0, it.nom_fichier, it.description);
    }
    if db.actor().may::<ReadGammes>() {
        for it in gammes::list(db, &GammeFilters::default(), &page)?.items {
            add(TypeResultat::Gamme, it.id.0, it.nom, it.description);
        }
    }
    if db.actor().may::<ManageUsers>() {
        for it in users::users(db, &UserFilters::default(), &page)?.items {
            add(TypeResultat::User, it.id.0, it.full_name, Some(it.username));
        }
    }
    Ok(found)
}

/// Every closed list, for the choices that an interface offers.
pub fn values(language: Language) -> Valeurs {
    Valeurs(BTreeMap::from([
        ("statut", choices::<StatutIntervention>(language)),
        ("type_intervention", choices::<TypeIntervention>(language)),
        ("priorite", choices::<Priorite>(language)),
        ("role_affectation", choices::<RoleAffectation>(language)),
        ("type_historique", choices::<TypeHistorique>(language)),
        ("statut_demande", choices::<StatutDemande>(language)),
        ("urgence", choices::<Priorite>(language)),
        ("nature_code", choices::<Nature>(language)),
        ("frequence", choices::<Frequence>(language)),
        ("mode_planning", choices::<ModePlanning>(language)),
        ("rattrapage", choices::<Rattrapage>(language)),
        ("report", choices::<Sens>(language)),
        ("statut_planning", choices::<StatutPlanning>(language)),
        ("statut_echeance", choices::<StatutEcheance>(language)),
        ("criticite", choices::<Criticite>(language)),
        ("statut_equipement", choices::<StatutEquipement>(language)),
        ("statut_gamme", choices::<StatutGamme>(language)),
        ("type_operation", choices::<TypeOperation>(language)),
        ("statut_corrective", choices::<StatutCorrective>(language)),
        ("nature_temps", choices::<NatureTemps>(language)),
        ("disponibilite", choices::<Disponibilite>(language)),
        ("type_mime", choices::<TypeMime>(language)),
        ("resultat_execution", choices::<ResultatExecution>(language)),
        ("declencheur", choices::<Declencheur>(language)),
        ("type_notification", choices::<TypeNotification>(language)),
        ("canal", choices::<Canal>(language)),
        ("statut_envoi", choices::<StatutEnvoi>(language)),
        ("frequence_email", choices::<FrequenceEmail>(language)),
        ("statut_piece", choices::<StatutPiece>(language)),
        ("type_mouvement", choices::<TypeMouvement>(language)),
        ("statut_reservation", choices::<StatutReservation>(language)),
        ("statut_inventaire", choices::<StatutInventaire>(language)),
        ("role", choices::<Role>(language)),
        ("langue", choices::<Langue>(language)),
    ]))
}

fn choices<W: Word>(language: Language) -> Vec<Choix> {
    let choice = |word: &W| Choix { valeur: word.word(), libelle: word.label().text(language).to_owned() };
    W::WORDS.iter().map(choice).collect()
}
