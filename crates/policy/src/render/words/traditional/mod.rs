//! Chinese in traditional characters.

mod phrases;

use bonafide_context::Date;

use super::{Phrase, Words};
use crate::{
    Basis, Category, ClosingEvent, Condition, ConsentRule, DataRole, Family, Jurisdiction, Keep,
    Language, Purpose, RegionRule, Role, Storage, TransferBasis,
};

pub(super) struct Traditional;

/// Names of the places that the bundled policies speak of.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("AT", "奧地利"), ("BE", "比利時"), ("BG", "保加利亞"), ("BR", "巴西"), ("CN", "中國"),
    ("CY", "塞普勒斯"), ("CZ", "捷克"), ("DE", "德國"), ("DK", "丹麥"), ("EE", "愛沙尼亞"),
    ("ES", "西班牙"), ("FI", "芬蘭"), ("FR", "法國"), ("GB", "英國"), ("GR", "希臘"),
    ("HK", "香港"), ("HR", "克羅埃西亞"), ("HU", "匈牙利"), ("ID", "印度尼西亞"), ("IE", "愛爾蘭"),
    ("IN", "印度"), ("IS", "冰島"), ("IT", "義大利"), ("JP", "日本"), ("KR", "韓國"),
    ("LI", "列支敦斯登"), ("LT", "立陶宛"), ("LU", "盧森堡"), ("LV", "拉脫維亞"), ("MO", "澳門"),
    ("MT", "馬耳他"), ("MY", "馬來西亞"), ("NL", "荷蘭"), ("NO", "挪威"), ("PH", "菲律賓"),
    ("PL", "波蘭"), ("PT", "葡萄牙"), ("RO", "羅馬尼亞"), ("SE", "瑞典"), ("SG", "新加坡"),
    ("SI", "斯洛維尼亞"), ("SK", "斯洛伐克"), ("TH", "泰國"), ("TW", "臺灣"), ("US", "美國"),
    ("VN", "越南"), ("ZA", "南非"),
];

impl Words for Traditional {
    fn language(&self) -> Language {
        Language::Traditional
    }

