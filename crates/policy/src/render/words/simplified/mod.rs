//! Chinese in simplified characters.

mod phrases;

use bonafide_context::Date;

use super::{Phrase, Words};
use crate::{
    Basis, Category, ClosingEvent, Condition, ConsentRule, DataRole, Family, Jurisdiction, Keep,
    Language, Purpose, RegionRule, Role, Storage, TransferBasis,
};

pub(super) struct Simplified;

/// Names of the places that the bundled policies speak of.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("AT", "奥地利"), ("BE", "比利时"), ("BG", "保加利亚"), ("BR", "巴西"), ("CN", "中国"),
    ("CY", "塞浦路斯"), ("CZ", "捷克"), ("DE", "德国"), ("DK", "丹麦"), ("EE", "爱沙尼亚"),
    ("ES", "西班牙"), ("FI", "芬兰"), ("FR", "法国"), ("GB", "英国"), ("GR", "希腊"),
    ("HK", "香港"), ("HR", "克罗地亚"), ("HU", "匈牙利"), ("ID", "印度尼西亚"), ("IE", "爱尔兰"),
    ("IN", "印度"), ("IS", "冰岛"), ("IT", "意大利"), ("JP", "日本"), ("KR", "韩国"),
    ("LI", "列支敦士登"), ("LT", "立陶宛"), ("LU", "卢森堡"), ("LV", "拉脱维亚"), ("MO", "澳门"),
    ("MT", "马耳他"), ("MY", "马来西亚"), ("NL", "荷兰"), ("NO", "挪威"), ("PH", "菲律宾"),
    ("PL", "波兰"), ("PT", "葡萄牙"), ("RO", "罗马尼亚"), ("SE", "瑞典"), ("SG", "新加坡"),
    ("SI", "斯洛文尼亚"), ("SK", "斯洛伐克"), ("TH", "泰国"), ("TW", "台湾"), ("US", "美国"),
    ("VN", "越南"), ("ZA", "南非"),
];

impl Words for Simplified {
    fn language(&self) -> Language {
        Language::Simplified
    }

