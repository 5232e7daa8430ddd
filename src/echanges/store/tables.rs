//! SQL of the tables that go out, and of what their cells name.

/// Parents before what is below them.
pub const EQUIPEMENTS: &str = "with recursive tree (id, depth) as (
         select id, 0 from equipements where parent_id is null
         union all select e.id, t.depth + 1 from equipements e join tree t on e.parent_id = t.id
     )
     select e.code, e.nom, e.type, e.localisation, s.code, p.code, e.criticite, e.statut, e.fabricant,
         e.modele, e.numero_serie, e.date_mise_en_service, e.valeur_remplacement / 100.0
     from equipements e join tree t on t.id = e.id join sites s on s.id = e.site_id
     left join equipements p on p.id = e.parent_id
     order by t.depth, e.code_key";

pub const USERS: &str = "select u.username, u.full_name, u.email, u.role, c.nom, u.langue,
         case u.is_active when 1 then 'oui' else 'non' end
     from users u left join clients c on c.id = u.client_id order by u.username_key";

pub const TECHNICIENS: &str =
    "select u.username, t.matricule, t.equipe, s.code, t.disponibilite, t.taux_horaire / 100.0,
         (select group_concat(c.nom, '|') from technicien_competences tc
              join competences c on c.id = tc.competence_id where tc.technicien_id = t.id),
         iif(t.ferme_le is null, 'ouverte', 'fermée')
     from techniciens t join users u on u.id = t.user_id left join sites s on s.id = t.site_id order by u.username_key";

pub const PIECES: &str = "select p.reference, p.designation, p.unite, p.emplacement, p.seuil_min / 1000.0,
         p.quantite_reappro / 1000.0, p.prix_unitaire / 10000.0, f.nom,
         (select group_concat(e.code, '|') from piece_equipements pe
              join equipements e on e.id = pe.equipement_id where pe.piece_id = p.id),
         (select coalesce(sum(m.quantite), 0) / 1000.0 from mouvements m where m.piece_id = p.id)
     from pieces p left join fournisseurs f on f.id = p.fournisseur_id
     where p.supprimee_le is null order by p.reference_key";

pub const INTERVENTIONS: &str =
    "select i.numero, i.titre, i.type_intervention, e.code, i.description, i.priorite, i.statut, u.username,
         i.duree_estimee_min, strftime('%Y-%m-%dT%H:%M:%SZ', i.date_limite, 'unixepoch'),
         strftime('%Y-%m-%dT%H:%M:%SZ', i.date_creation, 'unixepoch'),
         strftime('%Y-%m-%dT%H:%M:%SZ', i.date_debut_reelle, 'unixepoch'),
         strftime('%Y-%m-%dT%H:%M:%SZ', i.date_fin_reelle, 'unixepoch'), i.compte_rendu
     from interventions i join equipements e on e.id = i.equipement_id
     left join techniciens t on t.id = i.technicien_id left join users u on u.id = t.user_id
     where i.supprimee_le is null order by i.id";

pub const PLANS: &str =
    "select p.titre, e.code, p.frequence, p.intervalle, p.date_debut, p.date_fin, p.description, p.mode,
         p.tolerance_jours, p.anticipation_jours, p.duree_estimee_min, p.heure_debut, u.username, p.priorite
     from plannings p join equipements e on e.id = p.equipement_id
     left join techniciens t on t.id = p.technicien_id left join users u on u.id = t.user_id
     where p.statut <> 'termine' order by p.id";

// The id of what a cell names.

pub const SITE: &str = "select id from sites where code = ?1 or fold(code) = fold(?1)";
pub const EQUIPEMENT: &str = "select id from equipements where code_key = fold(?1)";
pub const CLIENT: &str = "select id from clients where fold(nom) = fold(?1)";
pub const USER: &str = "select id from users where username_key = fold(?1) or email_key = fold(?1)";
pub const TECHNICIEN: &str = "select t.id from techniciens t join users u on u.id = t.user_id
     where u.username_key = fold(?1) or u.email_key = fold(?1) or t.matricule_key = fold(?1)";
pub const COMPETENCE: &str = "select id from competences where nom_key = fold(?1)";
pub const FOURNISSEUR: &str = "select id from fournisseurs where nom_key = fold(?1)";