    fn say(&self, phrase: Phrase) -> &'static str {
        phrases::say(phrase)
    }

    fn category(&self, category: Category) -> (&'static str, &'static str) {
        match category {
            Category::Monitoring => (
                "呼叫記錄",
                "哪個應用程式在何時呼叫了哪個介面，結果和費用如何。不含被核驗者的任何資訊。",
            ),
            Category::OperationLog => (
                "步驟日誌",
                "伺服器在一次呼叫中做了什麼，以代碼和數字表示。其中沒有姓名、號碼和圖片。",
            ),
            Category::Identification => (
                "您的身分資訊",
                "您的證件對您的記載，以所要求的為限：姓名、出生日期、證件號碼、國籍、住址。",
            ),
            Category::FaceMedia => ("您的面部圖片", "您拍攝的自拍照或短影片，以及證件上的照片。"),
            Category::DocumentMedia => ("您的證件圖片", "您為證件拍攝的照片或影片。"),
            Category::Results => {
                ("結果", "證件是否無誤、面部是否相符、是否有真人在場，以及作出了什麼決定。")
            }
            Category::SubjectReference => {
                ("客戶的編號", "客戶在自己的記錄中對您的稱呼，以帶金鑰的雜湊值儲存。")
            }
            Category::Device => ("您的裝置", "固定清單中的裝置及其網路資訊，用於發現詐欺。"),
            Category::DeviceKey => (
                "您的裝置是否來過",
                "您的裝置所獲編號的帶金鑰雜湊值，用於發現同一裝置被反覆使用。其中不含裝置的其他資訊。",
            ),
            Category::ClientEvents => ("您的核驗過程", "您在哪一步停下或重試，取自固定清單。"),
            Category::Consent => {
                ("您的同意", "同意了什麼、何時、以何種方式、以何種語言，以及針對文字的哪個版本。")
            }
            Category::Guardian => ("您的監護人", "如果您尚不能獨自決定，由誰代您同意。"),
            Category::FaceFeatures => (
                "您的面部測量值",
                "為比較兩張人臉而從圖片計算出的數字。它們可能指向某個人，只在比較進行時存在。",
            ),
            Category::Identifiers => {
                ("被詢問的電話號碼或電子郵件地址", "在計算風險評分時保留在記憶體中。")
            }
            Category::Account => ("帳戶", "租戶、主控台使用者、其登入名和金鑰。"),
            Category::Configuration => ("設定", "範本、限制、通知地址，以及由誰更改。"),
            Category::SecurityLog => ("安全日誌", "使用介面和主控台者的網路地址和時間。"),
            Category::Deliveries => ("通知投遞", "哪個通知發往客戶的哪個地址。"),
            Category::Idempotency => ("重複的請求", "指向第一個答覆的標記，不含其內容。"),
            Category::Contact => ("給我們的訊息", "透過聯絡表單寫信者的姓名、地址和文字。"),
            Category::LivenessChallenge => {
                ("活體檢測的要求", "螢幕顯示的顏色或所要求的動作，直到完成為止。不含您的任何資訊。")
            }
            Category::LivenessRecording => {
                ("您的錄影", "螢幕照亮您的面部時或您轉動頭部時，攝影鏡頭拍攝的一小段連續圖片。")
            }
            Category::LivenessAudit => (
                "活體檢測的數值",
                "從您的錄影中測得了什麼，以及為何被接受或不被接受：時間、次數和光的強度。不能據此認出任何人。",
            ),
            Category::Diagnostics => ("軟體的執行情況", "速度、狀態、錯誤和使用情況，不涉及個人。"),
        }
    }

    fn entry(&self, category: Category) -> &'static str {
        match category {
            Category::Identification => "身分資訊",
            Category::FaceMedia => "面部圖片",
            Category::DocumentMedia => "證件圖片",
            Category::Results => "結果",
            Category::SubjectReference => "客戶的編號",
            Category::Device => "裝置資訊",
            Category::DeviceKey => "裝置金鑰雜湊",
            Category::ClientEvents => "個人核驗過程的步驟",
            Category::Consent => "同意記錄",
            Category::Guardian => "監護人",
            Category::FaceFeatures => "面部測量值",
            Category::Identifiers => "被詢問的標識",
            Category::Contact => "收到的訊息",
            Category::LivenessRecording => "面部錄影",
            Category::Monitoring
            | Category::OperationLog
            | Category::Account
            | Category::Configuration
            | Category::SecurityLog
            | Category::Deliveries
            | Category::Idempotency
            | Category::LivenessChallenge
            | Category::LivenessAudit
            | Category::Diagnostics => self.category(category).0,
        }
    }

    fn purpose(&self, purpose: Purpose) -> (&'static str, &'static str) {
        match purpose {
            Purpose::Service => ("服務", "以完成所要求的事項"),
            Purpose::Billing => ("計費", "以統計呼叫並計費"),
            Purpose::Troubleshooting => ("排查故障", "以在許可之下查明某事為何失敗"),
            Purpose::Security => ("安全", "以保障服務的安全"),
            Purpose::Evidence => ("證據", "以證明約定的內容"),
            Purpose::Rights => ("權利", "以回應相關人員的要求"),
            Purpose::Improvement => ("改進模型", "以改進識別"),
            Purpose::KycRecord => ("保留證據的義務", "以保留法律要求的證據"),
        }
    }

    fn basis(&self, basis: Basis) -> &'static str {
        match basis {
            Basis::Consent => "同意（GDPR 第 6 條第 1 款 a 項）",
            Basis::Contract => "合同（GDPR 第 6 條第 1 款 b 項）",
            Basis::LegalObligation => "法定義務（GDPR 第 6 條第 1 款 c 項）",
            Basis::VitalInterests => "重大利益（GDPR 第 6 條第 1 款 d 項）",
            Basis::PublicTask => "公共任務（GDPR 第 6 條第 1 款 e 項）",
            Basis::LegitimateInterest => "正當利益（GDPR 第 6 條第 1 款 f 項）",
        }
    }

    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::ExplicitConsent => "明確同意（GDPR 第 9 條第 2 款 a 項）",
            Condition::LegalClaims => "法律主張（GDPR 第 9 條第 2 款 f 項）",
            Condition::SubstantialPublicInterest => "重大公共利益（GDPR 第 9 條第 2 款 g 項）",
        }
    }

    fn consent(&self, rule: ConsentRule) -> &'static str {
        match rule {
            ConsentRule::None => "不徵求",
            ConsentRule::Record => "給出時予以記錄",
            ConsentRule::Enforce => "必須，沒有則拒絕",
        }
    }

    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Service => "工作中的伺服器本身",
            Role::Caller => "取得結果時的客戶",
            Role::Reviewer => "須由人決定時的稽核員",
            Role::PrivacyOfficer => "隱私負責人",
            Role::Operator => "伺服器的營運者",
            Role::Support => "在許可之下的支援人員",
            Role::DataSubject => "相關人員本人",
        }
    }

    fn data_role(&self, role: DataRole) -> &'static str {
        match role {
            DataRole::Controller => "控制者",
            DataRole::Processor => "處理者",
        }
    }

    fn storage(&self, storage: Storage) -> &'static str {
        match storage {
            Storage::Memory => "僅記憶體，限於一次呼叫期間",
            Storage::Records => "記錄儲存",
            Storage::Objects => "物件儲存，每個檔案以各自的金鑰密封",
            Storage::Search => "日誌的搜尋索引",
        }
    }

    fn region(&self, rule: RegionRule) -> &'static str {
        match rule {
            RegionRule::Stays => "留在其地區",
            RegionRule::RecordedBasis => "只有記錄了依據才離開其地區",
        }
    }

    fn transfer(&self, basis: TransferBasis) -> &'static str {
        match basis {
            TransferBasis::StandardClauses => "標準合同條款（GDPR 第 46 條）",
            TransferBasis::Adequacy => "充分性決定（GDPR 第 45 條）",
            TransferBasis::BindingRules => "有約束力的公司規則（GDPR 第 47 條）",
            TransferBasis::ExplicitConsent => "明確同意（GDPR 第 49 條）",
        }
    }

    fn family(&self, family: Family) -> &'static str {
        match family {
            Family::Liveness => "活體檢測和人臉比對",
            Family::Document => "讀取證件",
            Family::Selfie => "自拍核驗",
            Family::Sdk => "採集 SDK",
            Family::Verification => "完整核驗",
            Family::IdVerification => "ID Verification",
            Family::Risk => "風險訊號",
            Family::Management => "管理",
        }
    }

    fn place(&self, place: Jurisdiction) -> String {
        let named = PLACES.iter().find(|(code, _)| *code == place.as_str());
        named.map_or_else(|| place.to_string(), |(_, name)| (*name).to_owned())
    }

    fn keep(&self, keep: Keep) -> String {
        let seconds = match keep {
            Keep::Call => return "不儲存".to_owned(),
            Keep::Until(ClosingEvent::ContractEnds) => return "直到合同結束".to_owned(),
            Keep::Until(ClosingEvent::AccountCloses) => return "直到帳戶關閉".to_owned(),
            Keep::Until(ClosingEvent::Replaced) => return "直到被更新的版本取代".to_owned(),
            Keep::Seconds(seconds) => seconds,
        };
        let units =
            [(365 * 86_400, "年"), (86_400, "天"), (3_600, "小時"), (60, "分鐘"), (1, "秒")];
        let fits = |(size, _): &(u64, &str)| seconds.is_multiple_of(*size);
        let (size, unit) = units.into_iter().find(fits).unwrap_or((1, "秒"));
        format!("{} {unit}", seconds / size)
    }

    fn date(&self, date: Date) -> String {
        format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
    }

    fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => format!("{}和{last}", most.join("、")),
        }
    }
}
