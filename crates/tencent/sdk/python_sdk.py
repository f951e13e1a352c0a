"""The official Python SDK, unmodified: what works, and every way in which it does not."""

import base64
import inspect
import json
import pathlib
import re
import time
from unittest import mock

import tccli
import requests
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.faceid.v20180301 import faceid_client, models as faceid_models
from tencentcloud.iai.v20200303 import iai_client, models as iai_models
from tencentcloud.ocr.v20181119 import models as ocr_models, ocr_client

SERVICES = {
    "faceid": (faceid_client.FaceidClient, faceid_models, "2018-03-01"),
    "ocr": (ocr_client.OcrClient, ocr_models, "2018-11-19"),
    "iai": (iai_client.IaiClient, iai_models, "2020-03-03"),
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def number_of(truth):
    """The document number that a specimen's truth has."""
    return truth["fields"]["number"]


class Sdk:
    """A client of one service in one configuration."""

    def __init__(self, house, key=None, method="TC3-HMAC-SHA256", verb="POST", endpoint=None,
                 token=None, unsigned=False, region="ap-singapore"):
        key = key or house.key
        http = HttpProfile(
            protocol="https" if house.certificate else "http",
            endpoint=endpoint or house.address,
            reqMethod=verb,
            certification=house.certificate,
        )
        self.profile = ClientProfile(signMethod=method, httpProfile=http)
        self.profile.unsignedPayload = unsigned
        self.credential = credential.Credential(key.secret_id, key.secret, token)
        self.region = region

    def call(self, service, action, **members):
        """The answer of an action as JSON."""
        client, models, _ = SERVICES[service]
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(members))
        made = client(self.credential, self.region, self.profile)
        answer = json.loads(getattr(made, action)(request).to_json_string())
        assert UUID.fullmatch(answer["RequestId"]), answer
        return answer

    def raw(self, service, action, members, version=None):
        """The same without the SDK's own idea of what an action takes."""
        version = version or SERVICES[service][2]
        made = CommonClient(service, version, self.credential, self.region, self.profile)
        return made.call_json(action, members)["Response"]


class Refused:
    """Counts, and holds the SDK's exceptions against what they have to say."""

    def __init__(self):
        self.count = 0

    def __call__(self, code, call, *arguments, **members):
        try:
            answer = call(*arguments, **members)
        except TencentCloudSDKException as error:
            assert error.get_code() == code, (code, error)
            assert UUID.fullmatch(error.get_request_id()), error
            self.count += 1
            return error
        raise AssertionError(f"expected {code}, got {str(answer)[:200]}")


def works(sdk, house):
    """Every action that works, with real pictures."""
    document, selfie = house.pictures["document"], house.pictures["selfie"]
    same = sdk.call("iai", "CompareFace", ImageA=document, ImageB=selfie)
    assert 50 <= same["Score"] <= 100 and same["FaceModelVersion"] == "3.0", same
    older = sdk.call("iai", "CompareFace", ImageA=document, ImageB=selfie, FaceModelVersion="2.0")
    assert same["Score"] < older["Score"] <= 100 and older["FaceModelVersion"] == "2.0", older
    self_ = sdk.call("iai", "CompareFace", ImageA=selfie, ImageB=selfie)
    assert self_["Score"] > 99, self_
    found = sdk.call("iai", "DetectFace", Image=selfie, MaxFaceNum=3)
    (face,) = found["FaceInfos"]
    assert 0 < face["X"] < face["X"] + face["Width"] < found["ImageWidth"], found
    assert 0 < face["Y"] < face["Y"] + face["Height"] < found["ImageHeight"], found
    live = sdk.call("iai", "DetectLiveFaceAccurate", Image=selfie)
    assert 0 <= live["Score"] <= 100, live
    read = sdk.call("ocr", "MLIDPassportOCR", ImageBase64=document, RetImage=True)
    assert read["ID"] == number_of(house.truth), read
    assert read["IsComplete"] and read["CardCount"] == 1, read
    assert re.fullmatch(r"\d{8}", read["DateOfBirth"]), read
    assert len(read["CodeSet"]) == len(read["CodeCrc"]) == 44, read
    portrait = read["Image"]
    assert base64.b64decode(portrait)[:3] == b"\xff\xd8\xff"
    again = sdk.call("iai", "CompareFace", ImageA=portrait, ImageB=selfie)
    assert again["Score"] >= 50, again
    plain = sdk.call("ocr", "MLIDPassportOCR", ImageBase64=f"data:image/jpeg;base64,{document}")
    assert plain["Image"] == "" and plain["Name"] == read["Name"], plain
    return 8 + reads_cards(sdk, house)


