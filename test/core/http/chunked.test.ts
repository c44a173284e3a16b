import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createParser, type Parser } from 'llhttp-wasm';
import { ChunkedDecoder, loneChunk } from '../../../src/core/http/chunked.js';
import { everyCut } from './harness.js';

interface Decoded {
  readonly payload: string;
  readonly done: boolean;
  readonly fault: string | null;
  readonly trailers: string | null;
  /** Bytes of the input that belong to the body. */
  readonly used: number;
}

function decode(pieces: readonly Buffer[], trailerBytes = 1024): Decoded {
  const decoder = new ChunkedDecoder(trailerBytes);
  let payload = '';
  let used = 0;
  for (const bytes of pieces) {
    let at = 0;
    while (at < bytes.length && !decoder.done && decoder.fault === null) {
      at = decoder.step(bytes, at);
      payload += bytes.toString('latin1', decoder.from, decoder.to);
    }
    used += at;
  }
  return { payload, done: decoder.done, fault: decoder.fault, trailers: decoder.trailers?.toString('latin1') ?? null, used };
}

const HEAD = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');

/** llhttp's own opinion of the same body. */
function oracle(body: Buffer): { payload: string; code: number; done: boolean } {
  const parser: Parser = (createParser as unknown as (type: string) => Parser)('REQUEST');
  const seen = { payload: '', done: false };
  parser.onBody = (data) => {
    seen.payload += Buffer.from(data).toString('latin1');
    return 0;
  };
  parser.onMessageComplete = () => {
    seen.done = true;
    return 21;
  };
  const code = parser.execute(Buffer.concat([HEAD, body]));
  parser.destroy();
  return { ...seen, code };
}

describe('well-formed bodies, at every cut', () => {
  const cases: readonly [name: string, input: string, payload: string, trailers: string | null][] = [
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', null],
    ['hex in both cases, leading zeros', 'a\r\n0123456789\r\n0B\r\n01234567890\r\n000\r\n\r\n', '012345678901234567890', null],
    ['nothing but the last chunk', '0\r\n\r\n', '', null],
    ['payload that looks like framing', '7\r\n0\r\n\r\n5\r\r\n0\r\n\r\n', '0\r\n\r\n5\r', null],
    ['extensions', '5;a;b=c;d="e;\\"\\\\ f"\r\nhello\r\n0;x=y\r\n\r\n', 'hello', null],
    ['trailers', '2\r\nok\r\n0\r\nX-Sum: 1\r\nY:\t2 \r\n\r\n', 'ok', 'X-Sum: 1\r\nY:\t2 \r\n'],
  ];
  for (const [name, input, payload, trailers] of cases) {
    test(name, () => {
      const bytes = Buffer.from(`${input}GET / next`, 'latin1');
      for (const cut of everyCut(bytes)) {
        assert.deepEqual(decode(cut), { payload, done: true, fault: null, trailers, used: input.length });
      }
      const theirs = oracle(Buffer.from(input, 'latin1'));
      assert.deepEqual([theirs.payload, theirs.done], [payload, true]);
    });
  }
});

describe('malformed bodies, at every cut', () => {
  const cases: readonly [name: string, input: string, fault: RegExp, llhttpRefuses: boolean][] = [
    ['no hex digit', 'ZZ\r\n', /0x5a/, true],
    ['no size', '\r\nhello', /0x0d/, true],
    ['a size ends in LF alone', '5\nhello\r\n0\r\n\r\n', /0x0a/, true],
    ['a CR without LF behind a size', '5\rXhello\r\n0\r\n\r\n', /not followed by LF/, true],
    ['space behind a size', '5 \r\nhello\r\n0\r\n\r\n', /0x20/, true],
    ['a sign, or 0x', '0x5\r\nhello\r\n0\r\n\r\n', /0x78/, true],
    ['a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n', /longer/, true],
    ['a chunk ends in LF alone', '5\r\nhello\n0\r\n\r\n', /longer/, true],
    ['a chunk ends in CR alone', '5\r\nhello\rX', /not followed by LF/, true],
    ['a size over 2^53', '20000000000000\r\n', /too large/, false],
    ['the greatest size of 64 bits', 'FFFFFFFFFFFFFFFF\r\n', /too large/, false],
    ['seventeen digits', '00000000000000005\r\nhello\r\n0\r\n\r\n', /too large/, false],
    ['an extension without a name', '5;\r\nhello\r\n0\r\n\r\n', /0x0d/, true],
    ['white space in an extension', '5;a = b\r\nhello\r\n0\r\n\r\n', /0x20/, true],
    ['an unfinished quotation', '5;a="b\r\nhello\r\n0\r\n\r\n', /0x0d/, true],
    ['something behind a quotation', '5;a="b"c\r\nhello\r\n0\r\n\r\n', /0x63/, true],
    ['LF in an extension', '5;a\nhello', /0x0a/, true],
    ['17 KB of extensions', `5;${'a'.repeat(17_000)}\r\nhello\r\n0\r\n\r\n`, /extensions exceed/, false],
    ['extensions that add up', `${`1;${'a'.repeat(900)}\r\nx\r\n`.repeat(20)}0\r\n\r\n`, /extensions exceed/, false],
    ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n', /folded/, false],
    ['a trailer without colon', '0\r\nAb\r\n\r\n', /no colon/, true],
    ['LF alone in trailers', '0\r\nA: b\n\r\n', /LF is not preceded/, true],
    ['LF alone at the end', '0\r\n\n', /LF is not preceded/, true],
    ['a length among the trailers', '0\r\nContent-Length: 5\r\n\r\n', /content-length stands/, true],
    ['a coding among the trailers', '0\r\nTransfer_Encoding: chunked\r\n\r\n', /transfer_encoding stands/, false],
    ['trailers over the limit', `0\r\nA: ${'b'.repeat(1100)}\r\n\r\n`, /too long/, false],
  ];
  for (const [name, input, fault, llhttpRefuses] of cases) {
    test(name, () => {
      const bytes = Buffer.from(input, 'latin1');
      const whole = decode([bytes]);
      assert.match(whole.fault ?? '', fault);
      for (const cut of everyCut(bytes, 300)) {
        const result = decode(cut);
        assert.equal(result.fault, whole.fault);
        assert.equal(result.payload, whole.payload);
      }
      if (llhttpRefuses) assert.notEqual([0, 21].includes(oracle(bytes).code), true, 'the oracle refuses it too');
    });
  }
});

