//! Made-up people of each state, with what a card prints of them.

mod chn;
mod hkg;
mod idn;
mod mac;
mod mys;
mod phl;
mod sgp;
mod twn;

use std::collections::BTreeMap;

use bonafide_context::{Date, Random};

/// What one document says of one person who does not exist: values by the names
/// that answers use, and what a layout prints of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Holding {
    values: BTreeMap<&'static str, String>,
}

/// Personal values are not printed, even where the person is made up.
impl std::fmt::Debug for Holding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holding").finish_non_exhaustive()
    }
}

impl Holding {
    /// A value by its name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.insert(name, value.into());
    }

    /// `text` with the values put in; `None` if one of them is missing.
    pub(crate) fn fill(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(self.value(name).filter(|value| !value.is_empty())?);
            rest = behind;
        }
        out.push_str(rest);
        Some(out)
    }

    /// Birth, sex and the spellings of the date that cards use.
    fn born(today: Date, random: &mut dyn Random) -> (Self, Date, bool) {
        let mut holding = Self::default();
        let birth = Date::from_days(today.days() - between(18 * 366, 80 * 365, random));
        let female = random.below(2) == 0;
        holding.set("birth_date", birth.to_string());
        holding.set("birth_year", birth.year().to_string());
        holding.set("birth_month", birth.month().to_string());
        holding.set("birth_day", birth.day().to_string());
        holding.set("birth_dmy", dmy(birth));
        holding.set("sex", if female { "F" } else { "M" });
        holding.set("sex_han", if female { "女" } else { "男" });
        (holding, birth, female)
    }
}

/// A person of `state` and their card.
pub(crate) fn holding(state: &str, today: Date, random: &mut dyn Random) -> Holding {
    match state {
        "chn" => chn::holding(today, random),
        "hkg" => hkg::holding(today, random),
        "idn" => idn::holding(today, random),
        "mac" => mac::holding(today, random),
        "mys" => mys::holding(today, random),
        "phl" => phl::holding(today, random),
        "sgp" => sgp::holding(today, random),
        "twn" => twn::holding(today, random),
        _ => Holding::default(),
    }
}

fn dmy(date: Date) -> String {
    format!("{:02}-{:02}-{}", date.day(), date.month(), date.year())
}

fn pick<T: Copy>(list: &[T], random: &mut dyn Random) -> T {
    list[random.below(list.len() as u64) as usize]
}

fn between(low: i32, high: i32, random: &mut dyn Random) -> i32 {
    low + random.below((high - low).max(1) as u64) as i32
}

fn digits(count: usize, random: &mut dyn Random) -> String {
    (0..count).map(|_| char::from(b'0' + random.below(10) as u8)).collect()
}

/// Frequent surnames: simplified, traditional, Hanyu Pinyin, Cantonese as Hong
/// Kong spells it.
const SURNAMES: [(&str, &str, &str, &str); 24] = [
    ("王", "王", "WANG", "WONG"),
    ("李", "李", "LI", "LEE"),
    ("张", "張", "ZHANG", "CHEUNG"),
    ("刘", "劉", "LIU", "LAU"),
    ("陈", "陳", "CHEN", "CHAN"),
    ("杨", "楊", "YANG", "YEUNG"),
    ("赵", "趙", "ZHAO", "CHIU"),
    ("黄", "黃", "HUANG", "WONG"),
    ("周", "周", "ZHOU", "CHOW"),
    ("吴", "吳", "WU", "NG"),
    ("徐", "徐", "XU", "TSUI"),
    ("孙", "孫", "SUN", "SUEN"),
    ("胡", "胡", "HU", "WU"),
    ("朱", "朱", "ZHU", "CHU"),
    ("高", "高", "GAO", "KO"),
    ("林", "林", "LIN", "LAM"),
    ("何", "何", "HE", "HO"),
    ("郭", "郭", "GUO", "KWOK"),
    ("马", "馬", "MA", "MA"),
    ("罗", "羅", "LUO", "LAW"),
    ("梁", "梁", "LIANG", "LEUNG"),
    ("谢", "謝", "XIE", "TSE"),
    ("欧阳", "歐陽", "OUYANG", "AU YEUNG"),
    ("郑", "鄭", "ZHENG", "CHENG"),
];

/// Characters of given names, in the same four spellings, with their numbers in
/// the telegraph code where cards print one.
const GIVEN: [(&str, &str, &str, &str); 32] = [
    ("伟", "偉", "WEI", "Wai"),
    ("芳", "芳", "FANG", "Fong"),
    ("娜", "娜", "NA", "Na"),
    ("敏", "敏", "MIN", "Man"),
    ("静", "靜", "JING", "Ching"),
    ("丽", "麗", "LI", "Lai"),
    ("强", "強", "QIANG", "Keung"),
    ("磊", "磊", "LEI", "Lui"),
    ("军", "軍", "JUN", "Kwan"),
    ("洋", "洋", "YANG", "Yeung"),
    ("勇", "勇", "YONG", "Yung"),
    ("艳", "艷", "YAN", "Yim"),
    ("杰", "傑", "JIE", "Kit"),
    ("娟", "娟", "JUAN", "Kuen"),
    ("涛", "濤", "TAO", "To"),
    ("明", "明", "MING", "Ming"),
    ("超", "超", "CHAO", "Chiu"),
    ("秀", "秀", "XIU", "Sau"),
    ("霞", "霞", "XIA", "Ha"),
    ("平", "平", "PING", "Ping"),
    ("刚", "剛", "GANG", "Kong"),
    ("桂", "桂", "GUI", "Kwai"),
    ("英", "英", "YING", "Ying"),
    ("华", "華", "HUA", "Wah"),
    ("玉", "玉", "YU", "Yuk"),
    ("萍", "萍", "PING", "Ping"),
    ("红", "紅", "HONG", "Hung"),
    ("鹏", "鵬", "PENG", "Pang"),
    ("晴", "晴", "QING", "Ching"),
    ("永", "永", "YONG", "Wing"),
    ("嘉", "嘉", "JIA", "Ka"),
    ("欣", "欣", "XIN", "Yan"),
];

/// A Chinese name: surname and one or two given characters, in each spelling.
struct ChineseName {
    simplified: String,
    traditional: String,
    /// `ZHANG`, `WEIMIN`.
    pinyin: (String, String),
    /// `CHEUNG`, `Wai Man`.
    cantonese: (String, String),
}

impl ChineseName {
    fn generate(random: &mut dyn Random) -> Self {
        let family = pick(&SURNAMES, random);
        let given: Vec<_> =
            (0..=usize::from(random.below(5) > 0)).map(|_| pick(&GIVEN, random)).collect();
        let joined =
            |part: fn(
                &(&'static str, &'static str, &'static str, &'static str),
            ) -> &'static str,
             by: &str| { given.iter().map(part).collect::<Vec<_>>().join(by) };
        Self {
            simplified: format!("{}{}", family.0, joined(|g| g.0, "")),
            traditional: format!("{}{}", family.1, joined(|g| g.1, "")),
            pinyin: (family.2.to_owned(), joined(|g| g.2, "")),
            cantonese: (family.3.to_owned(), joined(|g| g.3, " ")),
        }
    }

    fn characters(&self) -> usize {
        self.traditional.chars().count()
    }
}
