//! The Chinese mainland.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, between, pick};

const PEOPLES: [(&str, u64); 10] = [
    ("汉", 60),
    ("满", 8),
    ("回", 8),
    ("壮", 6),
    ("苗", 5),
    ("蒙古", 4),
    ("藏", 3),
    ("维吾尔", 3),
    ("土家", 2),
    ("朝鲜", 1),
];

/// Region code, place, who issues its cards.
const PLACES: [(&str, &str, &str); 10] = [
    ("110101", "北京市东城区", "北京市公安局东城分局"),
    ("310104", "上海市徐汇区", "上海市公安局徐汇分局"),
    ("440106", "广州市天河区", "广州市公安局天河分局"),
    ("330106", "浙江省杭州市西湖区", "杭州市公安局西湖分局"),
    ("510107", "四川省成都市武侯区", "成都市公安局武侯分局"),
    ("420111", "湖北省武汉市洪山区", "武汉市公安局洪山分局"),
    ("320583", "江苏省昆山市", "昆山市公安局"),
    ("350203", "福建省厦门市思明区", "厦门市公安局思明分局"),
    ("610113", "陕西省西安市雁塔区", "西安市公安局雁塔分局"),
    ("210202", "辽宁省大连市中山区", "大连市公安局中山分局"),
];

const STREETS: [&str; 10] = [
    "解放路",
    "人民路",
    "中山北路",
    "建设大街",
    "和平里东街",
    "文化路",
    "长江路",
    "幸福巷",
    "学院南路",
    "新华街",
];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, female) = Holding::born(today, random);
    let name = ChineseName::generate(random);
    let (code, place, authority) = pick(&PLACES, random);
    let order = random.below(500) * 2 + u64::from(!female);
    let day = birth.to_string().replace('-', "");
    holding.set("number", with_check(&format!("{code}{day}{order:03}")));
    holding.set("native_name", name.simplified);
    holding.set("ethnic_group", people(random));
    let address = format!(
        "{place}{}{}号{}栋{}室",
        pick(&STREETS, random),
        1 + random.below(900),
        1 + random.below(30),
        101 + random.below(30) * 100 + random.below(8)
    );
    holding.set("address", address);
    holding.set("authority", authority);
    let issued = Date::from_days(today.days() - between(30, 9 * 365, random));
    // Ten or twenty years to the day; the day before a leap day's anniversary.
    let years = if random.below(2) == 0 { 10 } else { 20 };
    let day = if issued.month() == 2 { issued.day().min(28) } else { issued.day() };
    let expires = Date::new(issued.year() + years, issued.month(), day).unwrap_or(issued);
    holding.set("issue_date", issued.to_string());
    holding.set("expiry_date", expires.to_string());
    let dotted = |date: Date| date.to_string().replace('-', ".");
    holding.set("term", format!("{}-{}", dotted(issued), dotted(expires)));
    holding
}

fn people(random: &mut dyn Random) -> &'static str {
    let mut at = random.below(PEOPLES.iter().map(|(_, share)| share).sum());
    for (name, share) in PEOPLES {
        if at < share {
            return name;
        }
        at -= share;
    }
    "汉"
}

/// The check character of GB 11643: ISO 7064, MOD 11-2.
fn with_check(first: &str) -> String {
    let sum =
        first.bytes().fold(0u32, |sum, digit| (sum + u32::from(digit.wrapping_sub(b'0'))) * 2 % 11);
    let check = match (12 - sum) % 11 {
        10 => 'X',
        check => char::from_digit(check, 10).unwrap_or('X'),
    };
    format!("{first}{check}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // The example of GB 11643 itself.
        assert_eq!(super::with_check("11010519491231002"), "11010519491231002X");
    }
}
