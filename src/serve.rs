//! The server's life, from the lock to the last write.

use std::net::SocketAddr;
use std::process::exit;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::app::{App, System};
use crate::kernel::data_dir::{Lock, LockError};
use crate::kernel::server;
use crate::kernel::tls::Tls;
use crate::terminal::say;
use crate::{autorite, jobs, logs, phrase, routes, seed, start, supervisor, users};

/// What is asked of a demonstration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demo {
    pub wanted: bool,
    /// Even to other machines, whose users will know the passwords.
    pub on_network: bool,
}

impl Demo {
    fn refuse_network(self, listen: SocketAddr) -> Result<(), Failure> {
        if self.on_network || listen.ip().is_loopback() {
            return Ok(());
        }
        Err(Failure::Usage(vec![phrase!(
            "Des données d’exemple, dont chacun connaît les mots de passe, ne s’ouvrent pas sur {listen} : ajoutez --demo-reseau si c’est voulu.",
            "Sample data, whose passwords everyone knows, is not opened on {listen}: add --demo-reseau if you mean it."
        )]))
    }
}

/// Exit code of whoever is interrupted and does not wait for the end: 128 + SIGINT.
const EXIT_INTERRUPTED: i32 = 130;

/// Between two looks at the certificate.
const BETWEEN_LOOKS: Duration = Duration::from_hours(1);

/// Reads that outlast the stop have this long to end by themselves.
const LAST_READS: Duration = Duration::from_secs(1);

/// Serves until asked to stop. With `open`, this machine's browser is shown the server: this one, or the one that runs
/// already on the same data.
pub fn run(settings: &Settings, demo: Demo, open: bool, log: &logs::Output) -> Result<(), Failure> {
    logs::start(settings.log_format.value, settings.log_level.value, log)?;
    let served = locked(settings, demo, open);
    if let (Err(failure), logs::Output::Folder(_)) = (&served, log) {
        logs::failure(failure);
    }
    served
}

fn locked(settings: &Settings, demo: Demo, open: bool) -> Result<(), Failure> {
    let listen = settings.listen.value;
    if demo.wanted {
        demo.refuse_network(listen)?;
    }
    // Who shows the demonstration to a network has said so already.
    if !demo.on_network {
        settings.refuse_clear().map_err(|phrase| Failure::Usage(vec![phrase]))?;
    }
    let lock = match Lock::take(&settings.data_dir.value) {
        // A second double-click: what is wanted is there.
        Err(LockError::Held(_)) if open => {
            show(&settings.options(listen).public_url);
            return Ok(());
        }
        taken => taken?,
    };
    let runtime = start::runtime()?;
    let outcome = runtime.block_on(serve(settings, demo, open, &lock));
    runtime.shutdown_timeout(LAST_READS);
    outcome
}

async fn serve(settings: &Settings, demo: Demo, open: bool, lock: &Lock) -> Result<(), Failure> {
    let (listener, address) = bind(settings.listen.value).await?;
    let app = start::open(settings.options(address), lock)?;
    let tls =
        settings.tls_source().map(|source| Tls::open(source, autorite::plain(app.clone()))).transpose()?;
    // Asked for before anything is promised: a stop during the rest of the start is not missed.
    let stop = Stop::watch().map_err(|cause| fault(cause.into()))?;
    let is_demo = demonstrate(&app, demo, address).await?;
    announce(&app, address, is_demo);
    let set_up = offer_setup(&app).await?;
    if open {
        show(set_up.as_deref().unwrap_or(&app.options().public_url));
    }
    let jobs = jobs::start(&app);
    supervisor::ready(&app);
    let asked = {
        let app = app.clone();
        async move {
            stop.asked().await;
            tracing::info!("stopping: requests under way have a few seconds to end");
            supervisor::stopping();
            app.announce_stop();
        }
    };
    let mut certificate = JoinSet::new();
    if let Some(tls) = tls.clone() {
        certificate.spawn(keep_current(tls, app.clone()));
    }
    let (router, metrics) = (routes::router(app.clone()), app.metrics().clone());
    let drained = server::serve(listener, router, tls, settings.limits(), metrics, asked).await;
    jobs.stop().await;
    app.close().await;
    let drained = drained.map_err(|cause| fault(cause.into()))?;
    tracing::info!(cut = drained.cut, "stopped");
    Ok(())
}

/// Looks each hour whether the certificate is to be renewed or was replaced.
async fn keep_current(tls: Tls, app: App) {
    loop {
        tls.refresh(app.now());
        sleep(BETWEEN_LOOKS).await;
    }
}

