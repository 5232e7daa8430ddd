//! What mails say, and what happens to files that replace templates.

use std::path::Path;

use super::{Digest, DigestEntry, Notice, Rendered, Templates, Trial};
use crate::kernel::phrase::Language;

fn notice() -> Notice {
    Notice {
        destinataire: "Youssef <script>alert(1)</script>".to_owned(),
        titre: "Intervention INT-2031-000042 affectée".to_owned(),
        contenu: "Fuite d’huile au vérin.\nArrêt & consignation avant d’ouvrir.".to_owned(),
        details: vec![
            ("Équipement".to_owned(), "CASA-POMPE-01 « Pompe » <b>".to_owned()),
            ("Créneau".to_owned(), "mer. 15 janvier, 09:00 – 11:00".to_owned()),
        ],
        lien: Some("https://gmao.test/interventions/42?a=1&b=2".to_owned()),
        motif: "cette intervention vous est affectée".to_owned(),
        preferences: "https://gmao.test/preferences".to_owned(),
    }
}

fn digest() -> Digest {
    let entry = |heure: &str, titre: &str, lien: bool| DigestEntry {
        heure: heure.to_owned(),
        titre: titre.to_owned(),
        contenu: "Pompe de la ligne 2 <i>\nEn retard de 3 h.".to_owned(),
        lien: lien.then(|| "https://gmao.test/interventions/42".to_owned()),
    };
    Digest {
        destinataire: "Claire".to_owned(),
        jour: "mercredi 15 janvier 2031".to_owned(),
        nombre: 2,
        messages: vec![entry("08:00", "INT-2031-000042 en retard", true), entry("09:30", "Stock bas", false)],
        preferences: "https://gmao.test/preferences".to_owned(),
    }
}

fn templates(data_dir: &Path) -> Templates {
    Templates::new(data_dir, "https://gmao.test")
}

/// Writes a file that replaces a template.
fn replace(data_dir: &Path, name: &str, text: &str) {
    let path = data_dir.join("templates").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn render_notice(data_dir: &Path) -> Rendered {
    templates(data_dir).render("notification", Language::French, &notice()).unwrap()
}

#[test]
fn a_notification_in_french() {
    let folder = tempfile::tempdir().unwrap();

    let mail = render_notice(folder.path());

    assert_eq!(mail.subject, "Intervention INT-2031-000042 affectée");
    assert_eq!(
        mail.text,
        "Bonjour Youssef <script>alert(1)</script>,

Fuite d’huile au vérin.
Arrêt & consignation avant d’ouvrir.

Équipement : CASA-POMPE-01 « Pompe » <b>
Créneau : mer. 15 janvier, 09:00 – 11:00

https://gmao.test/interventions/42?a=1&b=2

-- 
Vous recevez ce message parce que cette intervention vous est affectée.
Choisir ce que vous recevez : https://gmao.test/preferences
"
    );
}

// O3
#[test]
fn what_people_typed_is_text_in_html() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());

    let one = templates.render("notification", Language::French, &notice()).unwrap().html;
    let many = templates.render("resume", Language::English, &digest()).unwrap().html;

    for html in [&one, &many] {
        assert!(!html.contains("<script") && !html.contains("<i>") && !html.contains("<b>\""), "{html}");
        assert!(html.contains("<!doctype html>") && html.trim_end().ends_with("</html>"), "{html}");
    }
    assert!(one.contains("Bonjour Youssef &lt;script&gt;alert(1)&lt;&#x2f;script&gt;,"), "{one}");
    assert!(one.contains("vérin.<br>Arrêt &amp; consignation"), "{one}");
    assert!(one.contains("CASA-POMPE-01 « Pompe » &lt;b&gt;"), "{one}");
    assert!(
        one.contains(r#"href="https:&#x2f;&#x2f;gmao.test&#x2f;interventions&#x2f;42?a=1&amp;b=2""#),
        "{one}"
    );
    assert!(many.contains("Pompe de la ligne 2 &lt;i&gt;<br>En retard"), "{many}");
}

