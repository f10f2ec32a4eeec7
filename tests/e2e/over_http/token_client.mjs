// A pulling service in JavaScript, with nothing but what Node carries (Web Crypto, fetch):
// a token bound to a key, one pull, and the same proof once more. Reads its case from stdin.
import { readFileSync } from "node:fs";

const { base, client, kid, privateJwk, details, path, body } = JSON.parse(readFileSync(0, "utf8"));
const EC = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const spell = (bytes) => Buffer.from(bytes).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

async function jws(header, claims, key) {
  const input = [header, claims].map((part) => spell(JSON.stringify(part))).join(".");
  const signature = await crypto.subtle.sign(SIGN, key, Buffer.from(input));
  return `${input}.${spell(signature)}`;
}

const metadata = await (await fetch(`${base}/.well-known/oauth-authorization-server`)).json();
const own = await crypto.subtle.importKey("jwk", privateJwk, EC, false, ["sign"]);
const pair = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
const proof = (htu, more = {}) =>
  jws(
    { alg: "ES256", typ: "dpop+jwt", jwk },
    { htm: "POST", htu, iat: now(), jti: crypto.randomUUID(), ...more },
    pair.privateKey,
  );

const assertion = await jws(
  { alg: "ES256", kid },
  { iss: client, sub: client, aud: metadata.issuer, iat: now(), exp: now() + 60, jti: crypto.randomUUID() },
  own,
);
const form = new URLSearchParams({
  grant_type: "client_credentials",
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: assertion,
  authorization_details: details,
});
const asked = await fetch(metadata.token_endpoint, {
  method: "POST",
  body: form,
  headers: { DPoP: await proof(metadata.token_endpoint) },
});
const given = await asked.json();

const hash = await crypto.subtle.digest("SHA-256", Buffer.from(given.access_token ?? ""));
const sent = await proof(base + path, { ath: spell(hash) });
const pull = () =>
  fetch(base + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      "Content-Type": "application/json",
      Authorization: `DPoP ${given.access_token}`,
      DPoP: sent,
    },
  });
const pulled = await pull();
const fields = (await pulled.json()).fields;
const again = await pull();
console.log(
  JSON.stringify({
    token: [asked.status, given.token_type],
    pulled: [pulled.status, fields],
    again: [again.status, (await again.json()).cause],
  }),
);
