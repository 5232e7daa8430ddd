//! What is said of each fact, in the reader's language and on the site's wall clock. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::model::TypeNotification;
use super::rules::{Fait, Relation, Slot};
use crate::agenda::Jour;
use crate::ids::TechnicienId;
use crate::interventions::{Priorite, StatutIntervention};
use crate::kernel::clock::Instant;
use crate::kernel::phrase::{ARABIC_DAY, Language, Phrase};
use crate::kernel::quantity::Quantity;
use crate::phrase;

/// Characters of a comment that a message repeats.
const EXCERPT: usize = 1000;

/// What the sentences say of an intervention.
#[derive(Debug)]
pub struct Subject {
    pub numero: String,
    pub titre: String,
    /// « Pompe de relevage (CASA-POMPE-01) ».
    pub machine: String,
    pub priorite: Priorite,
    pub statut: StatutIntervention,
    pub date_limite: Option<Instant>,
    /// Of the site.
    pub zone: TimeZone,
}

impl Subject {
    /// Of which nothing more is said.
    pub fn bare(numero: String, titre: String, machine: String) -> Self {
        Self {
            numero,
            titre,
            machine,
            priorite: Priorite::Normale,
            statut: StatutIntervention::Planifie,
            date_limite: None,
            zone: TimeZone::UTC,
        }
    }
}

/// What a message says beside what it is about.
#[derive(Debug, Default)]
pub struct Detail {
    /// Of the reader.
    pub slot: Option<Slot>,
    /// Who wrote what.
    pub comment: Option<(String, String)>,
    /// How many échéances nothing came of, and their first and last day.
    pub missed: Option<(i64, Date, Date)>,
    /// What was measured, against which tolerance.
    pub measured: Option<Phrase>,
    /// What is left of a part, its threshold, and their unit.
    pub low: Option<(Quantity, Quantity, String)>,
    /// The number of the reader's demande that the work answers.
    pub demande: Option<String>,
    /// Why a demande was refused.
    pub motif: Option<String>,
    /// What is wrong with the server.
    pub alarm: Option<Phrase>,
    /// Who left, and where went what was theirs.
    pub left: Option<Left>,
}

/// What became of what was somebody's who left, as the journal tells it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Left {
    pub nom: String,
    pub remis_a: Option<TechnicienId>,
    pub remis_a_nom: Option<String>,
    pub interventions_remises: i64,
    pub interventions_sans_technicien: i64,
    pub plans_remis: i64,
    pub plans_sans_technicien: i64,
}

impl Left {
    /// Whether nothing was theirs.
    pub fn is_nothing(&self) -> bool {
        let Self { interventions_remises: a, interventions_sans_technicien: b, .. } = self;
        a + b + self.plans_remis + self.plans_sans_technicien == 0
    }
}

/// What a person reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub titre: String,
    pub contenu: String,
}