# Action, document type, side, what asks for the portrait and where it is given, and which
# members say which fields of the card as they are printed.
CARDS = [
    ("HKIDCardOCR", "hkg_id", "front", {"ReturnHeadImage": True}, "HeadImage",
     {"IdNum": "number", "CnName": "native_name"}),
    ("MLIDCardOCR", "mys_mykad", "front", {"RetImage": True}, "Image",
     {"ID": "number", "Name": "full_name"}),
    ("RecognizeIndonesiaIDCardOCR", "idn_ktp", "front", {"ReturnHeadImage": True}, "Photo",
     {"NIK": "number", "Nama": "full_name"}),
    ("RecognizeSingaporeIDCardOCR", "sgp_nric", "front", {"ReturnHeadImage": True}, "Photo",
     {"ID": "number", "EnName": "full_name"}),
    ("RecognizeSingaporeIDCardOCR", "sgp_nric", "back", {}, None, {"NRICCode": "number"}),
    ("RecognizeMacaoIDCardOCR", "mac_id", "front", {"Config": '{"RetImage":"portrait"}'},
     "RetImage", {"ID": "number", "EnLastName": "surname"}),
    ("RecognizeMainlandIDCardOCR", "chn_resident_id", "front", {"CropPortrait": True},
     "PortraitImage", {"IdNum": "number", "Name": "native_name"}),
    ("RecognizeMainlandIDCardOCR", "chn_resident_id", "back", {"CardSide": "BACK"}, None,
     {"Authority": "authority"}),
]


def reads_cards(sdk, house):
    """Every action that reads a card, with a picture of one and of another."""
    refused = Refused()
    for action, name, side, asked, portrait, said in CARDS:
        image, shown = house.cards[name, side]
        read = sdk.call("ocr", action, ImageBase64=image, **asked)
        for member, field in said.items():
            assert read[member] == shown[field], (action, member, read[member], shown[field])
        if portrait:
            assert base64.b64decode(read[portrait])[:3] == b"\xff\xd8\xff", action
            plain = sdk.call("ocr", action, ImageBase64=image)
            assert not plain[portrait], action
    selfie, (front, _) = house.pictures["selfie"], house.cards["chn_resident_id", "front"]
    for code, action, asked in [
        ("FailedOperation.NoHKIDCard", "HKIDCardOCR", {"ImageBase64": selfie}),
        ("FailedOperation.NoMASIDCard", "MLIDCardOCR", {"ImageBase64": front}),
        ("FailedOperation.ImageNoIdCard", "RecognizeMacaoIDCardOCR", {"ImageBase64": front}),
        ("FailedOperation.CardSideError", "RecognizeMainlandIDCardOCR",
         {"ImageBase64": front, "CardSide": "BACK"}),
        ("UnsupportedOperation", "HKIDCardOCR", {"ImageBase64": front, "DetectFake": True}),
        ("InvalidParameter.ConfigFormatError", "RecognizeMacaoIDCardOCR",
         {"ImageBase64": front, "Config": "portrait"}),
    ]:
        refused(code, sdk.call, "ocr", action, **asked)
    return len(CARDS) + sum(1 for card in CARDS if card[4]) + refused.count


def every_way(house):
    """Every action once, and one in every way of signing and of naming the endpoint."""
    calls = works(Sdk(house), house)
    selfie = house.pictures["selfie"]
    port = house.address.split(":")[1]
    ways = [
        {"method": "HmacSHA1"},
        {"method": "HmacSHA256"},
        {"unsigned": True},
        {"region": ""},
        {"endpoint": f"localhost:{port}"},
        {"endpoint": f"{house.address}/tencent/"},
    ]
    if not house.certificate:
        ways.append({"endpoint": f"http://{house.address}"})
    for way in ways:
        found = Sdk(house, **way).call("iai", "DetectFace", Image=selfie)
        assert len(found["FaceInfos"]) == 1, (way, found)
        calls += 1
    refused = Refused()
    for method in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]:
        sdk = Sdk(house, method=method, verb="GET")
        refused("FailedOperation.ImageDecodeFailed", sdk.call, "iai", "DetectFace", Image="AAAA",
                MaxFaceNum=2)
        refused("FailedOperation.EmptyImageError", sdk.call, "ocr", "MLIDPassportOCR", RetImage=True)
    return calls + refused.count


