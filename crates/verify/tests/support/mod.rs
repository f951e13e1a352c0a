//! A server's App on embedded stores in a temporary folder, and pictures of
//! people who do not exist.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bonafide_accounts::{Actor, NewApplication, NewTenant, VerificationSettings};
use bonafide_context::{Clock, Date, Environment, FixedClock, OsRandom, Random, Seeded, Sensitive};
use bonafide_face::FaceEngine;
use bonafide_inference::Models;
use bonafide_ledger::{Caller, Interface, KeyId, Scopes};
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};
use bonafide_outbound::{Client, Guard, Settings};
use bonafide_specimen::{
    Difficulty, Fonts, Holder, Kind, passport_photo, render, selfie as selfie_of,
};
use bonafide_verify::verification::{
    CreateVerification, CreatedVerification, HandInDocument, Verification, VerificationId,
    create_verification, hand_in_document, hand_in_selfie, read_verification,
};
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::{
    App, AppParts, Done, Engines, Selection, SideFiles, UseCaseError, interface,
};
use bytes::Bytes;

/// The day on which the specimens are valid.
pub fn today() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

/// Files that a person hands in.
pub struct Pictures {
    pub document: Bytes,
    /// What the document says.
    pub truth: serde_json::Value,
    /// A passport of somebody who turns sixteen tomorrow.
    pub young: Bytes,
    /// Front and back of a card of the same holder: the zone is on the back.
    pub card: [Bytes; 2],
    pub selfie: Bytes,
    /// The selfie as a negative: found as a face, and far from the holder's
    /// (there is only one photograph to make faces from).
    pub stranger: Bytes,
    /// No face, no document.
    pub grey: Bytes,
}

fn jpeg(picture: &Picture) -> Bytes {
    encode_jpeg(picture, 90).unwrap().into()
}

/// Rendered once for all tests.
pub fn pictures(models: &Arc<Models>) -> &'static Pictures {
    static PICTURES: OnceLock<Pictures> = OnceLock::new();
    PICTURES.get_or_init(|| {
        let fonts =
            Fonts::new(models.asset("ocr-b.otf").unwrap(), models.asset("sans.ttf").unwrap());
        let photo = InProcess::default().decode(&models.asset("portrait.png").unwrap()).unwrap();
        let photo = photo.picture;
        let engine = FaceEngine::new(models.clone());
        let face = engine.detect(&photo).unwrap()[0].area;
        let mut random = Seeded::new(2);
        let conditions = Difficulty::ALL[1].conditions(1_600, 1_200, &mut random);
        let holder = Holder::generate(today(), &mut random);
        let portrait = passport_photo(&photo, face).unwrap();
        let fonts = fonts.unwrap();
        let mut print =
            |kind| render(kind, &holder, &portrait, &fonts, &conditions, &mut random).unwrap();
        let specimen = print(Kind::Passport);
        let card = [Kind::IdCardFront, Kind::IdCardBack].map(|kind| jpeg(&print(kind).picture));
        let child = Holder {
            birth: Date::new(2010, 11, 23).unwrap().into(),
            ..Holder::generate(today(), &mut Seeded::new(3))
        };
        let young =
            render(Kind::Passport, &child, &portrait, &fonts, &conditions, &mut Seeded::new(4));
        // As it was before there were cards.
        let mut random = Seeded::new(2);
        let selfie = selfie_of(&photo, face, 720, &mut random).unwrap();
        let negative = selfie.bytes().iter().map(|byte| 255 - byte).collect();
        let negative = Picture::new(selfie.width(), selfie.height(), negative).unwrap();
        Pictures {
            document: jpeg(&specimen.picture),
            young: jpeg(&young.unwrap().picture),
            truth: serde_json::to_value(&specimen.truth).unwrap(),
            card,
            selfie: jpeg(&selfie),
            stranger: jpeg(&negative),
            grey: jpeg(&Picture::filled(640, 480, [128; 3]).unwrap()),
        }
    })
}

/// The networks, loaded once for all tests; `None` where they are not
/// installed.
pub fn models(test: &str) -> Option<Arc<Models>> {
    static MODELS: OnceLock<Option<Arc<Models>>> = OnceLock::new();
    let models = MODELS.get_or_init(|| bonafide_inference::testing::models(test)).clone();
    if models.is_none() {
        eprintln!("skipped {test}: the models are missing");
    }
    models
}

/// A server without its sockets.
pub struct House {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub caller: Caller,
    pub pictures: &'static Pictures,
    pub folder: tempfile::TempDir,
}

impl House {
    pub async fn new(test: &str) -> Option<Self> {
        Self::with(test, |_| {}).await
    }

