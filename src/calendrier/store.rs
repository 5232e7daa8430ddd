//! SQL of the calendar and of its links.

use std::time::Duration;

use rusqlite::{Row, named_params};

use super::model::{Evenement, Trace, TypeEvenement};
use super::rules::Period;
use crate::ids::*;
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::users::Langue;

/// A slot lasts 24 h at most, which bounds how far back the index must be read.
const LONGEST_SLOT: Duration = Duration::from_secs(86_400);

/// The slots in a period of interventions that are live or were finished, and the absences, earliest first; of no
/// one in particular when nobody is named. At sites there are slots only, for an absence is at none.
pub fn booked(
    db: &Reader<'_>,
    period: &Period,
    techniciens: &[TechnicienId],
    sites: &[SiteId],
    limit: usize,
) -> Result<Vec<Evenement>> {
    // One condition or none, for an index is of no use to « this or anything ».
    let (these, those) = match techniciens {
        [] => ("and :techniciens is not null", ""),
        _ => (
            "and a.technicien_id in (select value from json_each(:techniciens))",
            "and b.technicien_id in (select value from json_each(:techniciens))",
        ),
    };
    let (here, anywhere) = match sites {
        [] => ("and :sites is not null", ""),
        _ => ("and s.id in (select value from json_each(:sites))", "and false"),
    };
    // The sign keeps SQLite from counting over all that a technicien ever did, instead of over one intervention.
    db.all(
        &format!(
            "select a.id, a.technicien_id, u.full_name, a.debut, a.fin, i.titre, i.updated_at, a.role,
                 i.id, i.numero, i.statut, i.priorite, i.type_intervention, i.planning_id, i.version,
                 e.id, e.code, e.nom, s.id, s.nom, null as absence_fuseau,
                 (select count(*) from affectations c
                  where c.intervention_id = a.intervention_id and +c.technicien_id = a.technicien_id
                    and c.liberee_le is null and (c.debut, c.id) < (a.debut, a.id))
             from affectations a
             join interventions i on i.id = a.intervention_id
             join equipements e on e.id = i.equipement_id
             join sites s on s.id = i.site_id
             join techniciens t on t.id = a.technicien_id
             join users u on u.id = t.user_id
             where a.liberee_le is null and a.debut > :day_before and a.debut < :to and a.fin > :from
               and i.supprimee_le is null and i.statut <> 'annule' {these} {here}
             union all
             select b.id, b.technicien_id, u.full_name, b.debut, b.fin, coalesce(b.motif, ''), b.created_at, null,
                 null, null, null, null, null, null, null, null, null, null, null, null,
                 (select z.fuseau from sites z where z.id = t.site_id), null
             from absences b join techniciens t on t.id = b.technicien_id join users u on u.id = t.user_id
             where b.debut < :to and b.fin > :from {those} {anywhere}
             order by 4, 5, 1 limit :limit"
        ),
        named_params! {
            ":from": period.from, ":to": period.to, ":day_before": period.from.minus(LONGEST_SLOT),
            ":techniciens": serde_json::to_string(techniciens)?, ":sites": serde_json::to_string(sites)?,
            ":limit": limit as i64,
        },
        evenement,
    )
}

/// Whom a link is, as they are now. Nobody's once their account is closed, its password or role is another than when
/// they made it, or a second factor is asked of them that they have not set up.
pub struct Holder {
    pub role: Option<Role>,
    pub technicien_id: Option<TechnicienId>,
    pub nom: String,
    pub langue: Langue,
}

pub fn holder(db: &Reader<'_>, empreinte: [u8; 32]) -> Result<Option<Holder>> {
    db.maybe(
        "select u.role, t.id as technicien_id, u.full_name, u.langue
         from jetons_calendrier j join users u on u.id = j.user_id
         left join techniciens t on t.user_id = u.id and t.ferme_le is null
         where j.empreinte = :empreinte and u.is_active = 1 and j.auth_version = u.auth_version
           and not (u.role in ('admin', 'responsable') and (select double_exigee from securite)
               and not exists (select 1 from totp d where d.user_id = u.id and d.active_le is not null))",
        named_params! { ":empreinte": empreinte },
        |row| {
            Ok(Holder {
                role: row.get("role")?,
                technicien_id: row.get("technicien_id")?,
                nom: row.get("full_name")?,
                langue: row.get("langue")?,
            })
        },
    )
}

/// Since when a person has a link that is still good.
pub fn link_since(db: &Reader<'_>, user: UserId) -> Result<Option<Instant>> {
    let user = named_params! { ":user": user };
    db.maybe(
        "select j.cree_le from jetons_calendrier j join users u on u.id = j.user_id
         where j.user_id = :user and j.auth_version = u.auth_version",
        user,
        |row| row.get(0),
    )
}

/// Gives a person a link in place of the one they had.
pub fn put_link(tx: &Tx<'_>, user: UserId, empreinte: [u8; 32]) -> Result<()> {
    tx.execute(
        "insert into jetons_calendrier (user_id, empreinte, cree_le, auth_version)
         values (:user, :empreinte, :now, (select auth_version from users where id = :user))
         on conflict (user_id) do update
             set empreinte = :empreinte, cree_le = :now, auth_version = excluded.auth_version",
        named_params! { ":user": user, ":empreinte": empreinte, ":now": tx.now() },
    )
    .map(drop)
}

/// Takes a person's link away; returns whether there was one.
pub fn remove_link(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let removed =
        tx.execute("delete from jetons_calendrier where user_id = :user", named_params! { ":user": user })?;
    Ok(removed > 0)
}

fn evenement(row: &Row<'_>) -> rusqlite::Result<Evenement> {
    let mut column = Columns::of(row);
    let id: i64 = column.take()?;
    let technicien_id: TechnicienId = column.take()?;
    let technicien_nom = column.take()?;
    let (debut, fin, titre, modifie_le) = (column.take()?, column.take()?, column.take()?, column.take()?);
    let role = column.take()?;
    let intervention_id: Option<InterventionId> = column.take()?;
    let entry = |r#type, uid, version| Evenement {
        technicien_id: Some(technicien_id),
        technicien_nom,
        ..Evenement::new(r#type, (debut, fin), titre, Trace { uid, version, modifie_le })
    };
    let Some(intervention) = intervention_id else {
        // An absence never changes.
        let absence = entry(TypeEvenement::Absence, format!("absence-{id}"), 0);
        let fuseau = row.get("absence_fuseau")?;
        return Ok(Evenement { absence_id: Some(AbsenceId(id)), fuseau, ..absence });
    };
    let (numero, statut, priorite, type_intervention) =
        (column.take()?, column.take()?, column.take()?, column.take()?);
    let (planning_id, version) = (column.take()?, column.take()?);
    let (equipement_id, equipement_code, equipement_nom) = (column.take()?, column.take()?, column.take()?);
    let (site_id, site_nom): (_, _) = (column.take()?, column.take()?);
    let _: Option<String> = column.take()?;
    let rank: i64 = column.take()?;
    // A slot that is moved is another row, and the same entry to whoever is booked on it.
    let uid = format!("intervention-{intervention}-{technicien_id}-{rank}");
    Ok(Evenement {
        site_id,
        site_nom,
        equipement_id,
        equipement_code,
        equipement_nom,
        priorite,
        intervention_id,
        numero,
        statut,
        type_intervention,
        affectation_id: Some(AffectationId(id)),
        role,
        planning_id,
        ..entry(TypeEvenement::Intervention, uid, version)
    })
}
