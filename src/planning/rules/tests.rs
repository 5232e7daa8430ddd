//! What the dates of a plan keep to, over ten years and for any plan.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::phrase::Language;
use crate::kernel::zones::Zones;
use crate::planning::model::{Centiemes, Frequence, Rattrapage, Report, Sens};

fn cadence(debut: Date, frequence: Frequence, intervalle: i64) -> Cadence {
    Cadence {
        debut,
        fin: None,
        frequence,
        intervalle,
        report: Report::default(),
        shift: Shift::default(),
        feries: Feries::default(),
    }
}

/// Both kinds of days off go the same way.
fn moving(cadence: Cadence, sens: Sens, feries: &[(Date, bool, &str)]) -> Cadence {
    let feries = feries.iter().map(|(day, yearly, nom)| (Day(*day), *yearly, (*nom).to_owned()));
    Cadence { report: Report { feries: sens, week_ends: sens }, feries: Feries::new(feries), ..cadence }
}

fn dates(cadence: &Cadence, count: usize) -> Vec<String> {
    cadence.from(0).take(count).map(|echeance| echeance.date.to_string()).collect()
}

#[track_caller]
fn says(cadence: &Cadence, k: i64, french: &str) {
    let echeance = cadence.at(k).expect("an échéance");
    assert_eq!(echeance.text(Language::French), french);
}

// D6
#[test]
fn every_date_counts_from_the_anchor_and_a_short_month_gives_its_last_day() {
    let monthly = cadence(date(2031, 1, 31), Frequence::Mensuel, 1);
    let leap = cadence(date(2028, 2, 29), Frequence::Annuel, 1);

    assert_eq!(dates(&monthly, 5), ["2031-01-31", "2031-02-28", "2031-03-31", "2031-04-30", "2031-05-31"]);
    assert_eq!(dates(&leap, 5)[3..], ["2031-02-28", "2032-02-29"]);
    says(&monthly, 0, "Début du plan, le 31/01/2031.");
    says(
        &monthly,
        1,
        "Tous les mois depuis le 31/01/2031, 2ᵉ échéance ; ce mois n’a pas de jour 31 : 28/02/2031.",
    );
    says(&monthly, 2, "Tous les mois depuis le 31/01/2031, 3ᵉ échéance : 31/03/2031.");
    let fortnightly = cadence(date(2031, 1, 6), Frequence::Hebdomadaire, 2);
    says(&fortnightly, 3, "Toutes les 2 semaines depuis le 06/01/2031, 4ᵉ échéance : 17/02/2031.");
}

#[test]
fn a_date_is_explained_in_arabic() {
    let holidays = [(date(2000, 5, 1), true, "Fête du travail"), (date(2031, 5, 2), false, "Pont")];
    let mut plan = moving(cadence(date(2031, 1, 31), Frequence::Mensuel, 3), Sens::Apres, &holidays);
    let at = |plan: &Cadence, k| plan.at(k).expect("an échéance").text(Language::Arabic);
    let day = |day: &str| format!("\u{2068}{}\u{2069}", day.replace('/', "\u{200F}/"));

    let (start, last) = (day("31/01/2031"), day("30/04/2031"));
    assert_eq!(at(&plan, 0), format!("بداية الخطة يوم {start}."));
    assert_eq!(
        at(&plan, 1),
        format!("كل 3 أشهر منذ {start}، الاستحقاق رقم 2؛ ليس في هذا الشهر يوم 31: {last}.")
    );
    plan.shift = Shift { days: 1, from: Some(0) };
    let [thursday, friday, saturday, sunday, monday] =
        ["01/05/2031", "02/05/2031", "03/05/2031", "04/05/2031", "05/05/2031"].map(day);
    assert_eq!(
        at(&plan, 1),
        format!(
            "كل 3 أشهر منذ {start}، الاستحقاق رقم 2؛ ليس في هذا الشهر يوم 31: {last}؛ تأجيل يوم منذ الاستحقاق رقم 1؛ \
             الخميس {thursday} يوم عطلة (\u{2068}Fête du travail\u{2069})، الجمعة {friday} يوم عطلة (\u{2068}Pont\u{2069})، \
             السبت {saturday} في نهاية الأسبوع، الأحد {sunday} في نهاية الأسبوع: أُجّل إلى الاثنين {monday}."
        )
    );
    for (frequence, intervalle, every) in [
        (Frequence::Journalier, 1, "كل يوم "),
        (Frequence::Hebdomadaire, 2, "كل أسبوعين "),
        (Frequence::Journalier, 15, "كل 15 يومًا "),
        (Frequence::Mensuel, 1, "كل شهر "),
        (Frequence::Semestriel, 1, "كل 6 أشهر "),
        (Frequence::Semestriel, 2, "كل 12 شهرًا "),
        (Frequence::Annuel, 100, "كل 100 سنة "),
    ] {
        let said = at(&cadence(date(2031, 1, 1), frequence, intervalle), 1);
        assert!(said.starts_with(every), "{said}");
    }
}

