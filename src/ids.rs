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
id!(SignatureId);
id!(/** A symptôme, cause or remède of the plant's list. */ CodeId);
id!(AffectationId);
id!(CommentaireId);
id!(DocumentId);
id!(/** One run of a job of the server. */ ExecutionId);
id!(/** A part that the storeroom keeps. */ PieceId);
id!(/** A supplier of parts. */ FournisseurId);
id!(/** A line of the stock's ledger. */ MouvementId);
id!(/** A part that an intervention asked for. */ ReservationId);
id!(/** A count of the shelves. */ InventaireId);
id!(/** A saved view of a list. */ VueId);
id!(/** What someone was told once. */ NotificationId);
id!(/** A message on its way by one channel. */ EnvoiId);
id!(/** An entry of the audit journal. */ EntryId);
