//! The error codes of the interface, in its own spelling.

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $name:literal;)+) => {
        /// An error code of the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $($(#[$meta])* $variant,)+
        }

        impl Code {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As it stands in answers.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

codes! {
    /// The authorization cannot be read.
    InvalidAuthorization = "AuthFailure.InvalidAuthorization";
    /// The key was made without `signing`.
    InvalidSecretId = "AuthFailure.InvalidSecretId";
    /// No such key, or one that has ended.
    SecretIdNotFound = "AuthFailure.SecretIdNotFound";
    /// The timestamp is outside the window.
    SignatureExpire = "AuthFailure.SignatureExpire";
    /// The signature is not that of the request, or was used before.
    SignatureFailure = "AuthFailure.SignatureFailure";
    /// A session token that was not issued here.
    TokenFailure = "AuthFailure.TokenFailure";
    /// The key lacks the scope.
    Unauthorized = "AuthFailure.UnauthorizedOperation";
    /// Consent, policy, age or place forbid it.
    OperationDenied = "OperationDenied";
    /// The key may not be used from this address.
    IpNotInWhitelist = "IpNotInWhitelist";
    /// The data belongs to another region.
    UnsupportedRegion = "UnsupportedRegion";
    /// Neither GET nor POST.
    UnsupportedProtocol = "UnsupportedProtocol";
    /// There is no such action.
    InvalidAction = "InvalidAction";
    /// There is no such version.
    NoSuchVersion = "NoSuchVersion";
    /// The request cannot be read.
    InvalidRequest = "InvalidRequest";
    /// A parameter is of the wrong form.
    InvalidParameter = "InvalidParameter";
    /// A parameter has a wrong value.
    InvalidParameterValue = "InvalidParameterValue";
    /// A parameter that has to be there is not.
    MissingParameter = "MissingParameter";
    /// The action has no such parameter.
    UnknownParameter = "UnknownParameter";
    /// Too many bytes.
    RequestSizeLimitExceeded = "RequestSizeLimitExceeded";
    /// The day's quota is used up.
    LimitExceeded = "LimitExceeded";
    /// Too many calls of an action, or the server is busy.
    RequestLimitExceeded = "RequestLimitExceeded";
    /// Too many requests from an address.
    IpLimitExceeded = "RequestLimitExceeded.IPLimitExceeded";
    /// Too many requests with a key.
    UinLimitExceeded = "RequestLimitExceeded.UinLimitExceeded";
    /// Nothing real stands behind it here.
    UnsupportedOperation = "UnsupportedOperation";
    /// An outside authority would have to be asked, and none is registered.
    CompareLibServiceUnavailable = "FailedOperation.CompareLibServiceUnavailable";
    /// A store does not answer.
    ServiceUnavailable = "ServiceUnavailable";
    /// Our fault.
    InternalError = "InternalError";
    /// Not possible in the state that things are in.
    FailedOperation = "FailedOperation";
    /// The thing is not there, or no longer.
    ResourceNotFound = "ResourceNotFound";
    /// No picture.
    EmptyImage = "FailedOperation.EmptyImageError";
    /// A file that is no picture.
    ImageDecodeFailed = "FailedOperation.ImageDecodeFailed";
    /// Too large, as `faceid` and `ocr` say it.
    ImageSizeTooLarge = "FailedOperation.ImageSizeTooLarge";
    /// Too large, as `iai` says it.
    ImageSizeExceed = "FailedOperation.ImageSizeExceed";
    /// No picture, as `iai` says it.
    ImageEmpty = "InvalidParameterValue.ImageEmpty";
    /// There is no face.
    NoFaceInPhoto = "InvalidParameterValue.NoFaceInPhoto";
    /// The face is not fit.
    FaceQualityNotQualified = "FailedOperation.FaceQualityNotQualified";
    /// The face is too small.
    FaceSizeTooSmall = "FailedOperation.FaceSizeTooSmall";
    /// A model version that there is not.
    FaceModelVersionIllegal = "InvalidParameterValue.FaceModelVersionIllegal";
    /// There is no passport in the picture.
    NoPassport = "FailedOperation.NoPassport";
    /// There is no Hong Kong identity card in the picture.
    NoHkIdCard = "FailedOperation.NoHKIDCard";
    /// There is no Malaysian identity card in the picture.
    NoMasIdCard = "FailedOperation.NoMASIDCard";
    /// There is no identity card of the kind in the picture.
    ImageNoIdCard = "FailedOperation.ImageNoIdCard";
    /// The card contradicts itself.
    IdCardInfoIllegal = "FailedOperation.IdCardInfoIllegal";
    /// It is the other side of the card.
    CardSide = "FailedOperation.CardSideError";
    /// `Config` cannot be read.
    ConfigFormat = "InvalidParameter.ConfigFormatError";
    /// There is more than one document.
    MultiCard = "FailedOperation.MultiCardError";
    /// The document is too small.
    IdCardTooSmall = "FailedOperation.IdCardTooSmall";
    /// The picture is blurred.
    ImageBlur = "FailedOperation.ImageBlur";
    /// The two zones contradict each other.
    MrzInconsistent = "FailedOperation.InconsistencyBetweenMRZAndVRZ";
    /// A check digit does not hold.
    FieldException = "FailedOperation.FieldException";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_there_once() {
        let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        let fit = |c: char| c.is_ascii_alphanumeric() || c == '.';
        assert!(names.iter().all(|name| name.chars().all(fit)));
    }
}