// D6
#[test]
fn half_of_a_delay_beyond_the_tolerance_moves_what_follows_as_in_sap() {
    let mut plan = cadence(date(1998, 3, 1), Frequence::Trimestriel, 1);
    let (half, tolerance) = (Centiemes(50), 9);
    let due = plan.at(1).expect("the second").date;
    assert_eq!(due, Day(date(1998, 6, 1)));

    let late = late_days(due, 0, Day(date(1998, 6, 15)));
    plan.shift = Shift { days: shift(late, tolerance, half), from: Some(1) };

    assert_eq!(plan.at(2).expect("the third").date, Day(date(1998, 9, 8)));
    says(
        &plan,
        2,
        "Tous les trimestres depuis le 01/03/1998, 3ᵉ échéance : 01/09/1998 ; + 7 jours de décalage depuis la 2ᵉ échéance : 08/09/1998.",
    );
}

#[test]
fn a_delay_shifts_only_beyond_the_tolerance_and_then_by_all_of_it() {
    for (late, tolerance, factor, expected) in [
        (9, 9, 100, 0),
        (10, 9, 100, 10),
        (-9, 9, 100, 0),
        (-10, 9, 100, -10),
        (3, 0, 50, 2),
        (-3, 0, 50, -2),
        (5, 0, 10, 1),
        (4, 0, 10, 0),
        (40, 0, 0, 0),
    ] {
        assert_eq!(
            shift(late, tolerance, Centiemes(factor)),
            expected,
            "{late} days, ± {tolerance}, {factor} %"
        );
    }
}

#[test]
fn finished_late_one_after_the_other_the_same_days_do_not_count_twice() {
    // Monthly, sliding. Échéance 0 of 1 January is finished on 1 March, 59 days late; échéance 1, whose date of
    // 1 February was fixed before that, on 2 March.
    let first = late_days(Day(date(2031, 1, 1)), 0, Day(date(2031, 3, 1)));
    let second = late_days(Day(date(2031, 2, 1)), first, Day(date(2031, 3, 2)));
    let mut plan = cadence(date(2031, 1, 1), Frequence::Mensuel, 1);
    plan.shift.days = shift(first, 0, Centiemes(100)) + shift(second, 0, Centiemes(100));

    assert_eq!((first, second), (59, -30));
    assert_eq!(plan.at(2).expect("the third").date, Day(date(2031, 3, 30)));
}

#[test]
fn a_day_off_moves_a_date_before_after_or_not_at_all_and_is_named() {
    // 1 May 2031 is a Thursday; the Friday is given off as well.
    let holidays = [(date(2000, 5, 1), true, "Fête du travail"), (date(2031, 5, 2), false, "Pont")];
    let on_the_first = || cadence(date(2031, 3, 1), Frequence::Mensuel, 2);
    let (before, after) =
        (moving(on_the_first(), Sens::Avant, &holidays), moving(on_the_first(), Sens::Apres, &holidays));

    assert_eq!(dates(&on_the_first(), 2), ["2031-03-01", "2031-05-01"]);
    assert_eq!(dates(&before, 2), ["2031-02-28", "2031-04-30"]);
    assert_eq!(dates(&after, 2), ["2031-03-03", "2031-05-05"]);
    says(
        &before,
        0,
        "Début du plan, le 01/03/2031 ; samedi 01/03/2031 en week-end : avancée au vendredi 28/02/2031.",
    );
    says(
        &after,
        1,
        "Tous les 2 mois depuis le 01/03/2031, 2ᵉ échéance : 01/05/2031 ; jeudi 01/05/2031 férié (Fête du travail), \
         vendredi 02/05/2031 férié (Pont), samedi 03/05/2031 en week-end, dimanche 04/05/2031 en week-end : \
         repoussée au lundi 05/05/2031.",
    );
    let english = after.at(1).expect("an échéance").text(Language::English);
    assert!(english.contains("Thursday 2031-05-01 a holiday (Fête du travail)"), "{english}");
    assert!(english.ends_with("put off to Monday 2031-05-05."), "{english}");
}

#[test]
fn a_recurrent_holiday_counts_from_its_first_year_on() {
    let feries = Feries::new([(Day(date(2025, 10, 31)), true, "Fête de l’unité".to_owned())]);

    assert_eq!(feries.on(date(2024, 10, 31)), None);
    assert_eq!(feries.on(date(2025, 10, 31)), Some("Fête de l’unité"));
    assert_eq!(feries.on(date(2040, 10, 31)), Some("Fête de l’unité"));
}

