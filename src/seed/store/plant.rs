//! SQL of organisations, people, sites and machines.

use rusqlite::named_params;
use serde_json::{Map, Value};

use crate::agenda::{Horaire, Interval};
use crate::clients;
use crate::ids::*;
use crate::kernel::auth::Role;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::page::fold;
use crate::seed::Account;

#[derive(Default)]
pub struct Client<'a> {
    pub nom: &'a str,
    pub contact: Option<&'a str>,
    pub email: Option<&'a str>,
    pub telephone: Option<&'a str>,
    pub adresse: Option<&'a str>,
}

pub fn insert_client(tx: &Tx<'_>, since: Instant, client: &Client<'_>) -> Result<ClientId> {
    tx.insert(
        "insert into clients (nom, contact, email, telephone, adresse, created_at, updated_at)
         values (:nom, :contact, :email, :telephone, :adresse, :since, :since)",
        named_params! {
            ":nom": client.nom, ":contact": client.contact, ":email": client.email,
            ":telephone": client.telephone, ":adresse": client.adresse, ":since": since,
        },
    )
    .map(ClientId)
}

pub struct User<'a> {
    pub username: &'a str,
    pub full_name: &'a str,
    pub email: &'a str,
    pub role: Role,
    pub client: Option<ClientId>,
    /// Of the password.
    pub hash: &'a str,
}

/// One of the accounts that people sign in with.
pub fn insert_account(
    tx: &Tx<'_>,
    since: Instant,
    account: &Account,
    client: Option<ClientId>,
    hash: &str,
) -> Result<UserId> {
    let Account { username, email, full_name, role } = *account;
    insert_user(tx, since, &User { username, full_name, email, role, client, hash })
}

pub fn insert_user(tx: &Tx<'_>, since: Instant, user: &User<'_>) -> Result<UserId> {
    tx.insert(
        "insert into users (username, username_key, full_name, email, email_key, role, client_id,
             password_hash, created_at, updated_at)
         values (:username, :username_key, :full_name, :email, :email_key, :role, :client, :hash, :since, :since)",
        named_params! {
            ":username": user.username, ":username_key": fold(user.username), ":full_name": user.full_name,
            ":email": user.email, ":email_key": fold(user.email), ":role": user.role, ":client": user.client,
            ":hash": user.hash, ":since": since,
        },
    )
    .map(UserId)
}

pub struct Site<'a> {
    pub code: &'a str,
    pub nom: &'a str,
    pub adresse: &'a str,
    pub fuseau: &'a str,
    pub pays: &'a str,
}

pub fn insert_site(tx: &Tx<'_>, since: Instant, site: &Site<'_>, client: ClientId) -> Result<SiteId> {
    tx.insert(
        "insert into sites (code, code_key, nom, adresse, fuseau, pays, client_id, created_at, updated_at)
         values (:code, :code_key, :nom, :adresse, :fuseau, :pays, :client, :since, :since)",
        named_params! {
            ":code": site.code, ":code_key": fold(site.code), ":nom": site.nom, ":adresse": site.adresse,
            ":fuseau": site.fuseau, ":pays": site.pays, ":client": client, ":since": since,
        },
    )
    .map(SiteId)
}

pub struct Equipement<'a> {
    pub code: &'a str,
    pub nom: &'a str,
    pub kind: &'a str,
    pub localisation: Option<&'a str>,
    pub site: SiteId,
    pub parent: Option<EquipementId>,
    pub criticite: &'a str,
    pub statut: &'a str,
    pub fabricant: Option<&'a str>,
    pub modele: Option<&'a str>,
    pub numero_serie: Option<&'a str>,
    pub mise_en_service: Option<Day>,
    /// Cents.
    pub valeur: Option<i64>,
    pub attributs: Map<String, Value>,
}

impl<'a> Equipement<'a> {
    /// In service, and nothing more is known of it.
    pub fn new(code: &'a str, nom: &'a str, kind: &'a str, site: SiteId) -> Self {
        Self {
            code,
            nom,
            kind,
            localisation: None,
            site,
            parent: None,
            criticite: "standard",
            statut: "operationnel",
            fabricant: None,
            modele: None,
            numero_serie: None,
            mise_en_service: None,
            valeur: None,
            attributs: Map::new(),
        }
    }
}

