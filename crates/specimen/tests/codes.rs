//! Barcodes of rendered cards, read from photos: the floor that must not be lost. The
//! figures are made by the example `read_codes`.

use bonafide_context::Seeded;
use bonafide_document::barcode;
use bonafide_specimen::{Code, Conditions, Difficulty, SpecimenError, Symbology, render_code};

/// Photos of each kind.
const PHOTOS: u64 = 6;
/// Of these so many must be read.
const FLOOR: usize = 5;

fn read(code: &Code<'_>, wanted: barcode::Symbology) -> Result<usize, SpecimenError> {
    let mut right = 0;
    for seed in 0..PHOTOS {
        let mut random = Seeded::new(5_000 + seed);
        let conditions = Difficulty::Phone.conditions(1_600, 1_200, &mut random);
        let photo = render_code(code, &conditions, &mut random)?;
        if let Some(found) = barcode::read(&photo, &barcode::Symbology::ALL) {
            // What is read is right, or it is not read.
            assert_eq!((found.symbology, found.text.as_str()), (wanted, code.text));
            right += 1;
        }
    }
    Ok(right)
}

#[test]
fn stacked_bars_of_a_phone_photo() {
    let text = "@\n\u{1e}\rANSI 636014040002DL00410288ZC03290015DLDAQI1234562\nDCSSAMPLE\nDACJOHN\nDBB01151990\nDBA08222031\nDBC1\nDAG123 MAIN ST\nDAIANYTOWN\nDAJCA\nDCGUSA\n";
    let code = Code { symbology: Symbology::Pdf417, text, width_mm: 72.0, height_mm: 18.0 };
    let right = read(&code, barcode::Symbology::Pdf417).unwrap();
    assert!(right >= FLOOR, "{right} of {PHOTOS}");
}

#[test]
fn a_small_square_of_a_phone_photo() {
    let text = "001090012345|012345678|Nguyen Van Mau|15011990|Nam|So 1 Duong Mau, Ha Noi|22082021";
    let code = Code { symbology: Symbology::Qr, text, width_mm: 18.0, height_mm: 18.0 };
    let right = read(&code, barcode::Symbology::Qr).unwrap();
    assert!(right >= FLOOR, "{right} of {PHOTOS}");
}

#[test]
fn a_side_without_a_barcode_has_none() {
    let text = "A";
    let code = Code { symbology: Symbology::Code128, text, width_mm: 0.1, height_mm: 0.1 };
    let conditions = Conditions::flat(800, 600);
    let photo = render_code(&code, &conditions, &mut Seeded::new(1)).unwrap();
    assert_eq!(barcode::read(&photo, &barcode::Symbology::ALL), None);
}