    fn say(&self, phrase: Phrase) -> &'static str {
        phrases::say(phrase)
    }

    fn category(&self, category: Category) -> (&'static str, &'static str) {
        match category {
            Category::Monitoring => (
                "调用记录",
                "哪个应用在何时调用了哪个接口，结果和费用如何。不含被核验者的任何信息。",
            ),
            Category::OperationLog => (
                "步骤日志",
                "服务器在一次调用中做了什么，以代码和数字表示。其中没有姓名、号码和图片。",
            ),
            Category::Identification => (
                "您的身份信息",
                "您的证件对您的记载，以所要求的为限：姓名、出生日期、证件号码、国籍、住址。",
            ),
            Category::FaceMedia => ("您的面部图片", "您拍摄的自拍照或短视频，以及证件上的照片。"),
            Category::DocumentMedia => ("您的证件图片", "您为证件拍摄的照片或视频。"),
            Category::Results => {
                ("结果", "证件是否无误、面部是否相符、是否有真人在场，以及作出了什么决定。")
            }
            Category::SubjectReference => {
                ("客户的编号", "客户在自己的记录中对您的称呼，以带密钥的散列值存储。")
            }
            Category::Device => ("您的设备", "固定列表中的设备及其网络信息，用于发现欺诈。"),
            Category::DeviceKey => (
                "您的设备是否来过",
                "您的设备所获编号的带密钥哈希值，用于发现同一设备被反复使用。其中不含设备的其他信息。",
            ),
            Category::ClientEvents => ("您的核验过程", "您在哪一步停下或重试，取自固定列表。"),
            Category::Consent => {
                ("您的同意", "同意了什么、何时、以何种方式、以何种语言，以及针对文本的哪个版本。")
            }
            Category::Guardian => ("您的监护人", "如果您尚不能独自决定，由谁代您同意。"),
            Category::FaceFeatures => (
                "您的面部测量值",
                "为比较两张人脸而从图片计算出的数字。它们可能指向某个人，只在比较进行时存在。",
            ),
            Category::Identifiers => {
                ("被询问的电话号码或电子邮件地址", "在计算风险评分时保留在内存中。")
            }
            Category::Account => ("账户", "租户、控制台用户、其登录名和密钥。"),
            Category::Configuration => ("设置", "模板、限制、通知地址，以及由谁更改。"),
            Category::SecurityLog => ("安全日志", "使用接口和控制台者的网络地址和时间。"),
            Category::Deliveries => ("通知投递", "哪个通知发往客户的哪个地址。"),
            Category::Idempotency => ("重复的请求", "指向第一个答复的标记，不含其内容。"),
            Category::Contact => ("给我们的消息", "通过联系表单写信者的姓名、地址和文本。"),
            Category::LivenessChallenge => {
                ("活体检测的要求", "屏幕显示的颜色或所要求的动作，直到完成为止。不含您的任何信息。")
            }
            Category::LivenessRecording => {
                ("您的录像", "屏幕照亮您的面部时或您转动头部时，摄像头拍摄的一小段连续图片。")
            }
            Category::LivenessAudit => (
                "活体检测的数值",
                "从您的录像中测得了什么，以及为何被接受或不被接受：时间、次数和光的强度。不能据此认出任何人。",
            ),
            Category::Diagnostics => ("软件的运行情况", "速度、状态、错误和使用情况，不涉及个人。"),
        }
    }

    fn entry(&self, category: Category) -> &'static str {
        match category {
            Category::Identification => "身份信息",
            Category::FaceMedia => "面部图片",
            Category::DocumentMedia => "证件图片",
            Category::Results => "结果",
            Category::SubjectReference => "客户的编号",
            Category::Device => "设备信息",
            Category::DeviceKey => "设备密钥哈希",
            Category::ClientEvents => "个人核验过程的步骤",
            Category::Consent => "同意记录",
            Category::Guardian => "监护人",
            Category::FaceFeatures => "面部测量值",
            Category::Identifiers => "被询问的标识",
            Category::Contact => "收到的消息",
            Category::LivenessRecording => "面部录像",
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
            Purpose::Service => ("服务", "以完成所要求的事项"),
            Purpose::Billing => ("计费", "以统计调用并计费"),
            Purpose::Troubleshooting => ("排查故障", "以在许可之下查明某事为何失败"),
            Purpose::Security => ("安全", "以保障服务的安全"),
            Purpose::Evidence => ("证据", "以证明约定的内容"),
            Purpose::Rights => ("权利", "以回应相关人员的要求"),
            Purpose::Improvement => ("改进模型", "以改进识别"),
            Purpose::KycRecord => ("保留证据的义务", "以保留法律要求的证据"),
        }
    }

    fn basis(&self, basis: Basis) -> &'static str {
        match basis {
            Basis::Consent => "同意（GDPR 第 6 条第 1 款 a 项）",
            Basis::Contract => "合同（GDPR 第 6 条第 1 款 b 项）",
            Basis::LegalObligation => "法定义务（GDPR 第 6 条第 1 款 c 项）",
            Basis::VitalInterests => "重大利益（GDPR 第 6 条第 1 款 d 项）",
            Basis::PublicTask => "公共任务（GDPR 第 6 条第 1 款 e 项）",
            Basis::LegitimateInterest => "正当利益（GDPR 第 6 条第 1 款 f 项）",
        }
    }

    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::ExplicitConsent => "明确同意（GDPR 第 9 条第 2 款 a 项）",
            Condition::LegalClaims => "法律主张（GDPR 第 9 条第 2 款 f 项）",
            Condition::SubstantialPublicInterest => "重大公共利益（GDPR 第 9 条第 2 款 g 项）",
        }
    }

    fn consent(&self, rule: ConsentRule) -> &'static str {
        match rule {
            ConsentRule::None => "不征求",
            ConsentRule::Record => "给出时予以记录",
            ConsentRule::Enforce => "必须，没有则拒绝",
        }
    }

    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Service => "工作中的服务器本身",
            Role::Caller => "取得结果时的客户",
            Role::Reviewer => "须由人决定时的审核员",
            Role::PrivacyOfficer => "隐私负责人",
            Role::Operator => "服务器的运营者",
            Role::Support => "在许可之下的支持人员",
            Role::DataSubject => "相关人员本人",
        }
    }

    fn data_role(&self, role: DataRole) -> &'static str {
        match role {
            DataRole::Controller => "控制者",
            DataRole::Processor => "处理者",
        }
    }

    fn storage(&self, storage: Storage) -> &'static str {
        match storage {
            Storage::Memory => "仅内存，限于一次调用期间",
            Storage::Records => "记录存储",
            Storage::Objects => "对象存储，每个文件以各自的密钥密封",
            Storage::Search => "日志的搜索索引",
        }
    }

    fn region(&self, rule: RegionRule) -> &'static str {
        match rule {
            RegionRule::Stays => "留在其地区",
            RegionRule::RecordedBasis => "只有记录了依据才离开其地区",
        }
    }

    fn transfer(&self, basis: TransferBasis) -> &'static str {
        match basis {
            TransferBasis::StandardClauses => "标准合同条款（GDPR 第 46 条）",
            TransferBasis::Adequacy => "充分性决定（GDPR 第 45 条）",
            TransferBasis::BindingRules => "有约束力的公司规则（GDPR 第 47 条）",
            TransferBasis::ExplicitConsent => "明确同意（GDPR 第 49 条）",
        }
    }

    fn family(&self, family: Family) -> &'static str {
        match family {
            Family::Liveness => "活体检测和人脸比对",
            Family::Document => "读取证件",
            Family::Selfie => "自拍核验",
            Family::Sdk => "采集 SDK",
            Family::Verification => "完整核验",
            Family::IdVerification => "ID Verification",
            Family::Risk => "风险信号",
            Family::Management => "管理",
        }
    }

    fn place(&self, place: Jurisdiction) -> String {
        let named = PLACES.iter().find(|(code, _)| *code == place.as_str());
        named.map_or_else(|| place.to_string(), |(_, name)| (*name).to_owned())
    }

    fn keep(&self, keep: Keep) -> String {
        let seconds = match keep {
            Keep::Call => return "不存储".to_owned(),
            Keep::Until(ClosingEvent::ContractEnds) => return "直到合同结束".to_owned(),
            Keep::Until(ClosingEvent::AccountCloses) => return "直到账户关闭".to_owned(),
            Keep::Until(ClosingEvent::Replaced) => return "直到被更新的版本取代".to_owned(),
            Keep::Seconds(seconds) => seconds,
        };
        let units =
            [(365 * 86_400, "年"), (86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")];
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
