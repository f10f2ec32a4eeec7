// A wallet nobody here wrote (@openid4vc/openid4vci) receives credentials, and a verifier nobody
// here wrote (@sd-jwt/sd-jwt-vc) checks them. Reads its case from stdin, writes what it saw.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import {
  clientAuthenticationDynamic,
  setGlobalConfig,
} from "@openid4vc/oauth2";
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { SDJwtVcInstance, TypeMetadataFormatSchema } from "@sd-jwt/sd-jwt-vc";
import * as jose from "jose";

setGlobalConfig({ allowInsecureUrls: true }); // loopback has no TLS
const CLIENT = "wallet-of-strangers";
const REDIRECT = "eu.example.wallet://received";
const task = JSON.parse(readFileSync(0, "utf8"));
const keys = new Map(); // by thumbprint

async function newSigner() {
  const pair = await jose.generateKeyPair("ES256", { extractable: true });
  const publicJwk = await jose.exportJWK(pair.publicKey);
  keys.set(await jose.calculateJwkThumbprint(publicJwk), pair.privateKey);
  return { method: "jwk", alg: "ES256", publicJwk };
}

// The library takes signed metadata and does not ask for it.
const preferringSigned = (url, init) => {
  const known = String(url).includes("openid-credential-issuer");
  return fetch(url, known ? { ...init, headers: { accept: "application/jwt, application/json" } } : init);
};
const callbacks = {
  fetch: preferringSigned,
  generateRandom: (length) => randomBytes(length),
  hash: (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest(),
  clientAuthentication: clientAuthenticationDynamic({ clientId: CLIENT, clientSecret: "" }),
  signJwt: async (signer, { header, payload }) => {
    const key = keys.get(await jose.calculateJwkThumbprint(signer.publicJwk));
    const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(key);
    return { jwt, signerJwk: signer.publicJwk };
  },
  verifyJwt: async (signer, { compact }) => {
    const key = signer.method === "x5c" ? await leafKey(signer.x5c) : await jose.importJWK(signer.publicJwk, "ES256");
    try {
      await jose.compactVerify(compact, key, { algorithms: ["ES256"] });
    } catch {
      return { verified: false };
    }
    return { verified: true, signerJwk: await jose.exportJWK(key) };
  },
};

const leafKey = (x5c) =>
  jose.importX509(`-----BEGIN CERTIFICATE-----\n${x5c[0]}\n-----END CERTIFICATE-----`, "ES256", { extractable: true });

// -- the verifier --------------------------------------------------------------------------

async function verifyCompact(input, signature, key) {
  try {
    await jose.compactVerify(`${input}.${signature}`, key, { algorithms: ["ES256"] });
    return true;
  } catch {
    return false;
  }
}

function verifier(x5c, key) {
  return new SDJwtVcInstance({
    hasher: (data, algorithm) => createHash("sha256").update(typeof data === "string" ? data : new Uint8Array(data)).digest(),
    hashAlg: "sha-256",
    saltGenerator: () => randomBytes(16).toString("base64url"),
    verifier: async (input, signature) => verifyCompact(input, signature, await leafKey(x5c)),
    statusVerifier: async (input, signature) => verifyCompact(input, signature, await jose.importJWK(task.statusKey, "ES256")),
    kbVerifier: async (input, signature, payload) =>
      verifyCompact(input, signature, await jose.importJWK(payload.cnf.jwk, "ES256")),
    kbSigner: async (input) => {
      const { createSign } = await import("node:crypto");
      const made = createSign("sha256").update(input).sign({ key, dsaEncoding: "ieee-p1363" });
      return made.toString("base64url");
    },
    kbSignAlg: "ES256",
  });
}

async function presented(credential, frame, requiredClaimKeys) {
  const header = jose.decodeProtectedHeader(credential.split("~")[0]);
  const bound = jose.decodeJwt(credential.split("~")[0]).cnf.jwk;
  const key = keys.get(await jose.calculateJwkThumbprint(bound));
  const sdjwt = verifier(header.x5c, key);
  const nonce = randomBytes(12).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const shown = await sdjwt.present(credential, frame, { kb: { payload: { iat, aud: "https://door.example", nonce } } });
  const check = () => sdjwt.verify(shown, { requiredClaimKeys, keyBindingNonce: nonce });
  return { check, header };
}

// -- receiving -----------------------------------------------------------------------------

const client = new Openid4vciClient({ callbacks });
const dpop = { signer: await newSigner() };
const clientId = task.way === "code" ? CLIENT : undefined;

async function agreed(url) {
  // The holder, signed in, follows the wallet's link and says yes.
  const cookie = `session=${task.session}`;
  const first = await fetch(url, { redirect: "manual", headers: { cookie } });
  const page = new URL(first.headers.get("location"), url);
  const html = await (await fetch(page, { headers: { cookie, accept: "text/html" } })).text();
  const certificate = html.match(/name="certificate" value="([0-9a-z]+)"/)[1];
  const body = new URLSearchParams({ csrf: task.csrf, give: "yes", certificate });
  const last = await fetch(page, { method: "POST", redirect: "manual", headers: { cookie }, body });
  return last.headers.get("location");
}

async function tokenFor(offer, issuerMetadata) {
  if (task.way !== "code") {
    return client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata, txCode: task.txCode, dpop });
  }
  const begun = await client.initiateAuthorization({
    clientId: CLIENT, credentialOffer: offer, issuerMetadata, redirectUri: REDIRECT, scope: task.type, dpop,
  });
  const url = await agreed(begun.authorizationRequestUrl);
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url, authorizationServerMetadata: issuerMetadata.authorizationServers[0],
  });
  return client.retrieveAuthorizationCodeAccessTokenFromOffer({
    credentialOffer: offer, issuerMetadata, authorizationCode: answer.code,
    pkceCodeVerifier: begun.pkce?.codeVerifier, redirectUri: REDIRECT, dpop,
  });
}

