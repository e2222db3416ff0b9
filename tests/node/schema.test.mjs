// The SDL under the lint of others: Relay's rules on connections, edges, pages and nodes, nothing unreachable.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import plugin from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

const sdl = readFileSync(fileURLToPath(new URL('../../schema/registry.graphql', import.meta.url)), 'utf8');
const rules = {
  // Relay asks for pages forwards, backwards, or both; of its edges, that `node` is no list.
  'relay-arguments': ['error', { includeBoth: false }],
  'relay-connection-types': 'error',
  'relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
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

test('the lint has nothing to say of the SDL', async () => assert.deepEqual(await findings(sdl), []));


test('the lint speaks of a connection that cannot be paged', async () => {
  const broken = sdl.replace(/pageInfo: PageInfo!/g, 'pageInfo: String!');
  assert.notEqual(broken, sdl);
  const found = await findings(broken);
  assert.ok(found.some((text) => text.startsWith('relay-connection-types')), JSON.stringify(found.slice(0, 5)));
});
