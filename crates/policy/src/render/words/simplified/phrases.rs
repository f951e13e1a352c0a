//! The sentences.

use crate::render::words::Phrase;

pub(super) fn say(phrase: Phrase) -> &'static str {
    use Phrase as P;
    match phrase {
        P::Contents => "目录",
        P::Version => "版本",
        P::InForce => "生效日期",
        P::Policy => "政策",
        P::Foot => {
            "本文由服务器依据政策 {policy} 第 {version} 版生成，指纹为 {id}。本文所写即服务器所做。"
        }
        P::NotSet => "[尚未填写：{name}]",
        P::None => "无",
        P::Purposes => "用途",
        P::Storage => "存放于",
        P::Consent => "同意",
        P::RoleLabel => "角色",
        P::Recipients => "接收者",
        P::DataLabel => "数据",
        P::Persons => "相关人员",
        P::Measures => "措施",
        P::SafetyTransport => "连接以 TLS 1.3 加密；更旧的版本会被拒绝。",
        P::SafetyRest => "图片、结果和身份信息在存储之前以 AES-256 加密，每一项使用各自的密钥。",
        P::SafetyKeys => "密钥与数据分开保管。期限届满时密钥即被销毁，数据的副本也就无法再打开。",
        P::SafetyWorker => "图片在单独的进程中打开，该进程没有网络，也无法访问其他数据。",
        P::SafetyLogs => "日志中只有代码、数字和时间，没有姓名、证件号码或图片。",
        P::SafetyLimits => {
            "这些措施使滥用变得困难，但不能完全排除滥用，诚实的人也不会作出这样的承诺。如果您的数据发生了使您面临风险的事情，我们会告知您。"
        }
        P::Changed => "变更内容",
        P::FirstVersion => "没有更早的版本可供比较。",
        P::NoChange => "自第 {version} 版以来，与数据有关的内容没有变化。",
        P::ChangesAnnounced => "重要变更至少在生效前 {days} 天公布。在此之前，以原文为准。",
        P::Before => "之前",
        P::After => "现在",
        P::ConsentAgain => "此前已同意的人会被再次征求同意。",
        P::Added => "之前没有",
        P::Removed => "不再有",

        P::NoticeTitle => "隐私声明",
        P::NoticeLeadController => {
            "{operator} 核验您的身份。本页说明核验时如何处理您的数据，以及您可以提出哪些要求。"
        }
        P::NoticeLeadProcessor => {
            "{operator} 受 {customer} 委托核验您的身份。本页说明核验时如何处理您的数据，以及您可以向谁提出要求。"
        }
        P::Responsible => "由谁负责",
        P::ResponsibleController => {
            "{operator} 决定为何以及如何使用您的数据，并对此负责。法律称之为控制者。"
        }
        P::ResponsibleProcessor => {
            "{customer} 决定为何以及如何使用您的数据，并对此负责。法律称之为控制者。{operator} 作为处理者，按照 {customer} 的指示为其进行核验。"
        }
        P::ProcessorAskCustomer => {
            "如对您的数据有疑问或要求，请联系 {customer}。如果您写信给 {operator}，您的要求会被转交，并且您会得到告知。"
        }
        P::ResponsibleImprovement => {
            "对于改进识别的使用，由 {operator} 自行负责。有关该用途以及您对它的同意，请联系 {operator}。"
        }
        P::VerifiedHeading => "核验中您的数据",
        P::VerifiedIntro => {
            "每个期限从存储第一个字节时开始。期限届满后，数据不能再被读取，随后被删除。"
        }
        P::FacesInMemory => {
            "两张人脸通过从图片计算出的测量值进行比较。这些测量值可能指向某个人，因此从不存储：比较一结束即消失。"
        }
        P::IdentifiersInMemory => {
            "被询问风险的电话号码和电子邮件地址只保留在内存中，给出答案后即丢弃。它们不在任何索引中，也不用于任何训练。"
        }
        P::OthersHeading => "如果您使用接口、控制台或联系表单",
        P::OthersIntro => "这涉及为客户工作的人员，以及写信给我们的人。",
        P::ConsentHeading => "您的同意",
        P::ConsentEnforced => {
            "只有在您同意的情况下才会处理您的面部。没有同意，核验在收集任何内容之前就会被拒绝。"
        }
        P::ConsentRecorded => {
            "您的面部在您明确同意的情况下处理。您同意的内容会连同时间和文本版本一起记录。"
        }
        P::ConsentWarranty => {
            "如果核验在客户自己的应用中进行，客户可能已经征求您的同意，并以签名为此担保。核验记录会显示这一点。"
        }
        P::ConsentWithdraw => {
            "您可以随时撤回同意。撤回之前所做的处理仍然合法；数据会被删除，处理会停止。"
        }
        P::MachineHeading => "由机器作出的决定",
        P::MachineText => {
            "证件和面部由机器检查。机器不能确定的，绝不会被当作通过：会由人来查看。在任何情况下，您都可以要求由人来查看您的情况，并说明您的看法。"
        }
        P::ReadersHeading => "谁可以读取您的数据",
        P::ReadersIntro => {
            "每次读取都由角色、用途和数据种类决定。核验进行期间，可以读取您的图片和证件信息的有："
        }
        P::ReadersSupport => {
            "查找错误原因的人，只有在另一个人给予许可之后才能看到您的数据，并且限于一定时间和一个个案。每次这样的读取都会被记录。"
        }
        P::ReadersAfter => {
            "核验作出决定之后，它们只为以下目的打开：{readers}。回应您本人的要求始终可以进行。"
        }
        P::ShareHeading => "还有谁会收到",
        P::ShareNobody => "没有人。在本政策下，没有其他公司为我们处理您的数据。",
        P::ShareListed => {
            "以下公司为我们处理数据。每一家在收到任何内容之前都经过审查，其他公司一律不得调用。"
        }
        P::ShareNoSale => "您的数据不会被出售。",
        P::WhereHeading => "您的数据在哪里",
        P::WhereStays => "您的数据留在进行核验的地区，不会复制到其他地区。",
        P::WhereTransfer => "如果有任何内容必须跨境，须具备以下依据之一，并且会被记录：{bases}。",
        P::TrainingHeading => "改进识别",
        P::TrainingNever => "您的数据不用于改进识别或训练模型。",
        P::TrainingConsented => {
            "经您另行同意（您可以拒绝，而对核验没有任何影响），以下数据的单独副本会用于改进识别：{data}。最多保留 {period}。如果您撤回该同意，副本即被销毁。"
        }
        P::RecordHeading => "必须保留的证据",
        P::RecordText => {
            "法律要求 {customer} 保留核验的证据：{law}。为此，以下数据的单独副本保留 {period}：{data}。其他一切在各自期限届满时删除。"
        }
        P::HoldText => {
            "如果数据为法律主张或为主管机关所需要，可以针对某一个人予以冻结保留。此时数据被保留但不被使用，并且冻结会被记录。"
        }
        P::AgeHeading => "如果您尚未成年",
        P::AgeText => {
            "从一定年龄起，您可以独自决定您的数据。未达到该年龄的，须由父母或监护人同意，否则核验停止，已收集的内容会被删除。以两个地点中较严格的为准：您所在的地方，以及签发您证件的地方。如果您的证件没有显示完整的出生日期，须由人来查看。"
        }
        P::AgePlace => "{age} 岁",
        P::AgeElsewhere => "其他任何地方",
        P::AgeUnknown => "如果不知道您所在的地方，以其中最高的年龄为准。",
        P::RightsHeading => "您的权利",
        P::RightsIntroController => "您可以随时向 {operator} 提出以下要求，无需说明理由：",
        P::RightsIntroProcessor => {
            "您可以随时向 {customer} 提出以下要求，无需说明理由；{operator} 为其提供回应所需的手段："
        }
        P::RightsHow => {
            "请使用表单，或写信到以下地址。如果没有得到回应或回应不当，您可以向主管机关投诉。"
        }
        P::RightsDays => "您会在 {days} 天内得到回应。",
        P::RightAccess => "了解保存了您的哪些数据、为何保存、保存到何时，以及谁读取过",
        P::RightRectify => "更正错误的数据",
        P::RightErase => "在期限届满之前删除您的数据",
        P::RightRestrict => "在问题未解决期间，保留您的数据但不使用",
        P::RightObject => "停止您所反对的使用",
        P::RightPort => "取得机器可读形式的副本",
        P::RightWithdraw => "使某项同意不再有效",
        P::RightHuman => "由人来查看某项决定",
        P::RightComplain => "您可以向数据保护机关投诉：{authority}。",
        P::Authority => "主管机关",
        P::AuthorityUnset => "您居住地的主管机关",
        P::SafetyHeading => "如何保护您的数据",
        P::ChangesHeading => "本文的变更",
        P::ContactHeading => "联系方式",
        P::Operator => "运营者",
        P::Address => "地址",
        P::PrivacyContact => "隐私问题",
        P::RightsPage => "行使权利的表单",
        P::Customer => "客户",

        P::TermsTitle => "数据处理条款",
        P::TermsLead => "{operator} 如何为 {customer} 处理个人数据（GDPR 第 28 条）。",
        P::TheCustomer => "客户",
        P::TermsController => {
            "在本政策下，{operator} 本身是该服务的控制者。一旦政策使 {operator} 成为某客户的处理者，这些条款即对该客户生效。"
        }
        P::TermsSubject => "对象与委托",
        P::TermsSubjectText => {
            "{operator} 为 {customer} 核验人员：读取身份证件、比较面部，并检查是否有真人在场。只要使用该服务，直到与之有关的一切都已清除，这些条款均有效。"
        }
        P::TermsPrevail => {
            "本文是一个模块。它是双方总协议的一部分，两者就同一事项有所规定时，以本文为准。"
        }
        P::TermsInstructions => "指示",
        P::TermsInstructionsText => {
            "数据在 {customer} 要求时处理：通过对接口的调用，或通过其自己的设置。没有其中之一，什么也不会打开。{operator} 如认为某项指示违法，会立即说明。"
        }
        P::TermsData => "数据与期限",
        P::TermsCustomer => "客户负责的事项",
        P::TermsConsents => {
            "{customer} 向人员提供其有权获得的信息，取得法律要求的同意，使其保持有效，并能够证明两者。政策要求同意的，没有同意的调用会被拒绝。"
        }
        P::TermsAge => {
            "{customer} 只让在其所在地已达到可以独自决定的年龄、或已由父母或监护人同意的人使用该服务。服务器会依据证件再次检查年龄。"
        }
        P::TermsWarranty => {
            "如果某个应用不能携带同意的收据，则由 {customer} 针对该应用签名并注明日期的担保代替。它绝不代替对改进识别的同意。"
        }
        P::TermsPlaces => "该服务可以在以下地方使用：{places}。",
        P::TermsAnywhere => "该服务可以在任何地方使用。",
        P::TermsPeople => "人员",
        P::TermsPeopleText => {
            "{operator} 中可以看到个人数据的人均负有保密义务。支持人员只有在另一个人给予许可之后才能看到数据，并且限于一定时间和一个个案；{customer} 会得到通知，每次读取都会被记录。"
        }
        P::TermsSub => "次级处理者",
        P::TermsSubNone => {
            "没有。次级处理者只有在登记了名称、任务、地区和审查人之后才会启用，服务器不能调用其他任何一方。"
        }
        P::TermsSubText => {
            "以下各方已登记。服务器不能调用其他任何一方。新的一方在收到任何内容之前 {days} 天公布，以便 {customer} 提出反对。"
        }
        P::TermsAssist => "人员的要求",
        P::TermsAssistText => {
            "{customer} 回应数据所属的人员。{operator} 为其提供手段：按其自己的编号查找、导出、更正、限制和删除。到达 {operator} 的要求会被转交，并告知该人应向谁提出。"
        }
        P::TermsBreach => "数据泄露",
        P::TermsBreachText => {
            "{operator} 会毫不迟延地告知 {customer} 数据泄露：涉及哪些人员、哪些数据、在什么时间之间，以及采取了什么措施。"
        }
        P::TermsDelete => "删除",
        P::TermsDeleteText => {
            "数据在期限届满时无需要求即被删除，在此之前则应 {customer} 的要求删除。首先销毁密钥，因此备份也无法打开。每次删除都记入 {customer} 可以核对的日志。"
        }
        P::TermsProof => "证明",
        P::TermsProofText => {
            "{operator} 交付审计所需的内容：本政策、承诺及其测试的表、数据和密钥的清单，以及删除记录。"
        }
        P::TermsProofAsk => "{operator} 可以要求 {customer} 证明已经提供信息并取得同意。",
        P::TermsSafetyText => "以下措施正在实施。它们符合现有技术水平，但不能排除每一起事故。",

        P::RecordTitle => "处理活动记录",
        P::RecordLead => "{operator} 按用途对个人数据所做的处理（GDPR 第 30 条）。",
        P::RecordWho => "何人",
        P::RecordEntries => "处理",
        P::PersonsUsers => "接口和控制台的用户、写信给我们的人",
        P::PersonsEnd => "被核验的人及其监护人",

        P::TransfersTitle => "跨境传输登记",
        P::TransfersLead => "什么可以跨境、依据为何、传给谁（GDPR 第五章）。",
        P::TransfersGrounds => "依据",
        P::TransfersGroundsText => {
            "只有在记录了以下依据之一时，才会进行跨境导出。地区之间没有自动复制。"
        }
        P::TransfersRules => "每种数据的规则",
        P::TransfersSub => "境外接收者",
        P::TransfersSubNone => "没有登记。",
        P::TransfersOwn => "导出",
        P::TransfersOwnText => "服务器将每次导出连同依据、接收者、日期和数量记入事件日志。",
        P::Task => "任务",
        P::Vetted => "审查",
        P::TransferLabel => "依据",
        P::Region => "地区",

        P::DpiaTitle => "数据保护影响评估",
        P::DpiaLead => "依据 {operator} 的政策编写的草稿（GDPR 第 35 条），由控制者补充完整。",
        P::DpiaDraft => {
            "这是一份草稿。它说明软件做什么。在您的情况下是否相称由您判断，最后一部分列出只有您才能回答的问题。"
        }
        P::DpiaWhat => "处理过程",
        P::DpiaWhatText => {
            "某人拍摄身份证件并拍摄自己的面部。服务器读取证件、比较面部、检查是否有真人在场，并按照书面规则作出决定。为识别人员而大规模处理生物识别数据：必须进行评估。"
        }
        P::DpiaNeed => "必要性与相称性",
        P::DpiaNeedText => "只读取并保留调用者所要求的内容。对于每种数据：",
        P::DpiaRisks => "风险",
        P::DpiaRisksText => "对相关人员而言可能出现什么问题、如何应对，以及还剩下什么。",
        P::Answer => "应对措施",
        P::Remains => "剩余风险",
        P::RiskAccess => "不应读取数据的人读取了数据",
        P::RiskAccessAnswer => {
            "存储时加密，密钥分开保管；按角色、用途和数据种类的表；支持人员须由第二个人许可；读取记录。"
        }
        P::RiskAccessRemains => "持有根密钥和存储的人可以打开尚未到期的内容。",
        P::RiskKept => "数据保留过久",
        P::RiskKeptAnswer => {
            "每种数据都有期限或终点。从那一秒起不能再被读取，其密钥被销毁，因此备份也无法将其恢复。"
        }
        P::RiskKeptRemains => "客户取走的副本不在服务器的控制范围之内。",
        P::RiskWrong => "有人被错误地拒绝或接受",
        P::RiskWrongAnswer => {
            "阈值具有测得的错误率；不清楚的交由人查看，绝不当作通过；当事人可以要求再次查看。"
        }
        P::RiskWrongRemains => "错误率因人群和摄像头而异。数字及其局限随软件一起公布。",
        P::RiskFace => "面部测量值被滥用",
        P::RiskFaceAnswer => "它们只在比较进行时存在，不在任何存储、回应或日志中。",
        P::RiskFaceRemains => "用来计算它们的图片在其期限内存储。",
        P::RiskUse => "数据被用于其他目的",
        P::RiskUseAnswerNever => "没有任何内容用于改进模型。政策未列出的用途什么也打不开。",
        P::RiskUseAnswerConsented => {
            "改进模型需要另行同意，并在具有自己的密钥和期限的单独副本上进行。政策未列出的用途什么也打不开。"
        }
        P::RiskUseRemains => "接收者如何使用已登记的导出，仅受合同约束。",
        P::RiskChild => "儿童在没有监护人同意的情况下被核验",
        P::RiskChildAnswer => {
            "在拍摄之前询问年龄，并依据证件、按两个地点中较严格的一个、精确到日作出决定。"
        }
        P::RiskChildRemains => "在读取证件之前，所说的年龄只是一种陈述。",
        P::RiskAbroad => "数据离开其地区",
        P::RiskAbroadAnswer => {
            "每个地区有自己的存储和密钥；导出需要记录依据；对外的客户端只调用已登记的接收者。"
        }
        P::RiskAbroadRemains => "运营者把机器放在哪里，由运营者决定。",
        P::DpiaOpen => "由控制者回答",
        P::DpiaOpenText => "以下问题在政策中没有答案：",
        P::DpiaOpenNeed => "为什么需要这项核验，为什么较温和的手段不够？",
        P::DpiaOpenHeard => "是否听取了相关人员或其代表的意见？",
        P::DpiaOpenOfficer => "数据保护官有何建议？",
        P::DpiaOpenDecision => "接受哪些剩余风险、由谁接受、到何时为止？",
        P::DpiaOpenReview => "何时重新审视本评估？",
    }
}
