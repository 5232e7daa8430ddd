//! Whether corrected prices hold: for `check`, which believes nothing that stands in the database.

use crate::ids::MouvementId;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::pieces::model::TypeMouvement;
use crate::pieces::rules::{Books, in_at};
use crate::pieces::store;

/// A line that a corrected price left worth something else than it says: of which part, and the line.
pub struct Misvalued {
    pub reference: String,
    pub mouvement: MouvementId,
}

/// The lines that corrections of prices have valued, and that the ledger before them makes worth something else: the
/// receipts that are not worth their right price, and what does not follow from them. Walks the ledger of each part
/// whose prices were corrected, from its beginning.
///
/// # Errors
/// The database cannot be read.
pub fn misvalued(db: &Reader<'_>) -> Result<Vec<Misvalued>> {
    let mut wrong = Vec::new();
    for (piece, reference) in store::corrected_pieces(db)? {
        let mut books = Books::default();
        store::each_corrected(db, piece, |posted, is_corrected, price| {
            let right = match price {
                Some(price) if posted.kind == TypeMouvement::Entree => in_at(posted.line.quantite, price),
                _ if is_corrected => books.worth(&posted),
                _ => Some(posted.line),
            };
            books.write(&posted, posted.line);
            let holds =
                books.level.valeur.0 >= 0 && (!books.level.stock.is_zero() || books.level.valeur.0 == 0);
            if right != Some(posted.line) || !holds {
                wrong.push(Misvalued { reference: reference.clone(), mouvement: posted.id });
            }
            Ok(())
        })?;
    }
    Ok(wrong)
}
