//! THE list of typed identifiers. The database gives them; nobody else invents one.

id!(UserId);
id!(/** One sign-in on one device. */ SessionId);
id!(/** An organisation that owns sites and équipements. */ ClientId);
id!(SiteId);
id!(EquipementId);
id!(CompetenceId);
id!(TechnicienId);
id!(AbsenceId);
id!(InterventionId);
id!(/** A preventive plan. */ PlanningId);
id!(/** A day off in a country. */ JourFerieId);
id!(/** A request for work. */ DemandeId);
id!(AffectationId);
id!(/** A checklist. */ GammeId);
id!(/** A step of a gamme, the same through all its versions. */ OperationId);
id!(/** An entry of time. */ TempsId);
id!(/** A service bought outside. */ PrestationId);
id!(CommentaireId);
id!(/** A part that the storeroom keeps. */ PieceId);
id!(/** A supplier of parts. */ FournisseurId);
id!(/** A line of the stock's ledger. */ MouvementId);
id!(/** A part that an intervention asked for. */ ReservationId);
id!(/** A count of the shelves. */ InventaireId);
id!(DocumentId);
id!(/** One run of a job of the server. */ ExecutionId);
id!(/** A saved view of a list. */ VueId);
id!(/** An entry of the audit journal. */ EntryId);