impl Message {
    pub fn about(
        subject: &Subject,
        fait: Fait,
        relation: Relation,
        detail: &Detail,
        language: Language,
    ) -> Self {
        let title = title(subject, fait, relation, detail);
        let contenu = match (fait, relation) {
            // Whoever is off the job learns no more about it than that.
            (_, Relation::Retire) => apart(&subject.machine, language),
            (Fait::Commentaire | Fait::CommentaireInterne, _) => {
                let text = detail.comment.as_ref().map_or("", |(_, text)| text);
                format!("{}\n{}", work(subject, language), excerpt(text))
            }
            (Fait::Retard, _) => join(subject, limit(subject), language),
            (Fait::SansCreneau, _) => join(subject, Some(unplaced(detail.left.is_some())), language),
            (Fait::Depart, _) => {
                detail.left.as_ref().map_or_else(String::new, |left| handed(left).text(language).to_owned())
            }
            (Fait::HorsTolerance, _) => {
                let measured = detail.measured.as_ref().map_or("", |measured| measured.text(language));
                format!("{}\n{measured}", work(subject, language))
            }
            (Fait::StockBas, _) => {
                let left = detail.low.as_ref().map(|low| low_stock(low).text(language).to_owned());
                format!("{}\n{}", apart(&subject.titre, language), left.unwrap_or_default())
            }
            (Fait::Sauvegarde | Fait::Serveur, _) => {
                detail.alarm.as_ref().map_or("", |alarm| alarm.text(language)).to_owned()
            }
            (Fait::Manquees, _) => join(subject, detail.missed.map(missed), language),
            (Fait::Demande, _) => join(subject, Some(urgency(subject)), language),
            (Fait::DemandeRefusee, _) => {
                let motif = excerpt(detail.motif.as_deref().unwrap_or_default());
                format!("{}\n{motif}", work(subject, language))
            }
            (_, Relation::Demandeur) => join(subject, detail.demande.as_deref().map(answers), language),
            (Fait::Creation, Relation::Organisation | Relation::Usine) => {
                join(subject, Some(priority(subject)), language)
            }
            _ => join(subject, detail.slot.map(|slot| when(slot, &subject.zone)), language),
        };
        Self { titre: title.text(language).to_owned(), contenu }
    }
}

/// The title of a message that a person wrote without one.
pub fn written_by(
    author: &str,
    numero: Option<&str>,
    r#type: TypeNotification,
    language: Language,
) -> String {
    let label = r#type.label();
    let [fr, en, ar] = Language::ALL.map(|language| label.text(language));
    let about = numero.map(|numero| format!("{numero} : ")).unwrap_or_default();
    let about_ar = numero.map(|numero| format!("\u{2068}{numero}\u{2069}: ")).unwrap_or_default();
    let title = phrase!(
        "{about}{fr} de {author}",
        "{about}{en} from {author}",
        "{about_ar}{ar} من \u{2068}{author}\u{2069}"
    );
    title.text(language).chars().take(200).collect()
}

/// Why somebody gets an e-mail, from « parce que » on.
pub fn reason(r#type: TypeNotification) -> Phrase {
    let label = r#type.label();
    let [fr, en, ar] = Language::ALL.map(|language| label.text(language));
    phrase!(
        "les messages « {fr} » vous sont envoyés par e-mail",
        "\"{en}\" messages are sent to you by mail",
        "رسائل «{ar}» تُرسل إليك بالبريد الإلكتروني"
    )
}

/// « mercredi 15 janvier 2031 »; in Arabic with the names of the months that Morocco uses, as the interface does.
pub fn written_day(day: Date, language: Language) -> String {
    const MONTHS_AR: [&str; 12] = [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "ماي",
        "يونيو",
        "يوليوز",
        "غشت",
        "شتنبر",
        "أكتوبر",
        "نونبر",
        "دجنبر",
    ];
    const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
    let month = usize::from(day.month().unsigned_abs()) - 1;
    match language {
        Language::English => day.strftime("%A %-d %B %Y").to_string(),
        Language::Arabic => {
            let (name, month) = (Jour::ALL[weekday].label(), MONTHS_AR[month]);
            format!("{}، {} {month} {}", name.text(language), day.day(), day.year())
        }
        Language::French => {
            let (name, month) = (DAYS[weekday], MONTHS[month]);
            let first = if day.day() == 1 { "er" } else { "" };
            format!("{name} {}{first} {month} {}", day.day(), day.year())
        }
    }
}

