// The disclosure site in a real browser: every task by clicking, on a phone and a desk, with scripts and without, in
// both languages; axe on every page. SCREENSHOTS names a folder for pictures.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const url = process.env.REGISTER_URL;
const axe = createRequire(import.meta.url).resolve('axe-core');
const pictures = process.env.SCREENSHOTS;
const options = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
};
const sizes = { phone: { width: 375, height: 740 }, desk: { width: 1280, height: 900 } };
const words = {
  zh: { prefix: '', lists: '信用名单', black: '失信惩戒名单',
    explain: /逐步说明/, large: '大字版', filter: '筛选', lead: '异议', received: /正在核实/,
    invalid: '证明无效' },
  en: { prefix: '/en', lists: 'Credit lists', black: 'Black list',
    explain: /Step by step/, large: 'Large text', filter: 'Filter', lead: 'Object',
    received: /being looked into/, invalid: 'The statement does not hold' },
};
let browser;
let best;

before(async () => {
  browser = await chromium.launch(options);
  const query = '{ institutions(first: 1, orderBy: [{ field: STARS, direction: DESC }]) { nodes { code name organisation { code } } } }';
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  [best] = (await response.json()).data.institutions.nodes;
});
after(async () => { await browser.close(); });

async function visitor(size, script) {
  const context = await browser.newContext({ viewport: sizes[size], javaScriptEnabled: script, bypassCSP: false });
  const page = await context.newPage();
  const seen = { foreign: [], errors: [] };
  page.on('request', (request) => { if (!request.url().startsWith(url)) seen.foreign.push(request.url()); });
  page.on('console', (message) => { if (message.type() === 'error') seen.errors.push(message.text()); });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  return { context, page, seen };
}

/** Click what leads to another page, and wait until it is there: a click alone does not. */
async function follow(page, link) {
  await Promise.all([page.waitForEvent('load'), link.click()]);
}

