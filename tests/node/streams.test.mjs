// Server-sent events by their reference client, and what Apollo Client makes of the endpoint.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createHash } from 'node:crypto';
import { createClient } from 'graphql-sse';

const url = `${process.env.REGISTER_URL}/graphql`;
const CHANGES = 'subscription Follow($after: String) { changes(after: $after) { cursor position ordinal } }';

test('graphql-sse follows the changes from a cursor, in order and without repetition', async () => {
  const asked = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ changes(first: 21) { edges { cursor } } }' }),
  });
  const cursors = (await asked.json()).data.changes.edges.map((edge) => edge.cursor);
  const client = createClient({ url });
  const told = [];
  for await (const answer of client.iterate({ query: CHANGES, variables: { after: cursors[0] } })) {
    assert.equal(answer.errors, undefined);
    told.push(answer.data.changes.cursor);
    if (told.length === 20) break;
  }
  client.dispose();
  assert.deepEqual(told, cursors.slice(1));
});

test('graphql-sse answers a query', async () => {
  const client = createClient({ url });
  const answers = [];
  for await (const answer of client.iterate({ query: '{ viewer { role } }' })) answers.push(answer);
  client.dispose();
  assert.equal(answers[0].data.viewer.role, 'PUBLIC');
});

test('Apollo Client asks by hash, caches by __typename and id, and pages', async () => {
  const requests = [];
  const counting = (address, options) => { requests.push(options); return fetch(address, options); };
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const link = ApolloLink.from([new PersistedQueryLink({ sha256 }), new HttpLink({ uri: url, fetch: counting })]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const query = gql`query Page($after: String) {
    institutions(first: 3, after: $after) { pageInfo { hasNextPage endCursor } nodes { id code name } }
  }`;
  const first = (await client.query({ query })).data.institutions;
  const second = (await client.query({ query, variables: { after: first.pageInfo.endCursor } })).data.institutions;
  assert.equal(first.nodes.length, 3);
  assert.equal(new Set([...first.nodes, ...second.nodes].map((node) => node.id)).size, 6);
  assert.equal(first.nodes[0].__typename, 'Institution');
  assert.ok(client.cache.extract()[`Institution:${first.nodes[0].id}`]);
  assert.equal(requests.length, 3, 'hash, hash with document, hash');
  assert.ok(!requests[2].body.includes('institutions('));
  const failing = await client.query({ query: gql`{ institutions(first: 5000) { totalCount } }`, errorPolicy: 'all' });
  assert.ok(JSON.stringify(failing).includes('page.size') || JSON.stringify(failing.error).includes('page has'));
});
