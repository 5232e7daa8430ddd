//! The types of gammes: what is written and published in `gammes`, what is answered in `checklist`.

mod checklist;
mod gammes;

pub use checklist::{Checklist, Corrective, Element, NewReponse, Progression, Reponse, StatutCorrective};
pub use gammes::LARGEST;
pub use gammes::{
    Gamme, GammeDetail, GammeFilters, GammePatch, GammeVersion, GammeVersionResume, NewGamme, Operation,
    OperationDemandee, OperationsDemandees, StatutGamme, TypeOperation, VersionFilters,
};
