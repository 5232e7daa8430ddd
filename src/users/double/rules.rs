//! Codes and secrets. Pure.

use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret: as many as the hash of RFC 4226 (4) has.
pub const SECRET_BYTES: usize = 20;

/// Recovery codes of one person.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits of a recovery code.
const RECOVERY_LENGTH: usize = 10;

/// Without those that look alike on paper.
const READABLE: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// How applications list us.
const ISSUER: &str = "Interventions";

/// Six digits, half a minute each; that of the half minute before or after is taken as well, for clocks differ.
fn totp(secret: &[u8; SECRET_BYTES]) -> Totp {
    Builder::new().with_secret(Secret::from(secret.to_vec())).build_noncompliant()
}

/// The time step of which `code` is, if it is one of now. Blanks do not matter: applications show two groups.
pub fn step_of(secret: &[u8; SECRET_BYTES], code: &str, now: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(now).ok()?;
    totp(secret).check(&digits, now).and_then(|step| i64::try_from(step).ok())
}

/// The secret as people type it.
pub fn base32(secret: &[u8; SECRET_BYTES]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// What an application reads from a QR code.
pub fn url(secret: &[u8; SECRET_BYTES], username: &str) -> String {
    // A user name is of letters, digits, dots, dashes and underscores only.
    format!("otpauth://totp/{ISSUER}:{username}?secret={}&issuer={ISSUER}", base32(secret))
}

/// A recovery code out of random bytes: `k7mfp-29xrt`.
pub fn recovery_code(random: [u8; RECOVERY_LENGTH]) -> String {
    let letter = |byte: &u8| char::from(READABLE[usize::from(*byte) % READABLE.len()]);
    let (left, right) = random.split_at(RECOVERY_LENGTH / 2);
    format!(
        "{}-{}",
        left.iter().map(letter).collect::<String>(),
        right.iter().map(letter).collect::<String>()
    )
}

/// A recovery code as it is compared, if the text can be one: however it was typed.
pub fn recovery_spelling(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    (plain.len() == RECOVERY_LENGTH).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238 is of eight digits; these are their last six.
    const RFC: [(i64, &str); 5] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        for (at, code) in RFC {
            assert_eq!(step_of(b"12345678901234567890", code, at), Some(at / 30), "{at}");
        }
    }

    #[test]
    fn a_code_of_the_half_minute_before_or_after_is_taken_and_no_other() {
        let secret = b"12345678901234567890";
        let (at, code) = RFC[3];

        for (late, taken) in [(-90, false), (-30, true), (30, true), (90, false)] {
            assert_eq!(step_of(secret, code, at + late).is_some(), taken, "{late}");
        }
        assert_eq!(step_of(secret, "005 924", at), Some(at / 30));
        for wrong in ["005925", "00592", "", "0059244", "٠٠٥٩٢٤"] {
            assert_eq!(step_of(secret, wrong, at), None, "{wrong}");
        }
    }

    #[test]
    fn recovery_codes_are_compared_however_they_are_typed() {
        let code = recovery_code([0, 1, 2, 3, 4, 250, 251, 252, 253, 254]);
        assert_eq!(code.len(), 11);
        assert_eq!(
            recovery_spelling(&code),
            recovery_spelling(&format!(" {} ", code.to_uppercase().replace('-', " ")))
        );
        assert_eq!(recovery_spelling("123456"), None);
    }

    #[test]
    fn what_an_application_scans_is_the_secret_in_base32() {
        let url = url(b"12345678901234567890", "y.benali");
        assert_eq!(
            url,
            "otpauth://totp/Interventions:y.benali?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Interventions"
        );
    }
}
