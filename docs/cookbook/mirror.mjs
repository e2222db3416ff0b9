// Keep the newest export of a set: node mirror.mjs URL SET FOLDER. After a week without a line it is enough to run it once.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const [url, wanted, folder] = process.argv.slice(2);

async function get(path, begin = 0) {
  const answer = await fetch(`${url}/exports/${path}`, { headers: begin ? { range: `bytes=${begin}-` } : {} });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

async function digest(path) {
  if (!existsSync(path)) return "";
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Fetch a file, going on where an earlier attempt stopped; it is in its place whole or not at all. */
async function download(path, target, { bytes, sha256 }) {
  const part = join(folder, `${sha256}.part`);
  const begin = existsSync(part) ? statSync(part).size : 0;
  if (begin < bytes) {
    const answer = await get(path, begin);
    await pipeline(answer.body, createWriteStream(part, { flags: answer.status === 206 ? "a" : "w" }));
  }
  if ((await digest(part)) !== sha256) {
    unlinkSync(part);
    throw new Error(`${path} is not what its manifest says; try again`);
  }
  renameSync(part, target);
}

mkdirSync(folder, { recursive: true });
const { exports } = await (await get("")).json();
const whole = exports.filter((one) => one.set === wanted && one.format === "csv" && one.since === null);
whole.sort((one, other) => one.lawDay.localeCompare(other.lawDay) || one.position - other.position);
const newest = whole.at(-1) ?? { files: [] };
for (const file of newest.files) {
  const target = join(folder, file.name);
  if ((await digest(target)) !== file.sha256) await download(`${newest.folder}/${file.name}`, target, file);
}
for (const name of readdirSync(folder)) if (name.endsWith(".part")) unlinkSync(join(folder, name)); // of an older one
// Where none stands an entry in it has ended (410), and no newer one is there: what is kept may not be shown.
if (whole.length === 0) rmSync(join(folder, `${wanted}.csv`), { force: true });
