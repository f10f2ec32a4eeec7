// A wallet nobody here wrote: @openid4vc/openid4vp reads the request and makes the answer,
// @sd-jwt/sd-jwt-vc makes and checks the presentation, jose verifies and encrypts.
// Reads its case from stdin, writes what happened to stdout.
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setGlobalConfig } from '@openid4vc/openid4vci';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { compactVerify, CompactEncrypt, CompactSign, importJWK } from 'jose';

const { link, root, credential, holder, statusKey, keep, now } = JSON.parse(readFileSync(0, 'utf8'));
setGlobalConfig({ allowInsecureUrls: true }); // a service on loopback

const trusted = new X509Certificate(root);
const leafOf = (x5c) => {
  const leaf = new X509Certificate(Buffer.from(x5c[0], 'base64'));
  if (!leaf.verify(trusted.publicKey)) throw new Error('the certificate is not the root\'s');
  return leaf;
};
const callbacks = {
  fetch,
  hash: (data) => createHash('sha256').update(data).digest(),
  verifyJwt: async (signer, { compact }) => {
    if (signer.method !== 'x5c') return { verified: false };
    const key = leafOf(signer.x5c).publicKey;
    await compactVerify(compact, key, { algorithms: ['ES256'] });
    return { verified: true, signerJwk: key.export({ format: 'jwk' }) };
  },
  getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
  encryptJwe: async ({ publicJwk, alg, enc, apv }, plain) => ({
    encryptionJwk: publicJwk,
    jwe: await new CompactEncrypt(Buffer.from(plain))
      .setProtectedHeader({ alg, enc, apv, kid: publicJwk.kid })
      .encrypt(await importJWK(publicJwk, alg)),
  }),
};

const wallet = new Openid4vpClient({ callbacks });
const parsed = wallet.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
const resolved = await wallet.resolveOpenId4vpAuthorizationRequest({
  authorizationRequestPayload: parsed.params,
});
const request = resolved.authorizationRequestPayload;
const [query] = resolved.dcql.query.credentials;

const [header] = credential.split('.');
const { x5c } = JSON.parse(Buffer.from(header, 'base64url'));
const issuer = await importJWK(leafOf(x5c).publicKey.export({ format: 'jwk' }), 'ES256');
const own = await importJWK(holder, 'ES256');
const lister = await importJWK(statusKey, 'ES256');
const { d: _, ...ownPublic } = holder;
const verified = async (data, signature, key) => {
  const options = { algorithms: ['ES256'] };
  return compactVerify(`${data}.${signature}`, key, options).then(() => true, () => false);
};
const sdJwt = new SDJwtVcInstance({
  hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: () => randomBytes(16).toString('base64url'),
  verifier: (data, signature) => verified(data, signature, issuer),
  statusVerifier: (data, signature) => verified(data, signature, lister),
  kbVerifier: async (data, signature) =>
    verified(data, signature, await importJWK(ownPublic, 'ES256')),
  kbSignAlg: 'ES256',
  kbSigner: async (data) => {
    const [head, payload] = data.split('.').map((part) => Buffer.from(part, 'base64url'));
    const signed = await new CompactSign(payload)
      .setProtectedHeader(JSON.parse(head))
      .sign(own);
    if (!signed.startsWith(`${data}.`)) throw new Error('the proof was spelled anew');
    return signed.split('.')[2];
  },
});
const presentation = await sdJwt.present(
  credential,
  Object.fromEntries(keep.map((name) => [name, true])),
  { kb: { payload: { iat: now, aud: request.client_id, nonce: request.nonce } } },
);
const later = now + 60; // the status list may have been made since the case was written
const itself = await sdJwt
  .verify(presentation, { keyBindingNonce: request.nonce, currentDate: later })
  .then(() => 'good', (error) => error.message);

const made = await wallet.createOpenid4vpAuthorizationResponse({
  authorizationRequestPayload: request,
  authorizationResponsePayload: { vp_token: { [query.id]: [presentation] } },
  jarm: {
    encryption: { nonce: 'wallet' },
    serverMetadata: {
      authorization_encryption_alg_values_supported: ['ECDH-ES'],
      authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM'],
    },
  },
});
const sent = await wallet.submitOpenid4vpAuthorizationResponse({
  authorizationRequestPayload: request,
  authorizationResponsePayload: made.authorizationResponsePayload,
  jarm: made.jarm,
});
console.log(
  JSON.stringify({
    itself,
    prefix: resolved.client.prefix,
    vct_values: query.meta.vct_values,
    claims: query.claims.map(({ path }) => path),
    status: sent.response.status,
    said: await sent.response.json(),
  }),
);