#[test]
fn a_digest_is_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());

    let french = templates.render("resume", Language::French, &digest()).unwrap();
    let one = Digest { nombre: 1, ..digest() };
    let english = templates.render("resume", Language::English, &one).unwrap();

    assert_eq!(french.subject, "2 messages du mercredi 15 janvier 2031");
    assert_eq!(
        french.text,
        "Bonjour Claire,

Voici vos messages du mercredi 15 janvier 2031.

08:00  INT-2031-000042 en retard
       Pompe de la ligne 2 <i>
       En retard de 3 h.
       https://gmao.test/interventions/42

09:30  Stock bas
       Pompe de la ligne 2 <i>
       En retard de 3 h.

-- 
Vous recevez ce résumé parce que vous avez choisi un seul e-mail par jour.
Choisir ce que vous recevez : https://gmao.test/preferences
"
    );
    assert!(english.subject.starts_with("1 message of "), "{}", english.subject);
    assert!(english.text.starts_with("Hello Claire,\n\nYour messages of "), "{}", english.text);
}

#[test]
fn every_mail_exists_in_every_language() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());
    let trial =
        Trial { serveur: "smtp.test:587 (starttls)".to_owned(), expediteur: "gmao@usine.test".to_owned() };
    let bare = Notice { details: Vec::new(), lien: None, ..notice() };

    for (language, hello, html) in [
        (Language::French, "Bonjour", "lang=\"fr\" dir=\"ltr\""),
        (Language::English, "Hello", "lang=\"en\" dir=\"ltr\""),
        (Language::Arabic, "مرحبًا", "lang=\"ar\" dir=\"rtl\""),
    ] {
        let mails = [
            templates.render("notification", language, &bare).unwrap(),
            templates.render("resume", language, &digest()).unwrap(),
            templates.render("essai", language, &trial).unwrap(),
        ];
        assert!(mails[..2].iter().all(|mail| mail.text.starts_with(hello) && mail.html.contains(hello)));
        for mail in mails {
            assert!(!mail.subject.is_empty() && mail.html.contains(html), "{mail:?}");
            assert!(!mail.text.contains("\n\n\n") && !mail.text.contains("{{"), "{}", mail.text);
        }
    }
}

#[test]
fn an_arabic_mail_runs_from_right_to_left_and_holds_no_french() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());
    let notice = Notice { titre: "عنوان".to_owned(), motif: "سبب".to_owned(), ..notice() };

    let one = templates.render("notification", Language::Arabic, &notice).unwrap();
    let many = templates.render("resume", Language::Arabic, &digest()).unwrap();

    assert_eq!(many.subject, "رسائل يوم mercredi 15 janvier 2031 (العدد: 2)");
    assert!(one.text.contains("تتلقى هذه الرسالة لأن سبب."), "{}", one.text);
    for mail in [&one, &many] {
        assert!(mail.html.contains("<body class=\"page\" dir=\"rtl\""), "{}", mail.html);
        for french in ["Bonjour", "Vous ", "vous ", "message", "Choisir", "Ouvrir"] {
            let own = format!("{}{}", mail.text, mail.html);
            assert!(!own.contains(french), "{french}: {own}");
        }
    }
}

// O3
#[test]
fn a_line_break_in_a_title_stays_on_the_subject_s_line() {
    let folder = tempfile::tempdir().unwrap();
    let titre = "Fuite\r\nBcc: tous@usine.test\u{0}\n  vérin".to_owned();

    let mail = templates(folder.path())
        .render("notification", Language::French, &Notice { titre, ..notice() })
        .unwrap();

    assert_eq!(mail.subject, "Fuite Bcc: tous@usine.test vérin");
}

