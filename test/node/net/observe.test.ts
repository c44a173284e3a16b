import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Wire } from '../../helpers/http-client.js';
import { rule, withProxy } from '../../helpers/proxy.js';
import { withSockets } from '../../helpers/proxy-backend.js';

const STREAMS = join(import.meta.dirname, '../../../../shared/data/streams');
const skip = existsSync(STREAMS) ? false : 'the recorded streams are not here';
/** Rules that would change nearly every answer. */
const RULES = [rule('e', 'E'), rule('[a-z]+ing', 'X', { match: 'regex' })];

interface Recording {
  readonly name: string;
  readonly sent: Buffer;
  readonly answered: Buffer;
  /** Who sent how many bytes, in order. */
  readonly turns: readonly { readonly who: 'client' | 'backend'; readonly bytes: number }[];
}

/** Whole conversations: turns of both sides on one connection. */
function conversations(folder: string): Recording[] {
  return readdirSync(join(STREAMS, folder)).filter((name) => name.endsWith('.json')).flatMap((name) => {
    const file = join(STREAMS, folder, name.slice(0, -5));
    if (!existsSync(`${file}.c2s.bin`)) return [];
    const events = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as [string, number, number][];
    const turns = events.filter(([kind]) => kind === 'c2s' || kind === 's2c').map(([kind, , bytes]) => ({ who: kind === 'c2s' ? 'client' as const : 'backend' as const, bytes }));
    // What a client sent to a connection the backend had closed was answered by nobody; the proxy dials for it.
    const last = turns.findLastIndex(({ who }) => who === 'backend');
    const answeredTurns = turns.slice(0, last + 1);
    const sentBytes = answeredTurns.reduce((sum, { who, bytes }) => sum + (who === 'client' ? bytes : 0), 0);
    return [{ name: `${folder}/${name}`, sent: readFileSync(`${file}.c2s.bin`).subarray(0, sentBytes), answered: readFileSync(`${file}.s2c.bin`), turns: answeredTurns }];
  });
}

/** Single exchanges, among them malformed ones. */
function exchanges(folder: string): Recording[] {
  return readdirSync(join(STREAMS, folder)).filter((name) => name.endsWith('.res.bin')).map((name) => {
    const file = join(STREAMS, folder, name.slice(0, -8));
    const [sent, answered] = [readFileSync(`${file}.req.bin`), readFileSync(`${file}.res.bin`)];
    const { segments } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as { segments: [number, number][] };
    return { name: `${folder}/${name}`, sent, answered, turns: [{ who: 'client', bytes: sent.length }, ...segments.map(([, bytes]) => ({ who: 'backend' as const, bytes }))] };
  });
}

/** Plays both sides through the proxy; each waits for what came before its turn. */
async function play({ name, sent, answered, turns }: Recording, wholeRequests: boolean, mode: string): Promise<void> {
  let atBackend: Buffer = Buffer.alloc(0);
  const serve = async (wire: Wire, index: number): Promise<void> => {
    // A pipelined request goes to the next connection where the first was closed: that one says nothing.
    if (index > 0) return;
    let [came, gone] = [0, 0];
    for (const { who, bytes } of turns) {
      if (who === 'backend') wire.send(answered.subarray(gone, (gone += bytes)));
      else if (wholeRequests) atBackend = Buffer.concat([atBackend, await wire.takeBytes(bytes)]);
      else atBackend = await wire.takeBytes(1);
      came += bytes;
    }
    assert.ok(came > 0);
  };
  await withSockets(serve, async ({ port }) => {
    await withProxy({ upstream: port, mode, rules: RULES, config: { allowHosts: ['*'], allowOrigins: ['*'] } }, async ({ port: front }) => {
      const client = await Wire.open(front);
      const got: Buffer[] = [];
      let out = 0;
      for (const { who, bytes } of turns) {
        if (who === 'client') client.send(sent.subarray(out, (out += bytes)));
        else got.push(await client.takeBytes(bytes));
      }
      assert.ok(Buffer.concat(got).equals(answered), `${name}: the answer`);
      if (wholeRequests) assert.ok(atBackend.equals(sent), `${name}: the request`);
      client.socket.destroy();
    });
  });
}

for (const mode of ['observe', 'off']) {
  test(`whole recorded conversations pass byte for byte, both ways: ${mode}`, { skip }, async (t) => {
    let count = 0;
    for (const folder of ['agent-codex-oss', 'agent-opencode', 'agent-pi', 'agent-cline', 'agents-llama-server', 'sdk-fake', 'sdk-llama-server', 'aimock']) {
      for (const recording of conversations(folder)) {
        count += 1;
        await play(recording, true, mode);
      }
    }
    t.diagnostic(`${count} conversations`);
    assert.ok(count > 20);
  });
}

test('every recorded answer of two real servers passes byte for byte, to malformed requests too', { skip }, async () => {
  for (const folder of ['llama-server', 'nginx-llama-server']) {
    for (const recording of exchanges(folder)) await play(recording, false, 'observe');
  }
});