pub fn insert_equipement(tx: &Tx<'_>, since: Instant, machine: &Equipement<'_>) -> Result<EquipementId> {
    tx.insert(
        "insert into equipements (code, code_key, nom, type, localisation, site_id, parent_id, criticite, statut,
             fabricant, modele, numero_serie, date_mise_en_service, valeur_remplacement, attributs,
             created_at, updated_at)
         values (:code, :code_key, :nom, :type, :localisation, :site, :parent, :criticite, :statut,
             :fabricant, :modele, :numero_serie, :mise_en_service, :valeur, :attributs, :since, :since)",
        named_params! {
            ":code": machine.code, ":code_key": fold(machine.code), ":nom": machine.nom, ":type": machine.kind,
            ":localisation": machine.localisation, ":site": machine.site, ":parent": machine.parent,
            ":criticite": machine.criticite, ":statut": machine.statut, ":fabricant": machine.fabricant,
            ":modele": machine.modele, ":numero_serie": machine.numero_serie,
            ":mise_en_service": machine.mise_en_service, ":valeur": machine.valeur,
            ":attributs": serde_json::to_string(&machine.attributs)?, ":since": since,
        },
    )
    .map(EquipementId)
}

pub fn insert_competence(tx: &Tx<'_>, since: Instant, nom: &str, description: &str) -> Result<CompetenceId> {
    tx.insert(
        "insert into competences (nom, nom_key, description, created_at, updated_at)
         values (:nom, :nom_key, :description, :since, :since)",
        named_params! { ":nom": nom, ":nom_key": fold(nom), ":description": description, ":since": since },
    )
    .map(CompetenceId)
}

pub struct Technicien<'a> {
    pub user: UserId,
    pub matricule: &'a str,
    pub equipe: &'a str,
    pub disponible: bool,
    /// Cents an hour.
    pub taux_horaire: i64,
    pub horaire: Option<&'a Horaire>,
}

pub fn insert_technicien(tx: &Tx<'_>, since: Instant, technicien: &Technicien<'_>) -> Result<TechnicienId> {
    let horaire = technicien.horaire.map(serde_json::to_string).transpose()?;
    tx.insert(
        "insert into techniciens (user_id, matricule, matricule_key, equipe, site_id, disponibilite, taux_horaire,
             horaire, created_at, updated_at)
         values (:user, :matricule, :matricule_key, :equipe, :site, :disponibilite, :taux_horaire, :horaire,
             :since, :since)",
        named_params! {
            ":user": technicien.user, ":matricule": technicien.matricule,
            ":matricule_key": fold(technicien.matricule), ":equipe": technicien.equipe,
            ":site": clients::plant_site(tx)?,
            ":disponibilite": if technicien.disponible { "disponible" } else { "indisponible" },
            ":taux_horaire": technicien.taux_horaire, ":horaire": horaire, ":since": since,
        },
    )
    .map(TechnicienId)
}

pub fn insert_skill(
    tx: &Tx<'_>,
    technicien: TechnicienId,
    competence: CompetenceId,
    niveau: i64,
    until: Option<Day>,
) -> Result<()> {
    tx.execute(
        "insert into technicien_competences (technicien_id, competence_id, niveau, valide_jusqu_au)
         values (:technicien, :competence, :niveau, :until)",
        named_params! {
            ":technicien": technicien, ":competence": competence, ":niveau": niveau, ":until": until,
        },
    )?;
    Ok(())
}

pub fn insert_absence(
    tx: &Tx<'_>,
    technicien: TechnicienId,
    (debut, fin): Interval,
    motif: &str,
    declared: Instant,
) -> Result<()> {
    tx.execute(
        "insert into absences (technicien_id, debut, fin, motif, created_at)
         values (:technicien, :debut, :fin, :motif, :declared)",
        named_params! {
            ":technicien": technicien, ":debut": debut, ":fin": fin, ":motif": motif, ":declared": declared,
        },
    )?;
    Ok(())
}
