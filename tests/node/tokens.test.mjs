// Tokens of a certified OpenID Connect provider open the served register; nothing that is not one does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import WebSocket from 'ws';
import { AUDIENCE, Issuer, signingKey } from './issuer.mjs';
import { serve } from './served.mjs';

const FLOOR_SECONDS = 10;
const ROLES = { 'care-admin': 'ADMIN', 'care-audit': 'AUDITOR', 'care-bureau': 'REGULATOR', 'care-home': 'INSTITUTION' };
const SETTINGS = {
  OIDC_AUDIENCE: AUDIENCE, OIDC_ROLE_CLAIM: 'realm_access.roles', OIDC_REGION_CLAIM: 'bureau.region',
  OIDC_INSTITUTION_CLAIM: 'home', OIDC_ROLES: JSON.stringify(ROLES),
};
const roles = (...names) => ({ realm_access: { roles: names } });
const ADMIN = roles('care-admin', 'offline_access');
const shown = [];  // every token that the register was given

let issuer, served, first, second;

before(async () => {
  [first, second] = [await signingKey('first'), await signingKey('second', 'ES256')];
  issuer = await Issuer.start([first]);
  served = await serve({ ...SETTINGS, OIDC_ISSUER: issuer.url });
});

after(async () => {
  await served.stop();
  await issuer.stop();
});

async function ask(token, query, by = served) {
  shown.push(token);
  const answer = await by.ask(token, query);
  assert.ok(!answer.text.includes(token) && !answer.text.includes(token.split('.')[1]), 'no answer repeats a token');
  return answer;
}

async function forged(header, claims = {}, key = undefined) {
  const now = Math.floor(Date.now() / 1000);
  const given = { iss: issuer.url, aud: AUDIENCE, sub: 'eve', ...ADMIN, iat: now, exp: now + 300, ...claims };
  return new SignJWT(given).setProtectedHeader(header).sign(key ?? await importJWK(first, 'RS256'));
}

test('the provider is discovered, its keys fetched once, and a token opens the role that it maps to', async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    const answer = await ask(await issuer.token(ADMIN));
    assert.deepEqual(answer.viewer, { role: 'ADMIN', name: 'oidc:bureau', regionCode: null, institutionCode: null });
  }
  assert.equal(issuer.fetches(), 1);
  assert.equal(issuer.asked.filter((path) => path === '/.well-known/openid-configuration').length, 1);
});

test('a WebSocket is opened by a token too', async () => {
  const token = await issuer.token(ADMIN);
  shown.push(token);
  const client = createClient({
    url: `${served.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${token}` },
  });
  const answers = [];
  for await (const answer of client.iterate({ query: '{ viewer { role } }' })) answers.push(answer.data.viewer.role);
  await client.dispose();
  assert.deepEqual(answers, ['ADMIN']);
});

test('region and institution come from the claims that the settings name', async () => {
  const flags = '{ viewer { regionCode } flags(first: 1000) { nodes { regionCode } } }';
  const all = (await ask(await issuer.token(ADMIN), flags)).flags.nodes.map((one) => one.regionCode);
  const region = all[0].slice(0, 2) + '0000';
  const inside = all.filter((code) => code.startsWith(region.slice(0, 2)));
  assert.ok(inside.length < all.length, 'the register has flags elsewhere');
  const own = await ask(await issuer.token({ ...roles('care-bureau'), bureau: { region } }), flags);
  assert.equal(own.viewer.regionCode, region);
  assert.deepEqual(own.flags.nodes.map((one) => one.regionCode).sort(), inside.sort(), 'and no flag of another region');
  const found = await ask(await issuer.token(ADMIN), '{ institutions(first: 1) { nodes { code } } }');
  const home = found.institutions.nodes[0].code;
  assert.equal((await ask(await issuer.token({ ...roles('care-home'), home }))).viewer.institutionCode, home);
});

