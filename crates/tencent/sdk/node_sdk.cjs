// The official Node SDK, unmodified: what works, in every way of signing that it has, and
// errors as its own exceptions. Reads what to call as JSON on standard input, and prints how
// many calls it made.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");

const sdk = require(path.join(process.env.NODE_PATH, "tencentcloud-sdk-nodejs-intl-en"));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let calls = 0;

function client(asked, service, version, { signMethod, reqMethod, secretKey } = {}) {
  const { Credential } = sdk.common;
  const { ClientProfile, HttpProfile } = sdk.common;
  const http = new HttpProfile();
  http.protocol = asked.tls ? "https://" : "http://";
  http.endpoint = asked.address;
  if (reqMethod) http.reqMethod = reqMethod;
  const profile = new ClientProfile();
  if (signMethod) profile.signMethod = signMethod;
  profile.httpProfile = http;
  const credential = new Credential(asked.secretId, secretKey ?? asked.secretKey);
  const Client = sdk[service][version].Client;
  return { made: new Client(credential, "ap-singapore", profile), models: sdk[service][version].Models };
}

function call(asked, [service, version, action], members, options) {
  const { made, models } = client(asked, service, version, options);
  const request = new models[`${action}Request`]();
  request.from_json_string(JSON.stringify(members));
  calls += 1;
  return new Promise((resolve, reject) =>
    made[action](request, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
}

async function refused(code, ...rest) {
  await assert.rejects(call(...rest), (error) => {
    assert.equal(error.code, code, `${error.code}: ${error.message}`);
    assert.match(error.requestId ?? error.getRequestId?.() ?? "", UUID);
    return true;
  });
}

const DETECT = ["iai", "v20200303", "DetectFace"];
const COMPARE = ["iai", "v20200303", "CompareFace"];
const PASSPORT = ["ocr", "v20181119", "MLIDPassportOCR"];

async function main() {
  let text = "";
  for await (const piece of process.stdin) text += piece;
  const asked = JSON.parse(text);
  const { document, selfie } = asked.pictures;

  // Unless it is told otherwise it signs with HmacSHA256.
  for (const signMethod of [undefined, "HmacSHA1", "TC3-HMAC-SHA256"]) {
    const options = { signMethod };
    const found = await call(asked, DETECT, { Image: selfie, MaxFaceNum: 2 }, options);
    assert.equal(found.FaceInfos.length, 1);
    assert.match(found.RequestId, UUID);
    await refused("FailedOperation.ImageDecodeFailed", asked, DETECT, { Image: "AAAA" }, {
      ...options,
      reqMethod: "GET",
    });
    await refused("AuthFailure.SignatureFailure", asked, DETECT, { Image: selfie }, {
      ...options,
      secretKey: "x",
    });
  }
  const same = await call(asked, COMPARE, { ImageA: document, ImageB: selfie });
  assert.ok(same.Score >= 50, `${same.Score}`);
  const read = await call(asked, PASSPORT, { ImageBase64: document, RetImage: true });
  assert.equal(read.ID, asked.number);
  assert.ok(read.Image.startsWith("/9j/"));
  await refused("FailedOperation.NoPassport", asked, PASSPORT, { ImageBase64: selfie });
  await refused("UnsupportedOperation", asked, ["faceid", "v20180301", "ApplyLivenessToken"], { SecureLevel: "4" });
  console.log(calls);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