fn title(subject: &Subject, fait: Fait, relation: Relation, detail: &Detail) -> Phrase {
    let numero = &subject.numero;
    match (fait, relation) {
        (_, Relation::Nouveau) => phrase!(
            "{numero} vous est affectée",
            "{numero} is assigned to you",
            "أُسند إليك التدخل \u{2068}{numero}\u{2069}"
        ),
        (Fait::Suppression, _) => {
            phrase!("{numero} est supprimée", "{numero} is deleted", "حُذف التدخل \u{2068}{numero}\u{2069}")
        }
        (_, Relation::Retire) => {
            phrase!(
                "{numero} ne vous est plus affectée",
                "{numero} is no longer assigned to you",
                "لم يعد التدخل \u{2068}{numero}\u{2069} مسندًا إليك"
            )
        }
        (_, Relation::Deplace) => {
            phrase!(
                "{numero} : votre créneau a changé",
                "{numero}: your slot has changed",
                "\u{2068}{numero}\u{2069}: تغيّر موعدك"
            )
        }
        (Fait::Creation, _) => phrase!(
            "Nouvelle intervention {numero}",
            "New work order {numero}",
            "تدخل جديد \u{2068}{numero}\u{2069}"
        ),
        (Fait::Affectation, _) => {
            phrase!(
                "{numero} : affectations changées",
                "{numero}: assignments changed",
                "\u{2068}{numero}\u{2069}: تغيّر الإسناد"
            )
        }
        (Fait::Cloture, _) => {
            phrase!("{numero} est terminée", "{numero} is finished", "انتهى التدخل \u{2068}{numero}\u{2069}")
        }
        (Fait::Statut, _) => {
            let label = subject.statut.label();
            let [fr, en, ar] = Language::ALL.map(|language| label.text(language));
            phrase!(
                "{numero} passe à « {fr} »",
                "{numero} is now \"{en}\"",
                "حالة التدخل \u{2068}{numero}\u{2069} أصبحت «{ar}»"
            )
        }
        (Fait::Validation, _) => phrase!(
            "{numero} est validée",
            "{numero} is validated",
            "تمت المصادقة على التدخل \u{2068}{numero}\u{2069}"
        ),
        (Fait::Commentaire | Fait::CommentaireInterne, _) => {
            let author = detail.comment.as_ref().map_or("", |(author, _)| author);
            phrase!(
                "{numero} : commentaire de {author}",
                "{numero}: comment by {author}",
                "\u{2068}{numero}\u{2069}: تعليق من \u{2068}{author}\u{2069}"
            )
        }
        (Fait::Demande, _) => {
            phrase!("Nouvelle demande {numero}", "New request {numero}", "طلب جديد \u{2068}{numero}\u{2069}")
        }
        (Fait::DemandeAcceptee, _) => {
            phrase!("{numero} est acceptée", "{numero} is accepted", "قُبل الطلب \u{2068}{numero}\u{2069}")
        }
        (Fait::DemandeRefusee, _) => {
            phrase!("{numero} est refusée", "{numero} is refused", "رُفض الطلب \u{2068}{numero}\u{2069}")
        }
        (Fait::SansCreneau, _) => phrase!(
            "{numero} attend un créneau",
            "{numero} waits for a slot",
            "التدخل \u{2068}{numero}\u{2069} ينتظر موعدًا"
        ),
        (Fait::Manquees, _) => phrase!(
            "Échéances manquées d’un plan",
            "Missed due dates of a plan",
            "استحقاقات فائتة في خطة صيانة"
        ),
        (Fait::PiecesDisponibles, _) => {
            phrase!(
                "{numero} : les pièces attendues sont là",
                "{numero}: the awaited parts are there",
                "\u{2068}{numero}\u{2069}: وصلت القطع المنتظرة"
            )
        }
        (Fait::HorsTolerance, _) => {
            phrase!(
                "Mesure hors tolérance sur {numero}",
                "Measure out of tolerance on {numero}",
                "قياس خارج التفاوت في التدخل \u{2068}{numero}\u{2069}"
            )
        }
        (Fait::StockBas, _) => phrase!(
            "{numero} est sous son seuil",
            "{numero} is below its threshold",
            "القطعة \u{2068}{numero}\u{2069} تحت الحد"
        ),
        (Fait::Sauvegarde, _) => {
            phrase!("Sauvegarde en défaut", "Backup in trouble", "خلل في النسخ الاحتياطي")
        }
        (Fait::Depart, Relation::Repreneur) => {
            let nom = &subject.titre;
            phrase!(
                "Vous reprenez le travail de {nom}",
                "You take over the work of {nom}",
                "تتولى عمل \u{2068}{nom}\u{2069}"
            )
        }
        (Fait::Depart, _) => {
            let nom = &subject.titre;
            phrase!(
                "La fiche de {nom} est fermée",
                "The sheet of {nom} is closed",
                "أُغلقت بطاقة \u{2068}{nom}\u{2069}"
            )
        }
        (Fait::Serveur, _) => {
            phrase!("Alerte serveur", "Server alert", "تنبيه من الخادم")
        }
        (Fait::Rappel, _) => {
            phrase!("Demain : {numero}", "Tomorrow: {numero}", "غدًا: \u{2068}{numero}\u{2069}")
        }
        (Fait::Retard, _) => {
            phrase!("{numero} est en retard", "{numero} is overdue", "التدخل \u{2068}{numero}\u{2069} متأخر")
        }
    }
}

