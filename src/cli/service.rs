//! The Windows service: registered, taken away, run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use windows_service::service::{
    Service as Registered, ServiceAccess, ServiceAction, ServiceActionType, ServiceErrorControl,
    ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo, ServiceStartType, ServiceType,
};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::{both, fault};
use crate::config::{Settings, Typed};
use crate::failure::Failure;
use crate::kernel::data_dir::private_folder;
use crate::logs::{self, LogFormat, Output};
use crate::phrase;
use crate::serve::{self, Demo};
use crate::supervisor::windows::{self, NAME};
use crate::terminal::say;

/// Between a death and the next start.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Debug, Subcommand)]
pub enum Service {
    /// Register this executable as a service that Windows starts by itself, under an account of its own (as
    /// administrator); again, after a move
    Install,
    /// Stop the service and take it away; the data stays
    Uninstall,
    /// What Windows starts
    #[command(hide = true)]
    Run,
}

/// The data is the machine's, unless told otherwise: not of whoever installs it.
pub fn run(command: Service, data_dir: Option<PathBuf>) -> Result<(), Failure> {
    let of_machine = || Some(Path::new(&std::env::var_os("ProgramData")?).join(NAME));
    let data_dir = data_dir.or_else(of_machine).ok_or_else(|| {
        Failure::Usage(vec![phrase!(
            "Où sont les données ? Dites-le avec --data-dir.",
            "Where is the data? Say so with --data-dir."
        )])
    })?;
    match command {
        Service::Install => install(&data_dir),
        Service::Uninstall => uninstall(),
        Service::Run => windows::run(move || serve_logged(data_dir)),
    }
}

/// Nobody reads what a service prints: why it does not start is in its log.
fn serve_logged(data_dir: PathBuf) -> Result<(), Failure> {
    let log = Output::beside(&data_dir);
    match Settings::load(Typed { data_dir: Some(data_dir), ..Typed::default() }) {
        Ok(settings) => serve::run(&settings, Demo::default(), false, &log),
        Err(wrong) => {
            let failure = Failure::Usage(wrong);
            logs::start(LogFormat::Auto, tracing::Level::INFO, &log)?;
            logs::failure(&failure);
            Err(failure)
        }
    }
}

fn install(data_dir: &Path) -> Result<(), Failure> {
    let manager = manager(ServiceManagerAccess::CREATE_SERVICE)?;
    let data_dir = std::path::absolute(data_dir).map_err(|cause| fault(cause.into()))?;
    private_folder(&data_dir)?;
    let info = ServiceInfo {
        name: NAME.into(),
        display_name: "ERP Interventions".into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: std::env::current_exe().map_err(|cause| fault(cause.into()))?,
        launch_arguments: ["service".into(), "run".into(), "--data-dir".into(), data_dir.clone().into()]
            .into(),
        dependencies: Vec::new(),
        // An account that Windows makes for this service alone: no password, no rights but those given to it below.
        account_name: Some(format!("NT SERVICE\\{NAME}").into()),
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
    let registered = match manager.open_service(NAME, access) {
        Ok(service) => service.change_config(&info).map(|()| service),
        Err(_) => manager.create_service(&info, access),
    };
    registered.and_then(|service| configure(&service)).map_err(refused)?;
    give(&data_dir)?;
    let shown = data_dir.display();
    say(both(&phrase!(
        "service « {NAME} » enregistré, données dans {shown} ; démarrez-le : sc start {NAME}",
        "service \"{NAME}\" registered, data in {shown}; start it: sc start {NAME}"
    )));
    Ok(())
}

/// Started again after a death, as systemd does.
fn configure(service: &Registered) -> windows_service::Result<()> {
    service.set_description("GMAO de l’usine. / The plant's maintenance management.")?;
    let restart = ServiceAction { action_type: ServiceActionType::Restart, delay: PAUSE };
    service.update_failure_actions(ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(std::time::Duration::from_mins(5)),
        reboot_msg: None,
        command: None,
        actions: Some(vec![restart.clone(), restart.clone(), restart]),
    })?;
    // Also when it ends by itself with a failure. Wine does not know of this; a death counts everywhere.
    let _ = service.set_failure_actions_on_non_crash_failures(true);
    Ok(())
}

/// The data is for the service and the machine's administrators: other users of this machine may not look inside, which
/// they may in a new folder of `ProgramData`.
fn give(data_dir: &Path) -> Result<(), Failure> {
    // By their numbers: the names of Windows' own groups are in the machine's language.
    let granted = [
        "*S-1-5-18:(OI)(CI)F".to_owned(),
        "*S-1-5-32-544:(OI)(CI)F".to_owned(),
        format!("NT SERVICE\\{NAME}:(OI)(CI)F"),
    ];
    let output = std::process::Command::new("icacls")
        .arg(data_dir)
        .args(["/inheritance:r", "/grant:r"])
        .args(granted)
        .output()
        .map_err(|cause| fault(cause.into()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let shown = data_dir.display();
    Err(Failure::Refused(phrase!(
        "{shown} n’a pas pu être réservé au service : {said}",
        "{shown} could not be kept for the service: {said}"
    )))
}

fn uninstall() -> Result<(), Failure> {
    let manager = manager(ServiceManagerAccess::empty())?;
    let service = manager.open_service(NAME, ServiceAccess::STOP | ServiceAccess::DELETE).map_err(refused)?;
    // One that does not run cannot be stopped, and need not be.
    let _ = service.stop();
    service.delete().map_err(refused)?;
    say(both(&phrase!(
        "service « {NAME} » retiré ; les données restent",
        "service \"{NAME}\" removed; the data stays"
    )));
    Ok(())
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager, Failure> {
    ServiceManager::local_computer(None::<OsString>, ServiceManagerAccess::CONNECT | access).map_err(refused)
}

fn refused(cause: windows_service::Error) -> Failure {
    let why = phrase!(
        "Windows n’a pas fait ce qui est demandé : lancez cette commande en administrateur.",
        "Windows did not do what was asked: run this command as administrator."
    );
    Failure::Fault(why, cause.into())
}
