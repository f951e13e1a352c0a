//! The actions, one a file; and those behind which nothing stands here.

mod iai;
mod ocr;

use bonafide_ledger::Interface;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::action::{Action, Service, Support};
use crate::fault::Fault;

/// What a call of an action without a use case is in monitoring and prices.
pub(crate) const OTHER: Interface = Interface::new("tencent.other", "none", None);

/// Every action.
pub(crate) fn all() -> impl Iterator<Item = &'static Action> {
    WORK.iter().chain(&PROVIDERS).chain(&NOTHING)
}

static WORK: [Action; 10] = [
    ocr::hkid_card_ocr::ACTION,
    ocr::mlid_card_ocr::ACTION,
    ocr::mlid_passport_ocr::ACTION,
    ocr::recognize_indonesia_id_card_ocr::ACTION,
    ocr::recognize_macao_id_card_ocr::ACTION,
    ocr::recognize_mainland_id_card_ocr::ACTION,
    ocr::recognize_singapore_id_card_ocr::ACTION,
    iai::compare_face::ACTION,
    iai::detect_face::ACTION,
    iai::detect_live_face_accurate::ACTION,
];

macro_rules! without {
    ($list:ident: $length:literal, $support:ident { $($service:ident: $($name:ident)*;)* }) => {
        static $list: [Action; $length] = [$($(
            Action {
                service: Service::$service,
                name: stringify!($name),
                support: Support::$support,
            },
        )*)*];
    };
}

// A government library, a bank or a telephone company would have to be asked.
without!(PROVIDERS: 11, Provider {
    Faceid: BankCard2EVerification BankCard4EVerification BankCardVerification
        CheckBankCardInformation CheckIdCardInformation CheckIdNameDate IdCardOCRVerification
        IdCardVerification MobileNetworkTimeVerification MobileStatus PhoneVerification;
});

without!(NOTHING: 85, Nothing {
    Faceid: ApplyLivenessToken ApplySdkVerificationToken ApplyWebVerificationBizTokenIntl
        CompareFaceLiveness CreateEKYCWebhook CreateUploadUrl DeleteEKYCWebhook DetectAIFakeFaces
        DetectReflectLivenessAndCompare GenerateReflectSequence GetAMLScreeningResult
        GetFaceIdResultIntl GetFaceIdTokenIntl GetLivenessResult GetNFCResult GetNFCToken
        GetSdkVerificationResult GetWebVerificationResultIntl ImageRecognitionV2
        ListEKYCWebhooks LivenessCompare RunAMLNameScreening UpdateAMLCustomerProfile
        UpdateAMLOngoingScreeningStatus UpdateEKYCWebhook VideoLivenessCompare
        ApplyCardVerification GetCardVerificationResult ApplyWebVerificationToken
        GetWebVerificationResult;
    Ocr: ApplyCardVerificationExternal ApplyOcrToken ExtractDocMulti GeneralAccurateOCR
        GeneralBasicOCR GetCardVerificationExternalResult GetOcrVerificationResult
        HmtResidentPermitOCR MainlandPermitOCR PODAuditAI PermitOCR
        RecognizeBrazilCommonOCR RecognizeBrazilDriverLicenseOCR RecognizeBrazilIDCardOCR
        RecognizeBrazilRNEOCR RecognizeBrazilRNMOCR RecognizeDetectCardCoords
        RecognizeMexicoVTID RecognizePhilippinesDrivingLicenseOCR RecognizePhilippinesSssIDOCR
        RecognizePhilippinesTinIDOCR RecognizePhilippinesUMIDOCR RecognizePhilippinesVoteIDOCR
        RecognizeThaiIDCardOCR RecognizeThaiPinkCard
        SmartStructuralOCRV2 VinOCR RecognizeKoreanIDCardOCR RecognizeKoreanDrivingLicenseOCR
        IDCardOCR;
    Iai: AnalyzeFace CopyPerson CreateFace CreateGroup CreatePerson DeleteFace DeleteGroup
        DeletePerson DeletePersonFromGroup DetectFaceAttributes DetectFaceSimilarity GetGroupInfo
        GetGroupList GetPersonBaseInfo GetPersonGroupInfo GetPersonList GetPersonListNum
        ModifyGroup ModifyPersonGroupInfo SearchFaces SearchFacesReturnsByGroup SearchPersons
        SearchPersonsReturnsByGroup VerifyFace VerifyPerson;
});

/// An answer as the members of an object.
fn answer(answer: &impl Serialize) -> Result<Map<String, Value>, Fault> {
    match serde_json::to_value(answer) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Fault::internal()),
        Err(error) => Err(Fault::internal().because(&error)),
    }
}
