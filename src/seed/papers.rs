//! The documents of the demo plant: notices and plates of its machines, certificates, reports and photos of work
//! done. Real files, made here, kept by the store like anybody's.

use futures_util::future::try_join_all;

use super::plant::{MACHINES, Plant};
use super::stories::{Stories, Story};
use super::teller::{DAY, HOUR, later};
use super::{drawing, pdf, store};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::files::{Digest, Files, Keeping};

const PDF: &str = "application/pdf";
const PNG: &str = "image/png";
const JPEG: &str = "image/jpeg";

/// Machines whose notice is kept.
const NOTICES: &[&str] = &[
    "CAS-L1-DOS",
    "CAS-L1-SER",
    "CAS-L1-ETQ",
    "CAS-L2-AC1",
    "CAS-L2-AC2",
    "CAS-UT-CH1",
    "CAS-UT-CA1",
    "CAS-UT-GF1",
    "TNG-INJ-P1",
    "TNG-INJ-R1",
    "TNG-ASM-V1",
    "LYO-EMB-P1",
    "LYO-USI-C1",
    "LYO-TTH-F1",
];

/// Machines whose plate was photographed.
const PLATES: &[&str] =
    &["CAS-L1-SER", "CAS-L1-DOS-PV", "CAS-L2-AC1", "CAS-UT-CA1", "TNG-INJ-P2", "LYO-USI-C1", "LYO-EMB-P1"];

/// Machines that an inspector must see.
const INSPECTED: &[&str] = &["CAS-L2-AC1", "CAS-UT-CH1", "CAS-LG-CE1", "TNG-LG-CE1", "LYO-UT-PT1"];

/// Work whose report was typed.
const REPORTED: &[&str] = &[
    "Fuite à la garniture mécanique",
    "Roulement de pompe bruyant",
    "Serti trop bas sur une tête",
    "Fuite de vapeur à la porte de l’autoclave",
    "Pression d’injection instable",
    "Vérification générale périodique",
    "Relevé vibratoire trimestriel",
];

/// Work with a photo of the gauge, and where its needle stood.
const GAUGES: &[(&str, f32, &str)] = &[
    ("Fuite à la garniture mécanique", 0.28, "Pression de refoulement avant l’intervention"),
    ("Fuite à la garniture mécanique", 0.62, "Pression de refoulement après l’intervention"),
    ("Chute de pression du groupe hydraulique", 0.18, "Pression relevée à l’arrivée"),
    ("Pression d’air insuffisante sur le réseau", 0.41, "Réseau d’air, ballon principal"),
    ("Groupe froid en défaut haute pression", 0.91, "Manomètre HP au déclenchement"),
    ("Niveau d’eau instable dans la chaudière", 0.55, "Pression de la chaudière, stable"),
];

