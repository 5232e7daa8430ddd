//! `admin test-mail`, with the real executable: what an administrator reads while setting up mail.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::server_process::{ServerProcess, command, printed, said};
use crate::smtp::{At, Mode, Protection, Sink};

const PASSWORD: &str = "mot-de-passe-du-relais";

/// A data directory with these settings, and the authority of `sink`.
fn set_up(sink: &Sink, further: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("autorite.pem"), sink.authority()).expect("a file");
    let settings = format!(
        "smtp_host = 'localhost'\nsmtp_port = {}\nsmtp_from = 'GMAO de l’usine <gmao@usine.test>'\n\
         smtp_timeout_s = 1\n{further}",
        sink.port()
    );
    std::fs::write(folder.path().join("config.toml"), settings).expect("a file");
    folder
}

/// Runs the command, in a thread of its own: the sink needs this one.
async fn test_mail(data_dir: &Path, further: &'static [&'static str]) -> Output {
    let data_dir = data_dir.to_owned();
    let run = move || {
        let arguments = ["admin", "test-mail", "amina@usine.test", "--data-dir"];
        command(arguments).arg(data_dir).args(further).output().expect("the executable runs")
    };
    tokio::task::spawn_blocking(run).await.expect("a thread")
}

#[tokio::test]
async fn a_test_mail_says_each_step_and_arrives() {
    let sink = Sink::start_with(Mode::Accept, Protection::Starttls, "localhost").await;
    let sign_in = format!("smtp_ca_file = 'autorite.pem'\nsmtp_user = 'gmao'\nsmtp_password = '{PASSWORD}'");
    let data = set_up(&sink, &sign_in);

    let output = test_mail(data.path(), &["--langue", "en"]).await;

    let told = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{}", said(&output));
    for words in [
        &format!("Connecting to localhost:{} (starttls)", sink.port()),
        "Connected over TLS, certificate verified.",
        "Signed in: gmao.",
        "Recipient accepted.",
        "The server has taken the message: 250 2.0.0 taken as 4711",
    ] {
        assert!(told.contains(words), "{words}\nis not in\n{told}");
    }
    assert!(!told.contains(PASSWORD));
    let received = &sink.messages()[0];
    assert_eq!((received.to.as_slice(), received.secure), (&["amina@usine.test".to_owned()][..], true));
    assert_eq!(received.header("Subject").as_deref(), Some("Test mail: it works"));
}

#[tokio::test]
async fn it_works_beside_a_running_server() {
    let sink = Sink::start(Mode::Accept).await;
    let data = set_up(&sink, "smtp_security = 'none'");
    let server = ServerProcess::start(data.path(), &[]);

    let output = test_mail(data.path(), &[]).await;

    assert_eq!((output.status.code(), sink.messages().len()), (Some(0), 1), "{}", said(&output));
    assert_eq!(server.get("/health"), 200);
}

#[tokio::test]
async fn what_went_wrong_is_said_in_words_with_exit_code_1() {
    let secure = Sink::start_with(Mode::Accept, Protection::Tls, "localhost").await;
    let plain = Sink::start(Mode::Accept).await;
    let refusing = Sink::start(Mode::Answer(At::Rcpt, "550 5.1.1 boîte inconnue")).await;
    let hanging = Sink::start(Mode::Hang(At::Ehlo)).await;
    let nameless = Sink::start(Mode::Answer(At::Ehlo, "250 sink")).await;
    let sign_in = format!("smtp_security = 'none'\nsmtp_user = 'gmao'\nsmtp_password = '{PASSWORD}'");
    let none = tempfile::tempdir().expect("a folder");

    for (data, words) in [
        (set_up(&secure, "smtp_security = 'tls'"), "give its certificate in smtp_ca_file"),
        (set_up(&plain, ""), "does not offer STARTTLS"),
        (set_up(&nameless, &sign_in), "remove smtp_user and smtp_password"),
        (
            set_up(&refusing, "smtp_security = 'none'"),
            "refuses at the recipient's address: 550 5.1.1 boîte inconnue",
        ),
        (set_up(&hanging, "smtp_security = 'none'"), "no answer when connecting within 1 s"),
        (none, "No e-mail server is set (smtp_host)."),
    ] {
        let output = test_mail(data.path(), &[]).await;

        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{words}\nis not in\n{said}");
    }
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_stops_the_start_and_says_which_file() {
    let sink = Sink::start(Mode::Accept).await;
    let data = set_up(&sink, "smtp_ca_file = 'absente.pem'");
    let empty = set_up(&sink, "smtp_ca_file = 'config.toml'");

    for (data, file) in [(data, "absente.pem"), (empty, "config.toml")] {
        let output = test_mail(data.path(), &[]).await;

        let said = said(&output);
        assert_eq!(output.status.code(), Some(78), "{said}");
        assert!(said.contains("smtp_ca_file: ") && said.contains(file), "{said}");
    }
}