fn join(subject: &Subject, more: Option<Phrase>, language: Language) -> String {
    let more = more.map(|more| format!(" {}", more.text(language))).unwrap_or_default();
    format!("{}.{more}", work(subject, language))
}

fn work(subject: &Subject, language: Language) -> String {
    format!("{} – {}", apart(&subject.titre, language), apart(&subject.machine, language))
}

/// What people typed, beside words that may run the other way.
fn apart(text: &str, language: Language) -> String {
    match language {
        Language::French | Language::English => text.to_owned(),
        Language::Arabic => format!("\u{2068}{text}\u{2069}"),
    }
}

fn when((debut, fin): Slot, zone: &TimeZone) -> Phrase {
    let (debut, fin) = (debut.in_zone(zone), fin.in_zone(zone));
    let same_day = debut.date() == fin.date();
    let (day_fr, day_en) = (debut.strftime("%d/%m/%Y"), debut.strftime("%-d %b %Y"));
    let (day_ar, end_ar) = (debut.strftime(ARABIC_DAY), fin.strftime(ARABIC_DAY));
    let (from, to) = (debut.strftime("%H:%M"), fin.strftime("%H:%M"));
    if same_day {
        return phrase!(
            "Le {day_fr} de {from} à {to}.",
            "On {day_en} from {from} to {to}.",
            "يوم \u{2068}{day_ar}\u{2069} من الساعة {from} إلى الساعة {to}."
        );
    }
    let (end_fr, end_en) = (fin.strftime("%d/%m/%Y"), fin.strftime("%-d %b %Y"));
    phrase!(
        "Du {day_fr} à {from} au {end_fr} à {to}.",
        "From {day_en} at {from} until {end_en} at {to}.",
        "من يوم \u{2068}{day_ar}\u{2069} الساعة {from} إلى يوم \u{2068}{end_ar}\u{2069} الساعة {to}."
    )
}

fn limit(subject: &Subject) -> Option<Phrase> {
    let limit = subject.date_limite?.in_zone(&subject.zone);
    let (fr, en) = (limit.strftime("%d/%m/%Y à %H:%M"), limit.strftime("%-d %b %Y at %H:%M"));
    let (ar, time) = (limit.strftime(ARABIC_DAY), limit.strftime("%H:%M"));
    Some(phrase!(
        "La date limite était le {fr}.",
        "It was due on {en}.",
        "كان الأجل يوم \u{2068}{ar}\u{2069} الساعة {time}."
    ))
}

fn low_stock((stock, seuil, unite): &(Quantity, Quantity, String)) -> Phrase {
    phrase!(
        "Il en reste {stock} {unite}, le seuil est de {seuil}.",
        "{stock} {unite} are left, the threshold is {seuil}.",
        "المتبقي: \u{2068}{stock} {unite}\u{2069}، والحد: \u{2068}{seuil} {unite}\u{2069}."
    )
}

