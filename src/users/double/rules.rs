//! Codes and secrets. Pure.

use std::fmt::Write as _;

use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret: as many as the hash of RFC 4226 (4) has.
pub const SECRET_BYTES: usize = 20;

/// Recovery codes of one person.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits of a recovery code.
const RECOVERY_LENGTH: usize = 10;

/// Random bytes of a recovery code: two a letter, so that none comes noticeably more often than the others.
pub const RECOVERY_BYTES: usize = 2 * RECOVERY_LENGTH;

/// Without those that look alike on paper; 49 bits in ten.
const READABLE: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

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
    format!("otpauth://totp/{ISSUER}:{}?secret={}&issuer={ISSUER}", escaped(username), base32(secret))
}

/// As part of an address (RFC 3986, 2.1): some applications take a `+` for a blank, and refuse what is not ASCII.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// A recovery code out of random bytes: `k7mfp-29xrt`.
pub fn recovery_code(random: [u8; RECOVERY_BYTES]) -> String {
    let (pairs, _) = random.as_chunks();
    let letter =
        |pair: &[u8; 2]| char::from(READABLE[usize::from(u16::from_be_bytes(*pair)) % READABLE.len()]);
    let (left, right) = pairs.split_at(RECOVERY_LENGTH / 2);
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
        let code = recovery_code(std::array::from_fn(|at| at as u8 * 12));
        assert_eq!(code.len(), 11);
        assert_eq!(
            recovery_spelling(&code),
            recovery_spelling(&format!(" {} ", code.to_uppercase().replace('-', " ")))
        );
        assert_eq!(recovery_spelling("123456"), None);
    }

    #[test]
    fn a_recovery_code_is_of_letters_that_come_equally_often() {
        let mut times = [0; 128];
        for first in 0..=255 {
            for second in 0..=255 {
                let code =
                    recovery_code([first, second].repeat(RECOVERY_LENGTH).try_into().expect("the bytes"));
                times[usize::from(code.as_bytes()[0])] += 1;
            }
        }

        let often: Vec<_> = times.iter().filter(|times| **times > 0).collect();
        assert_eq!(often.len(), 31);
        assert!(often.iter().all(|times| (2_114..=2_115).contains(*times)), "{often:?}");
        assert!("01ilo".bytes().all(|alike| times[usize::from(alike)] == 0));
    }

    #[test]
    fn a_name_of_any_letters_is_escaped_in_what_an_application_scans() {
        let label = |username: &str| {
            let url = url(b"12345678901234567890", username);
            url.strip_prefix("otpauth://totp/Interventions:")
                .and_then(|rest| rest.split_once('?'))
                .expect("a label")
                .0
                .to_owned()
        };

        assert_eq!(label("y+b"), "y%2Bb");
        assert_eq!(label("n'diaye"), "n%27diaye");
        assert_eq!(label("Réda.يوسف"), "R%C3%A9da.%D9%8A%D9%88%D8%B3%D9%81");
        assert_eq!(label("y.benali_2-3"), "y.benali_2-3");
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
