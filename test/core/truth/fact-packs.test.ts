import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import { builtinModules, createRequire } from 'node:module';
import { constants } from 'node:os';
import { test } from 'node:test';
import { FACT_PACKS } from '../../../src/core/truth/fact-packs.js';
import { EXIT_CODES, SIGNALS } from '../../../src/core/truth/facts-codes.js';
import { COMMON_STATUS, HTTP_PHRASES, HTTP_STATUS } from '../../../src/core/truth/facts-http.js';
import { FORMAT_NAMES, MIME_TYPES } from '../../../src/core/truth/facts-mime.js';
import { NAME_GROUPS } from '../../../src/core/truth/facts-names.js';
import { NODE_MODULES, NODE_ONLY, NPM_PACKAGES } from '../../../src/core/truth/facts-node.js';

interface MediaType {
  readonly source?: string;
  readonly extensions?: readonly string[];
}

/** The table of express's own media types: the newest that is installed. */
const express = createRequire(createRequire(import.meta.url).resolve('express'));
const media = createRequire(express.resolve('mime-types'))('mime-db') as Readonly<Record<string, MediaType>>;

/** Extensions that mime-db still gives an older type, and what registers the one of the pack. */
const REGISTERED: Readonly<Record<string, string>> = { yaml: 'RFC 9512', yml: 'RFC 9512', flac: 'RFC 9639', vcf: 'RFC 6350' };

test('every status is as node:http has it, and none is missing', () => {
  for (const [code, phrase] of Object.entries(STATUS_CODES)) {
    const own = HTTP_STATUS[Number(code)];
    assert.ok(own !== undefined || code === '509', `${code} ${phrase} is missing`);
    if (own !== undefined) assert.ok(own.some((one) => one.toLowerCase().replace('’', "'") === phrase?.toLowerCase()), `${code}: ${phrase} is none of ${own.join(', ')}`);
  }
  for (const code of Object.keys(HTTP_STATUS)) assert.ok(STATUS_CODES[code] !== undefined, code);
  for (const code of COMMON_STATUS) assert.ok(HTTP_STATUS[code] !== undefined);
  for (const { phrase } of HTTP_PHRASES) assert.equal(HTTP_PHRASES.filter((one) => one.phrase === phrase).length, 1, `${phrase} belongs to two codes`);
});

test('every media type is one that mime-db gives its extension, first of all', () => {
  for (const [extension, [type = '']] of Object.entries(MIME_TYPES)) {
    const known = Object.entries(media).filter(([, { extensions }]) => extensions?.includes(extension) === true).map(([name]) => name);
    assert.ok(known.includes(type) || REGISTERED[extension] !== undefined, `${extension}: ${type}, where mime-db has ${known.join(', ')}`);
    // What others call it is never taken for an error.
    const missing = known.filter((name) => !(MIME_TYPES[extension] as readonly string[]).includes(name));
    assert.deepEqual(missing, [], `${extension} may be these as well`);
  }
  for (const extension of Object.values(FORMAT_NAMES)) assert.ok(MIME_TYPES[extension] !== undefined, extension);
});

test('signals have the numbers of this system, where it has them', () => {
  const known = constants.signals as Readonly<Record<string, number>>;
  for (const [name, number] of Object.entries(SIGNALS)) if (known[name] !== undefined) assert.equal(number, known[name], name);
  for (const { code, names } of EXIT_CODES) {
    const signal = /^sig[a-z]+/.exec(names)?.[0].toUpperCase();
    if (signal !== undefined) assert.equal(code, 128 + (SIGNALS[signal] ?? known[signal] ?? 0), signal);
  }
});

test('every module that this Node.js brings along is in the pack, and no package is', () => {
  const own = new Set(NODE_MODULES);
  for (const name of builtinModules) if (!name.startsWith('_')) assert.ok(own.has(name.replace(/^node:/, '')), name);
  for (const name of NODE_ONLY) assert.ok(own.has(name), name);
  for (const name of NPM_PACKAGES) assert.ok(!own.has(name), name);
});

test('values of packs are possible ones, and no name stands for two facts of a kind', () => {
  const [least, most] = [{ port: 1, rfc: 1, year: 1940 }, { port: 65_535, rfc: 9_999, year: 2_035 }];
  const seen = new Map<string, string>();
  for (const { kind, names, values } of FACT_PACKS) {
    assert.ok(values.length > 0);
    assert.equal(new Set(values).size, values.length, `${names} has a value twice`);
    for (const value of values) assert.ok(Number.isInteger(value) && value >= least[kind] && value <= most[kind], `${names}: ${value}`);
    for (const name of names.split('|')) {
      const key = `${kind} ${name}`;
      assert.ok(!seen.has(key), `${key} is in ${seen.get(key) ?? ''} and in ${names}`);
      seen.set(key, names);
    }
    assert.doesNotThrow(() => new RegExp(names, 'u'));
  }
});

test('a spelling belongs to one name of its group', () => {
  for (const [group, rows] of Object.entries(NAME_GROUPS)) {
    const spellings = rows.flatMap((row) => [...new Set(row.map((one) => one.toLowerCase()))]);
    assert.deepEqual(spellings.filter((one, at) => spellings.indexOf(one) !== at), [], group);
  }
});
