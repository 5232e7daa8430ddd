//! THE list of permissions, each with the roles that have it. A handler names one in its signature, as
//! `Allowed<P>`; which rows it then covers is said in the slice's `access.rs`.

use crate::kernel::auth::{Permission, Role};

const ADMIN: &[Role] = &[Role::Admin];
const PLANT: &[Role] = &[Role::Admin, Role::Responsable];
const STAFF: &[Role] = &[Role::Admin, Role::Responsable, Role::Technicien];
const ALL: &[Role] = Role::ALL;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident: $roles:expr),+ $(,)?) => {
        $(
            $(#[$doc])*
            pub struct $name;
            impl Permission for $name {
                const NAME: &'static str = stringify!($name);
                const ROLES: &'static [Role] = $roles;
            }
        )+
    };
}

/// One's own account read and another password chosen: with `SignOut`, all that is left to who was given a password.
pub struct OwnPassword;

impl Permission for OwnPassword {
    const NAME: &'static str = "OwnPassword";
    const ROLES: &'static [Role] = ALL;
    const BEFORE_PASSWORD: bool = true;
    const BEFORE_SECOND_FACTOR: bool = true;
}

/// One's own profile, second factor, sessions and saved views.
pub struct OwnAccount;

impl Permission for OwnAccount {
    const NAME: &'static str = "OwnAccount";
    const ROLES: &'static [Role] = ALL;
    const BEFORE_SECOND_FACTOR: bool = true;
}

/// End the session that one is in: always, whatever the account owes and whoever spent its budget of changes.
pub struct SignOut;

impl Permission for SignOut {
    const NAME: &'static str = "SignOut";
    const ROLES: &'static [Role] = ALL;
    const BEFORE_PASSWORD: bool = true;
    const BEFORE_SECOND_FACTOR: bool = true;
    const IS_SPARED: bool = true;
}

/// End one's own sessions: always, for it is how people get rid of a thief who has spent their budget of changes. Nobody
/// has many sessions to end.
pub struct EndOwnSessions;

impl Permission for EndOwnSessions {
    const NAME: &'static str = "EndOwnSessions";
    const ROLES: &'static [Role] = ALL;
    const BEFORE_SECOND_FACTOR: bool = true;
    const IS_SPARED: bool = true;
}

permissions! {
    ManageUsers: ADMIN,
    /// The organisations and their sites; a client sees its own.
    ReadClients: ALL,
    ManageClients: PLANT,
    ReadTechniciens: STAFF,
    ManageTechniciens: PLANT,
    /// Équipements and their tree; a client sees its own.
    ReadEquipements: ALL,
    ManageEquipements: PLANT,
    /// Meters and their readings; a client sees those of its équipements.
    ReadCompteurs: ALL,
    EnterReleves: STAFF,
    /// Create and change meters, annul readings.
    ManageCompteurs: PLANT,
    /// Interventions: a technicien sees those assigned to them, a client those on its équipements.
    ReadInterventions: ALL,
    CommentInterventions: ALL,
    /// Drive an intervention through its workflow; a technicien, their own.
    WorkOnInterventions: STAFF,
    /// Create, change, assign, cancel, reopen, validate.
    ManageInterventions: PLANT,
    /// Requests for work: file them, change and withdraw one's own; a technicien sees their own, a client those on
    /// its équipements.
    FileDemandes: ALL,
    /// Accept and refuse.
    AnswerDemandes: PLANT,
    /// Symptôme, cause and remède codes; a client sees the symptômes.
    ReadCodes: ALL,
    ManageCodes: PLANT,
    /// Checklists; what is answered on an intervention goes with the intervention.
    ReadGammes: STAFF,
    ManageGammes: PLANT,
    /// Entries of time: a technicien's own; those of an intervention go with the intervention.
    ReadTemps: STAFF,
    /// What work costs, services bought outside included: for techniciens and clients there are minutes only.
    ReadCouts: PLANT,
    ManagePrestations: PLANT,
    ManageSettings: ADMIN,
    /// Documents of what the caller sees.
    ReadDocuments: ALL,
    /// Attach to what one sees; a client, to its own demandes.
    AddDocuments: ALL,
    /// A technicien, their own within a day.
    DeleteDocuments: STAFF,
    /// Preventive plans, their échéances, and public holidays.
    ManagePlanning: PLANT,
    /// The plant's calendar and a link to it; a technicien, their own.
    ReadCalendar: STAFF,
    /// What the server does by itself, and how it went.
    ReadTaches: PLANT,
    /// Run a job now, vouch for the clock.
    ManageTaches: ADMIN,
    /// One's own inbox, its live events, and by which channels one is told.
    OwnNotifications: ALL,
    /// Write to people, and follow what became of each delivery.
    SendNotifications: PLANT,
    /// Parts and their stock; a technicien sees no price.
    ReadPieces: STAFF,
    /// Ask for parts, take and bring back; a technicien, for their own interventions.
    UsePieces: STAFF,
    /// The catalogue, suppliers, every movement, counts and what to order.
    ManagePieces: PLANT,
    /// Everything the caller sees, for the command palette.
    Search: ALL,
    ReadAudit: ADMIN,
    /// Bring tables in from files, and take them out.
    ManageEchanges: ADMIN,
    /// How the server does.
    ReadEtat: ADMIN,
    /// See, take away and rehearse backups.
    ManageSauvegardes: ADMIN,
}
