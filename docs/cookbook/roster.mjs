// Push an institution's roster: REGISTRY_TOKEN=… node roster.mjs URL ROSTER.json, a list of rows of `employments`.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [url, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const query = `mutation Bring($input: ImportRowsInput!) {
  importRows(input: $input) {
    ... on RowsImported { rows added amended unchanged position }
    ... on RowsFailure { messageEn rowErrors { row column rule messageEn } }
    ... on Failure { code rule messageEn }
  }
}`;
// The key is told by the rows, so that a retry after a lost answer does nothing twice.
const idempotencyKey = `roster ${createHash("sha256").update(text).digest("hex")}`;
const headers = { "content-type": "application/json", authorization: `Bearer ${process.env.REGISTRY_TOKEN}` };
const body = JSON.stringify({ query, variables: { input: { kind: "employments", rows: JSON.parse(text), idempotencyKey } } });
const { data, errors } = await (await fetch(`${url}/graphql`, { method: "POST", headers, body })).json();
if (errors) throw new Error(JSON.stringify(errors));
console.log(JSON.stringify(data.importRows));
process.exitCode = "rule" in data.importRows ? 1 : 0;
