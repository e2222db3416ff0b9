// A certified OpenID Connect provider in this process, whose keys, clock and manners a test decides.
import http from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

export const AUDIENCE = 'urn:care-register';
const SECRET = 'a secret of at least thirty-two letters';

export async function signingKey(kid, alg = 'RS256') {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

export class Issuer {
  // `keys`: the first one signs. `manners` may take a request before the provider sees it, and tells so by `true`.
  static async start(keys, { url, manners = () => false } = {}) {
    const issuer = new Issuer();
    Object.assign(issuer, { claims: {}, lifetime: 300, asked: [], manners });
    issuer.server = http.createServer((request, response) => {
      issuer.asked.push(request.url);
      if (!issuer.manners(request, response)) issuer.answer(request, response);
    });
    await new Promise((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    issuer.port = issuer.server.address().port;
    issuer.url = url ?? `http://127.0.0.1:${issuer.port}`;
    issuer.roll(keys);
    return issuer;
  }

  // What a provider does at a rollover: it begins anew with other keys, under its address.
  roll(keys) {
    const provider = new Provider(this.url, {
      jwks: { keys },
      clients: [{ client_id: 'bureau', client_secret: SECRET, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            scope: '', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: this.lifetime, jwt: { sign: { alg: keys[0].alg, kid: keys[0].kid } },
          }),
        },
      },
      extraTokenClaims: () => this.claims,
    });
    this.answer = provider.callback();
  }

  // A token as the provider issues it to its client, with `claims` added, its clock `ahead` seconds off the true time.
  async token(claims, { audience = AUDIENCE, lifetime = 300, ahead = 0 } = {}) {
    Object.assign(this, { claims, lifetime });
    const trueTime = Date.now;
    Date.now = () => trueTime() + 1000 * ahead;
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`bureau:${encodeURIComponent(SECRET)}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
      });
      const told = await answer.json();
      if (!told.access_token) throw new Error(JSON.stringify(told));
      return told.access_token;
    } finally {
      Date.now = trueTime;
    }
  }

  fetches() {
    return this.asked.filter((path) => path === '/jwks').length;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