/// Fills an empty database when a demonstration is wanted, and refuses real data then. Returns whether what is
/// served is a demonstration: asked for again or not, its data is nobody's.
async fn demonstrate(app: &App, demo: Demo, listen: SocketAddr) -> Result<bool, Failure> {
    let system = System::new(app, "serveur");
    let (empty, sown, is_demo) = system
        .read(|db| Ok((seed::is_empty(db)?, seed::has_known_passwords(db)?, seed::is_demo(db)?)))
        .await?;
    if sown {
        demo.refuse_network(listen)?;
    }
    if !demo.wanted || is_demo {
        return Ok(is_demo);
    }
    if !empty {
        let data_dir = app.options().data_dir.display();
        return Err(Failure::Usage(vec![phrase!(
            "{data_dir} contient d’autres données que celles de la démonstration : --demo demande un dossier vide, choisi avec --data-dir.",
            "{data_dir} holds other data than the demonstration's: --demo needs an empty folder, chosen with --data-dir."
        )]));
    }
    seed::demo(&system).await?;
    Ok(true)
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    if let Some(handed) = handed_over()? {
        return Ok(handed);
    }
    let bound = match TcpListener::bind(listen).await {
        Ok(listener) => listener.local_addr().map(|address| (listener, address)),
        Err(cause) => Err(cause),
    };
    bound.map_err(|cause| {
        let why = phrase!(
            "Impossible d’écouter sur {listen} : l’adresse est prise, n’est pas à cette machine, ou n’est pas permise. Choisissez-en une autre avec --listen.",
            "Cannot listen on {listen}: the address is taken, is not this machine's, or is not permitted. Choose another with --listen."
        );
        Failure::Fault(why, cause.into())
    })
}

/// The socket that systemd listens on for us, if it does: then nobody is refused while we restart, and a port below 1024
/// needs no privilege.
#[cfg(unix)]
fn handed_over() -> Result<Option<(TcpListener, SocketAddr)>, Failure> {
    let taken = listenfd::ListenFd::from_env().take_tcp_listener(0);
    let usable = taken.and_then(|listener| {
        let Some(listener) = listener else { return Ok(None) };
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Some((TcpListener::from_std(listener)?, address)))
    });
    usable.map_err(|cause| {
        let why = phrase!(
            "La prise que systemd donne n’est pas utilisable.",
            "The socket that systemd gives cannot be used."
        );
        Failure::Fault(why, cause.into())
    })
}

#[cfg(not(unix))]
fn handed_over() -> Result<Option<(TcpListener, SocketAddr)>, Failure> {
    Ok(None)
}

fn announce(app: &App, address: SocketAddr, is_demo: bool) {
    let url = &app.options().public_url;
    say(format_args!("erp-interventions {} : {url}", env!("CARGO_PKG_VERSION")));
    tracing::info!(%address, url, demo = is_demo, "ready");
    if is_demo {
        seed::ACCOUNTS.iter().for_each(say);
        tracing::warn!("this is a demonstration: everyone knows its passwords");
    }
    if !address.ip().is_loopback() && !url.starts_with("https://") {
        tracing::warn!(%address, "passwords travel in clear on this network: see `tls init`");
    }
    if address.ip().is_unspecified() && url.contains("127.0.0.1") {
        tracing::warn!(url, "links and QR codes lead to this machine only: set public_url");
    }
}

/// While nobody has an account, whoever reads this line may make the first: an administrator's. The code is
/// made anew at each start, so that an old line in a log opens nothing.
async fn offer_setup(app: &App) -> Result<Option<String>, Failure> {
    if !System::new(app, "serveur").read(users::has_users).await? {
        let link = format!("{}/setup?code={}", app.options().public_url, app.new_setup_code());
        say(format_args!("Premier administrateur / First administrator : {link}"));
        return Ok(Some(link));
    }
    Ok(None)
}

/// Opens an address in this machine's browser, if it has one: whoever started the server by a double-click need not
/// type it.
fn show(address: &str) {
    let (program, arguments): (_, &[&str]) = match std::env::consts::OS {
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    let opened = std::process::Command::new(program).args(arguments).arg(address).spawn();
    if let Err(cause) = opened {
        tracing::debug!(%cause, "no browser");
    }
}

fn fault(cause: anyhow::Error) -> Failure {
    Failure::Fault(phrase!("Le serveur n’a pas pu travailler.", "The server could not work."), cause)
}

/// What asks a process to stop: its terminal, whoever started it, or the machine that goes down.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
    /// The window that came with a double-click is closed.
    #[cfg(windows)]
    close: tokio::signal::windows::CtrlClose,
    #[cfg(windows)]
    terminate: tokio::signal::windows::CtrlShutdown,
}

impl Stop {
    fn watch() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        #[cfg(unix)]
        return Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        });
        #[cfg(windows)]
        return Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
            close: tokio::signal::windows::ctrl_close()?,
            terminate: tokio::signal::windows::ctrl_shutdown()?,
        });
    }

    /// Waits for the first request to stop; a second one ends the process where it stands.
    async fn asked(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            exit(EXIT_INTERRUPTED);
        });
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(windows)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
            () = supervisor::windows::asked_to_stop() => {}
        }
    }
}