fn unplaced(is_gone: bool) -> Phrase {
    if is_gone {
        return phrase!(
            "Le technicien du plan est parti : choisissez qui d’autre, ici et sur le plan.",
            "The plan's technician has left: choose somebody else, here and on the plan.",
            "غادر تقني الخطة: اختر شخصًا آخر هنا وفي الخطة."
        );
    }
    phrase!(
        "Le technicien du plan n’était pas libre : choisissez qui d’autre, ou un autre moment.",
        "The plan's technician was not free: choose somebody else, or another time.",
        "تقني الخطة غير متاح: اختر شخصًا آخر أو موعدًا آخر."
    )
}

/// « Remis à Claire : interventions (3), plans (1). Sans technicien, à confier : interventions (1), plans (0). »
fn handed(left: &Left) -> Phrase {
    let Left { interventions_remises, plans_remis, .. } = left;
    let (open, open_plans) = (left.interventions_sans_technicien, left.plans_sans_technicien);
    let heir = left.remis_a_nom.as_deref().unwrap_or_default();
    let given = (interventions_remises + plans_remis > 0).then(|| {
        phrase!(
            "Remis à {heir} : interventions ({interventions_remises}), plans ({plans_remis}).",
            "Handed over to {heir}: work orders ({interventions_remises}), plans ({plans_remis}).",
            "سُلّم إلى \u{2068}{heir}\u{2069}: التدخلات ({interventions_remises})، الخطط ({plans_remis})."
        )
    });
    let waits = (open + open_plans > 0).then(|| {
        phrase!(
            "Sans technicien, à confier : interventions ({open}), plans ({open_plans}).",
            "Without a technician, to be given to somebody: work orders ({open}), plans ({open_plans}).",
            "بلا تقني، في انتظار الإسناد: التدخلات ({open})، الخطط ({open_plans})."
        )
    });
    let said = |language| {
        let parts = given.iter().chain(&waits).map(|part| part.text(language));
        parts.collect::<Vec<_>>().join(" ")
    };
    Phrase::composed(said)
}

fn missed((count, first, last): (i64, Date, Date)) -> Phrase {
    let (from_fr, to_fr) = (first.strftime("%d/%m/%Y"), last.strftime("%d/%m/%Y"));
    let (from_en, to_en) = (first.strftime("%-d %b %Y"), last.strftime("%-d %b %Y"));
    let (from_ar, to_ar) = (first.strftime(ARABIC_DAY), last.strftime(ARABIC_DAY));
    if count == 1 {
        return phrase!(
            "Rien n’a été fait de celle du {from_fr}.",
            "Nothing came of the one of {from_en}.",
            "لم يُنجز شيء من استحقاق يوم \u{2068}{from_ar}\u{2069}."
        );
    }
    phrase!(
        "Rien n’a été fait de {count} échéances, du {from_fr} au {to_fr}.",
        "Nothing came of {count} due dates, from {from_en} to {to_en}.",
        "عدد الاستحقاقات الفائتة: {count}، من \u{2068}{from_ar}\u{2069} إلى \u{2068}{to_ar}\u{2069}."
    )
}

fn priority(subject: &Subject) -> Phrase {
    let label = subject.priorite.label();
    let [fr, en, ar] = Language::ALL.map(|language| label.text(language));
    phrase!("Priorité : {fr}.", "Priority: {en}.", "الأولوية: {ar}.")
}

fn urgency(subject: &Subject) -> Phrase {
    let label = subject.priorite.label();
    let [fr, en, ar] = Language::ALL.map(|language| label.text(language));
    phrase!("Urgence : {fr}.", "Urgency: {en}.", "الاستعجال: {ar}.")
}

fn answers(demande: &str) -> Phrase {
    phrase!(
        "Cela répond à votre demande {demande}.",
        "This answers your request {demande}.",
        "هذا التدخل يستجيب لطلبك \u{2068}{demande}\u{2069}."
    )
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