#[test]
fn days_that_a_week_end_pushes_together_count_as_one() {
    let daily = moving(cadence(date(2031, 1, 3), Frequence::Journalier, 1), Sens::Apres, &[]);

    let merged: Vec<_> = daily.from(0).take(4).map(|echeance| daily.is_merged(&echeance)).collect();

    // Friday; Saturday and Sunday, which go to Monday; Monday.
    assert_eq!(merged, [false, true, true, false]);
}

#[test]
fn a_calendar_of_nothing_but_holidays_moves_nothing() {
    let holidays: Vec<_> =
        date(2030, 1, 1).series(1.day()).take(1500).map(|day| (day, false, "Grève")).collect();
    let plan = moving(cadence(date(2031, 1, 15), Frequence::Mensuel, 1), Sens::Apres, &holidays);

    assert_eq!(dates(&plan, 1), ["2031-01-15"]);
}

// D17
#[test]
fn an_echeance_is_due_from_the_first_moment_of_its_day_at_the_site() {
    for (zone, day, expected) in [
        // Ramadan of 2026: the clock goes back to UTC on 15 February and forward again on 22 March.
        ("Africa/Casablanca", date(2026, 2, 14), "2026-02-13T23:00:00Z"),
        ("Africa/Casablanca", date(2026, 3, 2), "2026-03-02T00:00:00Z"),
        ("Africa/Casablanca", date(2026, 4, 2), "2026-04-01T23:00:00Z"),
        // The night of 30 March has 23 hours.
        ("Europe/Paris", date(2031, 3, 30), "2031-03-29T23:00:00Z"),
        ("Europe/Paris", date(2031, 3, 31), "2031-03-30T22:00:00Z"),
        // Midnight itself does not exist: Beirut puts the clock forward at 00:00.
        ("Asia/Beirut", date(2031, 3, 30), "2031-03-29T22:00:00Z"),
    ] {
        let zone_of = Zones::embedded().get(zone).expect("a zone");
        let due = due_from(Day(day), 0, &zone_of).expect("a day of the calendar");
        assert_eq!(due.to_string(), expected, "{zone} {day}");
        assert_eq!(over_from(Day(day.yesterday().expect("a day")), 0, &zone_of), Some(due));
    }
    let paris = Zones::embedded().get("Europe/Paris").expect("a zone");
    assert_eq!(due_from(Day(date(2031, 4, 6)), 7, &paris), due_from(Day(date(2031, 3, 30)), 0, &paris));
}

#[test]
fn of_what_is_due_the_policy_decides_and_what_is_not_missed_is_generated_anyway() {
    use Sort::{Due as Fresh, MadeUpFor, Merged, Missed};
    let plan = cadence(date(2031, 1, 1), Frequence::Journalier, 1);
    let due = |missed: &[bool]| -> Vec<Due> {
        let each = plan.from(0).zip(missed);
        each.map(|(explication, missed)| Due { explication, missed: *missed, merged: false }).collect()
    };
    let (all, some) = (due(&[true, true, true]), due(&[true, true, false]));

    assert_eq!(sorts(&all, Rattrapage::Derniere), [Missed, Missed, Fresh]);
    assert_eq!(sorts(&some, Rattrapage::Derniere), [Missed, Missed, Fresh]);
    assert_eq!(sorts(&all, Rattrapage::Toutes), [MadeUpFor, MadeUpFor, MadeUpFor]);
    assert_eq!(sorts(&some, Rattrapage::Toutes), [MadeUpFor, MadeUpFor, Fresh]);
    assert_eq!(sorts(&all, Rattrapage::Aucune), [Missed, Missed, Missed]);
    assert_eq!(sorts(&some, Rattrapage::Aucune), [Missed, Missed, Fresh]);
    let mut merged = all.clone();
    merged[1].merged = true;
    assert_eq!(sorts(&merged, Rattrapage::Toutes), [MadeUpFor, Merged, MadeUpFor]);
}

#[test]
fn the_work_of_a_month_stands_beside_what_people_have_booked_and_can_do() {
    let utc = TimeZone::UTC;
    let hours = |day: Date, from: i64, to: i64| {
        let midnight = Instant::start_of(day, &utc).expect("a day").as_second();
        (Instant::from_second(midnight + from * 3600), Instant::from_second(midnight + to * 3600))
    };
    let person = Booked {
        technicien: crate::ids::TechnicienId(1),
        present: vec![hours(date(2031, 1, 31), 8, 18), hours(date(2031, 2, 3), 8, 18)],
        slots: vec![hours(date(2031, 1, 31), 22, 26)],
    };
    let dates = [Day(date(2031, 1, 31)), Day(date(2031, 2, 28))];
    let period = (date(2031, 1, 15), date(2031, 2, 28));

    let found = charge(&dates, 90, &[person], period, &utc);
    let nobody = charge(&dates, 90, &[], period, &utc);

    let told: Vec<_> = found
        .iter()
        .map(|month| (month.mois.as_str(), month.minutes, month.reserve_min, month.capacite_min))
        .collect();
    assert_eq!(told, [("2031-01", 90, Some(120), Some(600)), ("2031-02", 90, Some(120), Some(600))]);
    assert_eq!((nobody[0].reserve_min, nobody[0].capacite_min), (None, None));
}