    pub async fn with(test: &str, change: impl FnOnce(&mut AppParts)) -> Option<Self> {
        let models = models(test)?;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::on(today()));
        clock.advance(Duration::from_secs(12 * 3_600));
        let pictures = pictures(&models);
        let engines = Arc::new(Engines::lazy(models));
        let source = || Box::new(OsRandom) as Box<dyn Random>;
        let parts = AppParts::embedded(folder.path(), engines, clock.clone(), source).await;
        let mut parts = parts.unwrap();
        change(&mut parts);
        let client = Client::new(Guard::default(), &Settings::default()).unwrap();
        let webhooks = Webhooks::new(
            parts.records.clone(),
            parts.vault.clone(),
            client,
            clock.clone(),
            source(),
        );
        let app = App::telling(parts, Arc::new(webhooks)).await.unwrap();
        let tenant = app
            .accounts()
            .commit(
                app.accounts()
                    .create_tenant(&Actor::cli(), NewTenant { name: "Test".into(), policy: None }),
            )
            .await
            .unwrap();
        let application = app
            .accounts()
            .commit(app.accounts().create_application(
                &Actor::cli(),
                NewApplication {
                    tenant: tenant.app_id,
                    name: "Test".into(),
                    environment: Environment::Sandbox,
                    region: "apac".parse().unwrap(),
                },
            ))
            .await
            .unwrap();
        let caller = Caller {
            tenant: tenant.app_id,
            application: application.id,
            environment: Environment::Sandbox,
            region: "apac".parse().unwrap(),
            key: Some(KeyId::new(&mut Seeded::new(7))),
            scopes: Scopes::all(),
            bound_to: None,
        };
        Some(Self { app, clock, caller, pictures, folder })
    }

    /// A use case within a call, as a dialect makes it.
    pub async fn call<A>(
        &self,
        caller: &Caller,
        interface: &'static Interface,
        use_case: impl AsyncFnOnce(&App, &mut bonafide_ledger::Call) -> Result<Done<A>, UseCaseError>,
    ) -> Result<A, UseCaseError> {
        let mut call = self.app.open(self.app.new_call_id(), caller.clone(), interface);
        let result = use_case(&self.app, &mut call).await;
        self.app.close(call, result).await.result
    }

    pub async fn create(&self, request: CreateVerification) -> CreatedVerification {
        self.try_create(request).await.unwrap()
    }

    pub async fn try_create(
        &self,
        request: CreateVerification,
    ) -> Result<CreatedVerification, UseCaseError> {
        self.call(&self.caller, &interface::VERIFICATIONS_CREATE, async |app, call| {
            create_verification(app, call, request).await
        })
        .await
    }

    /// A verification with these settings as JSON.
    pub async fn begin(&self, settings: serde_json::Value) -> VerificationId {
        let settings: VerificationSettings = serde_json::from_value(settings).unwrap();
        let request = CreateVerification { settings, ..CreateVerification::default() };
        id(&self.create(request).await.verification)
    }

    pub async fn document(
        &self,
        id: &VerificationId,
        file: &Bytes,
    ) -> Result<Verification, UseCaseError> {
        self.document_as(&self.caller, id, file).await
    }

    pub async fn document_as(
        &self,
        caller: &Caller,
        id: &VerificationId,
        file: &Bytes,
    ) -> Result<Verification, UseCaseError> {
        self.sides_as(caller, id, Some(file), None).await
    }

    /// Sides of a document.
    pub async fn sides(
        &self,
        id: &VerificationId,
        front: Option<&Bytes>,
        back: Option<&Bytes>,
    ) -> Result<Verification, UseCaseError> {
        self.sides_as(&self.caller, id, front, back).await
    }

    async fn sides_as(
        &self,
        caller: &Caller,
        id: &VerificationId,
        front: Option<&Bytes>,
        back: Option<&Bytes>,
    ) -> Result<Verification, UseCaseError> {
        let own = |file: &Bytes| Sensitive::new(file.clone()).into();
        let pictures = HandInDocument { front: front.map(own), back: back.map(own) };
        self.pictures_as(caller, id, pictures).await
    }

    /// Photos of each side: several of each may come.
    pub async fn photos(
        &self,
        id: &VerificationId,
        front: &[Bytes],
        back: &[Bytes],
    ) -> Result<Verification, UseCaseError> {
        let own = |files: &[Bytes]| {
            SideFiles::new(files.iter().map(|file| Sensitive::new(file.clone())).collect())
        };
        let pictures = HandInDocument { front: own(front), back: own(back) };
        self.pictures_as(&self.caller, id, pictures).await
    }

    async fn pictures_as(
        &self,
        caller: &Caller,
        id: &VerificationId,
        pictures: HandInDocument,
    ) -> Result<Verification, UseCaseError> {
        self.call(caller, &interface::VERIFICATIONS_DOCUMENT, async |app, call| {
            hand_in_document(app, call, id, pictures).await
        })
        .await
    }

    pub async fn selfie(
        &self,
        id: &VerificationId,
        file: &Bytes,
    ) -> Result<Verification, UseCaseError> {
        self.call(&self.caller, &interface::VERIFICATIONS_SELFIE, async |app, call| {
            hand_in_selfie(app, call, id, Sensitive::new(file.clone())).await
        })
        .await
    }

    pub async fn read(&self, id: &VerificationId) -> Result<Verification, UseCaseError> {
        self.read_as(&self.caller, id, "").await
    }

    /// With these fields, all of them if the text is empty.
    pub async fn read_as(
        &self,
        caller: &Caller,
        id: &VerificationId,
        fields: &str,
    ) -> Result<Verification, UseCaseError> {
        let fields = if fields.is_empty() { Selection::All } else { fields.parse().unwrap() };
        self.call(caller, &interface::VERIFICATIONS_READ, async |app, call| {
            read_verification(app, call, id, &fields).await
        })
        .await
    }

    /// The caller that a person's browser is.
    pub fn person(&self, id: &VerificationId) -> Caller {
        Caller { key: None, bound_to: Some(id.to_string()), ..self.caller.clone() }
    }

    pub fn today(&self) -> Date {
        self.clock.today()
    }
}

pub fn id(verification: &Verification) -> VerificationId {
    verification.id.parse().unwrap()
}

/// The code of a failure.
pub fn code<A: std::fmt::Debug>(result: Result<A, UseCaseError>) -> &'static str {
    result.unwrap_err().code()
}
