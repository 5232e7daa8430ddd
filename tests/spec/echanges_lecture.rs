//! Tables as plants have them: what can be read two ways, or would be lost, is said and not guessed.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::plant::{Plant, Reply};

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn import(plant: &Plant, table: &str, kind: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post(format!("/api/v1/admin/imports/{table}")).header("content-type", kind);
    plant.admin().send_raw(request.body(body.into()).expect("a request")).await
}

/// The errors of a report: line, column, sentence.
fn wrong(report: &Reply) -> Vec<(i64, &str, &str)> {
    let errors = report["erreurs"].as_array().expect("a list").iter();
    errors
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap_or("");
            (error["ligne"].as_i64().expect("a line"), text("colonne"), text("message"))
        })
        .collect()
}

fn workbook(fill: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn a_year_of_two_digits_is_of_this_century_or_the_last() {
    let plant = Plant::new();
    let file = "code;nom;type;site;date_mise_en_service\nA;A;p;CASA;03/04/26\nB;B;p;CASA;03/04/85\nC;C;p;CASA;03.04.2026\n";

    let report = import(&plant, "equipements", CSV, file).await.expect(200);

    assert_eq!(report["reussi"], true, "{}", report.body);
    let listed = plant.responsable().get("equipements/?q=p&tri=code").await.expect(200);
    let days: Vec<_> =
        listed["items"].as_array().expect("items").iter().map(|one| &one["date_mise_en_service"]).collect();
    for day in ["2026-04-03", "1985-04-03"] {
        assert!(days.contains(&&json!(day)), "{days:?}");
    }
}

#[tokio::test]
async fn a_number_that_can_be_read_two_ways_is_asked_about_unless_its_column_tells() {
    let plant = Plant::new();
    let prices =
        |second: &str| format!("reference;designation;prix_unitaire\nR1;Joint;12.500\nR2;Joint;{second}\n");

    let unclear = import(&plant, "pieces", CSV, prices("7")).await.expect(200);
    let decimal = import(&plant, "pieces?essai=true", CSV, prices("3.5")).await.expect(200);
    let thousands = import(&plant, "pieces", CSV, prices("1.250,50")).await.expect(200);

    let said = "« 12.500 » peut se lire 12500 ou 12,500 : écrivez l’un des deux";
    assert_eq!(wrong(&unclear), [(2, "prix_unitaire", said)]);
    assert_eq!(decimal["reussi"], true, "{}", decimal.body);
    assert_eq!(thousands["reussi"], true, "{}", thousands.body);
    let listed = plant.responsable().get("pieces/?tri=reference").await.expect(200);
    assert_eq!(
        (&listed["items"][0]["prix_unitaire"], &listed["items"][1]["prix_unitaire"]),
        (&json!(12500.0), &json!(1250.5))
    );
}

#[tokio::test]
async fn arabic_of_an_old_spreadsheet_is_read_as_such() {
    let plant = Plant::new();
    let file = "reference;designation\nR1;مضخة الماء\nR2;Vanne d’arrêt réglée\n";
    let bytes = encoding_rs::WINDOWS_1256.encode(file).0.into_owned();

    import(&plant, "pieces", CSV, bytes).await.expect(200);

    let listed = plant.responsable().get("pieces/?tri=reference").await.expect(200);
    let names: Vec<_> =
        listed["items"].as_array().expect("items").iter().map(|one| &one["designation"]).collect();
    assert_eq!(names, [&json!("مضخة الماء"), &json!("Vanne d’arrêt réglée")]);
}

#[tokio::test]
async fn a_heading_that_is_there_twice_is_named_with_both_columns() {
    let plant = Plant::new();
    let csv = "reference;designation;unite;designation\nR1;Joint;pce;Garniture\n";
    let json = r#"[{"reference": "R1", "designation": "Joint"},
        {"reference": "R2", "designation": "Joint", "designation": "Garniture"}]"#;

    let in_csv = import(&plant, "pieces", CSV, csv).await.expect(422);
    let in_json = import(&plant, "pieces", "application/json", json).await.expect(422);

    assert_eq!(
        (&in_csv["errors"][0]["champ"], &in_csv["errors"][0]["code"]),
        (&json!("designation"), &json!("doublon"))
    );
    assert_eq!(in_csv["errors"][0]["message"], "est le titre de deux colonnes, B et D ; gardez-en une");
    assert_eq!(
        (&in_json["errors"][0]["champ"], &in_json["errors"][0]["message"]),
        (&json!("designation"), &json!("est deux fois dans l’objet 2"))
    );
    assert_eq!(plant.responsable().get("pieces/").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn what_stands_below_no_heading_and_a_formula_that_failed_are_errors_of_their_line() {
    let plant = Plant::new();
    let csv = "reference;designation\nR1;Joint;à commander\nR2;#N/A\n";
    let book = workbook(|sheet| {
        for (row, column, text) in [(0, 0, "reference"), (0, 1, "designation"), (1, 0, "R1")] {
            sheet.write(row, column, text).expect("a cell");
        }
        sheet.write_formula(1, 1, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A")).expect("a cell");
    });

    let in_csv = import(&plant, "pieces", CSV, csv).await.expect(200);
    let in_book = import(&plant, "pieces", XLSX, book).await.expect(200);

    let failed = "« #N/A » : la formule de cette cellule a échoué";
    let stray = "la cellule C2 est remplie, et sa colonne n’a pas de titre : elle serait perdue";
    assert_eq!(wrong(&in_csv), [(2, "", stray), (3, "designation", failed)]);
    assert_eq!(wrong(&in_book), [(2, "designation", failed)]);
}

#[tokio::test]
async fn a_workbook_with_several_filled_sheets_and_one_of_old_are_refused_in_words() {
    let plant = Plant::new();
    let two = |rows: u32| {
        let mut book = rust_xlsxwriter::Workbook::new();
        for name in ["Pièces", "Anciennes"] {
            let sheet = book.add_worksheet().set_name(name).expect("a name");
            if name == "Pièces" || rows > 0 {
                sheet.write_row(0, 0, ["reference", "designation"]).expect("headings");
                sheet.write_row(1, 0, [name, "Joint"]).expect("a row");
            }
        }
        book.save_to_buffer().expect("a workbook")
    };

    let refused = import(&plant, "pieces", XLSX, two(1)).await.expect(422);
    let old =
        import(&plant, "pieces", CSV, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec()).await.expect(422);
    import(&plant, "pieces", XLSX, two(0)).await.expect(200);

    let said = |reply: &Reply| reply.body.to_string();
    assert!(said(&refused).contains("Pièces, Anciennes"), "{}", said(&refused));
    assert!(said(&old).contains(".xls"), "{}", said(&old));
    let listed = plant.responsable().get("pieces/").await.expect(200);
    assert_eq!(listed["total"], 1);
}

#[tokio::test]
async fn a_number_shown_with_noughts_in_front_keeps_them() {
    let plant = Plant::new();
    let book = workbook(|sheet| {
        let code = rust_xlsxwriter::Format::new().set_num_format("00000");
        sheet.write_row(0, 0, ["reference", "designation"]).expect("headings");
        sheet.write_number_with_format(1, 0, 123, &code).expect("a cell");
        sheet.write(1, 1, "Joint").expect("a cell");
        sheet.write(2, 0, 124).expect("a cell");
        sheet.write(2, 1, "Vanne").expect("a cell");
    });

    import(&plant, "pieces", XLSX, book).await.expect(200);

    let listed = plant.responsable().get("pieces/?tri=reference").await.expect(200);
    let codes: Vec<_> =
        listed["items"].as_array().expect("items").iter().map(|one| &one["reference"]).collect();
    assert_eq!(codes, [&json!("00123"), &json!("124")]);
}
