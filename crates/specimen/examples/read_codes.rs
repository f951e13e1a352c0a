//! How many barcodes of rendered cards are read: `read_codes N [KIND [DIFFICULTY]]`, with the kinds
//! `pdf417`, `qr_small`, `qr_large`, `data_matrix` and `code_128` and the difficulties 0 to 3.

use bonafide_context::{Clock, Random, Seeded, SystemClock};
use bonafide_document::barcode;
use bonafide_specimen::{Code, Difficulty, SpecimenError, Symbology, render_code};

const LICENCE: &str = "@\n\u{1e}\rANSI 636014040002DL00410288ZC03290015DLDAQI1234562\nDCSSAMPLE\nDDEN\nDACJOHN\nDDFN\nDADMICHAEL\nDDGN\nDCAC\nDCBNONE\nDCDNONE\nDBD08222019\nDBB01151990\nDBA08222031\nDBC1\nDAU070 in\nDAYBRO\nDAG123 MAIN ST\nDAIANYTOWN\nDAJCA\nDAK902230000  \nDCF00/00/0000NNNAN/ANFD/YY\nDCGUSA\n";
const CARD: &str =
    "001090012345|012345678|Nguyen Van Mau|15011990|Nam|So 1 Duong Mau, Ba Dinh, Ha Noi|22082021";

fn main() -> Result<(), SpecimenError> {
    let clock = SystemClock::start();
    let mut arguments = std::env::args().skip(1);
    let n: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(50);
    let only = arguments.next();
    let difficulty: Option<usize> = arguments.next().and_then(|d| d.parse().ok());
    let mut random = Seeded::new(7);
    let long: String = (0..2_400).map(|_| char::from(b'0' + (random.below(10)) as u8)).collect();
    let kinds = [
        ("pdf417", Symbology::Pdf417, LICENCE, 72.0, 18.0, barcode::Symbology::Pdf417),
        ("qr_small", Symbology::Qr, CARD, 18.0, 18.0, barcode::Symbology::Qr),
        ("qr_large", Symbology::Qr, &long, 38.0, 38.0, barcode::Symbology::Qr),
        (
            "data_matrix",
            Symbology::DataMatrix,
            "L898902C36UTO7408122F1204159",
            12.0,
            12.0,
            barcode::Symbology::DataMatrix,
        ),
        ("code_128", Symbology::Code128, "A123456789", 45.0, 8.0, barcode::Symbology::Code128),
    ];
    for (name, symbology, text, width_mm, height_mm, wanted) in kinds {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let code = Code { symbology, text, width_mm, height_mm };
        let all = Difficulty::ALL.into_iter().enumerate();
        for (_, difficulty) in all.filter(|(at, _)| difficulty.is_none_or(|only| only == *at)) {
            let (mut right, mut wrong, mut milliseconds, mut worst) = (0, 0, 0.0_f64, 0.0_f64);
            for seed in 0..n {
                let mut random = Seeded::new(1_000 + seed);
                let conditions = difficulty.conditions(1_600, 1_200, &mut random);
                let photo = render_code(&code, &conditions, &mut random)?;
                let start = clock.elapsed();
                let read = barcode::read(&photo, &barcode::Symbology::ALL);
                let taken = (clock.elapsed() - start).as_secs_f64() * 1_000.0;
                milliseconds += taken;
                worst = worst.max(taken);
                match read {
                    Some(code) if code.text == text && code.symbology == wanted => right += 1,
                    Some(_) => wrong += 1,
                    None => {}
                }
            }
            println!(
                "{name:12} {difficulty:?}: {right}/{n} read, {wrong} wrong, {:.0} ms each, {worst:.0} ms at most",
                milliseconds / n as f64
            );
        }
    }
    Ok(())
}
