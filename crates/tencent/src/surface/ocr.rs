//! What the actions of `ocr` take and answer: names, types, what is needed and what may
//! be null, as the metadata of the official command line (3.1.193) have it; at the end
//! those that older SDKs call.

use super::surface;

surface! {
    objects {
        AddressInfo {
            Country: (null str), PostalCode: (null str), Subdivision: (null str), District: str,
            City: (null str), Subdistrict: str, FormattedAddress: (null str), LineOne: (null str),
            LineTwo: (null str), LineThree: (null str), LineFour: (null str),
            LineFive: (null str),
        }
        AnalyzedLog { StepKey: str, Decision: str, DecisionMessage: str, CostTime: int }
        BrazilCardInfo {
            RNE: (null BrazilRNEInfo), RNM: (null BrazilRNMInfo),
            DriverLicense: (null BrazilDriverLicenseInfo), IDCard: (null BrazilIDCardInfo),
        }
        BrazilDriverLicenseInfo {
            NOME: str, CatHab: str, CNHNumber: str, VALIDADE: str, QUALIFICATION: str,
            IDENTIDADE: str, CPF: str, NASCIMENTO: str, MEMBERSHIP: str, REGISTRO: str,
            OBSERVATIONS: str, IssueDate: str, LOCAL: str, BackNumber: str, PortraitImage: str,
        }
        BrazilIDCardInfo {
            Nome: str, MemberShip: str, DataNascimento: str, IssuingAgency: str, Fatorrh: str,
            NaturalIDade: str, Observations: str, CPF: str, DNI: str, RegistroGeral: str,
            DispatchDate: str, Registro: str, PortraitImage: str, DocOrigem: str,
        }
        BrazilRNEInfo {
            RNE: str, CLASSIFICATION: str, VALIDADE: str, NOME: str, Membership: str,
            NACIONALIDADE: str, NATURALIDADE: str, IssuingAgency: str, DateOfBirth: str, Sex: str,
            EntryDate: str, VIA: str, DispatchDate: str, MRZ: str, PortraitImage: str,
        }
        BrazilRNMInfo {
            SOBRENOME: str, NOME: str, DATADENASCIMENTO: str, SEXO: str, MEMBERSHIP: str,
            NACIONALIDADE: str, VALIDADE: str, RNM: str, CPF: str, CLASSIFICATION: str,
            PRAZODERESIDENCIA: str, ISSUANCE: str, AMPAROLEGAL: str, MRZ: str, PortraitImage: str,
            PortraitImageBack: str,
        }
        ConfigAdvanced { Scene: str }
        Coord { X: int, Y: int }
        CoordsItem { Polygon: Polygon, Coords: ItemCoord }
        DetectedWordCoordPoint { WordCoordinate: (need [Coord]) }
        DetectedWords { Confidence: int, Character: str }
        GeneralCard {
            LicenseNumber: (null str), PersonalNumber: (null str), FullName: (null str),
            FullNameLocal: (null str), FirstName: (null str), FirstNameLocal: (null str),
            MiddleName: (null str), MiddleNameLocal: (null str), LastName: (null str),
            LastNameLocal: (null str), Sex: (null str), Birthday: (null str),
            BirthPlace: (null str), IssuedDate: (null str), IssuedAuthority: (null str),
            IssuedPlace: (null str), IssuedCountry: (null str), IssuedCountryCode: (null str),
            ExpirationDate: (null str), MRZLine1: (null str), MRZLine2: (null str),
            Nationality: (null str), Address: (null AddressInfo), Religion: (null str),
            Type: (null str), BloodType: (null str), Height: (null str), Weight: (null str),
            VehicleClass: (null str), Restrictions: (null str), Endorsement: (null str),
            Others: (null str), PassportCodeFirst: (null str), PassportCodeSecond: (null str),
            DueDate: (null str), Age: (null str), RegistrationNumber: (null str),
        }
        GroupInfo { Groups: [LineInfo] }
        ImageCoordinates { X: (null int), Y: (null int), Width: (null int), Height: (null int) }
        ItemCoord { X: (need int), Y: (need int), Width: (need int), Height: (need int) }
        ItemInfo { Key: (null Key), Value: (null Value) }
        ItemNames {
            KeyName: str, KeyType: int, KeyPrompt: str, KeyExpectedValue: str,
            KeyAuditPrompt: str,
        }
        Key { AutoName: str, ConfigName: (null str) }
        LineInfo { Lines: [ItemInfo] }
        MainlandTravelPermitBackInfos {
            Type: (null str), Name: (null str), IDNumber: (null str), HistoryNumber: (null str),
        }
        PassportRecognizeInfos {
            Type: str, IssuingCountry: str, PassportID: str, Surname: str, GivenName: str,
            Name: str, Nationality: str, DateOfBirth: str, Sex: str, DateOfIssuance: str,
            DateOfExpiration: str, Signature: str, IssuePlace: str, IssuingAuthority: str,
            BirthPlace: str, PassportFlag: str, MiddleName: str, FatherName: str, MotherName: str,
            Title: str, Postname: str,
        }
        Polygon { LeftTop: Coord, RightTop: Coord, RightBottom: Coord, LeftBottom: Coord }
        PortraitImageInfo { PortraitImage: (null str), ImageCoordinates: (null ImageCoordinates) }
        TextDetection {
            DetectedText: str, Confidence: int, Polygon: (null [Coord]), AdvancedInfo: str,
            ItemPolygon: ItemCoord, Words: [DetectedWords],
            WordCoordPoint: [DetectedWordCoordPoint],
        }
        TextDetectionResult { Value: str, Polygon: [Coord] }
        Value { AutoContent: str, Coord: (null Polygon) }
        WordItem {
            DetectedText: str, Coord: Polygon, AdvancedInfo: str, WordCoord: [WordPolygon],
        }
        WordPolygon { DetectedText: str, Coord: Polygon }
    }
    actions {
        ApplyCardVerificationExternal(
            Nationality: (need str), CardType: (need str), ImageBase64Front: str,
            ImageBase64Back: str, ImageUrlFront: str, ImageUrlBack: str, ReturnHeadImage: bool,
            WebhookUrl: str,
        ) -> (CardVerificationToken: str)
        ApplyOcrToken(
            Nationality: (need str), CardType: (need str), EncryptedConfig: (need str),
            ReturnHeadImage: bool, RetryLimit: int, OcrModeType: str, AllowUploadPhoto: bool,
            CropIdCard: bool, SdkVersion: str, OcrAutoDetectTimeout: int,
        ) -> (SdkToken: str, EncryptedConfig: str)
        ExtractDocMulti(
            ImageUrl: str, ImageBase64: str, PdfPageNumber: uint, ItemNames: [str],
            ItemNamesShowMode: bool, ReturnFullText: bool, ConfigId: str, EnableCoord: bool,
            OutputParentKey: bool, ConfigAdvanced: ConfigAdvanced, OutputLanguage: str,
            NewItemNames: [ItemNames], MultiModelVersion: str,
        ) -> (Angle: float, StructuralList: [GroupInfo], WordList: [WordItem], TokenNum: int)
        GeneralAccurateOCR(
            ImageBase64: str, ImageUrl: str, EnableDetectSplit: bool, IsPdf: bool,
            PdfPageNumber: uint, EnableDetectText: bool, ConfigID: str,
        ) -> (TextDetections: [TextDetection], Angel: float, Angle: float)
        GeneralBasicOCR(
            ImageBase64: str, ImageUrl: str, Scene: str, LanguageType: str, IsPdf: bool,
            PdfPageNumber: uint, IsWords: bool,
        ) -> (
            TextDetections: [TextDetection], Language: str, Angel: float, PdfPageSize: int,
            Angle: float,
        )
        GetCardVerificationExternalResult(CardVerificationToken: (need str)) -> (
            Status: str, WarnInfo: (null [str]), Nationality: (null str),
            CardInfo: (null GeneralCard), BackCardInfo: (null GeneralCard),
            CardVerificationToken: str, HeadImageBase64: str,
        )
        GetOcrVerificationResult(SdkToken: (need str)) -> (
            Status: (null str), CardImage: str, CardImageBack: (null str), HeadImage: (null str),
            ResultCode: str, DeviceInfoLevel: (null str), CardInfo: GeneralCard,
            BackCardInfo: GeneralCard, FakeDetectResult: (null int), WarnCardInfos: (null [int]),
        )
        HKIDCardOCR(ReturnHeadImage: bool, DetectFake: bool, ImageBase64: str, ImageUrl: str) -> (
            CnName: str, EnName: str, TelexCode: str, Sex: str, Birthday: str, Permanent: int,
            IdNum: str, Symbol: str, FirstIssueDate: str, CurrentIssueDate: str,
            FakeDetectResult: (null int), HeadImage: (null str), SmallHeadImage: (null str),
            WarningCode: [int], WarnCardInfos: [int], WindowEmbeddedText: str,
            HKIDVersion: (null str),
        )
        HmtResidentPermitOCR(ImageBase64: str, ImageUrl: str, CardSide: str, CropPortrait: bool)
        -> (
            Name: str, Sex: str, Birth: str, Address: str, IdCardNo: str, CardType: int,
            ValidDate: str, Authority: str, VisaNum: str, PassNo: str,
            PortraitImageInfo: PortraitImageInfo, WarnCardInfos: [int],
        )
        MLIDCardOCR(
            ImageBase64: str, BackImageBase64: str, ImageUrl: str, BackImageUrl: str,
            RetImage: bool,
        ) -> (
            ID: str, Name: str, Address: str, Sex: str, Warn: [int], Image: str,
            AdvancedInfo: str, Type: str, Birthday: str, MyKadNumber: str, WarnCardInfos: [int],
        )
        MLIDPassportOCR(ImageBase64: str, RetImage: bool, ImageUrl: str) -> (
            ID: str, Name: str, DateOfBirth: str, Sex: str, DateOfExpiration: str,
            IssuingCountry: str, Nationality: str, Warn: [int], Image: str, AdvancedInfo: str,
            CodeSet: str, CodeCrc: str, Surname: (null str), GivenName: (null str), Type: str,
            PassportRecognizeInfos: PassportRecognizeInfos, WarnCardInfos: [int], CardCount: int,
            IsComplete: bool,
        )
        MainlandPermitOCR(ImageBase64: str, ImageUrl: str, RetProfile: bool, CardSide: str) -> (
            Name: str, EnglishName: str, Sex: str, Birthday: str, IssueAuthority: str,
            ValidDate: str, Number: str, IssueAddress: str, IssueNumber: str, Type: str,
            Profile: str, Nationality: str,
            MainlandTravelPermitBackInfos: MainlandTravelPermitBackInfos, WarnCardInfos: [int],
        )
        PODAuditAI(
            ImageBase64List: [str], ImageUrlList: [str], WaybillNumber: str, SignType: int,
            ShipToAddress: str,
        ) -> (
            AuditorDecision: int, FailCode: [str], ResultAnalysis: str,
            AnalyzedLogs: [AnalyzedLog],
        )
        PermitOCR(ImageBase64: str, ImageUrl: str, CropPortrait: bool) -> (
            Name: str, EnglishName: str, Number: str, Sex: str, ValidDate: str,
            IssueAuthority: str, IssueAddress: str, Birthday: str, PortraitImage: str, Type: str,
            WarnCardInfos: [int],
        )
        RecognizeBrazilCommonOCR(
            ImageBase64: str, ImageUrl: str, BackImageBase64: str, BackImageUrl: str,
            ReturnHeadImage: bool,
        ) -> (Type: uint, Result: BrazilCardInfo)
        RecognizeBrazilDriverLicenseOCR(
            ImageBase64: str, BackImageBase64: str, ImageUrl: str, BackImageUrl: str,
            CropPortrait: bool, LicenceVersion: str,
        ) -> (
            NOME: str, CatHab: str, CNHNumber: str, VALIDADE: str, QUALIFICATION: str,
            IDENTIDADE: str, CPF: str, NASCIMENTO: str, MEMBERSHIP: str, REGISTRO: str,
            OBSERVATIONS: str, IssueDate: str, LOCAL: str, BackNumber: str, AdvancedInfo: str,
            PortraitImage: str,
        )
        RecognizeBrazilIDCardOCR(
            ImageBase64: str, ImageUrl: str, BackImageBase64: str, BackImageUrl: str,
            ReturnHeadImage: bool,
        ) -> (
            Nome: str, MemberShip: str, DataNascimento: str, IssuingAgency: str, Fatorrh: str,
            NaturalIDade: str, Observations: str, CPF: str, DNI: str, RegistroGeral: str,
            DispatchDate: str, Registro: str, PortraitImage: str, DocOrigem: str,
        )
        RecognizeBrazilRNEOCR(
            ImageBase64: str, ImageUrl: str, BackImageBase64: str, BackImageUrl: str,
            ReturnHeadImage: bool,
        ) -> (
            RNE: str, CLASSIFICATION: str, VALIDADE: str, NOME: str, Membership: str,
            NACIONALIDADE: str, NATURALIDADE: str, IssuingAgency: str, DateOfBirth: str, Sex: str,
            EntryDate: str, VIA: str, DispatchDate: str, MRZ: str, PortraitImage: str,
        )
        RecognizeBrazilRNMOCR(
            ImageBase64: str, ImageUrl: str, BackImageBase64: str, BackImageUrl: str,
            ReturnHeadImage: bool,
        ) -> (
            SOBRENOME: str, NOME: str, DATADENASCIMENTO: str, SEXO: str, MEMBERSHIP: str,
            NACIONALIDADE: str, VALIDADE: str, RNM: str, CPF: str, CLASSIFICATION: str,
            PRAZODERESIDENCIA: str, ISSUANCE: str, AMPAROLEGAL: str, MRZ: str, PortraitImage: str,
            PortraitImageBack: str,
        )
        RecognizeDetectCardCoords(ImageUrl: str, ImageBase64: str) -> (ItemList: [CoordsItem])
        RecognizeIndonesiaIDCardOCR(
            ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool, Scene: str,
        ) -> (
            NIK: str, Nama: str, TempatTglLahir: str, JenisKelamin: str, GolDarah: str,
            Alamat: str, RTRW: str, KelDesa: str, Kecamatan: str, Agama: str,
            StatusPerkawinan: str, Perkerjaan: str, KewargaNegaraan: str, BerlakuHingga: str,
            IssuedDate: str, Photo: str, Provinsi: str, Kota: str, WarnCardInfos: [int],
        )
        RecognizeMacaoIDCardOCR(
            ImageUrl: str, BackImageUrl: str, ImageBase64: str, BackImageBase64: str, Config: str,
        ) -> (
            CnLastName: str, EnLastName: str, LastNameCode: str, CnFirstName: str,
            EnFirstName: str, FirstNameCode: str, ID: str, Birthday: str, Sex: str,
            FirstIssueDate: str, CurrentIssueDate: str, ValidityPeriod: str, Symbol: str,
            Height: str, RetImage: (null str), Angle: (null str), ResidentType: str,
            WarnCardInfos: [int],
        )
        RecognizeMainlandIDCardOCR(
            ImageBase64: str, ImageUrl: str, CardSide: str, CropPortrait: bool, CropIdCard: bool,
        ) -> (
            Name: str, Sex: str, Nation: str, Birth: str, Address: str, IdNum: str,
            Authority: str, ValidDate: str, WarnCardInfos: [int], PortraitImage: str,
            IdCardImage: str,
        )
        RecognizeMexicoVTID(ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool) -> (
            Name: str, Sex: str, Address: str, VotePIN: str, CURP: str, Birth: str, SECCION: str,
            IssueDate: str, ValidDate: str, State: str, City: str, Locality: str, EMISION: str,
            PortraitImage: str,
        )
        RecognizePhilippinesDrivingLicenseOCR(
            ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool,
        ) -> (
            HeadPortrait: TextDetectionResult, Name: TextDetectionResult,
            LastName: TextDetectionResult, FirstName: TextDetectionResult,
            MiddleName: TextDetectionResult, Nationality: TextDetectionResult,
            Sex: TextDetectionResult, Address: TextDetectionResult,
            LicenseNo: TextDetectionResult, ExpiresDate: TextDetectionResult,
            AgencyCode: TextDetectionResult, Birthday: TextDetectionResult,
            BloodType: TextDetectionResult, Height: TextDetectionResult,
            Weight: TextDetectionResult, EyeColor: TextDetectionResult,
            DLCodes: TextDetectionResult, Restrictions: TextDetectionResult,
            Conditions: TextDetectionResult,
        )
        RecognizePhilippinesSssIDOCR(
            ReturnHeadImage: (need bool), ImageBase64: str, ImageUrl: str,
        ) -> (
            HeadPortrait: TextDetectionResult, LicenseNumber: TextDetectionResult,
            FullName: TextDetectionResult, Birthday: TextDetectionResult,
            GivenName: TextDetectionResult, Surname: TextDetectionResult,
            MiddleName: TextDetectionResult,
        )
        RecognizePhilippinesTinIDOCR(
            ReturnHeadImage: (need bool), ImageBase64: str, ImageUrl: str,
        ) -> (
            HeadPortrait: TextDetectionResult, LicenseNumber: TextDetectionResult,
            FullName: TextDetectionResult, Address: TextDetectionResult,
            Birthday: TextDetectionResult, IssueDate: TextDetectionResult,
            GivenName: TextDetectionResult, LastName: TextDetectionResult,
            MiddleName: TextDetectionResult, RDO: TextDetectionResult,
        )
        RecognizePhilippinesUMIDOCR(ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool) -> (
            Surname: TextDetectionResult, MiddleName: TextDetectionResult,
            GivenName: TextDetectionResult, Address: TextDetectionResult,
            Birthday: TextDetectionResult, CRN: TextDetectionResult, Sex: TextDetectionResult,
            HeadPortrait: TextDetectionResult,
        )
        RecognizePhilippinesVoteIDOCR(
            ReturnHeadImage: (need bool), ImageBase64: str, ImageUrl: str,
        ) -> (
            HeadPortrait: TextDetectionResult, VIN: TextDetectionResult,
            LastName: TextDetectionResult, FirstName: TextDetectionResult,
            MiddleName: TextDetectionResult, Birthday: TextDetectionResult,
            CivilStatus: TextDetectionResult, Citizenship: TextDetectionResult,
            Address: TextDetectionResult, PrecinctNo: TextDetectionResult,
        )
        RecognizeSingaporeIDCardOCR(ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool) -> (
            ChName: str, EnName: str, Sex: str, CountryOfBirth: str, Birthday: str, Address: str,
            ID: str, Race: str, NRICCode: str, PostCode: str, DateOfExpiration: str,
            DateOfIssue: str, Photo: str, WarnCardInfos: [int],
        )
        RecognizeThaiIDCardOCR(
            ImageBase64: str, BackImageBase64: str, ImageUrl: str, BackImageUrl: str,
            CropPortrait: bool,
        ) -> (
            ID: str, ThaiName: str, EnFirstName: str, EnLastName: str, IssueDate: str,
            ExpirationDate: str, EnIssueDate: str, EnExpirationDate: str, Birthday: str,
            EnBirthday: str, Religion: str, SerialNumber: str, Address: str, LaserID: str,
            PortraitImage: str, WarnCardInfos: [int], AdvancedInfo: str, CardCount: int,
            IsComplete: bool, ThaiFirstName: str, ThaiLastName: str,
        )
        RecognizeThaiPinkCard(ImageBase64: str, ImageUrl: str, CropPortrait: bool) -> (
            Country: str, IDNumber: str, ThaiName: str, EnName: str, ThaiSurName: str,
            ThaiDOB: str, EnDOB: str, PhotoNumber: str, ThaiAddress: str, ThaiDateOfIssue: str,
            DateOfIssue: str, ThaiDateOfExpiry: str, DateOfExpiry: str, IssuingAgency: str,
            RefNumber: str, AdvancedInfo: str, PortraitImage: str, WarnCardInfos: [int],
        )
        SmartStructuralOCRV2(
            ImageUrl: str, ImageBase64: str, IsPdf: bool, PdfPageNumber: uint, ItemNames: [str],
            ReturnFullText: bool,
        ) -> (Angle: float, StructuralList: [GroupInfo], WordList: [WordItem])
        VinOCR(ImageBase64: str, ImageUrl: str) -> (Vin: str)
        RecognizeKoreanIDCardOCR(ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool) -> (
            ID: str, Address: str, Name: str, DateOfIssue: str, Photo: str, Sex: str,
            Birthday: str,
        )
        RecognizeKoreanDrivingLicenseOCR(ImageBase64: str, ImageUrl: str, ReturnHeadImage: bool)
        -> (
            ID: str, LicenseNumber: str, Number: str, Type: str, Address: str, Name: str,
            AptitudeTesDate: str, DateOfIssue: str, Photo: str, Sex: str, Birthday: str,
        )
        IDCardOCR(ImageBase64: str, ImageUrl: str, CardSide: str, Config: str) -> (
            Name: str, Sex: str, Nation: str, Birth: str, Address: str, IdNum: str,
            Authority: str, ValidDate: str, AdvancedInfo: str,
        )
    }
}
