//! THE list of references between tables: what each is to the row that it refers to.

use super::model::Attache;

/// What becomes of a reference when what it refers to would go.
#[derive(Clone, Copy, Debug)]
pub enum Treatment {
    /// It keeps it: 409, with its name.
    Refuses,
    /// It is a part of it and goes along, told in the journal.
    Carries,
    /// What it refers to never goes, and this is why.
    History(&'static str),
    /// It follows from something else, and goes or stays by itself: this is how.
    Derived(&'static str),
}

/// One reference. A key of several columns is several.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The table referred to.
    pub parent: &'static str,
    pub table: &'static str,
    pub column: &'static str,
    pub treatment: Treatment,
    /// How what refers is called, of what keeps or goes along.
    pub kind: Option<Attache>,
    /// Their names, one row a thing, in the order in which they came; `:id` is the row referred to.
    pub names: Option<&'static str>,
}

use Attache as A;
use Treatment::{Carries, Derived, History, Refuses};

const fn keeps(
    parent: &'static str,
    (table, column): (&'static str, &'static str),
    kind: Attache,
    names: &'static str,
) -> Link {
    Link { parent, table, column, treatment: Refuses, kind: Some(kind), names: Some(names) }
}

const fn goes_along(
    parent: &'static str,
    (table, column): (&'static str, &'static str),
    kind: Attache,
    names: &'static str,
) -> Link {
    Link { treatment: Carries, ..keeps(parent, (table, column), kind, names) }
}

/// It goes along, and what it is part of tells of it in its own words already.
const fn part(parent: &'static str, table: &'static str, column: &'static str) -> Link {
    Link { parent, table, column, treatment: Carries, kind: None, names: None }
}

const fn stays(parent: &'static str, table: &'static str, column: &'static str, why: &'static str) -> Link {
    Link { parent, table, column, treatment: History(why), kind: None, names: None }
}

const fn follows(parent: &'static str, table: &'static str, column: &'static str, how: &'static str) -> Link {
    Link { parent, table, column, treatment: Derived(how), kind: None, names: None }
}

const HIDDEN: &str = "an intervention is hidden, never deleted: its books stay";
const ACCOUNT: &str = "an account with any trace is closed, never deleted";
const COUNT: &str = "a count is abandoned, never deleted";
const LEDGER: &str = "the ledger and the journal are never deleted";
const PUBLISHED: &str = "work and answers are of a published version, which is never deleted";
const SECOND_FACTOR: &str = "ends with the second factor";

/// Every foreign key of the schema.
pub const LINKS: &[Link] = &[
    // Organisations and sites.
    keeps(
        "clients",
        ("sites", "client_id"),
        A::Sites,
        "select nom from sites where client_id = :id order by id",
    ),
    keeps(
        "clients",
        ("users", "client_id"),
        A::Comptes,
        "select full_name from users where client_id = :id order by id",
    ),
    keeps(
        "sites",
        ("equipements", "site_id"),
        A::Equipements,
        "select code from equipements where site_id = :id order by id",
    ),
    keeps(
        "sites",
        ("interventions", "site_id"),
        A::Interventions,
        "select numero || iif(supprimee_le is null, '', ' (supprimée)') from interventions
         where site_id = :id order by id",
    ),
    keeps(
        "sites",
        ("demandes", "site_id"),
        A::Demandes,
        "select numero from demandes where site_id = :id order by id",
    ),
    keeps(
        "sites",
        ("techniciens", "site_id"),
        A::Techniciens,
        "select u.full_name from techniciens t join users u on u.id = t.user_id where t.site_id = :id order by t.id",
    ),
    keeps(
        "clients",
        ("interventions", "client_id"),
        A::Interventions,
        "select numero || iif(supprimee_le is null, '', ' (supprimée)') from interventions
         where client_id = :id order by id",
    ),
    keeps(
        "clients",
        ("demandes", "client_id"),
        A::Demandes,
        "select numero from demandes where client_id = :id order by id",
    ),
    // Équipements.
    part("equipements", "anciens_codes", "equipement_id"),
    keeps(
        "equipements",
        ("interventions", "equipement_id"),
        A::Interventions,
        "select numero || iif(supprimee_le is null, '', ' (supprimée)') from interventions
         where equipement_id = :id order by id",
    ),
    keeps(
        "equipements",
        ("demandes", "equipement_id"),
        A::Demandes,
        "select numero from demandes where equipement_id = :id order by id",
    ),
    keeps(
        "equipements",
        ("equipements", "parent_id"),
        A::Equipements,
        "select code from equipements where parent_id = :id order by id",
    ),
    keeps(
        "equipements",
        ("plannings", "equipement_id"),
        A::Plans,
        "select titre from plannings where equipement_id = :id order by id",
    ),
    keeps(
        "equipements",
        ("compteurs", "equipement_id"),
        A::Compteurs,
        "select nom from compteurs where equipement_id = :id order by id",
    ),
    keeps(
        "equipements",
        ("documents", "equipement_id"),
        A::Documents,
        "select nom_fichier from documents where equipement_id = :id and supprime_le is null order by id",
    ),
    goes_along(
        "equipements",
        ("piece_equipements", "equipement_id"),
        A::Pieces,
        "select p.reference from piece_equipements k join pieces p on p.id = k.piece_id
         where k.equipement_id = :id order by p.id",
    ),
    // Interventions.
    keeps(
        "interventions",
        ("temps", "intervention_id"),
        A::Temps,
        "select u.full_name from temps t join techniciens p on p.id = t.technicien_id
         join users u on u.id = p.user_id where t.intervention_id = :id order by t.id",
    ),
    keeps(
        "interventions",
        ("checklist_reponses", "intervention_id"),
        A::Reponses,
        "select o.libelle from checklist_reponses r
         join gamme_version_operations o on o.gamme_id = r.gamme_id and o.numero = r.gamme_version
             and o.operation_id = r.operation_id
         where r.intervention_id = :id order by r.id",
    ),
    keeps(
        "interventions",
        ("mouvements", "intervention_id"),
        A::Pieces,
        // What was brought back or reversed is on it no more.
        "select p.designation from mouvements m join pieces p on p.id = m.piece_id
         where m.intervention_id = :id group by p.id having sum(m.quantite) <> 0 order by min(m.id)",
    ),
    keeps(
        "interventions",
        ("prestations", "intervention_id"),
        A::Prestations,
        "select designation from prestations where intervention_id = :id order by id",
    ),
    keeps(
        "interventions",
        ("commentaires", "intervention_id"),
        A::Commentaires,
        "select u.full_name from commentaires c join users u on u.id = c.user_id
         where c.intervention_id = :id order by c.id",
    ),
    keeps(
        "interventions",
        ("documents", "intervention_id"),
        A::Documents,
        "select nom_fichier from documents where intervention_id = :id and supprime_le is null order by id",
    ),
    keeps(
        "interventions",
        ("signatures", "intervention_id"),
        A::Signatures,
        "select nom from signatures where intervention_id = :id order by id",
    ),
    keeps(
        "interventions",
        ("demandes", "intervention_id"),
        A::Demandes,
        "select numero from demandes where intervention_id = :id order by id",
    ),
    follows("interventions", "affectations", "intervention_id", "its slots are released with it"),
    follows("interventions", "reservations", "intervention_id", "what is set aside for it is freed with it"),
    follows("interventions", "echeances", "intervention_id", "its échéance becomes `annulee`"),
    stays("interventions", "seuils", "intervention_id", HIDDEN),
    stays("interventions", "historique", "intervention_id", HIDDEN),
    stays("interventions", "intervention_competences", "intervention_id", HIDDEN),
    stays("interventions", "alertes", "intervention_id", HIDDEN),
    stays("interventions", "notifications", "intervention_id", HIDDEN),
    stays("interventions", "checklist_correctives", "intervention_id", HIDDEN),
    stays("interventions", "checklist_correctives", "corrective_id", HIDDEN),
    // Parts.
    keeps(
        "pieces",
        ("mouvements", "piece_id"),
        A::Mouvements,
        "select type || ' ' || strftime('%d/%m/%Y', date, 'unixepoch') from mouvements
         where piece_id = :id order by id",
    ),
    keeps(
        "pieces",
        ("reservations", "piece_id"),
        A::Reservations,
        "select i.numero from reservations r join interventions i on i.id = r.intervention_id
         where r.piece_id = :id order by r.id",
    ),
    keeps(
        "pieces",
        ("inventaire_lignes", "piece_id"),
        A::Inventaires,
        "select v.libelle from inventaire_lignes l join inventaires v on v.id = l.inventaire_id
         where l.piece_id = :id order by v.id",
    ),
    keeps(
        "pieces",
        ("documents", "piece_id"),
        A::Documents,
        "select nom_fichier from documents where piece_id = :id and supprime_le is null order by id",
    ),
    goes_along(
        "pieces",
        ("piece_equipements", "piece_id"),
        A::Equipements,
        "select e.code from piece_equipements k join equipements e on e.id = k.equipement_id
         where k.piece_id = :id order by e.id",
    ),
    follows("pieces", "stocks", "piece_id", "the level is made and goes with the part"),
    keeps(
        "fournisseurs",
        ("pieces", "fournisseur_id"),
        A::Pieces,
        "select reference from pieces where fournisseur_id = :id order by id",
    ),
    // Codes of failure.
    keeps(
        "codes",
        ("interventions", "symptome_code_id"),
        A::Interventions,
        "select numero from interventions where :id in (symptome_code_id, cause_code_id, remede_code_id) order by id",
    ),
    // The same interventions, named once.
    follows("codes", "interventions", "cause_code_id", "named with `symptome_code_id`"),
    follows("codes", "interventions", "remede_code_id", "named with `symptome_code_id`"),
    keeps(
        "codes",
        ("demandes", "symptome_code_id"),
        A::Demandes,
        "select numero from demandes where symptome_code_id = :id order by id",
    ),
    // Checklists.
    stays("gammes", "interventions", "gamme_id", PUBLISHED),
    keeps(
        "gammes",
        ("plannings", "gamme_id"),
        A::Plans,
        "select titre from plannings where gamme_id = :id order by id",
    ),
    keeps(
        "gammes",
        ("compteur_plans", "gamme_id"),
        A::PlansCompteur,
        "select titre from compteur_plans where gamme_id = :id order by id",
    ),
    goes_along(
        "gammes",
        ("gamme_operations", "gamme_id"),
        A::Operations,
        "select libelle from gamme_version_operations where gamme_id = :id order by numero, rang",
    ),
    part("gammes", "gamme_versions", "gamme_id"),
    part("gamme_versions", "gamme_version_operations", "gamme_id"),
    part("gamme_versions", "gamme_version_operations", "numero"),
    part("gamme_operations", "gamme_version_operations", "gamme_id"),
    part("gamme_operations", "gamme_version_operations", "operation_id"),
    stays("gamme_operations", "checklist_correctives", "operation_id", PUBLISHED),
    stays("gamme_version_operations", "checklist_reponses", "gamme_id", PUBLISHED),
    stays("gamme_version_operations", "checklist_reponses", "gamme_version", PUBLISHED),
    stays("gamme_version_operations", "checklist_reponses", "operation_id", PUBLISHED),
    // People of the shop floor.
    keeps(
        "competences",
        ("technicien_competences", "competence_id"),
        A::Techniciens,
        "select u.full_name from technicien_competences k join techniciens t on t.id = k.technicien_id
         join users u on u.id = t.user_id where k.competence_id = :id order by t.id",
    ),
    keeps(
        "competences",
        ("intervention_competences", "competence_id"),
        A::Interventions,
        "select i.numero from intervention_competences k join interventions i on i.id = k.intervention_id
         where k.competence_id = :id order by i.id",
    ),
    keeps(
        "competences",
        ("planning_competences", "competence_id"),
        A::Plans,
        "select p.titre from planning_competences k join plannings p on p.id = k.planning_id
         where k.competence_id = :id order by p.id",
    ),
    keeps(
        "techniciens",
        ("interventions", "technicien_id"),
        A::Interventions,
        "select numero from interventions where technicien_id = :id order by id",
    ),
    keeps(
        "techniciens",
        ("affectations", "technicien_id"),
        A::Creneaux,
        "select i.numero from affectations a join interventions i on i.id = a.intervention_id
         where a.technicien_id = :id order by a.id",
    ),
    keeps(
        "techniciens",
        ("temps", "technicien_id"),
        A::Temps,
        "select i.numero from temps t join interventions i on i.id = t.intervention_id
         where t.technicien_id = :id order by t.id",
    ),
    keeps(
        "techniciens",
        ("plannings", "technicien_id"),
        A::Plans,
        "select titre from plannings where technicien_id = :id order by id",
    ),
    keeps(
        "techniciens",
        ("compteur_plans", "technicien_id"),
        A::PlansCompteur,
        "select titre from compteur_plans where technicien_id = :id order by id",
    ),
    part("techniciens", "absences", "technicien_id"),
    part("techniciens", "technicien_competences", "technicien_id"),
    // Plans and meters.
    keeps(
        "plannings",
        ("echeances", "planning_id"),
        A::Echeances,
        "select strftime('%d/%m/%Y', date) from echeances where planning_id = :id order by k",
    ),
    keeps(
        "plannings",
        ("documents", "planning_id"),
        A::Documents,
        "select nom_fichier from documents where planning_id = :id and supprime_le is null order by id",
    ),
    goes_along(
        "plannings",
        ("planning_competences", "planning_id"),
        A::Competences,
        "select c.nom from planning_competences k join competences c on c.id = k.competence_id
         where k.planning_id = :id order by c.id",
    ),
    keeps(
        "compteurs",
        ("releves", "compteur_id"),
        A::Releves,
        "select strftime('%d/%m/%Y', date, 'unixepoch') from releves where compteur_id = :id order by id",
    ),
    keeps(
        "compteurs",
        ("compteur_plans", "compteur_id"),
        A::PlansCompteur,
        "select titre from compteur_plans where compteur_id = :id order by id",
    ),
    keeps(
        "compteur_plans",
        ("seuils", "plan_id"),
        A::Seuils,
        "select i.numero from seuils s join interventions i on i.id = s.intervention_id
         where s.plan_id = :id order by s.id",
    ),
    stays("releves", "seuils", "releve_id", "a reading is annulled, never deleted"),
    stays("demandes", "documents", "demande_id", "a demande is withdrawn, never deleted"),
    // What is never deleted, and what is part of the machinery.
    stays("inventaires", "inventaire_lignes", "inventaire_id", COUNT),
    stays("inventaires", "mouvements", "inventaire_id", COUNT),
    stays("mouvements", "mouvements", "annule_id", LEDGER),
    stays("mouvements", "mouvements", "corrige_id", LEDGER),
    stays("mouvements", "revalorisation_lignes", "ligne_id", LEDGER),
    stays("mouvements", "revalorisation_lignes", "mouvement_id", LEDGER),
    stays("journal", "notifications", "journal_id", LEDGER),
    stays("journal", "followers_failures", "journal_id", LEDGER),
    stays("followers", "followers_failures", "name", "a bookmark is kept for ever"),
    stays("notifications", "envois", "notification_id", "a notification is hidden, never deleted"),
    stays("resumes", "envois", "resume_id", "a digest that was sent is never deleted"),
    follows("preferences", "preferences_types", "user_id", "part of the same choice"),
    follows("sessions", "refresh_tokens", "session_id", "ends with the session"),
    follows("totp", "codes_secours", "user_id", SECOND_FACTOR),
    // Accounts.
    stays("users", "checklist_reponses", "user_id", ACCOUNT),
    stays("users", "commentaires", "user_id", ACCOUNT),
    stays("users", "demandes", "demandeur_id", ACCOUNT),
    stays("users", "demandes", "traitee_par", ACCOUNT),
    stays("users", "documents", "ajoute_par", ACCOUNT),
    stays("users", "historique", "user_id", ACCOUNT),
    stays("users", "idempotency", "user_id", ACCOUNT),
    stays("users", "imports", "user_id", ACCOUNT),
    stays("users", "interventions", "cree_par", ACCOUNT),
    stays("users", "interventions", "validee_par", ACCOUNT),
    stays("users", "inventaire_lignes", "compte_par", ACCOUNT),
    stays("users", "inventaires", "ouvert_par", ACCOUNT),
    stays("users", "inventaires", "clos_par", ACCOUNT),
    stays("users", "jetons_calendrier", "user_id", ACCOUNT),
    stays("users", "journal", "user_id", ACCOUNT),
    stays("users", "mouvements", "user_id", ACCOUNT),
    stays("users", "notifications", "user_id", ACCOUNT),
    stays("users", "plannings", "cree_par", ACCOUNT),
    stays("users", "preferences", "user_id", ACCOUNT),
    stays("users", "releves", "auteur_id", ACCOUNT),
    stays("users", "reservations", "user_id", ACCOUNT),
    stays("users", "resumes", "user_id", ACCOUNT),
    stays("users", "sessions", "user_id", ACCOUNT),
    stays("users", "signatures", "user_id", ACCOUNT),
    stays("users", "techniciens", "user_id", ACCOUNT),
    stays("users", "totp", "user_id", ACCOUNT),
    stays("users", "vues", "user_id", ACCOUNT),
];
