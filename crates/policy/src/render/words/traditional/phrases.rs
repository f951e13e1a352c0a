//! The sentences.

use crate::render::words::Phrase;

pub(super) fn say(phrase: Phrase) -> &'static str {
    use Phrase as P;
    match phrase {
        P::Contents => "目錄",
        P::Version => "版本",
        P::InForce => "生效日期",
        P::Policy => "政策",
        P::Foot => {
            "本文由伺服器依據政策 {policy} 第 {version} 版生成，指紋為 {id}。本文所寫即伺服器所做。"
        }
        P::NotSet => "[尚未填寫：{name}]",
        P::None => "無",
        P::Purposes => "用途",
        P::Storage => "存放於",
        P::Consent => "同意",
        P::RoleLabel => "角色",
        P::Recipients => "接收者",
        P::DataLabel => "資料",
        P::Persons => "相關人員",
        P::Measures => "措施",
        P::SafetyTransport => "連線以 TLS 1.3 加密；更舊的版本會被拒絕。",
        P::SafetyRest => "圖片、結果和身分資訊在儲存之前以 AES-256 加密，每一項使用各自的金鑰。",
        P::SafetyKeys => "金鑰與資料分開保管。期限屆滿時金鑰即被銷毀，資料的副本也就無法再開啟。",
        P::SafetyWorker => "圖片在單獨的程序中開啟，該程序沒有網路，也無法存取其他資料。",
        P::SafetyLogs => "日誌中只有代碼、數字和時間，沒有姓名、證件號碼或圖片。",
        P::SafetyLimits => {
            "這些措施使濫用變得困難，但不能完全排除濫用，誠實的人也不會作出這樣的承諾。如果您的資料發生了使您面臨風險的事情，我們會告知您。"
        }
        P::Changed => "變更內容",
        P::FirstVersion => "沒有更早的版本可供比較。",
        P::NoChange => "自第 {version} 版以來，與資料有關的內容沒有變化。",
        P::ChangesAnnounced => "重要變更至少在生效前 {days} 天公布。在此之前，以原文為準。",
        P::Before => "之前",
        P::After => "現在",
        P::ConsentAgain => "此前已同意的人會被再次徵求同意。",
        P::Added => "之前沒有",
        P::Removed => "不再有",

        P::NoticeTitle => "隱私權聲明",
        P::NoticeLeadController => {
            "{operator} 核驗您的身分。本頁說明核驗時如何處理您的資料，以及您可以提出哪些要求。"
        }
        P::NoticeLeadProcessor => {
            "{operator} 受 {customer} 委託核驗您的身分。本頁說明核驗時如何處理您的資料，以及您可以向誰提出要求。"
        }
        P::Responsible => "由誰負責",
        P::ResponsibleController => {
            "{operator} 決定為何以及如何使用您的資料，並對此負責。法律稱之為控制者。"
        }
        P::ResponsibleProcessor => {
            "{customer} 決定為何以及如何使用您的資料，並對此負責。法律稱之為控制者。{operator} 作為處理者，按照 {customer} 的指示為其進行核驗。"
        }
        P::ProcessorAskCustomer => {
            "如對您的資料有疑問或要求，請聯絡 {customer}。如果您寫信給 {operator}，您的要求會被轉交，並且您會得到告知。"
        }
        P::ResponsibleImprovement => {
            "對於改進識別的使用，由 {operator} 自行負責。有關該用途以及您對它的同意，請聯絡 {operator}。"
        }
        P::VerifiedHeading => "核驗中您的資料",
        P::VerifiedIntro => {
            "每個期限從儲存第一個位元組時開始。期限屆滿後，資料不能再被讀取，隨後被刪除。"
        }
        P::FacesInMemory => {
            "兩張人臉透過從圖片計算出的測量值進行比較。這些測量值可能指向某個人，因此從不儲存：比較一結束即消失。"
        }
        P::IdentifiersInMemory => {
            "被詢問風險的電話號碼和電子郵件地址只保留在記憶體中，給出答案後即丟棄。它們不在任何索引中，也不用於任何訓練。"
        }
        P::OthersHeading => "如果您使用介面、主控台或聯絡表單",
        P::OthersIntro => "這涉及為客戶工作的人員，以及寫信給我們的人。",
        P::ConsentHeading => "您的同意",
        P::ConsentEnforced => {
            "只有在您同意的情況下才會處理您的面部。沒有同意，核驗在收集任何內容之前就會被拒絕。"
        }
        P::ConsentRecorded => {
            "您的面部在您明確同意的情況下處理。您同意的內容會連同時間和文字版本一起記錄。"
        }
        P::ConsentWarranty => {
            "如果核驗在客戶自己的應用程式中進行，客戶可能已經徵求您的同意，並以簽名為此擔保。核驗記錄會顯示這一點。"
        }
        P::ConsentWithdraw => {
            "您可以隨時撤回同意。撤回之前所做的處理仍然合法；資料會被刪除，處理會停止。"
        }
        P::MachineHeading => "由機器作出的決定",
        P::MachineText => {
            "證件和麵部由機器檢查。機器不能確定的，絕不會被當作透過：會由人來檢視。在任何情況下，您都可以要求由人來檢視您的情況，並說明您的看法。"
        }
        P::ReadersHeading => "誰可以讀取您的資料",
        P::ReadersIntro => {
            "每次讀取都由角色、用途和資料種類決定。核驗進行期間，可以讀取您的圖片和證件資訊的有："
        }
        P::ReadersSupport => {
            "查詢錯誤原因的人，只有在另一個人給予許可之後才能看到您的資料，並且限於一定時間和一個個案。每次這樣的讀取都會被記錄。"
        }
        P::ReadersAfter => {
            "核驗作出決定之後，它們只為以下目的開啟：{readers}。回應您本人的要求始終可以進行。"
        }
        P::ShareHeading => "還有誰會收到",
        P::ShareNobody => "沒有人。在本政策下，沒有其他公司為我們處理您的資料。",
        P::ShareListed => {
            "以下公司為我們處理資料。每一家在收到任何內容之前都經過審查，其他公司一律不得呼叫。"
        }
        P::ShareNoSale => "您的資料不會被出售。",
        P::WhereHeading => "您的資料在哪裡",
        P::WhereStays => "您的資料留在進行核驗的地區，不會複製到其他地區。",
        P::WhereTransfer => "如果有任何內容必須跨境，須具備以下依據之一，並且會被記錄：{bases}。",
        P::TrainingHeading => "改進識別",
        P::TrainingNever => "您的資料不用於改進識別或訓練模型。",
        P::TrainingConsented => {
            "經您另行同意（您可以拒絕，而對核驗沒有任何影響），以下資料的單獨副本會用於改進識別：{data}。最多保留 {period}。如果您撤回該同意，副本即被銷毀。"
        }
        P::RecordHeading => "必須保留的證據",
        P::RecordText => {
            "法律要求 {customer} 保留核驗的證據：{law}。為此，以下資料的單獨副本保留 {period}：{data}。其他一切在各自期限屆滿時刪除。"
        }
        P::HoldText => {
            "如果資料為法律主張或為主管機關所需要，可以針對某一個人予以凍結保留。此時資料被保留但不被使用，並且凍結會被記錄。"
        }
        P::AgeHeading => "如果您尚未成年",
        P::AgeText => {
            "從一定年齡起，您可以獨自決定您的資料。未達到該年齡的，須由父母或監護人同意，否則核驗停止，已收集的內容會被刪除。以兩個地點中較嚴格的為準：您所在的地方，以及簽發您證件的地方。如果您的證件沒有顯示完整的出生日期，須由人來檢視。"
        }
        P::AgePlace => "{age} 歲",
        P::AgeElsewhere => "其他任何地方",
        P::AgeUnknown => "如果不知道您所在的地方，以其中最高的年齡為準。",
        P::RightsHeading => "您的權利",
        P::RightsIntroController => "您可以隨時向 {operator} 提出以下要求，無需說明理由：",
        P::RightsIntroProcessor => {
            "您可以隨時向 {customer} 提出以下要求，無需說明理由；{operator} 為其提供回應所需的手段："
        }
        P::RightsHow => {
            "請使用表單，或寫信到以下地址。如果沒有得到回應或回應不當，您可以向主管機關投訴。"
        }
        P::RightsDays => "您會在 {days} 天內得到回應。",
        P::RightAccess => "瞭解儲存了您的哪些資料、為何儲存、儲存到何時，以及誰讀取過",
        P::RightRectify => "更正錯誤的資料",
        P::RightErase => "在期限屆滿之前刪除您的資料",
        P::RightRestrict => "在問題未解決期間，保留您的資料但不使用",
        P::RightObject => "停止您所反對的使用",
        P::RightPort => "取得機器可讀形式的副本",
        P::RightWithdraw => "使某項同意不再有效",
        P::RightHuman => "由人來檢視某項決定",
        P::RightComplain => "您可以向資料保護機關投訴：{authority}。",
        P::Authority => "主管機關",
        P::AuthorityUnset => "您居住地的主管機關",
        P::SafetyHeading => "如何保護您的資料",
        P::ChangesHeading => "本文的變更",
        P::ContactHeading => "聯絡方式",
        P::Operator => "營運者",
        P::Address => "地址",
        P::PrivacyContact => "隱私問題",
        P::RightsPage => "行使權利的表單",
        P::Customer => "客戶",

        P::TermsTitle => "資料處理條款",
        P::TermsLead => "{operator} 如何為 {customer} 處理個人資料（GDPR 第 28 條）。",
        P::TheCustomer => "客戶",
        P::TermsController => {
            "在本政策下，{operator} 本身是該服務的控制者。一旦政策使 {operator} 成為某客戶的處理者，這些條款即對該客戶生效。"
        }
        P::TermsSubject => "物件與委託",
        P::TermsSubjectText => {
            "{operator} 為 {customer} 核驗人員：讀取身分證件、比較面部，並檢查是否有真人在場。只要使用該服務，直到與之有關的一切都已清除，這些條款均有效。"
        }
        P::TermsPrevail => {
            "本文是一個模組。它是雙方總協議的一部分，兩者就同一事項有所規定時，以本文為準。"
        }
        P::TermsInstructions => "指示",
        P::TermsInstructionsText => {
            "資料在 {customer} 要求時處理：透過對介面的呼叫，或透過其自己的設定。沒有其中之一，什麼也不會開啟。{operator} 如認為某項指示違法，會立即說明。"
        }
        P::TermsData => "資料與期限",
        P::TermsCustomer => "客戶負責的事項",
        P::TermsConsents => {
            "{customer} 向人員提供其有權獲得的資訊，取得法律要求的同意，使其保持有效，並能夠證明兩者。政策要求同意的，沒有同意的呼叫會被拒絕。"
        }
        P::TermsAge => {
            "{customer} 只讓在其所在地已達到可以獨自決定的年齡、或已由父母或監護人同意的人使用該服務。伺服器會依據證件再次檢查年齡。"
        }
        P::TermsWarranty => {
            "如果某個應用程式不能攜帶同意的收據，則由 {customer} 針對該應用簽名並註明日期的擔保代替。它絕不代替對改進識別的同意。"
        }
        P::TermsPlaces => "該服務可以在以下地方使用：{places}。",
        P::TermsAnywhere => "該服務可以在任何地方使用。",
        P::TermsPeople => "人員",
        P::TermsPeopleText => {
            "{operator} 中可以看到個人資料的人均負有保密義務。支援人員只有在另一個人給予許可之後才能看到資料，並且限於一定時間和一個個案；{customer} 會得到通知，每次讀取都會被記錄。"
        }
        P::TermsSub => "次處理者",
        P::TermsSubNone => {
            "沒有。次處理者只有在登記了名稱、任務、地區和審查人之後才會啟用，伺服器不能呼叫其他任何一方。"
        }
        P::TermsSubText => {
            "以下各方已登記。伺服器不能呼叫其他任何一方。新的一方在收到任何內容之前 {days} 天公布，以便 {customer} 提出反對。"
        }
        P::TermsAssist => "人員的要求",
        P::TermsAssistText => {
            "{customer} 回應資料所屬的人員。{operator} 為其提供手段：按其自己的編號查詢、匯出、更正、限制和刪除。到達 {operator} 的要求會被轉交，並告知該人應向誰提出。"
        }
        P::TermsBreach => "資料洩露",
        P::TermsBreachText => {
            "{operator} 會毫不遲延地告知 {customer} 資料洩露：涉及哪些人員、哪些資料、在什麼時間之間，以及採取了什麼措施。"
        }
        P::TermsDelete => "刪除",
        P::TermsDeleteText => {
            "資料在期限屆滿時無需要求即被刪除，在此之前則應 {customer} 的要求刪除。首先銷毀金鑰，因此備份也無法開啟。每次刪除都記入 {customer} 可以核對的日誌。"
        }
        P::TermsProof => "證明",
        P::TermsProofText => {
            "{operator} 交付審計所需的內容：本政策、承諾及其測試的表、資料和金鑰的清單，以及刪除記錄。"
        }
        P::TermsProofAsk => "{operator} 可以要求 {customer} 證明已經提供資訊並取得同意。",
        P::TermsSafetyText => "以下措施正在實施。它們符合現有技術水平，但不能排除每一起事故。",

        P::RecordTitle => "處理活動記錄",
        P::RecordLead => "{operator} 按用途對個人資料所做的處理（GDPR 第 30 條）。",
        P::RecordWho => "何人",
        P::RecordEntries => "處理",
        P::PersonsUsers => "介面和主控台的使用者、寫信給我們的人",
        P::PersonsEnd => "被核驗的人及其監護人",

        P::TransfersTitle => "跨境傳輸登記",
        P::TransfersLead => "什麼可以跨境、依據為何、傳給誰（GDPR 第五章）。",
        P::TransfersGrounds => "依據",
        P::TransfersGroundsText => {
            "只有在記錄了以下依據之一時，才會進行跨境匯出。地區之間沒有自動複製。"
        }
        P::TransfersRules => "每種資料的規則",
        P::TransfersSub => "境外接收者",
        P::TransfersSubNone => "沒有登記。",
        P::TransfersOwn => "匯出",
        P::TransfersOwnText => "伺服器將每次匯出連同依據、接收者、日期和數量記入事件日誌。",
        P::Task => "任務",
        P::Vetted => "審查",
        P::TransferLabel => "依據",
        P::Region => "地區",

        P::DpiaTitle => "資料保護影響評估",
        P::DpiaLead => "依據 {operator} 的政策編寫的草稿（GDPR 第 35 條），由控制者補充完整。",
        P::DpiaDraft => {
            "這是一份草稿。它說明軟體做什麼。在您的情況下是否相稱由您判斷，最後一部分列出只有您才能回答的問題。"
        }
        P::DpiaWhat => "處理過程",
        P::DpiaWhatText => {
            "某人拍攝身分證件並拍攝自己的面部。伺服器讀取證件、比較面部、檢查是否有真人在場，並按照書面規則作出決定。為識別人員而大規模處理生物識別資料：必須進行評估。"
        }
        P::DpiaNeed => "必要性與相稱性",
        P::DpiaNeedText => "只讀取並保留呼叫者所要求的內容。對於每種資料：",
        P::DpiaRisks => "風險",
        P::DpiaRisksText => "對相關人員而言可能出現什麼問題、如何應對，以及還剩下什麼。",
        P::Answer => "應對措施",
        P::Remains => "剩餘風險",
        P::RiskAccess => "不應讀取資料的人讀取了資料",
        P::RiskAccessAnswer => {
            "儲存時加密，金鑰分開保管；按角色、用途和資料種類的表；支援人員須由第二個人許可；讀取記錄。"
        }
        P::RiskAccessRemains => "持有根金鑰和儲存的人可以開啟尚未到期的內容。",
        P::RiskKept => "資料保留過久",
        P::RiskKeptAnswer => {
            "每種資料都有期限或終點。從那一秒起不能再被讀取，其金鑰被銷毀，因此備份也無法將其恢復。"
        }
        P::RiskKeptRemains => "客戶取走的副本不在伺服器的控制範圍之內。",
        P::RiskWrong => "有人被錯誤地拒絕或接受",
        P::RiskWrongAnswer => {
            "閾值具有測得的錯誤率；不清楚的交由人檢視，絕不當作透過；當事人可以要求再次檢視。"
        }
        P::RiskWrongRemains => "錯誤率因人群和攝影鏡頭而異。數字及其侷限隨軟體一起公布。",
        P::RiskFace => "面部測量值被濫用",
        P::RiskFaceAnswer => "它們只在比較進行時存在，不在任何儲存、回應或日誌中。",
        P::RiskFaceRemains => "用來計算它們的圖片在其期限記憶體儲。",
        P::RiskUse => "資料被用於其他目的",
        P::RiskUseAnswerNever => "沒有任何內容用於改進模型。政策未列出的用途什麼也打不開。",
        P::RiskUseAnswerConsented => {
            "改進模型需要另行同意，並在具有自己的金鑰和期限的單獨副本上進行。政策未列出的用途什麼也打不開。"
        }
        P::RiskUseRemains => "接收者如何使用已登記的匯出，僅受合同約束。",
        P::RiskChild => "兒童在沒有監護人同意的情況下被核驗",
        P::RiskChildAnswer => {
            "在拍攝之前詢問年齡，並依據證件、按兩個地點中較嚴格的一個、精確到日作出決定。"
        }
        P::RiskChildRemains => "在讀取證件之前，所說的年齡只是一種陳述。",
        P::RiskAbroad => "資料離開其地區",
        P::RiskAbroadAnswer => {
            "每個地區有自己的儲存和金鑰；匯出需要記錄依據；對外的客戶端只呼叫已登記的接收者。"
        }
        P::RiskAbroadRemains => "營運者把機器放在哪裡，由營運者決定。",
        P::DpiaOpen => "由控制者回答",
        P::DpiaOpenText => "以下問題在政策中沒有答案：",
        P::DpiaOpenNeed => "為什麼需要這項核驗，為什麼較溫和的手段不夠？",
        P::DpiaOpenHeard => "是否聽取了相關人員或其代表的意見？",
        P::DpiaOpenOfficer => "資料保護官有何建議？",
        P::DpiaOpenDecision => "接受哪些剩餘風險、由誰接受、到何時為止？",
        P::DpiaOpenReview => "何時重新審視本評估？",
    }
}
