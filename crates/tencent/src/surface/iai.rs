//! What the actions of `iai` take and answer that look at pictures and keep nothing:
//! names, types, what is needed and what may be null, as the metadata of the official
//! command line (3.1.193) have it.

use super::surface;

surface! {
    objects {
        FaceAttributesInfo {
            Gender: int, Age: int, Expression: int, Glass: bool, Pitch: int, Yaw: int, Roll: int,
            Beauty: int, Hat: (null bool), Mask: (null bool), Hair: (null FaceHairAttributesInfo),
            EyeOpen: (null bool),
        }
        FaceHairAttributesInfo { Length: (null int), Bang: (null int), Color: (null int) }
        FaceInfo {
            X: int, Y: int, Width: int, Height: int, FaceAttributesInfo: FaceAttributesInfo,
            FaceQualityInfo: (null FaceQualityInfo),
        }
        FaceQualityCompleteness {
            Eyebrow: (null int), Eye: (null int), Nose: (null int), Cheek: (null int),
            Mouth: (null int), Chin: (null int),
        }
        FaceQualityInfo {
            Score: (null int), Sharpness: (null int), Brightness: (null int),
            Completeness: (null FaceQualityCompleteness),
        }
        FaceShape {
            FaceProfile: (need [Point]), LeftEye: (need [Point]), RightEye: (need [Point]),
            LeftEyeBrow: (need [Point]), RightEyeBrow: (need [Point]), Mouth: (need [Point]),
            Nose: (need [Point]), LeftPupil: (need [Point]), RightPupil: (need [Point]),
        }
        Point { X: int, Y: int }
    }
    actions {
        AnalyzeFace(
            Mode: uint, Image: str, Url: str, FaceModelVersion: str, NeedRotateDetection: uint,
        )
        -> (ImageWidth: uint, ImageHeight: uint, FaceShapeSet: [FaceShape], FaceModelVersion: str)
        CompareFace(
            ImageA: str, ImageB: str, UrlA: str, UrlB: str, FaceModelVersion: str,
            QualityControl: uint, NeedRotateDetection: uint,
        ) -> (Score: float, FaceModelVersion: str)
        DetectFace(
            MaxFaceNum: uint, MinFaceSize: uint, Image: str, Url: str, NeedFaceAttributes: uint,
            NeedQualityDetection: uint, FaceModelVersion: str, NeedRotateDetection: uint,
        ) -> (ImageWidth: int, ImageHeight: int, FaceInfos: [FaceInfo], FaceModelVersion: str)
        DetectLiveFaceAccurate(Image: str, Url: str, FaceModelVersion: str)
        -> (Score: float, FaceModelVersion: str)
    }
}
