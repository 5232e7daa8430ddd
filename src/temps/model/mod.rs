//! The types of time (`temps`), of services bought outside (`prestations`) and of costs (`couts`).

mod couts;
mod prestations;
mod temps;

pub use couts::{
    Cout, CoutNature, CoutTechnicien, CoutType, CoutsEquipement, CoutsIntervention, Depense, PeriodeCouts,
    Poste,
};
pub use prestations::{NewPrestation, Prestation, PrestationFilters};
pub use temps::{
    ArretChronometre, DemarrageChronometre, MinutesNature, NatureTemps, NewTemps, REMARK, ResumeTemps, Temps,
    TempsFilters, TempsIntervention, TempsInterventionFilters, TempsPatch,
};
