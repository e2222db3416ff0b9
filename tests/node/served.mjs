// The register served once more over the same data, with settings of its own.
import { spawn } from 'node:child_process';

export async function serve(settings) {
  const given = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`REGISTRY_${name}`, value]));
  const program = spawn(process.env.REGISTRY_PROGRAM, ['serve', '--port', '0'], { env: { ...process.env, ...given } });
  const served = { log: '' };
  program.stderr.on('data', (part) => { served.log += part; });
  served.url = await new Promise((resolve, reject) => {
    let said = '';
    program.stdout.on('data', (part) => {
      said += part;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    program.on('exit', () => reject(new Error(served.log)));
  });
  served.ask = async (token, query = '{ viewer { role name regionCode institutionCode } }') => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(`${served.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const body = await answer.json();
    return { status: answer.status, text: JSON.stringify(body), rule: body.errors?.[0].extensions.rule, ...body.data };
  };
  served.stop = () => new Promise((resolve) => { program.on('exit', resolve); program.kill('SIGTERM'); });
  return served;
}