/// A file of the demo, and where it belongs.
struct Paper {
    place: Place,
    nom_fichier: String,
    type_mime: &'static str,
    description: &'static str,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Place {
    /// By its code.
    Machine(&'static str),
    /// The last that was finished of this title.
    Work(&'static str),
}

/// A paper whose file has its place.
pub struct Kept {
    paper: Paper,
    sha256: Digest,
}

/// Makes every paper and keeps its file.
pub async fn keep(files: &Files, keeping: &Keeping) -> Result<Vec<Kept>> {
    let papers = tokio::task::spawn_blocking(papers).await.map_err(anyhow::Error::from)??;
    try_join_all(papers.into_iter().map(|paper| async {
        let mut incoming = files.receive_own().await?;
        incoming.write(&paper.bytes).await?;
        let received = incoming.finish().await?;
        let sha256 = received.digest();
        received.keep(keeping).await?;
        Ok(Kept { paper, sha256 })
    }))
    .await
}

impl Plant {
    /// Attaches the papers to the machines and the work that there are, and returns how many found their place.
    pub fn attach(&self, tx: &Tx<'_>, papers: &[Kept]) -> Result<usize> {
        let mut attached = Vec::new();
        for (index, Kept { paper, sha256 }) in papers.iter().enumerate() {
            let document = store::Document {
                nom_fichier: &paper.nom_fichier,
                type_mime: paper.type_mime,
                taille: paper.bytes.len() as i64,
                sha256: *sha256,
                description: paper.description,
            };
            let on = match paper.place {
                Place::Machine(code) => self.filed(code, index),
                Place::Work(titre) => store::last_finished(tx, titre)?,
            };
            attached.extend(on.map(|on| (on, document)));
        }
        attached.sort_by_key(|((_, _, at), _)| *at);
        for (on, document) in &attached {
            store::insert_document(tx, *on, document)?;
        }
        Ok(attached.len())
    }

    /// Notices were filed by the responsable of the site, one morning after another, when the plant began here.
    fn filed(&self, code: &str, index: usize) -> Option<store::Attached> {
        let machine = self.machines.iter().find(|machine| machine.code == code)?;
        let since = self.now.minus(super::plant::MEMORY);
        let at: Instant = later(since, DAY + index as i64 * (DAY + HOUR));
        Some((store::Owner::Equipement(machine.id), self.ground(*machine).responsable, at))
    }
}

/// What the table says of a machine.
struct Facts {
    nom: &'static str,
    localisation: &'static str,
    fabricant: &'static str,
    modele: &'static str,
    attributs: &'static str,
}

impl Facts {
    fn of(code: &str) -> Option<Self> {
        let fields: Vec<&'static str> = MACHINES
            .lines()
            .map(|line| line.split(" | ").collect::<Vec<_>>())
            .find(|fields| fields[0] == code)?;
        let field = |index: usize| fields.get(index).copied().unwrap_or("-");
        Some(Self {
            nom: field(2),
            localisation: field(5),
            fabricant: field(6),
            modele: field(7),
            attributs: field(10),
        })
    }

    /// `puissance_kw=7.5, debit_m3_h=12` as people write it.
    fn measures(&self) -> Vec<String> {
        let pairs = self.attributs.split(", ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| format!("{} : {value}", name.replace('_', " "))).collect()
    }
}

fn papers() -> Result<Vec<Paper>> {
    let stories = Stories::read();
    let mut papers = Vec::new();
    for code in NOTICES {
        papers.extend(Facts::of(code).map(|facts| notice(code, &facts)));
    }
    for code in INSPECTED {
        papers.extend(Facts::of(code).map(|facts| certificate(code, &facts)));
    }
    for code in PLATES {
        let Some(facts) = Facts::of(code) else { continue };
        let mut lines =
            vec![facts.fabricant.to_owned(), format!("TYPE {}", facts.modele), format!("REP. {code}")];
        lines.extend(facts.measures());
        papers.push(Paper {
            place: Place::Machine(code),
            nom_fichier: format!("Plaque {code}.png"),
            type_mime: PNG,
            description: "Plaque signalétique",
            bytes: drawing::plate(&lines)?,
        });
    }
    for titre in REPORTED {
        papers.extend(stories.by_title(titre).map(report));
    }
    for (index, (titre, part, description)) in GAUGES.iter().enumerate() {
        papers.push(Paper {
            place: Place::Work(titre),
            nom_fichier: format!("IMG_{:04}.jpg", 3120 + index * 7),
            type_mime: JPEG,
            description,
            bytes: drawing::gauge(*part)?,
        });
    }
    Ok(papers)
}

fn notice(code: &'static str, facts: &Facts) -> Paper {
    let Facts { nom, localisation, fabricant, modele, .. } = facts;
    let mut lines = vec![
        format!("Repère : {code}     Emplacement : {localisation}"),
        format!("Constructeur : {fabricant}     Modèle : {modele}"),
    ];
    lines.extend(facts.measures());
    lines.extend(
        [
            "1. Avant toute intervention : arrêter la machine au pupitre, consigner l’énergie électrique et les fluides, vérifier l’absence de tension et de pression résiduelle.",
            "2. Entretien courant : nettoyer chaque semaine, contrôler les niveaux et les fuites, écouter les roulements.",
            "3. Graissage : graisse au lithium NLGI 2 sur les points repérés en jaune, toutes les 500 heures de marche.",
            "4. Remise en service : vérifier les carters et les arrêts d’urgence, puis dix minutes de marche à vide.",
            "5. Pièces d’usure : joints, courroies et filtres se commandent avec le numéro de série de la plaque.",
        ]
        .map(str::to_owned),
    );
    Paper {
        place: Place::Machine(code),
        nom_fichier: format!("Notice {fabricant} {modele} {code}.pdf"),
        type_mime: PDF,
        description: "Notice d’utilisation et d’entretien",
        bytes: pdf::page(&format!("{nom} – notice"), &lines),
    }
}

fn certificate(code: &'static str, facts: &Facts) -> Paper {
    let Facts { nom, localisation, fabricant, modele, .. } = facts;
    let lines = [
        format!("Équipement : {nom} ({code}), {localisation}"),
        format!("Constructeur et modèle : {fabricant} {modele}"),
        "Objet : vérification générale périodique, à la demande de l’exploitant.".to_owned(),
        "Points examinés : état général, organes de sécurité, signalisation, documents, essais de fonctionnement.".to_owned(),
        "Conclusion : aucune observation qui s’oppose au maintien en service. Prochaine vérification dans douze mois.".to_owned(),
    ];
    Paper {
        place: Place::Machine(code),
        nom_fichier: format!("Certificat de vérification {code}.pdf"),
        type_mime: PDF,
        description: "Vérification générale périodique",
        bytes: pdf::page("Certificat de vérification", &lines),
    }
}

fn report(story: Story) -> Paper {
    let line = |label: &str, text: Option<&str>| text.map(|text| format!("{label} : {text}"));
    let lines: Vec<String> = [
        line("Constat", Some(story.symptome)),
        line("Cause", story.cause),
        line("Remède", story.remede),
        line("Compte rendu", Some(story.compte_rendu)),
        line("Pièces", story.part),
    ]
    .into_iter()
    .flatten()
    .collect();
    Paper {
        place: Place::Work(story.titre),
        nom_fichier: format!("Compte rendu - {}.pdf", story.titre),
        type_mime: PDF,
        description: "Compte rendu signé",
        bytes: pdf::page(story.titre, &lines),
    }
}