fn frequences() -> impl Strategy<Value = Frequence> {
    prop::sample::select(Frequence::ALL)
}

fn days() -> impl Strategy<Value = Date> {
    (0..3650_i32).prop_map(|days| date(2026, 1, 1).saturating_add(days.days()))
}

fn directions() -> impl Strategy<Value = Report> {
    let both = |sens: Sens| {
        let or_not = move |moves: bool| if moves { sens } else { Sens::Aucun };
        (any::<bool>(), any::<bool>()).prop_map(move |(feries, week_ends)| Report {
            feries: or_not(feries),
            week_ends: or_not(week_ends),
        })
    };
    prop_oneof![both(Sens::Avant), both(Sens::Apres)]
}

fn plans() -> impl Strategy<Value = Cadence> {
    let holidays = prop::collection::vec((days(), any::<bool>()), 0..60);
    (days(), frequences(), 1..14_i64, directions(), -200..200_i64, holidays).prop_map(
        |(debut, frequence, intervalle, report, shift, holidays)| {
            let feries = holidays.into_iter().map(|(day, yearly)| (Day(day), yearly, "Fête".to_owned()));
            Cadence {
                debut,
                fin: None,
                frequence,
                intervalle,
                report,
                shift: Shift { days: shift, from: None },
                feries: Feries::new(feries),
            }
        },
    )
}

/// Those of ten years from the anchor.
fn ten_years(plan: &Cadence) -> Vec<Explication> {
    let last = plan.debut.saturating_add(10.years());
    plan.from(0).take_while(|echeance| echeance.nominale.0 <= last).collect()
}

proptest! {
    // D6
    #[test]
    fn over_ten_years_no_date_goes_back_and_none_is_a_day_off(plan in plans()) {
        let found = ten_years(&plan);

        prop_assert!(found.windows(2).all(|pair| pair[0].date <= pair[1].date && pair[0].k + 1 == pair[1].k));
        for echeance in &found {
            let day = echeance.date.0;
            let weekend = day.weekday().to_monday_zero_offset() > 4;
            prop_assert!(plan.report.week_ends == Sens::Aucun || !weekend, "{}", echeance.text(Language::French));
            prop_assert!(plan.report.feries == Sens::Aucun || plan.feries.on(day).is_none());
        }
    }

    // D6
    #[test]
    fn over_ten_years_the_dates_are_those_of_rfc_5545_where_it_knows_the_plan(
        debut in days(), frequence in frequences(), intervalle in 1..5_i64,
    ) {
        // RFC 5545 leaves out a month without the day; we give its last. Up to the 28th the two mean the same.
        prop_assume!(debut.day() <= 28);
        let (word, each) = match frequence {
            Frequence::Journalier => ("DAILY", 1),
            Frequence::Hebdomadaire => ("WEEKLY", 1),
            Frequence::Mensuel => ("MONTHLY", 1),
            Frequence::Trimestriel => ("MONTHLY", 3),
            Frequence::Semestriel => ("MONTHLY", 6),
            Frequence::Annuel => ("YEARLY", 1),
        };
        let ours: Vec<_> = ten_years(&cadence(debut, frequence, intervalle)).iter().map(|it| it.date.to_string()).collect();
        let rule = format!(
            "DTSTART:{}T000000Z\nRRULE:FREQ={word};INTERVAL={};COUNT={}",
            debut.strftime("%Y%m%d"), each * intervalle, ours.len(),
        );
        let theirs: rrule::RRuleSet = rule.parse().expect("a rule of RFC 5545");
        let theirs: Vec<_> =
            theirs.all(u16::MAX).dates.iter().map(|it| it.format("%Y-%m-%d").to_string()).collect();

        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn the_first_from_a_day_is_found_without_walking(plan in plans(), day in days()) {
        let walked = plan.from(0).find(|echeance| echeance.date.0 >= day).map(|echeance| echeance.k);

        prop_assert_eq!(plan.first_from(day), walked);
    }

    #[test]
    fn an_explanation_survives_being_kept(plan in plans(), k in 0..50_i64) {
        let echeance = plan.at(k).expect("within the calendar");

        let kept = serde_json::to_string(&echeance).expect("JSON");

        prop_assert_eq!(serde_json::from_str::<Explication>(&kept).expect("an explanation"), echeance);
    }
}