for (const size of Object.keys(sizes)) {
  for (const language of Object.keys(words)) {
    for (const script of [true, false]) {
      const at = `${size}, ${language}, ${script ? 'with' : 'without'} scripts`;
      const word = words[language];

      test(`find an institution and see why it is rated so: ${at}`, async () => {
        const { context, page, seen } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/`);
        await page.locator('#q').fill(best.name.slice(0, 4));
        await follow(page, page.locator('main button'));
        await page.locator('#sort').selectOption('stars');
        await page.locator('#stars').selectOption('4');
        await follow(page, page.locator('main form button'));
        assert.match(page.url(), /stars=4/);
        await page.goto(`${url}${word.prefix}/institutions?q=${best.code}`);
        await follow(page, page.locator('.results a').first());
        assert.equal(await page.locator('h1').innerText(), best.name);
        await follow(page, page.getByRole('link', { name: word.explain }));
        assert.ok(await page.locator('.steps li').count() > 3);
        await follow(page, page.getByRole('link', { name: best.name }).first());
        await follow(page, page.locator('#facts ~ dl a').first());
        assert.match(page.url(), /organisations/);
        assert.deepEqual(seen, { foreign: [], errors: [] });
        await context.close();
      });

      test(`turn pages of a search and go back by the address: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/institutions?sort=name`);
        const first = await page.locator('.results h3').allInnerTexts();
        await follow(page, page.locator('a[rel=next]'));
        const second = await page.locator('.results h3').allInnerTexts();
        assert.ok(first.length > 0 && second.length > 0);
        assert.equal(first.filter((name) => second.includes(name)).length, 0);
        const shared = page.url();
        await follow(page, page.locator('a[rel=prev]'));
        assert.deepEqual(await page.locator('.results h3').allInnerTexts(), first);
        await page.goto(shared);
        assert.deepEqual(await page.locator('.results h3').allInnerTexts(), second);
        await context.close();
      });

      test(`from a list to an entry and how to object: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/`);
        await follow(page, page.locator('.sections').getByRole('link', { name: word.lists }));
        await follow(page, page.getByRole('link', { name: new RegExp(word.black) }).last());
        await page.locator('#ground').selectOption({ index: 1 });
        await follow(page, page.getByRole('button', { name: word.filter }));
        await page.goto(`${url}${word.prefix}/lists/black`);
        await follow(page, page.locator('.results h3 a').first());
        assert.ok(await page.locator('.steps li').count() >= 2);
        await follow(page, page.locator('main > p a'));
        assert.match(await page.locator('h1').innerText(), new RegExp(word.lead));
        await context.close();
      });

      // Once a size and language: complaints from one address are limited.
      if (!script) test(`complain, and ask where it stands: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/institutions/${best.code}`);
        await follow(page, page.locator('main article > p a').last());
        await page.locator('#account').fill(`食堂卫生状况差，多次反映无人处理。${at}`);
        await follow(page, page.locator('main form button'));
        const receipt = await page.locator('.big').innerText();
        assert.match(receipt, /^[0-9A-Z]{24}$/);
        await follow(page, page.locator('main > p a'));
        await page.locator('#receipt').fill(receipt);
        await follow(page, page.locator('main form button'));
        assert.match(await page.locator('[role=status]').innerText(), word.received);
        await context.close();
      });

      test(`give a file that is no statement: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/method`);
        await follow(page, page.locator('main ul').last().locator('a').nth(1));
        await page.locator('#file').setInputFiles({ name: 'x.jws', mimeType: 'application/jose', buffer: Buffer.from('a.b.c') });
        await follow(page, page.locator('main form button'));
        assert.equal(await page.locator('#result').innerText(), word.invalid);
        await context.close();
      });

      test(`find who is on a black list, and what can be downloaded: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/institutions`);
        await page.locator('#listed').selectOption('BLACK');
        await follow(page, page.locator('main form button'));
        assert.match(page.url(), /listed=BLACK/);
        const hits = await page.locator('.results > li').count();
        assert.ok(hits > 0);
        assert.equal(await page.locator('.results .tag-BLACK').count(), hits);
        await page.goto(`${url}${word.prefix}/about`);
        await follow(page, page.locator('a[href$="/downloads"]'));
        assert.equal(await page.locator('h1').count(), 1);
        await context.close();
      });

      test(`read a policy and the weights; choose large text: ${at}`, async () => {
        const { context, page } = await visitor(size, script);
        await page.goto(`${url}${word.prefix}/method`);
        await follow(page, page.locator('.results a[href*="cn-national"]'));
        assert.ok(await page.locator('table').count() >= 3);
        const small = script && await page.evaluate(() => getComputedStyle(document.body).fontSize);
        await follow(page, page.getByRole('link', { name: word.large }));
        assert.match(page.url(), /method\/policies/);
        assert.equal(await page.locator('html').getAttribute('class'), 'large');
        if (script) assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).fontSize), small);
        await page.goto(`${url}${word.prefix}/method/weights`);
        assert.ok(await page.locator('svg.bar').count() > 3);
        await context.close();
      });
    }

    test(`axe finds nothing and nothing overflows: ${size}, ${language}`, async () => {
      const { context, page } = await visitor(size, true);
      const entry = await entryAddress(page, words[language].prefix);
      const paths = ['/', '/institutions', '/institutions?q=福', '/staff', '/staff?region=220000', '/institutions?q=没有这样的机构', `/institutions/${best.code}`,
        `/institutions/${best.code}/explanation`, `/organisations/${best.organisation.code}`, '/lists', '/lists/black',
        entry, '/method', '/method/policies/cn-national@1', '/method/weights', '/help', '/about', '/complain', '/complain/receipt', '/statements', '/downloads', '/nothing', '/entries/Q3JlZGl0RW50cnk6OTk5OTk5'];
      for (const path of paths) {
        for (const display of ['', 'large-contrast']) {
          await context.clearCookies();
          if (display) await context.addCookies([{ name: 'display', value: display, url }]);
          await page.goto(`${url}${words[language].prefix}${path}`);
          await evaluate(page, path, display);
        }
        if (pictures) await picture(context, page, `${pictures}/${size}-${language}-${name(path)}.png`, path, words[language].prefix);
      }
      await context.close();
    });
  }
}

async function entryAddress(page, prefix) {
  await page.goto(`${url}${prefix}/lists/black`);
  return (await page.locator('.results h3 a').first().getAttribute('href')).replace(prefix, '');
}

async function evaluate(page, path, display) {
  const session = await page.context().newCDPSession(page);
  const source = (await import('node:fs')).readFileSync(axe, 'utf8');
  await session.send('Runtime.evaluate', { expression: source });
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 150))])))',
    awaitPromise: true, returnByValue: true,
  });
  assert.equal(result.value, '[]', `${path} ${display}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${path} ${display} is ${wide} px too wide`);
  await session.detach();
}

function name(path) {
  if (path.startsWith('/entries/Q3JlZGl0RW50cnk6OTk5OTk5')) return 'gone';
  return path.replace(best.code, 'one').replace(best.organisation.code, 'one').replace(/entries\/.*/, 'entry').replace(/[^a-z]+/g, '-') || 'front';
}

async function picture(context, page, file, path, prefix) {
  await context.clearCookies();
  await page.goto(`${url}${prefix}${path}`);
  await page.screenshot({ path: file, fullPage: true });
}
