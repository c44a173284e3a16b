import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { timeOfLine } from './lines.js';

export interface RotationLimits {
  /** A file is put aside before it would grow beyond this. */
  readonly maxBytes: number;
  /** A file is put aside when its first line is older, and removed when its last write is; 0: never. */
  readonly retentionMs: number;
  readonly nowMs: number;
}

/** Bytes that hold the time a line begins with. */
const STAMP_BYTES = 27;
const LF = 0x0a;
/** What stands between a file's stem and its extension once it is put aside: when, and which of that moment. */
const PUT_ASIDE = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)\.(\d+)$/;

/**
 * Appends whole lines to a file, made where missing, by one write; before that, puts a full or old file aside under a name
 * with the time in it. Call it under the lock; with `limits` null it only appends and needs none.
 */
export async function appendRotating(file: string, lines: string, limits: RotationLimits | null): Promise<void> {
  const bytes = Buffer.from(lines, 'utf8');
  if (limits !== null && (await isDue(file, bytes.length, limits))) {
    await putAside(file, limits.nowMs);
    await removeOld(file, limits);
  }
  const handle = await open(file, 'a+');
  try {
    const whole = (await endsMidLine(handle)) ? Buffer.concat([Buffer.of(LF), bytes]) : bytes;
    // `appendFile` cuts what is large into several writes, between which another process may write.
    for (let at = 0; at < whole.length; ) at += (await handle.write(whole, at)).bytesWritten;
  } finally {
    await handle.close();
  }
}

/** The names a file's predecessors have, oldest first: `corrections.log` becomes `corrections.2026-01-20T14-32-45-120Z.0.log`. */
export async function rotatedFiles(file: string): Promise<readonly string[]> {
  const { stem, extension } = nameParts(file);
  const names = await readdir(dirname(file)).catch(() => []);
  const ours = names.flatMap((name) => {
    if (!name.startsWith(`${stem}.`) || !name.endsWith(extension)) return [];
    const [, stamp, count] = PUT_ASIDE.exec(name.slice(stem.length + 1, name.length - extension.length)) ?? [];
    return stamp === undefined ? [] : [{ name, stamp, count: Number(count) }];
  });
  // By number, not by letters: of one moment, the tenth comes behind the second.
  ours.sort((a, b) => (a.stamp === b.stamp ? a.count - b.count : a.stamp < b.stamp ? -1 : 1));
  return ours.map(({ name }) => join(dirname(file), name));
}

async function isDue(file: string, incoming: number, limits: RotationLimits): Promise<boolean> {
  const facts = await stat(file).catch(() => null);
  if (facts === null || facts.size === 0) return false;
  if (facts.size + incoming > limits.maxBytes) return true;
  if (limits.retentionMs === 0) return false;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(STAMP_BYTES), 0, STAMP_BYTES, 0);
    const first = timeOfLine(buffer.toString('latin1', 0, bytesRead)) ?? facts.mtime;
    return first.getTime() < limits.nowMs - limits.retentionMs;
  } finally {
    await handle.close();
  }
}

async function putAside(file: string, nowMs: number): Promise<void> {
  const { stem, extension } = nameParts(file);
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  for (let count = 0; ; count += 1) {
    const target = join(dirname(file), `${stem}.${stamp}.${count}${extension}`);
    // A rename would replace an earlier file of the same moment.
    if ((await stat(target).catch(() => null)) !== null) continue;
    await rename(file, target);
    return;
  }
}

async function removeOld(file: string, limits: RotationLimits): Promise<void> {
  if (limits.retentionMs === 0) return;
  for (const old of await rotatedFiles(file)) {
    const facts = await stat(old).catch(() => null);
    if (facts !== null && facts.mtimeMs < limits.nowMs - limits.retentionMs) await unlink(old).catch(() => undefined);
  }
}

/** A full disk or a killed process may have cut a line: the next record begins on its own. */
async function endsMidLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== LF;
}

function nameParts(file: string): { readonly stem: string; readonly extension: string } {
  const name = basename(file);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? { stem: name.slice(0, dot), extension: name.slice(dot) } : { stem: name, extension: '' };
}
