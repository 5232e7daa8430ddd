//! SQL of compétences: which there are, who holds them, and whom they keep from a job.

use rusqlite::{Row, named_params};

use crate::clients::plant_zone;
use crate::ids::{CompetenceId, TechnicienId};
use crate::kernel::clock::Day;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};
use crate::techniciens::model::{
    Competence, CompetenceFilters, Disponibilite, Held, NewCompetence, Obstacle, TechnicienCompetence,
};
use crate::techniciens::rules;

const SORTS: &[SortKey] = &[("nom", "c.nom_key"), ("created_at", "c.created_at")];

pub fn competences(db: &Reader<'_>, _: &CompetenceFilters, page: &Page) -> Result<Listing<Competence>> {
    let mut select = Select::new("c.*", "competences c", "c.id");
    select.contains("c.nom", page);
    select.list(db, page, SORTS, "nom", competence_row)
}

pub fn competence(db: &Reader<'_>, id: CompetenceId) -> Result<Competence> {
    Select::new("c.*", "competences c", "c.id").one(db, id, competence_row)
}

pub fn insert_competence(tx: &Tx<'_>, new: &NewCompetence) -> Result<CompetenceId> {
    tx.insert(
        "insert into competences (nom, nom_key, description, created_at, updated_at)
         values (:nom, :nom_key, :description, :now, :now)",
        named_params! {
            ":nom": new.nom, ":nom_key": fold(&new.nom), ":description": new.description, ":now": tx.now(),
        },
    )
    .map(CompetenceId)
}

pub fn update_competence(tx: &Tx<'_>, competence: &Competence) -> Result<()> {
    tx.execute(
        "update competences set nom = :nom, nom_key = :nom_key, description = :description,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": competence.id, ":nom": competence.nom, ":nom_key": fold(&competence.nom),
            ":description": competence.description, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete_competence(tx: &Tx<'_>, id: CompetenceId) -> Result<()> {
    tx.execute("delete from competences where id = :id", named_params! { ":id": id })?;
    Ok(())
}

/// What these people hold, by name of compétence; expired or not is told for today, where they work.
pub fn held_by(
    db: &Reader<'_>,
    techniciens: &[TechnicienId],
) -> Result<Vec<(TechnicienId, TechnicienCompetence)>> {
    let rows: Vec<(TechnicienId, Option<String>, TechnicienCompetence)> = db.all(
        "select tc.technicien_id, s.fuseau, tc.competence_id, c.nom, tc.niveau, tc.valide_jusqu_au
         from technicien_competences tc join competences c on c.id = tc.competence_id
         join techniciens t on t.id = tc.technicien_id left join sites s on s.id = t.site_id
         where tc.technicien_id in (select value from json_each(:techniciens))
         order by c.nom_key",
        named_params! { ":techniciens": serde_json::to_string(techniciens)? },
        |row| {
            let held = TechnicienCompetence {
                competence_id: row.get("competence_id")?,
                nom: row.get("nom")?,
                niveau: row.get("niveau")?,
                valide_jusqu_au: row.get("valide_jusqu_au")?,
                expiree: false,
            };
            Ok((row.get("technicien_id")?, row.get("fuseau")?, held))
        },
    )?;
    let plant = plant_zone(db)?;
    let told = |(holder, fuseau, mut held): (TechnicienId, Option<String>, TechnicienCompetence)| {
        let zone = fuseau.map_or_else(|| Ok(plant.clone()), |name| db.zone(&name))?;
        let today = Day(db.now().in_zone(&zone).date());
        held.expiree = held.valide_jusqu_au.is_some_and(|last| last < today);
        Ok((holder, held))
    };
    rows.into_iter().map(told).collect()
}

/// Gives someone these compétences instead of those they had.
pub fn set_held(tx: &Tx<'_>, technicien: TechnicienId, held: &[Held]) -> Result<()> {
    tx.execute(
        "delete from technicien_competences where technicien_id = :technicien",
        named_params! { ":technicien": technicien },
    )?;
    for Held { competence_id, niveau, valide_jusqu_au } in held {
        tx.execute(
            "insert into technicien_competences (technicien_id, competence_id, niveau, valide_jusqu_au)
             values (:technicien, :competence, :niveau, :valide_jusqu_au)",
            named_params! {
                ":technicien": technicien, ":competence": competence_id, ":niveau": niveau,
                ":valide_jusqu_au": valide_jusqu_au,
            },
        )?;
    }
    Ok(())
}

/// What keeps someone from a job on `day` (in the site's calendar) that requires these compétences at these
/// levels. Empty: nothing does.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn obstacles(
    db: &Reader<'_>,
    technicien: TechnicienId,
    required: &[(CompetenceId, i64)],
    day: Day,
) -> Result<Vec<Obstacle>> {
    let (actif, ferme, disponibilite) = db.one(
        "select u.is_active, t.ferme_le is not null, t.disponibilite
         from techniciens t join users u on u.id = t.user_id where t.id = :id",
        named_params! { ":id": technicien },
        |row| Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?, row.get::<_, Disponibilite>(2)?)),
    )?;
    let mut obstacles = Vec::new();
    obstacles.extend((!actif).then_some(Obstacle::Inactif));
    obstacles.extend(ferme.then_some(Obstacle::Ferme));
    obstacles.extend((disponibilite == Disponibilite::Indisponible).then_some(Obstacle::Indisponible));
    for &(competence_id, requis) in required {
        let (nom, niveau, last) = db.one(
            "select c.nom, tc.niveau, tc.valide_jusqu_au
             from competences c
             left join technicien_competences tc on tc.competence_id = c.id and tc.technicien_id = :technicien
             where c.id = :competence",
            named_params! { ":technicien": technicien, ":competence": competence_id },
            |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?)),
        )?;
        let motif = rules::lacks(niveau.map(|niveau| (niveau, last)), requis, day);
        obstacles.extend(motif.map(|motif| Obstacle::Competence { competence_id, nom, requis, motif }));
    }
    Ok(obstacles)
}

/// Those for whom [`obstacles`] finds none.
pub fn qualified(db: &Reader<'_>, required: &[(CompetenceId, i64)], day: Day) -> Result<Vec<TechnicienId>> {
    db.all(
        "select t.id from techniciens t join users u on u.id = t.user_id
         where u.is_active = 1 and t.ferme_le is null and t.disponibilite = 'disponible' and not exists (
             select 1 from json_each(:required) required
             where not exists (
                 select 1 from technicien_competences tc
                 where tc.technicien_id = t.id and tc.competence_id = required.value ->> 0
                   and tc.niveau >= required.value ->> 1
                   and (tc.valide_jusqu_au is null or tc.valide_jusqu_au >= :day)))
         order by t.id",
        named_params! { ":required": serde_json::to_string(required)?, ":day": day },
        |row| row.get(0),
    )
}

fn competence_row(row: &Row<'_>) -> rusqlite::Result<Competence> {
    Ok(Competence {
        id: row.get("id")?,
        nom: row.get("nom")?,
        description: row.get("description")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
