//! The server as a Windows service: what service control is told of it, and the stop that service control asks for.
//! Started by hand, nobody listens and nothing is told.

use std::ffi::OsString;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use windows_service::service::{
    ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{
    self, ServiceControlHandlerResult as Handled, ServiceStatusHandle,
};
use windows_service::{define_windows_service, service_dispatcher};

use crate::failure::Failure;
use crate::kernel::app::App;
use crate::phrase;

/// How Windows names the service.
pub const NAME: &str = "erp-interventions";

/// What a migration of a large database may take before Windows gives the start up.
const PATIENCE_START: Duration = Duration::from_mins(5);
/// Requests under way, a mail, the last writes.
const PATIENCE_STOP: Duration = Duration::from_secs(40);

type Work = Box<dyn FnOnce() -> Result<(), Failure> + Send>;

/// What the service is to do: Windows calls back a bare function, which takes it from here.
static WORK: Mutex<Option<Work>> = Mutex::new(None);
static STATUS: OnceLock<ServiceStatusHandle> = OnceLock::new();
static STOP: Notify = Notify::const_new();

/// Does `work` as the service that Windows has started, until it ends; its failure is Windows' exit code.
///
/// # Errors
/// It was not Windows' service control that started this process.
pub fn run(work: impl FnOnce() -> Result<(), Failure> + Send + 'static) -> Result<(), Failure> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    service_dispatcher::start(NAME, called_by_windows).map_err(|cause| {
        let why = phrase!(
            "Cette commande est pour Windows, qui démarre le service : sc start {NAME}. À la main, c’est « serve ».",
            "This command is for Windows, which starts the service: sc start {NAME}. By hand it is \"serve\"."
        );
        Failure::Fault(why, cause.into())
    })
}

define_windows_service!(called_by_windows, serve);

fn serve(_: Vec<OsString>) {
    let control = |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            STOP.notify_one();
            Handled::NoError
        }
        ServiceControl::Interrogate => Handled::NoError,
        _ => Handled::NotImplemented,
    };
    let Ok(handle) = service_control_handler::register(NAME, control) else { return };
    let _ = STATUS.set(handle);
    tell(ServiceState::StartPending, ServiceExitCode::NO_ERROR);
    let work = WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
    let outcome = work.map_or(Ok(()), |work| work());
    let code = outcome.map_or_else(
        |failure| ServiceExitCode::ServiceSpecific(failure.exit_code().into()),
        |()| ServiceExitCode::NO_ERROR,
    );
    tell(ServiceState::Stopped, code);
}

/// Says that requests are answered from now on.
pub fn ready(_: &App) {
    tell(ServiceState::Running, ServiceExitCode::NO_ERROR);
}

/// Says that a stop has begun.
pub fn stopping() {
    tell(ServiceState::StopPending, ServiceExitCode::NO_ERROR);
}

/// Waits until service control asks for a stop: for ever, if it does not run this.
pub async fn asked_to_stop() {
    STOP.notified().await;
}

fn tell(current_state: ServiceState, exit_code: ServiceExitCode) {
    let Some(status) = STATUS.get() else { return };
    let (controls_accepted, wait_hint) = match current_state {
        ServiceState::Running => {
            (ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN, Duration::ZERO)
        }
        ServiceState::StartPending => (ServiceControlAccept::empty(), PATIENCE_START),
        ServiceState::StopPending => (ServiceControlAccept::empty(), PATIENCE_STOP),
        _ => (ServiceControlAccept::empty(), Duration::ZERO),
    };
    let told = status.set_service_status(ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state,
        controls_accepted,
        exit_code,
        checkpoint: 0,
        wait_hint,
        process_id: None,
    });
    if let Err(cause) = told {
        tracing::warn!(%cause, "Windows could not be told");
    }
}
