// GraphQL over HTTP as its working group audits it, and WebSockets by the reference client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.env.REGISTER_URL;

for (const audit of serverAudits({ url: `${url}/graphql` })) {
  test(`audit ${audit.id}: ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', JSON.stringify(result.reason));
  });
}

test('graphql-transport-ws answers the reference client', async () => {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: true });
  const answers = [];
  for await (const answer of client.iterate({ query: '{ institutions(first: 2) { totalCount } viewer { role } }' })) {
    answers.push(answer);
  }
  await client.dispose();
  assert.equal(answers.length, 1);
  assert.equal(answers[0].errors, undefined);
  assert.equal(answers[0].data.viewer.role, 'PUBLIC');
  assert.ok(answers[0].data.institutions.totalCount > 0);
});

test('the legacy protocol graphql-ws is refused', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-ws');
  const outcome = await new Promise((resolve) => {
    socket.on('error', () => resolve('refused'));
    socket.on('close', () => resolve('refused'));
    socket.on('message', () => resolve('answered'));
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  });
  socket.terminate();
  assert.equal(outcome, 'refused');
});
