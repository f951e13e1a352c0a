//! Chinese in simplified characters.

use bonafide_context::Date;
use bonafide_policy::Language;

use super::Spoken;

pub(super) const SIMPLIFIED: Spoken = Spoken {
    language: Language::Simplified,
    own_name: "简体中文",
    pages: "页面",
    privacy: "隐私声明",
    terms: "处理条款",
    rights: "您的权利",
    next_version: "本文第 {version} 版自 {day}起生效。在此之前，以下文为准。",
    read_next: "阅读新版及其变更。",
    not_holding: "这一版目前不生效。",
    holding: "生效的是第 {version} 版。",
    other_versions: "其他版本",
    version: "第 {version} 版，自 {day}起",
    rights_title: "您的权利",
    lead: "您可以询问我们保存了您的哪些数据，要求更正或删除，或者直接给我们写信。您会在 {days} 天内得到答复。",
    lead_processor: "{customer} 对您的数据负责并答复您。{operator} 受其委托工作。",
    processor: "请先联系 {customer}。您在这里写的内容会转交给 {customer}，并由其答复您。",
    some_customer: "要求核验您身份的公司",
    incomplete: "有内容缺失或格式无法使用。请查看下面标出的各项。",
    topic: "您想提出什么？",
    topics: [
        "我想知道保存了我的哪些数据",
        "关于我的数据有误",
        "删除我的数据",
        "保留我的数据，但不要使用",
        "我反对使用我的数据",
        "我想要一份机器可读的副本",
        "我撤回同意",
        "请由人工复核该决定",
        "其他事项",
    ],
    name: "您的姓名",
    email: "电子邮箱",
    phone: "电话",
    company: "公司",
    country: "国家或地区",
    optional: "（可不填）",
    message: "您的留言",
    no_numbers: "请勿发送证件的照片或号码。如有需要，我们会向您索取。",
    send: "发送",
    kept: "您写的内容会被加密，只有答复您的人可以阅读，并在 {period}后删除。",
    or_write_to: "或写信至",
    missing: "请在此填写",
    too_long: "此处最多填写 {count} 个字符",
    no_breaks: "此处请勿使用换行和控制字符",
    no_mailbox: "请填写类似 name@example.org 的地址",
    received: "已收到",
    forwarded: "您的留言已转交给 {customer}，由其对您的数据负责并答复您。",
    answered: "谢谢。您最迟会在 {day}得到答复。",
    reference: "编号",
    answer_by: "答复期限",
    keep_reference: "请保存编号，凭编号可以再次找到您的留言。",
    authority: "如果没有得到答复，您可以向 {authority} 投诉。",
    under_a_day: "不到一天",
    one_day: "一天",
    months: "{months} 个月",
    days: "{days} 天",
    until_closed: "处理完毕",
    date,
};

/// Both kinds of characters write a day alike.
pub(super) fn date(date: Date) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}
