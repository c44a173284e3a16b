import type { BehaviorPatch } from '../rules/patch-input.js';
import type { RequestContext } from '../truth/request-context.js';
import type { Corrected } from './client-memory.js';
import { isFor, isOfRoute } from './patch-occasion.js';
import { patchRequest } from './request-patch.js';

export type PromptPatch = Extract<BehaviorPatch, { type: 'prompt_modifier' }>;

/** Those of the patches that may change a request of this route; its body decides the rest. */
export function promptPatches(patches: readonly BehaviorPatch[], route: string): readonly PromptPatch[] {
  return patches.filter((patch): patch is PromptPatch => patch.type === 'prompt_modifier' && isOfRoute(patch.route, route));
}

/** What became of a held body. */
export interface HeldBody {
  /** Null: as it came. */
  readonly patched: Buffer | null;
  /** Ids of the patches that apply and found a place. */
  readonly applied: readonly string[];
}

/** A request that is kept back until its body is complete, since a prompt modifier may change it. */
export class RequestHold {
  readonly #patches: readonly PromptPatch[];
  readonly #most: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param most bytes that are kept; a larger body goes up as it comes */
  constructor(patches: readonly PromptPatch[], most: number) {
    this.#patches = patches;
    this.#most = most;
  }

  /** @returns whether it is still small enough to be held; if not, `take` what was kept, this piece included. */
  add(bytes: Buffer): boolean {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    return this.#bytes <= this.#most;
  }

  /** What was kept, as it came. */
  take(): readonly Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /**
   * @param payload the complete body, transfer coding removed; null: it cannot be read
   * @param before what was corrected in the last answer this client got
   */
  patch(payload: Buffer | null, request: RequestContext, before: Corrected): HeldBody {
    let patched: Buffer | null = null;
    const applied: string[] = [];
    if (payload === null || request.route === null) return { patched, applied };
    for (const patch of this.#patches) {
      if (!isFor(patch, request, before)) continue;
      const next = patchRequest(patched ?? payload, request.route, patch.rules);
      if (next === null) continue;
      patched = next;
      applied.push(patch.id);
    }
    return { patched, applied };
  }
}
