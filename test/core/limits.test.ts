import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, LIMIT_NAMES, type Limits, resolveLimits } from '../../src/core/limits.js';

/** As the contract has them, and those that came after it. */
const CONTRACT: Limits = {
  headBytes: 65_536, eventBytes: 8_388_608, documentBytes: 8_388_608, requestBytes: 4_194_304, queueBytes: 1_048_576, queueEvents: 4_096,
  holdChars: 4_096, contextChars: 256, stallMs: 2_000, pingMs: 500, headMs: 30_000, idleMs: 600_000, halfCloseMs: 1_000, graceMs: 10_000, continuations: 3, continueMs: 30_000, contradictionNotes: 3,
};

test('the defaults are those of the contract, and hold among themselves', () => {
  assert.deepEqual({ ...DEFAULT_LIMITS }, CONTRACT);
  assert.deepEqual(resolveLimits(), CONTRACT);
  assert.deepEqual([...LIMIT_NAMES].sort(), Object.keys(CONTRACT).sort());
  assert.ok(Object.isFrozen(DEFAULT_LIMITS));
});

test('what is given replaces a default, the rest stays', () => {
  assert.deepEqual(resolveLimits({ holdChars: 7, stallMs: 0 }), { ...CONTRACT, holdChars: 7, stallMs: 0 });
});

for (const name of LIMIT_NAMES) {
  for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53, '7' as unknown as number, null as unknown as number]) {
    test(`limit ${name} refuses ${String(value)} and says its name`, () => {
      assert.throws(() => resolveLimits({ [name]: value }), (error: unknown) => error instanceof RangeError && error.message.includes(name) && error.message.includes(String(value)));
    });
  }
}

const LEAST: Readonly<Partial<Record<keyof Limits, number>>> = { headBytes: 64, eventBytes: 2, queueEvents: 1, contextChars: 2 };

for (const [name, least] of Object.entries(LEAST)) {
  test(`limit ${name} is at least ${least}`, () => {
    assert.equal(resolveLimits({ [name]: least })[name as keyof Limits], least);
    assert.throws(() => resolveLimits({ [name]: least - 1 }), (error: unknown) => error instanceof RangeError && error.message.includes(`${name} must be at least ${least}`));
  });
}
