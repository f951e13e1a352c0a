//! Macao.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, between, digits, dmy, pick};

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, _, _) = Holding::born(today, random);
    let permanent = random.below(4) > 0;
    let (han, latin) = if permanent {
        ("澳門特別行政區永久性居民身份證", "BILHETE DE IDENTIDADE DE RESIDENTE PERMANENTE DA RAEM")
    } else {
        (
            "澳門特別行政區非永久性居民身份證",
            "BILHETE DE IDENTIDADE DE RESIDENTE NÃO PERMANENTE DA RAEM",
        )
    };
    holding.set("title_han", han);
    holding.set("title", latin);
    let name = ChineseName::generate(random);
    holding.set("native_name", name.traditional);
    let (surname, given) = name.cantonese;
    holding.set("surname", surname);
    holding.set("given_names", given.to_uppercase());
    // 1, 5 or 7 by where the holder was registered first.
    let first = pick(&["1", "5", "7"], random);
    holding.set("number", format!("{first}{}({})", digits(6, random), digits(1, random)));
    let issued = Date::from_days(today.days() - between(60, 9 * 365, random));
    // Ten years, less a day; the leap days do not matter here.
    let expires = Date::from_days(issued.days() + 3_651);
    holding.set("issue_date", issued.to_string());
    holding.set("issue_dmy", dmy(issued));
    holding.set("expiry_date", expires.to_string());
    holding.set("expiry_dmy", dmy(expires));
    holding
}
