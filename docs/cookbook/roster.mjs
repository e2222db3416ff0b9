// Push an institution's roster: REGISTRY_TOKEN=… node roster.mjs URL ROSTER.json, a list of rows of `employments`.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";

const [url, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const query = `mutation Bring($input: ImportRowsInput!) {
  importRows(input: $input) {
    ... on RowsImported { rows added amended unchanged position }
    ... on RowsFailure { messageEn rowErrors { row column rule messageEn } }
    ... on Failure { code rule messageEn }
  }
}`;
// The key stands beside the roster until an answer tells that the rows were taken: a retry after a lost answer does nothing twice,
// and the same roster is a new push another day.
const pending = `${file}.key`;
if (!existsSync(pending)) writeFileSync(pending, randomUUID());
const idempotencyKey = `roster ${readFileSync(pending, "utf8")} ${createHash("sha256").update(text).digest("hex")}`;
const headers = { "content-type": "application/json", authorization: `Bearer ${process.env.REGISTRY_TOKEN}` };
const body = JSON.stringify({ query, variables: { input: { kind: "employments", rows: JSON.parse(text), idempotencyKey } } });
const { data, errors } = await (await fetch(`${url}/graphql`, { method: "POST", headers, body })).json();
if (errors) throw new Error(JSON.stringify(errors));
console.log(JSON.stringify(data.importRows));
if ("rule" in data.importRows) process.exitCode = 1;
else unlinkSync(pending);