async function proofsFor(issuerMetadata, count) {
  const { c_nonce } = await client.requestNonce({ issuerMetadata });
  const jwt = [];
  for (let i = 0; i < count; i++) {
    const proof = await client.createCredentialRequestJwtProof({
      issuerMetadata, signer: await newSigner(), nonce: c_nonce, credentialConfigurationId: task.type, clientId,
    });
    jwt.push(proof.jwt);
  }
  return { jwt };
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const offer = task.offer
  ? await client.resolveCredentialOffer(task.offer)
  : { credential_issuer: task.issuer, credential_configuration_ids: [task.type], grants: { authorization_code: {} } };
const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
const token = await tokenFor(offer, issuerMetadata);
const accessToken = token.accessTokenResponse.access_token;
const given = { issuerMetadata, accessToken, dpop: { ...dpop, ...token.dpop } };
let answer = (await client.retrieveCredentials({
  ...given, credentialConfigurationId: task.type, proofs: await proofsFor(issuerMetadata, task.count),
})).credentialResponse;
say({ signedMetadata: issuerMetadata.signedCredentialIssuer !== undefined, tokenType: token.accessTokenResponse.token_type, waits: answer.transaction_id !== undefined });
if (answer.transaction_id) {
  const early = await client.retrieveDeferredCredentials({ ...given, transactionId: answer.transaction_id });
  say({ stillWaits: early.deferredCredentialResponse.transaction_id === answer.transaction_id });
  await told(task.sealed);
  answer = (await client.retrieveDeferredCredentials({ ...given, transactionId: answer.transaction_id })).deferredCredentialResponse;
}
if (answer.notification_id) {
  for (let twice = 0; twice < 2; twice++) {
    await client.sendNotification({ ...given, notification: { notificationId: answer.notification_id, event: "credential_accepted" } });
  }
}
const credentials = answer.credentials.map((each) => each.credential);
const seen = [];
const checks = [];
for (const credential of credentials) {
  const { check, header } = await presented(credential, task.frame, Object.keys(task.frame));
  const verified = await check();
  checks.push(check);
  seen.push({ payload: verified.payload, header, kb: verified.kb?.payload });
}
const type = await fetch(seen[0].payload.vct);
const bytes = Buffer.from(await type.arrayBuffer());
const integrity = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
const typeMetadata = TypeMetadataFormatSchema.parse(JSON.parse(bytes));
say({ seen, typeName: typeMetadata.name, integrityHolds: integrity === seen[0].payload["vct#integrity"], credentials });
await told(task.revoked);
const after = await Promise.allSettled(checks.map((check) => check()));
say({ after: after.map((each) => (each.status === "rejected" ? String(each.reason.message) : "accepted")) });

async function told(file) {
  // The test writes this file once it has done its part.
  const { access } = await import("node:fs/promises");
  for (let tries = 0; tries < 600; tries++) {
    try {
      return await access(file);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`nobody wrote ${file}`);
}
