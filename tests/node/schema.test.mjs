// The SDL under the lint of others: Relay's rules on connections, edges, pages and nodes, nothing unreachable.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import plugin from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

const sdl = readFileSync(fileURLToPath(new URL('../../schema/registry.graphql', import.meta.url)), 'utf8');
const rules = {
  'relay-arguments': ['error', { includeBoth: true }],
  'relay-connection-types': 'error',
  'relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
  'relay-page-info': 'error',
  'no-unreachable-types': 'error',
  'require-deprecation-reason': 'error',
  'unique-enum-value-names': 'error',
  'require-description': ['error', { types: true, FieldDefinition: true, EnumValueDefinition: true, InputValueDefinition: true }],
};

async function findings(schema) {
  const config = {
    files: ['**/*.graphql'],
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { '@graphql-eslint': plugin },
    rules: Object.fromEntries(Object.entries(rules).map(([name, level]) => [`@graphql-eslint/${name}`, level])),
  };
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [config], warnIgnored: false });
  const [{ messages }] = await eslint.lintText(schema, { filePath: 'schema.graphql' });
  return messages.map(({ ruleId, line, message }) => `${ruleId?.split('/')[1]}:${line}: ${message}`);
}

// What is followed, not read backwards; and items of lists that no identifier of `node` finds (docs/decisions/0043-relay.md).
const followed = ['changes'];
const withoutNode = [
  'AuditEvent', 'Change', 'Complaint', 'CreditCase', 'CreditList', 'CreditTerm', 'CreditWindow', 'Flag', 'FlagRule',
  'ImportBatch', 'QualityNote', 'Rating', 'SourceReport', 'Upload', 'Webhook',
];

function spokenOf(finding) {
  const [, rule, line, message] = /^([a-z-]+):(\d+): (.*)$/s.exec(finding);
  if (rule === 'relay-arguments') return /Field `(\w+)`/.exec(message)?.[1] ?? finding;
  if (rule !== 'relay-edge-types' || !message.includes('must implement `Node`')) return finding;
  const above = sdl.split('\n').slice(0, Number(line));
  return /^type (\w+)Edge /.exec(above.findLast((text) => text.startsWith('type ')))[1];
}

test('the lint has nothing to say of the SDL but what was decided', async () => {
  const found = [...new Set((await findings(sdl)).map(spokenOf))].sort();
  assert.deepEqual(found, [...followed, ...withoutNode].sort());
});

test('the lint speaks of a connection that cannot be paged', async () => {
  const broken = sdl.replace(/pageInfo: PageInfo!/g, 'pageInfo: String!');
  assert.notEqual(broken, sdl);
  const found = await findings(broken);
  assert.ok(found.some((text) => text.startsWith('relay-connection-types')), JSON.stringify(found.slice(0, 5)));
});
