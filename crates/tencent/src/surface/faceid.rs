//! What the actions of `faceid` take and answer: names, types, what is needed and what
//! may be null, as the metadata of the official command line (3.1.193) have it; at the
//! end those that older SDKs call.

use super::surface;

surface! {
    objects {
        Address {
            Country: (null str), PostalCode: (null str), Subdivision: (null str),
            City: (null str), FormattedAddress: (null str), LineOne: (null str),
            LineTwo: (null str), LineThree: (null str), LineFour: (null str),
            LineFive: (null str),
        }
        AttackRiskDetail { Type: (null str) }
        BangladeshIDCard {
            LastName: str, FirstName: str, LicenseNumber: str, Age: str, Birthday: str,
            IssuedCountry: str,
        }
        CardInfo {
            HKIDCard: (null HKIDCard), MLIDCard: (null MLIDCard),
            PhilippinesVoteID: (null PhilippinesVoteID), IndonesiaIDCard: (null IndonesiaIDCard),
            PhilippinesDrivingLicense: (null PhilippinesDrivingLicense),
            PhilippinesTinID: (null PhilippinesTinID), PhilippinesSSSID: (null PhilippinesSSSID),
            PhilippinesUMID: (null PhilippinesUMID),
            InternationalIDPassport: (null InternationalIDPassport),
            GeneralCard: (null GeneralCard),
            IndonesiaDrivingLicense: (null IndonesiaDrivingLicense),
            ThailandIDCard: (null ThailandIDCard), SingaporeIDCard: (null SingaporeIDCard),
            MacaoIDCard: (null MacaoIDCard), TaiWanIDCard: (null TaiWanIDCard),
            JapanIDCard: (null JapanIDCard), BangladeshIDCard: (null BangladeshIDCard),
            NigeriaIDCard: (null NigeriaIDCard),
            NigeriaDrivingLicense: (null NigeriaDrivingLicense),
            PakistanIDCard: (null PakistanIDCard),
            PakistanDrivingLicense: (null PakistanDrivingLicense),
        }
        CardVerifyResult {
            IsPass: bool, IsEdit: (null bool), CardVideo: (null FileInfo),
            CardImage: (null FileInfo), CardInfoOcrJson: (null FileInfo), RequestId: str,
            CardInfo: (null CardInfo), NormalCardInfo: (null NormalCardInfo),
            WarnCardInfos: (null [int]), EditDetails: (null [EditDetail]),
        }
        Company {
            CompanyName: str, CompanyCertNumber: str, CompanyCountry: str, CompanyAddress: str,
        }
        CompareResult {
            ErrorCode: str, ErrorMsg: str, LiveData: FileInfo, LiveVideo: FileInfo,
            ActionVideo: FileInfo, LiveErrorCode: str, LiveErrorMsg: str,
            BestFrame: (null FileInfo), ProfileImage: FileInfo, CompareErrorCode: (null str),
            CompareErrorMsg: (null str), Sim: (null float), IsNeedCharge: bool,
            CardInfoInputJson: (null FileInfo), RequestId: str, LivenessInfoTag: (null [str]),
        }
        EditDetail {
            FieldName: (null str), OriginalFieldValue: (null str), RevisedFieldValue: (null str),
        }
        Encryption {
            EncryptList: (need [str]), CiphertextBlob: (need str), Iv: (need str),
            Algorithm: (null str), TagList: (null [str]),
        }
        ExtraInfo { RetrievalLivenessExtraInfo: (null [RetrievalLivenessExtraInfo]) }
        FileInfo { Url: (need str), MD5: (need str), Size: (need int) }
        GeneralCard {
            LicenseNumber: str, PersonalNumber: str, PassportCodeFirst: str,
            PassportCodeSecond: str, ExpirationDate: str, DueDate: str, IssuedDate: str,
            IssuedAuthority: str, IssuedCountry: str, FullName: str, FirstName: str,
            LastName: str, Sex: str, Age: str, Birthday: str, BirthPlace: str, Nationality: str,
            RegistrationNumber: str, Address: (null Address), FullNameLocal: str,
            FirstNameLocal: str, LastNameLocal: str,
        }
        HKIDCard {
            CnName: (null str), EnName: (null str), TelexCode: (null str), Sex: (null str),
            Birthday: (null str), Permanent: (null str), IdNum: (null str), Symbol: (null str),
            FirstIssueDate: (null str), CurrentIssueDate: (null str),
        }
        HMTPermit {
            Name: (null str), EnglishName: (null str), Number: (null str), Sex: (null str),
            ValidDate: (null str), IssueAuthority: (null str), IssueAddress: (null str),
            Birthday: (null str),
        }
        IndonesiaDrivingLicense {
            LastName: (null str), FirstName: (null str), LicenseNumber: (null str),
            Birthday: (null str), Address: (null str), ExpirationDate: (null str),
            IssuedDate: (null str), IssuedCountry: (null str),
        }
        IndonesiaIDCard {
            NIK: (null str), Nama: (null str), TempatTglLahir: (null str),
            JenisKelamin: (null str), GolDarah: (null str), Alamat: (null str), RTRW: (null str),
            KelDesa: (null str), Kecamatan: (null str), Agama: (null str),
            StatusPerkawinan: (null str), Perkerjaan: (null str), KewargaNegaraan: (null str),
            BerlakuHingga: (null str), IssuedDate: (null str), Provinsi: (null str),
            Kota: (null str),
        }
        InternationalIDPassport {
            LicenseNumber: (null str), FullName: (null str), Surname: (null str),
            GivenName: (null str), Birthday: (null str), Sex: (null str),
            DateOfExpiration: (null str), IssuingCountry: (null str), NationalityCode: (null str),
            PassportCodeFirst: (null str), PassportCodeSecond: (null str),
        }
        JapanIDCard {
            FullName: (null str), LicenseNumber: (null str), Age: (null str),
            Birthday: (null str), ExpirationDate: (null str), FormattedAddress: (null str),
        }
        MLIDCard {
            Name: (null str), ID: (null str), Sex: (null str), Address: (null str),
            Type: (null str), Birthday: (null str),
        }
        MacaoIDCard {
            FirstName: (null str), LastName: (null str), Birthday: (null str),
            ExpirationDate: (null str), LicenseNumber: (null str), Sex: (null str),
            Age: (null str), IssuedCountry: (null str), Field1: (null str), Field2: (null str),
        }
        MainlandIDCard {
            FullName: (null str), Sex: (null str), Nation: (null str), Birthday: (null str),
            Address: (null str), LicenseNumber: (null str), FormattedAddress: (null str),
            Authority: (null str), ValidDate: (null str),
        }
        NigeriaDrivingLicense {
            LastName: str, FirstName: str, LicenseNumber: str, Age: str, Birthday: str,
            IssuedCountry: str, ExpirationDate: str, IssuedDate: str, Sex: str,
        }
        NigeriaIDCard {
            LastName: str, FirstName: str, LicenseNumber: str, Age: str, Birthday: str,
            IssuedCountry: str, Sex: str,
        }
        NormalCardInfo {
            HKIDCard: (null NormalHKIDCard), MLIDCard: (null NormalMLIDCard),
            PhilippinesVoteID: (null PhilippinesVoteID),
            IndonesiaIDCard: (null NormalIndonesiaIDCard),
            PhilippinesDrivingLicense: (null PhilippinesDrivingLicense),
            PhilippinesTinID: (null PhilippinesTinID), PhilippinesSSSID: (null PhilippinesSSSID),
            PhilippinesUMID: (null PhilippinesUMID),
            InternationalIDPassport: (null InternationalIDPassport),
            GeneralCard: (null GeneralCard),
            IndonesiaDrivingLicense: (null IndonesiaDrivingLicense),
            ThailandIDCard: (null NormalThailandIDCard), SingaporeIDCard: (null SingaporeIDCard),
            MacaoIDCard: (null MacaoIDCard), MainlandIDCard: (null MainlandIDCard),
            JapanIDCard: (null JapanIDCard), TaiWanIDCard: (null TaiWanIDCard),
            HMTPermitCard: (null HMTPermit),
        }
        NormalHKIDCard {
            ChineseName: (null str), FullName: (null str), RegistrationNumber: (null str),
            Sex: (null str), Birthday: (null str), Permanent: (null str),
            LicenseNumber: (null str), Symbol: (null str), IssuedDate: (null str),
            CurrentIssueDate: (null str), HKIDVersion: (null str),
        }
        NormalIndonesiaIDCard {
            LicenseNumber: (null str), FullName: (null str), Birthday: (null str),
            Sex: (null str), BloodType: (null str), FormattedAddress: (null str),
            Street: (null str), Village: (null str), Area: (null str), Religion: (null str),
            MaritalStatus: (null str), Occupation: (null str), Nationality: (null str),
            DueDate: (null str), IssuedDate: (null str), Province: (null str), City: (null str),
        }
        NormalMLIDCard {
            FullName: (null str), LicenseNumber: (null str), Sex: (null str),
            FormattedAddress: (null str), Type: (null str), Birthday: (null str),
        }
        NormalThailandIDCard {
            LicenseNumber: (null str), FullName: (null str), LastName: (null str),
            FirstName: (null str), Birthday: (null str), FormattedAddress: (null str),
            ExpirationDate: (null str), IssuedDate: (null str), RegistrationNumber: (null str),
            Religion: (null str), ThaiBirthday: (null str), ThaiExpirationDate: (null str),
            ThaiIssueDate: (null str),
        }
        OCRResult {
            IsPass: (null bool), CardImageBase64: (null str), CardInfo: (null CardInfo),
            NormalCardInfo: (null NormalCardInfo), RequestId: (null str),
            CardCutImageBase64: (null str), CardBackCutImageBase64: (null str),
            WarnCardInfos: (null [int]), OriginalCardInfo: (null str),
            HeadImageBase64: (null str), CardBackImageBase64: (null str),
        }
        PakistanDrivingLicense {
            LastName: str, FirstName: str, LicenseNumber: str, Age: str, Birthday: str,
            IssuedCountry: str,
        }
        PakistanIDCard {
            LastName: str, FirstName: str, LicenseNumber: str, Age: str, Birthday: str,
            IssuedCountry: str,
        }
        Person {
            FullName: str, LastName: str, FirstName: str, MiddleName: str, IdentityNumber: str,
            DateOfBirth: str, Gender: str, Address: str, Nationality: str, Country: str,
        }
        PhilippinesDrivingLicense {
            Name: (null str), LastName: (null str), FirstName: (null str), MiddleName: (null str),
            Nationality: (null str), Sex: (null str), Address: (null str), LicenseNo: (null str),
            ExpiresDate: (null str), AgencyCode: (null str), Birthday: (null str),
        }
        PhilippinesSSSID { LicenseNumber: (null str), FullName: (null str), Birthday: (null str) }
        PhilippinesTinID {
            LicenseNumber: (null str), FullName: (null str), Address: (null str),
            Birthday: (null str), IssueDate: (null str),
        }
        PhilippinesUMID {
            Surname: (null str), MiddleName: (null str), GivenName: (null str), Sex: (null str),
            Birthday: (null str), Address: (null str), CRN: (null str),
        }
        PhilippinesVoteID {
            VIN: (null str), FirstName: (null str), LastName: (null str), Birthday: (null str),
            CivilStatus: (null str), Citizenship: (null str), Address: (null str),
            PrecinctNo: (null str),
        }
        RetrievalLivenessExtraInfo {
            HitGroup: (null str), SimilarityScore: (null float), HitTemplate: (null str),
        }
        SingaporeIDCard {
            ChName: (null str), ChineseName: (null str), EnName: (null str), FullName: (null str),
            ID: (null str), LicenseNumber: (null str), Sex: (null str),
            CountryOfBirth: (null str), Nationality: (null str), Birthday: (null str),
            Address: (null str), Race: (null str), NRICCode: (null str), PostCode: (null str),
            DateOfExpiration: (null str), DateOfIssue: (null str),
        }
        TaiWanIDCard {
            FullName: (null str), LicenseNumber: (null str), Sex: (null str),
            IssuedCountry: (null str), RegistrationNumber: (null str),
        }
        ThailandIDCard {
            LastName: (null str), FirstName: (null str), LicenseNumber: (null str),
            DateOfBirth: (null str), DateOfExpiry: (null str), DateOfIssue: (null str),
            IssuedCountry: (null str),
        }
        VerificationDetail {
            ErrorCode: (null int), ErrorMsg: (null str), LivenessErrorCode: (null int),
            LivenessErrorMsg: (null str), CompareErrorCode: (null int),
            CompareErrorMsg: (null str), ReqTimestamp: (null uint), Similarity: (null float),
            Seq: (null str), LivenessInfoTag: (null [str]),
        }
        WebVerificationConfigIntl {
            AutoSkipStartPage: bool, AutoSkip: bool, CheckMode: int, IDCardType: str,
            DisableCheckOcrWarnings: bool, SecurityLevel: int, SkipPrivacyPolicy: bool,
            IdCardCutReturn: bool, ThemeColor: str, Language: str, AutoDowngrade: int,
            ActionList: str, LivenessRetryLimit: int, LivenessTimeout: uint,
            SelectedWarningCodes: str, AllowExpiredDocument: bool, Version: str,
        }
        WebhookList {
            WebhookId: int, WebhookName: str, Scene: str, WebhookURL: str, AddTime: str,
            ModTime: str, SignatureKey: (null str), HasSignatureKey: (null bool),
        }
    }
    actions {
        ApplyLivenessToken(SecureLevel: str) -> (SdkToken: str)
        ApplySdkVerificationToken(
            CheckMode: int, SecurityLevel: int, IdCardType: str, CompareImage: str,
            NeedVerifyIdCard: bool, DisableChangeOcrResult: bool, DisableCheckOcrWarnings: bool,
            SelectedWarningCodes: [int], Extra: str, SdkVersion: str, ActionList: str,
            AllowExpiredDocument: bool, SkipResultPage: bool, CardOcrDisplayFields: [str],
            RetryLimit: int, EnableForgeryDetectionImages: bool, MetaData: str,
            SkipLaunchPage: bool, SkipOcrConfirmPage: bool, HideProgressBar: bool,
            AllowUploadPhoto: bool, EnableBotBgDetection: bool, OcrAutoDetectTimeout: int,
            OcrModeType: str,
        ) -> (SdkToken: str, ServerParamInfo: str)
        ApplyWebVerificationBizTokenIntl(
            RedirectURL: (need str), CompareImageBase64: str, Extra: str, RuleId: str,
            Config: WebVerificationConfigIntl,
        ) -> (VerificationUrl: str, BizToken: str, VerificationURL: str)
        BankCard2EVerification(Name: (need str), BankCard: (need str), Encryption: Encryption)
        -> (Result: str, Description: str)
        BankCard4EVerification(
            Name: (need str), BankCard: (need str), Phone: (need str), IdCard: (need str),
            CertType: int, Encryption: Encryption,
        ) -> (Result: str, Description: str)
        BankCardVerification(
            IdCard: (need str), Name: (need str), BankCard: (need str), CertType: int,
            Encryption: Encryption,
        ) -> (Result: str, Description: str)
        CheckBankCardInformation(BankCard: (need str), Encryption: Encryption)
        -> (Result: str, Description: str, AccountBank: str, AccountType: int)
        CheckIdCardInformation(
            ImageBase64: str, ImageUrl: str, Config: str, IsEncrypt: bool,
            IsEncryptResponse: bool, Encryption: Encryption,
        ) -> (
            Sim: float, Result: str, Description: str, Name: str, Sex: str, Nation: str,
            Birth: str, Address: str, IdNum: str, Portrait: str, Warnings: str, Quality: float,
            Encryption: (null Encryption), EncryptedBody: str,
        )
        CheckIdNameDate(
            Name: (need str), IdCard: (need str), ValidityBegin: (need str),
            ValidityEnd: (need str), Encryption: Encryption,
        ) -> (Result: str, Description: str)
        CompareFaceLiveness(
            ImageBase64: (need str), VideoBase64: (need str), LivenessType: (need str),
            ValidateData: str,
        ) -> (Result: str, Description: str, Sim: float, BestFrameBase64: (null str))
        CreateEKYCWebhook(
            WebhookName: (need str), WebhookURL: (need str), Scene: str, SignatureKey: str,
        ) -> (
            Result: (null str), WebhookId: int, HasSignatureKey: (null bool),
            SignatureKey: (null str),
        )
        CreateUploadUrl(TargetAction: (need str))
        -> (UploadUrl: (need str), ResourceUrl: (need str), ExpiredTimestamp: (need int))
        DeleteEKYCWebhook(WebhookId: (need int)) -> (WebhookId: int, Result: (null str))
        DetectAIFakeFaces(
            FaceInput: str, FaceInputType: int, Encryption: Encryption, EncryptedBody: str,
        )
        -> (AttackRiskLevel: str, AttackRiskDetailList: [AttackRiskDetail], ExtraInfo: ExtraInfo)
        DetectReflectLivenessAndCompare(
            LiveDataUrl: (need str), LiveDataMd5: (need str), ImageUrl: (need str),
            ImageMd5: (need str),
        ) -> (
            BestFrameUrl: (need str), BestFrameMd5: (need str), Result: (need str),
            Description: (need str), Sim: (need float),
        )
        GenerateReflectSequence(
            DeviceDataUrl: (need str), DeviceDataMd5: (need str), SecurityLevel: str,
        ) -> (ReflectSequenceUrl: (need str), ReflectSequenceMd5: (need str))
        GetAMLScreeningResult(UniqueCustomerID: (need str)) -> (
            ScreeningResult: str, EnableOngoingScreening: bool, Description: (null str),
            Result: (null str), ScreeningId: (null str), ResultTime: (null str),
            AMLTypes: (null [str]), HitDetail: (null str),
        )
        GetFaceIdResultIntl(SdkToken: (need str)) -> (
            Result: str, Description: str, BestFrame: str, Video: str, ActionVideo: str,
            Similarity: (null float), Extra: (null str), DeviceInfoLevel: str,
            LivenessInfoTag: (null [str]),
        )
        GetFaceIdTokenIntl(
            CheckMode: str, SecureLevel: str, Image: str, Extra: str, ActionList: str,
            SdkVersion: str, RetryLimit: int, EnableBotBgDetection: bool, MetaData: str,
        ) -> (SdkToken: str, ServerParamInfo: str)
        GetLivenessResult(SdkToken: (need str)) -> (
            Result: (need str), Description: (need str), BestFrame: (need FileInfo),
            Video: (need FileInfo),
        )
        GetNFCResult(
            NFCToken: (need str), IdNum: str, Name: str, Picture: str, BirthDate: str,
            BeginTime: str, EndTime: str, Address: str, Nation: str, Sex: str, EnName: str,
            SigningOrganization: str, Nationality: str, CountryCode: str, MachineReadCode: str,
        ) -> (
            ChargeCode: str, IdType: str, CheckMRTD: str, IdNumCompareResult: str,
            NameCompareResult: str, PictureCompareSim: float, PictureCompareResult: str,
            BirthDateCompareResult: str, BeginTimeCompareResult: str, EndTimeCompareResult: str,
            AddressCompareResult: str, NationCompareResult: str, SexCompareResult: str,
            EnNameCompareResult: str, SigningOrganizationCompareResult: str,
            NationalityCompareResult: str, CountryCodeCompareResult: str,
            MachineReadCodeCompareResult: str,
        )
        GetNFCToken() -> (Token: str)
        GetSdkVerificationResult(SdkToken: (need str)) -> (
            Result: str, Description: str, ChargeCount: int,
            CardVerifyResults: [CardVerifyResult], CompareResults: [CompareResult], Extra: str,
            DeviceInfoLevel: str,
        )
        GetWebVerificationResultIntl(BizToken: (need str)) -> (
            ErrorCode: (null int), ErrorMsg: (null str),
            VerificationDetailList: (null [VerificationDetail]), VideoBase64: (null str),
            BestFrameBase64: (null str), OCRResult: (null [OCRResult]), Extra: (null str),
        )
        IdCardOCRVerification(
            IdCard: str, Name: str, ImageBase64: str, ImageUrl: str, Encryption: Encryption,
        ) -> (
            Result: str, Description: str, Name: str, IdCard: str, Sex: (null str),
            Nation: (null str), Birth: (null str), Address: (null str),
        )
        IdCardVerification(IdCard: (need str), Name: (need str), Encryption: Encryption)
        -> (Result: str, Description: str)
        ImageRecognitionV2(
            IdCard: (need str), Name: (need str), ImageBase64: (need str), Optional: str,
            Encryption: Encryption, Extra: str,
        ) -> (Sim: float, Result: str, Description: str, Extra: str)
        ListEKYCWebhooks(Offset: int, Limit: int)
        -> (TotalCount: int, WebhookList: [WebhookList], Result: (null str))
        LivenessCompare(
            LivenessType: (need str), ImageBase64: str, ImageUrl: str, ValidateData: str,
            Optional: str, VideoBase64: str, VideoUrl: str,
        ) -> (
            BestFrameBase64: (null str), Sim: float, Result: str, Description: str,
            BestFrameList: (null [str]),
        )
        MobileNetworkTimeVerification(Mobile: (need str), Encryption: Encryption)
        -> (Result: str, Description: str, Range: str)
        MobileStatus(Mobile: (need str), Encryption: Encryption)
        -> (Result: str, Description: str, StatusCode: int)
        PhoneVerification(
            IdCard: (need str), Name: (need str), Phone: (need str), CiphertextBlob: str,
            EncryptList: [str], Iv: str,
        ) -> (Result: str, Description: str, Isp: str)
        RunAMLNameScreening(
            UniqueCustomerID: (need str), EntityType: (need str), Person: Person,
            Company: Company, EnableOngoingScreening: bool,
        ) -> (
            ScreeningResult: str, AMLTypes: [str], HitDetail: (null str), Result: (null str),
            Description: (null str), ScreeningId: (null str), EnableOngoingScreening: (null bool),
        )
        UpdateAMLCustomerProfile(
            UniqueCustomerID: (need str), EntityType: (need str), Person: Person,
            Company: Company,
        ) -> (
            RiskLevel: (null str), Result: (null str), Description: (null str),
            EnableOngoingScreening: (null bool),
        )
        UpdateAMLOngoingScreeningStatus(
            UniqueCustomerID: (need str), EnableOngoingScreening: (need bool),
        ) -> (
            UniqueCustomerID: (null str), EnableOngoingScreening: bool, Description: (null str),
            Result: (null str),
        )
        UpdateEKYCWebhook(
            WebhookId: (need int), WebhookName: (need str), WebhookURL: (need str),
            SignatureKey: str,
        ) -> (WebhookId: uint, ModTime: str, Result: (null str))
        VideoLivenessCompare(
            ImageUrl: (need str), ImageMd5: (need str), VideoUrl: (need str),
            VideoMd5: (need str), LivenessType: (need str), ValidateData: str,
        ) -> (
            Sim: (need float), Result: (need str), Description: (need str),
            BestFrame: (need FileInfo),
        )
        ApplyCardVerification(
            Nationality: str, CardType: str, ImageBase64Front: str, ImageBase64Back: str,
            ImageUrlFront: str, ImageUrlBack: str,
        ) -> (
            CardVerificationToken: str, AsyncCardVerificationMaxPollingTimes: int,
            AsyncCardVerificationPollingWaitTime: int,
        )
        GetCardVerificationResult(CardVerificationToken: str) -> (
            Status: str, WarnInfo: [str], Nationality: str, CardType: str, CardSubType: str,
            CardInfo: CardInfo, IDVerificationToken: str,
        )
        ApplyWebVerificationToken(RedirectUrl: str, CompareImageUrl: str, CompareImageMd5: str)
        -> (VerificationUrl: str, BizToken: str)
        GetWebVerificationResult(BizToken: str) -> (
            ErrorCode: int, ErrorMsg: str, VideoBestFrameUrl: str, VideoBestFrameMd5: str,
            VerificationDetailList: [VerificationDetail], VideoUrl: str, VideoMd5: str,
        )
    }
}