test('whatever is accepted here, llhttp accepts with the same payload', () => {
  const nasty = fc.constantFrom('\r', '\n', '\r\n', ';', '=', '"', '\\', ' ', '\t', '0', 'g', ':', '\0', '\xff', '-', 'F', 'Content-Length: 1\r\n');
  const chunk = fc.tuple(fc.string({ maxLength: 12 }), fc.constantFrom('', ';a', ';a=b', ';a="b;c"', ';a="\\""', ';!=~', ';a="\xe9\t"')).map(([text, extension]) => {
    const bytes = Buffer.from(text, 'utf8').toString('latin1');
    return bytes === '' ? '' : `${bytes.length.toString(16)}${extension}\r\n${bytes}\r\n`;
  });
  const trailers = fc.constantFrom('', 'A: b\r\n', 'a:\r\nB: \xe9\r\n', "!#$%&'*+-.^_`|~9:x\r\n");
  const body = fc.tuple(fc.array(chunk, { maxLength: 4 }), trailers, fc.array(fc.tuple(fc.nat(), fc.nat(3), nasty), { maxLength: 2 })).map(([chunks, lines, edits]) => {
    let text = `${chunks.join('')}0\r\n${lines}\r\n`;
    for (const [where, remove, insert] of edits) {
      const at = where % (text.length + 1);
      text = text.slice(0, at) + insert + text.slice(at + remove);
    }
    return Buffer.from(text, 'latin1');
  });
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(body, (bytes) => {
      const ours = decode([bytes]);
      if (ours.fault !== null) {
        refused += 1;
        return;
      }
      const theirs = oracle(bytes);
      assert.equal(theirs.payload, ours.payload);
      // Trailers are judged when they are whole: until then nothing of them was accepted.
      if (!ours.done) return;
      assert.ok(theirs.code === 0 || theirs.code === 21, `llhttp refuses ${JSON.stringify(bytes.toString('latin1'))}`);
      assert.equal(theirs.done, ours.done);
      accepted += 1;
    }),
    { seed: 5, numRuns: 6000 },
  );
  assert.ok(accepted > 1500 && refused > 1000, `the fuzz must see both sides: ${accepted} accepted, ${refused} refused`);
});

test('the boundary is told between chunks and nowhere else', () => {
  const input = Buffer.from('3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n');
  const decoder = new ChunkedDecoder(64);
  const boundaries: number[] = decoder.atBoundary ? [0] : [];
  for (let at = 0; at < input.length; at += 1) {
    decoder.step(input.subarray(at, at + 1), 0);
    if (decoder.atBoundary) boundaries.push(at + 1);
  }
  assert.deepEqual(boundaries, [0, 8, 17]);
  assert.equal(decoder.done, true);
});

test('a lone chunk is one to the decoder as well, and nothing else is', () => {
  const size = fc.oneof(fc.nat(40).map((n) => n.toString(16)), fc.nat(40).map((n) => n.toString(16).toUpperCase().padStart(4, '0')), fc.constantFrom('', 'g', '0', '1;a=b', '0000005', ' 5'));
  const body = fc.string({ minLength: 0, maxLength: 40 });
  const end = fc.constantFrom('\r\n', '\n', '\r', '', '\r\n0\r\n\r\n', '\r\n\r\n');
  let lone = 0;
  fc.assert(fc.property(size, body, end, fc.boolean(), (digits, data, tail, honest) => {
    const bytes = Buffer.from(`${honest ? Buffer.byteLength(data, 'latin1').toString(16) : digits}\r\n${data}${tail}`, 'latin1');
    const from = loneChunk(bytes);
    const decoder = new ChunkedDecoder(1024);
    const pieces: string[] = [];
    let at = 0;
    while (at < bytes.length && !decoder.done && decoder.fault === null) {
      at = decoder.step(bytes, at);
      if (decoder.to > decoder.from) pieces.push(bytes.toString('latin1', decoder.from, decoder.to));
    }
    const one = pieces.length === 1 && decoder.fault === null && decoder.atBoundary;
    if (from >= 0) {
      lone += 1;
      assert.ok(one);
      assert.equal(bytes.toString('latin1', from, bytes.length - 2), pieces[0]);
    } else if (one) assert.match(bytes.toString('latin1'), /^(?:[^\r]*;|0{4})/, 'only extensions and long sizes go the long way');
  }), { numRuns: 2_000 });
  assert.ok(lone > 100, `${lone} were lone`);
});
