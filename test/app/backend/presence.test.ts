import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presence } from '../../../src/app/backend/presence.js';

test('a wait ends when what it waits for happens', async () => {
  const presence = new Presence();
  assert.equal(await presence.turn(), true);
  assert.equal(await presence.sleep(1), true);
  assert.equal(await presence.for(Promise.resolve(1)), true);
  assert.equal(await presence.until((done) => {
    done();
    return () => undefined;
  }), true);
});

test('leaving ends any wait at once and undoes it once', async () => {
  const presence = new Presence();
  let undone = 0;
  const waiting = presence.until(() => () => {
    undone += 1;
  });
  presence.leave('reset');
  presence.leave('fin');
  assert.equal(await waiting, false);
  assert.equal(undone, 1);
  assert.equal(presence.left, 'reset');
  assert.equal(await presence.sleep(Infinity), false);
  assert.equal(await presence.turn(), false);
});

test('a wait for ever, or longer than a timer can, ends only by leaving', async () => {
  for (const ms of [Infinity, 2 ** 31]) {
    const presence = new Presence();
    let ended = false;
    const waiting = presence.sleep(ms).then((here) => {
      ended = true;
      return here;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, false);
    presence.leave('stopped');
    assert.equal(await waiting, false);
  }
});

test('what the awaited promise throws is thrown, and only while the client is here', async () => {
  await assert.rejects(new Presence().for(Promise.reject(new Error('no'))), /no/);
  const gone = new Presence();
  gone.leave('fin');
  assert.equal(await gone.for(Promise.resolve()), false);
});