def errors(house):
    """Every error path as the SDK's own exception."""
    refused = Refused()
    sdk = Sdk(house)
    selfie = house.pictures["selfie"]
    detect = ("iai", "DetectFace")

    # Who asks.
    wrong = type(house.key)(house.key.secret_id, house.key.secret[:-1] + "x")
    nobody = type(house.key)("bfk_" + "a" * 26, house.key.secret)
    for key, code in [
        (wrong, "AuthFailure.SignatureFailure"),
        (nobody, "AuthFailure.SecretIdNotFound"),
        (type(house.key)("AKIDnobody", "x"), "AuthFailure.SecretIdNotFound"),
        (house.bearer, "AuthFailure.InvalidSecretId"),
        (house.narrow, "AuthFailure.UnauthorizedOperation"),
        (house.unwarranted, "OperationDenied"),
    ]:
        for method in ["TC3-HMAC-SHA256", "HmacSHA256"]:
            refused(code, Sdk(house, key=key, method=method).call, *detect, Image=selfie)
    Sdk(house, key=house.warranted).call(*detect, Image=selfie)
    refused("AuthFailure.TokenFailure", Sdk(house, token="x").call, *detect, Image=selfie)
    refused("AuthFailure.TokenFailure", Sdk(house, token="x", method="HmacSHA1").call, *detect,
            Image=selfie)

    # When, and once.
    now = time.time()
    for skew in [-400, 400]:
        for method in ["TC3-HMAC-SHA256", "HmacSHA1"]:
            with mock.patch("time.time", lambda: now + skew):
                refused("AuthFailure.SignatureExpire", Sdk(house, method=method).call, *detect,
                        Image=selfie)
    for method in ["HmacSHA1", "HmacSHA256"]:
        with mock.patch("random.randint", lambda *_: 7), mock.patch("time.time", lambda: now):
            Sdk(house, method=method).call(*detect, Image=selfie)
            refused("AuthFailure.SignatureFailure", Sdk(house, method=method).call, *detect,
                    Image=selfie)

    # What.
    refused("InvalidAction", sdk.raw, "iai", "DetectFaces", {})
    refused("InvalidAction", sdk.raw, "iai", "MLIDPassportOCR", {})
    refused("NoSuchVersion", sdk.raw, "iai", "DetectFace", {}, version="2018-03-02")
    refused("UnsupportedOperation", sdk.call, "faceid", "GetNFCToken")
    refused("FailedOperation.CompareLibServiceUnavailable", sdk.call, "faceid", "MobileStatus",
            Mobile="13800000000")
    refused("UnknownParameter", sdk.raw, *detect, {"Image": selfie, "Picture": selfie})
    refused("InvalidParameter", sdk.raw, *detect, {"Image": selfie, "MaxFaceNum": "2"})
    refused("MissingParameter", sdk.call, "faceid", "GetLivenessResult")
    refused("InvalidParameterValue", sdk.call, *detect, Image=selfie, MaxFaceNum=0)
    refused("InvalidParameterValue.FaceModelVersionIllegal", sdk.call, *detect, Image=selfie,
            FaceModelVersion="4.0")
    refused("UnsupportedOperation", sdk.call, *detect, Image=selfie, NeedFaceAttributes=1)
    refused("UnsupportedOperation", sdk.call, *detect, Url="https://pictures.example/a.jpg")
    refused("InvalidParameterValue.ImageEmpty", sdk.call, *detect)
    refused("FailedOperation.EmptyImageError", sdk.call, "ocr", "MLIDPassportOCR")
    refused("FailedOperation.ImageDecodeFailed", sdk.call, *detect, Image="not base64")
    refused("FailedOperation.ImageDecodeFailed", sdk.call, *detect, Image="AAAA")
    refused("FailedOperation.NoPassport", sdk.call, "ocr", "MLIDPassportOCR", ImageBase64=selfie)
    blank = base64.b64encode(grey()).decode()
    refused("InvalidParameterValue.NoFaceInPhoto", sdk.call, *detect, Image=blank)
    refused("InvalidParameterValue.NoFaceInPhoto", sdk.call, "iai", "CompareFace", ImageA=selfie,
            ImageB=blank)

    # How much: a body of 16 MB is read, a larger one is not.
    for megabytes, code in [(15.5, "FailedOperation.ImageDecodeFailed"),
                            (17, "RequestSizeLimitExceeded")]:
        refused(code, sdk.call, *detect, Image="A" * int(megabytes * 2**20 // 4 * 4))
    return refused.count


def grey():
    """A bitmap of 320 by 240 pixels of one colour."""
    width, height = 320, 240
    pixels = bytes([128, 128, 128]) * (width * height)
    header = b"BM" + (54 + len(pixels)).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    facts = b"".join(n.to_bytes(size, "little") for n, size in [
        (40, 4), (width, 4), (height, 4), (1, 2), (24, 2), (0, 4), (len(pixels), 4), (2835, 4),
        (2835, 4), (0, 4), (0, 4),
    ])
    return header + facts + pixels


def every_action(house):
    """No action that the SDK has is strange to the server, and none fails."""
    sdk = Sdk(house)
    count = 0
    for service, (client, _, _) in SERVICES.items():
        actions = [name for name, _ in inspect.getmembers(client, inspect.isfunction)
                   if name[0].isupper()]
        assert len(actions) > 20, actions
        for action in actions:
            try:
                sdk.raw(service, action, {})
            except TencentCloudSDKException as error:
                strange = ("InvalidAction", "InternalError", "ServiceUnavailable", "NoSuchVersion")
                assert not error.get_code().startswith(strange), (action, error)
            count += 1
    return count


STRANGE = {"UnknownParameter", "MissingParameter", "InvalidParameter", "InvalidRequest",
           "InvalidAction", "InternalError"}


def samples(house):
    """The samples that come with the official command line: each is read."""
    sdk = Sdk(house)
    count, odd = 0, set()
    for service, (_, _, version) in SERVICES.items():
        folder = pathlib.Path(tccli.__file__).parent / "services" / service
        file = folder / f"v{version.replace('-', '')}" / "examples.json"
        for action, all_ in json.loads(file.read_text())["actions"].items():
            for number, sample in enumerate(all_):
                _, _, body = sample["input"].partition("\n\n")
                try:
                    members = json.loads(body)
                except ValueError:
                    continue
                count += 1
                try:
                    sdk.raw(service, action, members)
                except TencentCloudSDKException as error:
                    if error.get_code() in STRANGE:
                        odd.add((action, number, error.get_code()))
    assert not odd, odd
    assert count > 40, count
    return count


CANARY = "CANARY8F3K2"


def canary(house):
    """What was sent, in a query or in a body, stands in no log, no figure and no file."""
    for verb in ["GET", "POST"]:
        for method in ["TC3-HMAC-SHA256", "HmacSHA256"]:
            sdk = Sdk(house, verb=verb, method=method)
            for service, action, members in [
                ("faceid", "CheckIdNameDate", {"Name": CANARY, "IdCard": CANARY,
                                               "ValidityBegin": CANARY, "ValidityEnd": CANARY}),
                ("iai", "DetectFace", {"Image": CANARY}),
                ("iai", CANARY, {CANARY: CANARY}),
            ]:
                try:
                    sdk.raw(service, action, members)
                except TencentCloudSDKException as error:
                    assert CANARY not in str(error), error
                else:
                    raise AssertionError("nothing of this works")
    # And as what it is not.
    requests.get(f"{house.server.url}/?{CANARY}={CANARY}", verify=False)
    requests.post(f"{house.server.url}/{CANARY}", data={CANARY: CANARY}, verify=False)
    metrics = requests.get(f"{house.server.url}/metrics", verify=False).text
    assert "tencent.other" in metrics, "the figures are there"
    places = {"metrics": metrics.encode(), "log": house.server.log.read_bytes()}
    for file in house.server.data.rglob("*"):
        if file.is_file():
            places[str(file)] = file.read_bytes()
    assert len(places) > 5, places.keys()
    for place, said in places.items():
        assert CANARY.encode() not in said, place
    return len(places)