for (const [name, claims, rule] of [
  ['no role', {}, 'access.token-role'],
  ['a role that is not mapped', roles('ADMIN'), 'access.token-role'],
  ['several roles', roles('care-admin', 'care-audit'), 'access.token-role'],
  ['a role that is no text', roles({ a: 1 }, 7), 'access.token-role'],
  ['a regulator without a region', roles('care-bureau'), 'access.token-scope'],
  ['a regulator of a region that is unknown', { ...roles('care-bureau'), bureau: { region: '999999' } }, 'access.token-scope'],
  ['a region that is no text', { ...roles('care-bureau'), bureau: { region: ['110000'] } }, 'access.token-scope'],
  ['a claim with SQL in it', { ...roles('care-bureau'), bureau: { region: "' OR true --" } }, 'access.token-scope'],
  ['an institution that is unknown', { ...roles('care-home'), home: '91330100799655058X' }, 'access.token-scope'],
]) {
  test(`refused: ${name}`, async () => {
    const answer = await ask(await issuer.token(claims));
    assert.deepEqual([answer.status, answer.rule], [401, rule]);
  });
}

test('refused: a token for somebody else, and one of another issuer with the same keys', async () => {
  const other = await Issuer.start([first]);
  try {
    assert.equal((await ask(await issuer.token(ADMIN, { audience: 'urn:other' }))).rule, 'access.token-audience');
    assert.equal((await ask(await other.token(ADMIN))).rule, 'access.token-issuer');
  } finally {
    await other.stop();
  }
});

test('clocks may differ by a minute either way and no more', async () => {
  for (const [ahead, lifetime, rule] of [
    [50, 300, undefined], [75, 300, 'access.token-claims'], [-50, 20, undefined], [-300, 225, 'access.token-expired'],
  ]) {
    assert.equal((await ask(await issuer.token(ADMIN, { ahead, lifetime }))).rule, rule, `${ahead} s, ${lifetime} s`);
  }
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: 'RS256', kid: 'first', typ: 'at+jwt' };
  assert.equal((await ask(await forged(header, { nbf: now + 50 }))).status, 200);
  assert.equal((await ask(await forged(header, { nbf: now + 75 }))).rule, 'access.token-claims');
});

test('refused: no signature, and the public key as the secret of an HMAC', async () => {
  const [header, payload] = (await issuer.token(ADMIN)).split('.');
  const unsigned = btoa(JSON.stringify({ alg: 'none', kid: 'first', typ: 'at+jwt' })).replaceAll('=', '');
  for (const token of [`${unsigned}.${payload}.`, `${unsigned}.${payload}.xxxx`]) {
    assert.equal((await ask(token)).rule, 'access.token-algorithm');
  }
  const published = (await (await fetch(`${issuer.url}/jwks`)).json()).keys[0];
  const pem = await exportSPKI(await importJWK(published, 'RS256'));
  for (const secret of [pem, pem.trim(), JSON.stringify(published), published.n]) {
    const token = await forged({ alg: 'HS256', kid: 'first', typ: 'at+jwt' }, {}, new TextEncoder().encode(secret));
    assert.equal((await ask(token)).rule, 'access.token-algorithm');
  }
  assert.equal((await ask(`${header}.${payload}.${'A'.repeat(342)}`)).rule, 'access.token-signature');
  const stranger = await importJWK(await signingKey('first'), 'RS256');
  assert.equal((await ask(await forged({ alg: 'RS256', kid: 'first' }, {}, stranger))).rule, 'access.token-signature');
  const weaker = await forged({ alg: 'PS256', kid: 'first' }, {}, await importJWK({ ...first, alg: 'PS256' }, 'PS256'));
  assert.equal((await ask(weaker)).rule, 'access.token-signature', 'a key is used with the algorithm it is published for');
});

test('made-up key names make the register ask its issuer once, not once each', async () => {
  await pause(1000 * FLOOR_SECONDS);
  const before = issuer.fetches();
  const stranger = await importJWK(await signingKey('x'), 'RS256');
  const tokens = await Promise.all([...Array(40).keys()].map((n) => forged({ alg: 'RS256', kid: `made-up-${n}` }, {}, stranger)));
  const answers = await Promise.all(tokens.map((token) => ask(token)));
  assert.deepEqual(new Set(answers.map((answer) => answer.rule)), new Set(['access.token-key']));
  assert.equal(issuer.fetches() - before, 1);
});

