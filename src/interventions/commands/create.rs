//! A new intervention, with its people when they are named.

use jiff::tz::TimeZone;

use super::bookings::{self, Booking};
use super::{check_competences, codes, referenced, report_stopped, require_ordered, version_to_give};
use crate::agenda::Slot;
use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::{DemandeId, EquipementId, GammeId, InterventionId, PlanningId, SiteId, TechnicienId};
use crate::interventions::access::Readable;
use crate::interventions::model::{
    CompetenceDemandee, Intervention, InterventionDetail, NewIntervention, Priorite, RoleAffectation,
    StatutIntervention, TypeHistorique, TypeIntervention,
};
use crate::interventions::{rules, store};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;

/// What called for an intervention.
pub enum Origin<'a> {
    /// Somebody wrote it down.
    Person,
    /// A request that was accepted, and its number.
    Demande(DemandeId, &'a str),
    /// A meter passed a threshold, and which.
    Seuil(&'a str),
}

impl Origin<'_> {
    fn demande(&self) -> Option<DemandeId> {
        match self {
            Self::Person | Self::Seuil(_) => None,
            Self::Demande(id, _) => Some(*id),
        }
    }

    /// What the history says of it.
    fn remarque(&self) -> Option<String> {
        match self {
            Self::Person => None,
            Self::Demande(_, numero) => Some(format!("Demande {numero}")),
            Self::Seuil(why) => Some((*why).to_owned()),
        }
    }
}

/// Creates an intervention in `planifie`. A technicien named together with a planned time is booked for it,
/// under all rules of booking; named alone, they lead it without a slot.
///
/// # Errors
/// 422 for what the body refers to, 409 when the technicien cannot take it.
pub fn create(tx: &Tx<'_>, new: NewIntervention, origin: Origin<'_>) -> Result<InterventionDetail> {
    let site = referenced(store::equipement_site(tx, new.equipement_id), "equipement_id")?;
    let zone = site_zone(tx, site)?;
    let required = new.competences_requises.clone().unwrap_or_default();
    check_competences(tx, &required)?;
    let forced = new.forcer_horaire;
    let limit = new.date_limite.map(|limit| limit.last(&zone));
    let mut intervention = draft(new, site, limit, tx.now());
    intervention.demande_id = origin.demande();
    require_ordered(&intervention)?;
    // A demande's code fitted when it was chosen; what became of the list since holds nobody's answer up.
    if matches!(origin, Origin::Person) {
        codes::check(tx, None, &intervention)?;
    }
    if let Some(gamme) = intervention.gamme_id {
        intervention.gamme_version = Some(version_to_give(tx, gamme)?);
    }
    let slots = booking(tx, &mut intervention)?;
    let needs: Vec<_> = required.iter().map(|need| (need.competence_id, need.niveau)).collect();
    let lead = intervention.technicien_id;
    bookings::check_lead(tx, lead.filter(|_| slots.is_empty()), &needs, &zone)?;
    let forced = bookings::check(tx, &intervention, &slots, &needs, &zone, forced)?;
    write(tx, intervention, &required, &slots, forced, &zone, origin.remarque().as_deref())
}

/// What a preventive plan asks for.
pub struct Preventive {
    pub planning_id: PlanningId,
    pub titre: String,
    pub description: Option<String>,
    pub equipement_id: EquipementId,
    pub site_id: SiteId,
    pub zone: TimeZone,
    pub priorite: Priorite,
    pub duree_estimee_min: Option<i64>,
    pub date_limite: Instant,
    pub competences: Vec<CompetenceDemandee>,
    /// The plan's checklist: the version published now is kept, even of one that was archived since.
    pub gamme_id: Option<GammeId>,
    /// Who does it when, if somebody can.
    pub place: Option<(TechnicienId, Slot)>,
    /// Who leads it without a slot, if nobody has one.
    pub lead: Option<TechnicienId>,
    /// What the history says of its beginning, such as why nobody is booked.
    pub remarque: Option<String>,
}

/// Creates the intervention of a plan's échéance; the place named is booked under all rules of booking.
///
/// # Errors
/// 409 when the technicien cannot take it. The database may say so last, when a part has been written already.
pub fn create_preventive(tx: &Tx<'_>, asked: Preventive) -> Result<InterventionDetail> {
    let Preventive { planning_id, site_id, zone, competences, place, .. } = asked;
    let new = NewIntervention {
        description: asked.description,
        priorite: Some(asked.priorite),
        technicien_id: place.map(|(technicien, _)| technicien).or(asked.lead),
        date_debut_prevue: place.map(|(_, slot)| slot.debut),
        date_fin_prevue: place.map(|(_, slot)| slot.fin),
        duree_estimee_min: asked.duree_estimee_min,
        gamme_id: asked.gamme_id,
        ..NewIntervention::new(asked.titre, TypeIntervention::Preventive, asked.equipement_id)
    };
    let mut intervention = draft(new, site_id, Some(asked.date_limite), tx.now());
    intervention.planning_id = Some(planning_id);
    if let Some(gamme) = intervention.gamme_id {
        intervention.gamme_version = store::gamme_in_force(tx, gamme)?.1;
    }
    let slots = booking(tx, &mut intervention)?;
    let needs: Vec<_> = competences.iter().map(|need| (need.competence_id, need.niveau)).collect();
    let forced = bookings::check(tx, &intervention, &slots, &needs, &zone, false)?;
    write(tx, intervention, &competences, &slots, forced, &zone, asked.remarque.as_deref())
}

