// Pages in a real browser that may talk to the register and to nobody else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const url = process.env.REGISTER_URL;
const options = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
};
let browser;

before(async () => { browser = await chromium.launch(options); });
after(async () => { await browser.close(); });

async function open(path) {
  const page = await browser.newPage();
  const foreign = [];
  const errors = [];
  page.on('request', (request) => { if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) foreign.push(request.url()); });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
  return { page, foreign, errors };
}

test('GraphiQL loads, runs a query and asks no other host', async () => {
  const { page, foreign, errors } = await open('/graphql');
  await page.locator('.graphiql-execute-button').click();
  await page.locator('.result-window').getByText('totalCount').first().waitFor({ timeout: 20000 });
  assert.deepEqual(foreign, []);
  assert.deepEqual(errors, []);
});

test('the front page is there in both languages and asks no other host', async () => {
  const { page, foreign, errors } = await open('/');
  const text = await page.locator('body').innerText();
  assert.match(text, /[\u4e00-\u9fff]/);
  assert.match(text, /[A-Za-z]{4,}/);
  assert.deepEqual(foreign, []);
  assert.deepEqual(errors, []);
});