#[test]
fn a_file_replaces_a_template_from_the_next_mail_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let templates = templates(data);
    let render = || templates.render("notification", Language::French, &notice()).unwrap();

    let before = render().html;
    replace(data, "fr/notification.objet.txt", "[Usine] {{ titre }}");
    replace(
        data,
        "fr/notification.html",
        r#"{% extends "mise_en_page.html" %}{% block contenu %}Salut {{ destinataire }}{% endblock %}"#,
    );
    let replaced = render();
    replace(data, "fr/notification.html", "<b>{{ contenu }}</b>");
    let again = render().html;
    std::fs::remove_dir_all(data.join("templates")).unwrap();

    assert_eq!(replaced.subject, "[Usine] Intervention INT-2031-000042 affectée");
    assert!(replaced.html.contains("Salut Youssef &lt;script") && replaced.html.contains("<!doctype html>"));
    assert!(replaced.text.starts_with("Bonjour Youssef"), "what is not replaced stays");
    assert_eq!(again, "<b>Fuite d’huile au vérin.\nArrêt &amp; consignation avant d’ouvrir.</b>");
    assert_eq!(render().html, before);
}

#[test]
fn a_file_that_cannot_be_used_costs_no_mail_and_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let good = render_notice(data);
    let outside = folder.path().join("secret.html");
    std::fs::write(&outside, "le-secret").unwrap();

    for (broken, line) in [
        ("\n\n{% if %}", "line=3"),
        ("\n{{ destinatere }}", "line=2"),
        ("{{ contenu|inconnu }}", "line=1"),
        ("{% include \"../secret.html\" %}", "leads out"),
        ("{% include \"../../../../../../etc/passwd\" %}", "leads out"),
        ("{% include \"/etc/passwd\" %}", "leads out"),
        ("{% include \"fr/../../secret.html\" %}", "leads out"),
        ("{% include \"fr/lien.html\" %}", "leads out"),
        ("{% include \"fr\" %}", "not a file"),
        ("{% include \"fr/notification.html\" %}", "line=1"),
        ("{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}", "fuel"),
        ("{{ \"x\" * 900000000 }}", "fuel"),
    ] {
        replace(data, "fr/notification.html", broken);
        #[cfg(unix)]
        {
            let _ = std::os::unix::fs::symlink(&outside, data.join("templates/fr/lien.html"));
        }

        let (mail, log) = logged(|| render_notice(data));

        assert_eq!(mail.html, good.html, "{broken}");
        assert!(log.contains("fr/notification.html") && log.contains(line), "{broken}: {log}");
    }
}

#[test]
fn every_file_that_cannot_be_used_is_found_without_sending_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());
    assert_eq!(templates.broken(), []);
    replace(folder.path(), "en/resume.html", "{% for message in messages %}\n{{ message.hour }}{% endfor %}");
    replace(folder.path(), "mise_en_page.txt", "\n\n{% block contenu %}");
    replace(folder.path(), "fr/essai.objet.txt", "Essai de {{ produit }}");

    let broken = templates.broken();

    let found: Vec<_> =
        broken.iter().map(|broken| (broken.file.strip_prefix(folder.path()).unwrap(), broken.line)).collect();
    let (digest, layout) = (Path::new("templates/en/resume.html"), Path::new("templates/mise_en_page.txt"));
    assert_eq!(found, [(digest, Some(2)), (layout, Some(3))]);
}

#[test]
fn the_same_complaint_is_logged_once() {
    let folder = tempfile::tempdir().unwrap();
    let templates = templates(folder.path());
    replace(folder.path(), "fr/notification.txt", "{% if %}");
    let render = || templates.render("notification", Language::French, &notice()).unwrap();

    let (_, log) = logged(|| (render(), render()));

    assert_eq!(log.matches("a mail template cannot be used").count(), 1, "{log}");
}

/// What `work` returns, and what it logs.
fn logged<T>(work: impl FnOnce() -> T) -> (T, String) {
    use std::sync::{Arc, Mutex};
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let outcome = tracing::subscriber::with_default(log, work);
    let bytes = lines.0.lock().unwrap().clone();
    (outcome, String::from_utf8(bytes).unwrap())
}