/// Numbers and keeps what has been checked; the history begins with `remarque`.
fn write(
    tx: &Tx<'_>,
    mut intervention: Intervention,
    required: &[CompetenceDemandee],
    slots: &[Booking],
    forced: Vec<&Booking>,
    zone: &TimeZone,
    remarque: Option<&str>,
) -> Result<InterventionDetail> {
    intervention.numero = store::next_number(tx, tx.now().in_zone(zone).year())?;
    let id = store::insert(tx, &intervention)?;
    store::set_competences(tx, id, required)?;
    let steps = (None, Some(intervention.statut));
    store::add_history(tx, id, TypeHistorique::Creation, steps, remarque)?;
    bookings::book(tx, id, slots, forced)?;
    if rules::reports_stop(&intervention) {
        report_stopped(tx, intervention.equipement_id)?;
    }
    if let Some(lead) = intervention.technicien_id {
        bookings::tell(tx, id, Some(lead), slots, zone)?;
    }
    let created = store::detail(tx, Readable::made(tx, id)?)?;
    tx.record(Event::InterventionCreee(id), Change::created(&created)?)?;
    Ok(created)
}

/// The slot that the planned time gives the technicien, if both are known.
fn booking(tx: &Tx<'_>, intervention: &mut Intervention) -> Result<Vec<Booking>> {
    let Some(technicien) = intervention.technicien_id else { return Ok(Vec::new()) };
    let nom = referenced(store::technicien_nom(tx, technicien), "technicien_id")?;
    let Some(debut) = intervention.date_debut_prevue else { return Ok(Vec::new()) };
    let estimated = |minutes| Instant::from_second(debut.as_second() + minutes * 60);
    let Some(fin) = intervention.date_fin_prevue.or(intervention.duree_estimee_min.map(estimated)) else {
        return Ok(Vec::new());
    };
    intervention.date_fin_prevue = Some(fin);
    let slot = bookings::slot(debut, fin, "date_fin_prevue")?;
    Ok(vec![Booking { technicien, nom, slot, role: RoleAffectation::Principal }])
}

/// What the database will number and name.
pub(super) fn draft(
    new: NewIntervention,
    site_id: SiteId,
    date_limite: Option<Instant>,
    now: Instant,
) -> Intervention {
    Intervention {
        id: InterventionId(0),
        numero: String::new(),
        titre: new.titre,
        description: new.description,
        type_intervention: new.type_intervention,
        statut: StatutIntervention::Planifie,
        priorite: new.priorite.unwrap_or(Priorite::Normale),
        equipement_id: new.equipement_id,
        equipement_code: String::new(),
        equipement_nom: String::new(),
        site_id,
        client_id: None,
        technicien_id: new.technicien_id,
        technicien_nom: None,
        date_limite,
        date_creation: now,
        date_debut_prevue: new.date_debut_prevue,
        date_fin_prevue: new.date_fin_prevue,
        date_debut_reelle: None,
        date_fin_reelle: None,
        duree_estimee_min: new.duree_estimee_min,
        arret_equipement: new.arret_equipement.unwrap_or(false),
        date_arret: None,
        date_remise_en_service: None,
        survenue_le: new.survenue_le,
        declaree_le: new.declaree_le.unwrap_or(now),
        prise_en_charge_le: new.technicien_id.map(|_| now),
        symptome: new.symptome,
        cause: None,
        remede: None,
        compte_rendu: None,
        symptome_code_id: new.symptome_code_id,
        symptome_code_libelle: None,
        cause_code_id: new.cause_code_id,
        cause_code_libelle: None,
        remede_code_id: new.remede_code_id,
        remede_code_libelle: None,
        planning_id: None,
        demande_id: None,
        gamme_id: new.gamme_id,
        gamme_version: None,
        validee_par: None,
        validee_par_nom: None,
        date_validation: None,
        en_retard: false,
        a_planifier: false,
        pieces_disponibles: None,
        temps_passe_min: 0,
        cout_total: None,
        version: 1,
        updated_at: now,
    }
}
