// Follow the change feed into a journal: node sync.mjs URL FILE. Each page is one line with the cursor behind it; a line that was cut off is dropped.
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

const QUERY = `query Page($after: String, $first: Int) {
  changes(after: $after, first: $first, kinds: [INSTITUTION, RATING, CREDIT_ENTRY]) {
    nodes { cursor kind entityId code current }
    pageInfo { hasNextPage }
  }
}`;

/** What the journal says: things by their identifier, and the cursor to go on from. */
export function read(file) {
  const things = new Map();
  let after = null;
  const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = text.lastIndexOf(10) + 1;
  if (whole < text.length) truncateSync(file, whole);
  for (const line of text.subarray(0, whole).toString("utf8").split("\n").filter(Boolean)) {
    const page = JSON.parse(line);
    for (const { entityId, current, kind, code } of page.nodes) {
      if (current === null) things.delete(entityId);
      else things.set(entityId, { kind, code, current });
    }
    after = page.nodes.at(-1).cursor;
  }
  return { things, after };
}

export async function sync(url, file, first = 1000) {
  let { after } = read(file);
  const authorization = process.env.REGISTRY_TOKEN ? { authorization: `Bearer ${process.env.REGISTRY_TOKEN}` } : {};
  for (let more = true; more; ) {
    const body = JSON.stringify({ query: QUERY, variables: { after, first } });
    const headers = { "content-type": "application/json", ...authorization };
    const { data, errors } = await (await fetch(`${url}/graphql`, { method: "POST", headers, body })).json();
    if (errors) throw new Error(JSON.stringify(errors));
    const { nodes, pageInfo } = data.changes;
    if (nodes.length > 0) {
      appendFileSync(file, JSON.stringify({ nodes }) + "\n");
      after = nodes.at(-1).cursor;
    }
    more = pageInfo.hasNextPage;
  }
}

if (process.argv[2]) {
  await sync(process.argv[2], process.argv[3]);
  const { things } = read(process.argv[3]);
  console.log(JSON.stringify([...things.keys()].sort()));
}