test('a rollover while serving: old tokens go on, new ones open within the floor, also of another algorithm', async () => {
  const old = await issuer.token(ADMIN);
  issuer.roll([second, first]);
  const before = issuer.fetches();
  const fresh = await issuer.token(ADMIN);
  const begun = Date.now();
  let answer;
  do {
    assert.equal((await ask(old)).status, 200, 'nobody is turned away meanwhile');
    answer = await ask(fresh);
    assert.ok(answer.status === 200 || answer.rule === 'access.token-key', answer.text);
    await pause(500);
  } while (answer.status !== 200 && Date.now() - begun < 3000 * FLOOR_SECONDS);
  assert.equal(answer.viewer.role, 'ADMIN');
  assert.ok(Date.now() - begun < 1000 * (FLOOR_SECONDS + 2));
  assert.equal(issuer.fetches() - before, 1);
});

test('while the provider is away the kept keys go on, and other keys are refused', async () => {
  const token = await issuer.token(ADMIN);
  const unknown = await forged({ alg: 'RS256', kid: 'another' });
  issuer.manners = (request) => { request.socket.destroy(); return true; };
  try {
    assert.equal((await ask(token)).status, 200);
    assert.equal((await ask(unknown)).rule, 'access.token-key');
    assert.equal((await ask(token)).status, 200);
  } finally {
    issuer.manners = () => false;
  }
});

// What a provider may do wrong, each to a register that has no key yet.
const jwks = (answer) => (request, response) => {
  if (request.url !== '/jwks') return false;
  answer(response);
  return true;
};
function dripping(response) {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 200);
  response.on('close', () => clearInterval(drip));
}
const redirecting = (response) => { response.writeHead(302, { location: `${issuer.url}/jwks` }); response.end(); };
const endless = (response) => { response.end(`{"keys": [], "more": "${'x'.repeat(4 << 20)}"}`); };
const senseless = (response) => { response.end('<html>maintenance</html>'); };

for (const [name, answer] of Object.entries({ dripping, redirecting, endless, senseless })) {
  test(`unavailable, and soon, by a provider that is ${name}; API keys and the public do not wait for it`, async () => {
    const other = await Issuer.start([first], { manners: jwks(answer) });
    const victim = await serve({ ...SETTINGS, OIDC_ISSUER: other.url });
    try {
      const begun = Date.now();
      const waiting = ask(await other.token(ADMIN), undefined, victim);
      const meanwhile = await victim.ask();
      assert.equal(meanwhile.viewer.role, 'PUBLIC');
      const refused = await waiting;
      assert.deepEqual([refused.status, refused.rule], [503, 'access.issuer-away']);
      assert.ok(Date.now() - begun < 12_000, `${Date.now() - begun} ms`);
      other.manners = () => false;
    } finally {
      await victim.stop();
      await other.stop();
    }
    assertUntold(victim.log);
  });
}

test('a set of a thousand keys is read; an issuer that calls itself otherwise is not believed', async () => {
  const public_ = ({ kty, n, e }) => ({ kty, n, e, use: 'sig' });
  const many = JSON.stringify({ keys: [...[...Array(1000).keys()].map((n) => ({ ...public_(first), kid: `k${n}` })), { ...public_(first), kid: 'first' }] });
  const large = await Issuer.start([first], { manners: jwks((response) => response.end(many)) });
  const posing = await Issuer.start([first], { url: 'http://127.0.0.1:1' });
  const [one, two] = await Promise.all([large.url, `http://127.0.0.1:${posing.port}`].map((url) => serve({ ...SETTINGS, OIDC_ISSUER: url })));
  try {
    assert.equal((await ask(await large.token(ADMIN), undefined, one)).viewer.role, 'ADMIN');
    assert.equal((await ask(await posing.token(ADMIN), undefined, two)).rule, 'access.issuer-away');
  } finally {
    await Promise.all([one.stop(), two.stop(), large.stop(), posing.stop()]);
  }
  assertUntold(one.log + two.log);
});

function assertUntold(log) {
  assert.ok(log.includes('"event":"request"'), 'requests are logged');
  for (const token of shown) {
    for (const part of [token, ...token.split('.').slice(1)].filter((one) => one.length > 8)) {
      assert.ok(!log.includes(part), 'no log repeats a token or a part of it');
    }
  }
}

test('no token, whole or in part, stands in the logs', async () => {
  await fetch(`${served.url}/graphql?query={viewer{role}}`, { headers: { authorization: `Bearer ${shown[0]}` } });
  assertUntold(served.log);
});
