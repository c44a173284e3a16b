import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLAIMING, isPlainClaim, MAKING } from '../../../bench/quality/intents.js';
import { everySplit } from '../../helpers/every-split.js';
import { scan, told } from './path-helpers.js';

const INVENTED = 'src/billing/retry-queue.ts';
const WRONG = 'src/widgets/tab-panel.tsx';

test('what is made, moved, denied or supposed is neither corrected nor called an invention', () => {
  for (const words of MAKING) {
    everySplit(words.replaceAll('@', INVENTED), (pieces) => assert.deepEqual(told(scan(pieces).findings).filter((line) => line.includes(INVENTED)), [], words));
  }
});

test('what is claimed to be there is corrected, or called an invention', () => {
  for (const words of CLAIMING) {
    const found = told(scan([words.replaceAll('@', WRONG)]).findings);
    assert.ok(found.includes(`replace ${WRONG} -> src/widgets/TabPanel.tsx`), `${words}: ${found.join()}`);
    everySplit(words.replaceAll('@', INVENTED), (pieces) => {
      const made = told(scan(pieces).findings).filter((line) => line.includes(INVENTED)).length;
      assert.equal(made > 0, isPlainClaim(words), words);
    });
  }
});
