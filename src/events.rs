//! THE closed list of facts worth remembering. Each becomes one journal entry, in the transaction of the
//! change itself; its name is `<entité>.<what happened>`.

use crate::ids::*;
use crate::kernel::db::Fact;

macro_rules! facts {
    (
        { $($(#[$doc:meta])* $name:ident($id:ty) = $action:literal,)+ }
        { $($(#[$bare_doc:meta])* $bare:ident = $bare_action:literal,)+ }
    ) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $name($id),)+
            $($(#[$bare_doc])* $bare,)+
        }

        impl Event {
            /// The name of every fact, for filters and documentation.
            pub const ACTIONS: &'static [&'static str] = &[$($action,)+ $($bare_action,)+];
        }

        impl Fact for Event {
            fn action(&self) -> &'static str {
                match self { $(Self::$name(_) => $action,)+ $(Self::$bare => $bare_action,)+ }
            }

            fn entite(&self) -> &'static str {
                self.action().split('.').next().unwrap_or_default()
            }

            fn entite_id(&self) -> Option<i64> {
                match self { $(Self::$name(id) => Some(id.0),)+ $(Self::$bare => None,)+ }
            }
        }
    };
}

facts! {
    // About one row.
    {
    UserCree(UserId) = "user.creation",
    UserModifie(UserId) = "user.modification",
    UserActive(UserId) = "user.activation",
    UserDesactive(UserId) = "user.desactivation",
    UserSupprime(UserId) = "user.suppression",
    /// By the person, or by an administrator for them.
    MotDePasseChange(UserId) = "user.mot_de_passe",
    /// A second factor is asked of them from now on.
    DoubleActivee(UserId) = "user.double_activee",
    DoubleRetiree(UserId) = "user.double_retiree",
    CodesSecoursRefaits(UserId) = "user.codes_secours",
    /// An administrator lifted the back-off after failed sign-ins.
    UserDebloque(UserId) = "user.deblocage",
    /// A secret link to their calendar; one made before opens nothing any more.
    LienCalendrierCree(UserId) = "user.lien_calendrier",
    LienCalendrierRevoque(UserId) = "user.lien_calendrier_revoque",
    Connexion(UserId) = "user.connexion",
    SessionTerminee(SessionId) = "session.fin",
    /// A refresh token came back after its successor was used: someone has a copy, the session ends.
    JetonReutilise(SessionId) = "session.jeton_reutilise",

    ClientCree(ClientId) = "client.creation",
    ClientModifie(ClientId) = "client.modification",
    ClientSupprime(ClientId) = "client.suppression",
    SiteCree(SiteId) = "site.creation",
    SiteModifie(SiteId) = "site.modification",
    SiteSupprime(SiteId) = "site.suppression",

    CompetenceCreee(CompetenceId) = "competence.creation",
    CompetenceModifiee(CompetenceId) = "competence.modification",
    CompetenceSupprimee(CompetenceId) = "competence.suppression",
    TechnicienCree(TechnicienId) = "technicien.creation",
    TechnicienModifie(TechnicienId) = "technicien.modification",
    TechnicienSupprime(TechnicienId) = "technicien.suppression",
    /// They left: what became of what was theirs is told with it.
    FicheFermee(TechnicienId) = "technicien.fermeture",
    FicheRouverte(TechnicienId) = "technicien.reouverture",
    AbsenceAjoutee(AbsenceId) = "absence.creation",
    AbsenceSupprimee(AbsenceId) = "absence.suppression",

    EquipementCree(EquipementId) = "equipement.creation",
    EquipementModifie(EquipementId) = "equipement.modification",
    EquipementSupprime(EquipementId) = "equipement.suppression",

    CompteurCree(CompteurId) = "compteur.creation",
    CompteurModifie(CompteurId) = "compteur.modification",
    CompteurSupprime(CompteurId) = "compteur.suppression",
    ReleveSaisi(ReleveId) = "releve.creation",
    ReleveAnnule(ReleveId) = "releve.annulation",
    PlanCompteurCree(PlanCompteurId) = "plan_compteur.creation",
    PlanCompteurModifie(PlanCompteurId) = "plan_compteur.modification",
    PlanCompteurSupprime(PlanCompteurId) = "plan_compteur.suppression",
    /// From which threshold to which, by which reading, and the work that answers them.
    SeuilsPasses(PlanCompteurId) = "plan_compteur.passage",
    /// The reading that passed them was wrong.
    SeuilsAnnules(PlanCompteurId) = "plan_compteur.annulation",
    /// The plan names a technicien who cannot lead its work: it waits for somebody.
    PlanCompteurSansTechnicien(PlanCompteurId) = "plan_compteur.sans_technicien",

    InterventionCreee(InterventionId) = "intervention.creation",
    /// It came from another system, as it stood there.
    InterventionReprise(InterventionId) = "intervention.reprise",
    InterventionModifiee(InterventionId) = "intervention.modification",
    InterventionSupprimee(InterventionId) = "intervention.suppression",
    StatutChange(InterventionId) = "intervention.statut",
    AffectationsChangees(InterventionId) = "intervention.affectation",
    /// Slots outside working hours, which a responsable insisted on.
    HoraireForce(InterventionId) = "intervention.horaire_force",
    InterventionValidee(InterventionId) = "intervention.validation",
    /// A part that it took has another price now: what it cost is another.
    InterventionRevalorisee(InterventionId) = "intervention.revalorisation",
    CommentaireAjoute(CommentaireId) = "commentaire.creation",
    /// A slot is tomorrow.
    InterventionRappelee(InterventionId) = "intervention.rappel",
    /// Still live past its limit; once a day.
    InterventionEnRetard(InterventionId) = "intervention.retard",

    /// An intervention was acknowledged.
    SignatureAjoutee(SignatureId) = "signature.creation",

    DemandeCreee(DemandeId) = "demande.creation",
    DemandeModifiee(DemandeId) = "demande.modification",
    DemandeAcceptee(DemandeId) = "demande.acceptation",
    DemandeRefusee(DemandeId) = "demande.refus",
    /// By the requester, before it was answered.
    DemandeRetiree(DemandeId) = "demande.retrait",

    CodeCree(CodeId) = "code.creation",
    CodeModifie(CodeId) = "code.modification",
    CodeSupprime(CodeId) = "code.suppression",

    GammeCreee(GammeId) = "gamme.creation",
    GammeModifiee(GammeId) = "gamme.modification",
    GammeSupprimee(GammeId) = "gamme.suppression",
    GammePubliee(GammeId) = "gamme.publication",
    /// An operation of its checklist was answered, or answered otherwise.
    ReponseDonnee(InterventionId) = "intervention.checklist",
    /// A measure is out of tolerance: corrective work is proposed.
    MesureHorsTolerance(InterventionId) = "intervention.hors_tolerance",
    /// The corrective work was created.
    CorrectiveCreee(InterventionId) = "intervention.corrective",

    TempsSaisi(TempsId) = "temps.creation",
    TempsModifie(TempsId) = "temps.modification",
    TempsSupprime(TempsId) = "temps.suppression",
    ChronometreDemarre(TempsId) = "temps.demarrage",
    ChronometreArrete(TempsId) = "temps.arret",
    PrestationAjoutee(PrestationId) = "prestation.creation",
    PrestationSupprimee(PrestationId) = "prestation.suppression",

    DocumentAjoute(DocumentId) = "document.creation",
    DocumentSupprime(DocumentId) = "document.suppression",
    /// Its file was found missing, or other than it was handed in.
    DocumentAltere(DocumentId) = "document.alteration",

    PlanningCree(PlanningId) = "planning.creation",
    PlanningModifie(PlanningId) = "planning.modification",
    PlanningSupprime(PlanningId) = "planning.suppression",
    EcheanceGeneree(PlanningId) = "planning.generation",
    /// It waits for the open intervention of the plan.
    EcheanceReportee(PlanningId) = "planning.report",
    /// Their times passed and nothing generated them; how many, and the first and last of them.
    EcheancesManquees(PlanningId) = "planning.manquees",
    EcheanceSautee(PlanningId) = "planning.saut",
    EcheanceFaite(PlanningId) = "planning.realisation",
    /// Its intervention was cancelled or deleted.
    EcheanceAnnulee(PlanningId) = "planning.annulation",
    /// Its intervention goes on after all.
    EcheanceReprise(PlanningId) = "planning.reprise",
    /// The plan names a technicien, who could not be booked: the intervention waits for somebody.
    PlanningSansCreneau(PlanningId) = "planning.sans_creneau",
    JourFerieCree(JourFerieId) = "jour_ferie.creation",
    JourFerieModifie(JourFerieId) = "jour_ferie.modification",
    JourFerieSupprime(JourFerieId) = "jour_ferie.suppression",

    FournisseurCree(FournisseurId) = "fournisseur.creation",
    FournisseurModifie(FournisseurId) = "fournisseur.modification",
    FournisseurSupprime(FournisseurId) = "fournisseur.suppression",
    PieceCreee(PieceId) = "piece.creation",
    PieceModifiee(PieceId) = "piece.modification",
    PieceSupprimee(PieceId) = "piece.suppression",
    /// The stock fell below `seuil_min`; not told again until it has been above.
    PieceStockBas(PieceId) = "piece.stock_bas",
    MouvementEnregistre(MouvementId) = "mouvement.creation",
    /// The id is that of the line that undoes another.
    MouvementAnnule(MouvementId) = "mouvement.annulation",
    /// The id is that of the line that puts a receipt's price right.
    PrixCorrige(MouvementId) = "mouvement.revalorisation",
    PieceReservee(ReservationId) = "reservation.creation",
    ReservationLiberee(ReservationId) = "reservation.liberation",
    /// What it awaited, or some of it, is set aside now.
    ReservationAttribuee(ReservationId) = "reservation.attribution",
    /// A count found less than was set aside: what is missing is awaited again.
    ReservationReduite(ReservationId) = "reservation.reduction",
    /// Every part that it waited for is set aside for it.
    InterventionPiecesDisponibles(InterventionId) = "intervention.pieces_disponibles",
    InventaireOuvert(InventaireId) = "inventaire.ouverture",
    InventaireCompte(InventaireId) = "inventaire.comptage",
    InventaireCloture(InventaireId) = "inventaire.cloture",
    InventaireAbandonne(InventaireId) = "inventaire.abandon",

    VueEnregistree(VueId) = "vue.creation",
    VueSupprimee(VueId) = "vue.suppression",
    /// Its owner left, and others use it.
    VueTransmise(VueId) = "vue.transmission",

    /// A responsable wrote to them.
    NotificationEnvoyee(UserId) = "user.notification",
    /// By which channels they want to be told what.
    PreferencesModifiees(UserId) = "user.preferences",
    NotificationSupprimee(NotificationId) = "notification.suppression",
    /// A delivery that failed is tried again.
    EnvoiRelance(EnvoiId) = "envoi.relance",

    ImportFait(ImportId) = "import.creation",
    ImportAnnule(ImportId) = "import.annulation",

    /// A restore drill of a backup.
    ExerciceDemande(ExerciceId) = "exercice.demande",
    ExerciceTermine(ExerciceId) = "exercice.resultat",
    }
    // About none in particular.
    {
    /// An administrator had a job of the server run beside its times.
    TacheLancee = "tache.lancement",
    /// An administrator vouched for the machine's clock.
    HorlogeConfirmee = "horloge.confirmation",
    ConnexionRefusee = "connexion.refus",
    /// Whether finishing a corrective intervention asks for its codes.
    ReglagesCodesModifies = "code.reglages",
    /// Whether a second factor is asked of admins and responsables.
    DoubleExigee = "securite.double",
    /// An administrator took a backup away.
    SauvegardeTelechargee = "sauvegarde.telechargement",
    /// A night went by without a good backup.
    SauvegardeEnAlerte = "sauvegarde.alerte",
    /// The disk, the certificate, the mail or a job of the server is in trouble.
    ServeurEnAlerte = "serveur.alerte",
    /// Demo or volume data was put into an empty database.
    DonneesSemees = "donnees.semis",
    }
}
