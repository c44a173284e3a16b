import { toldOfFailure } from '../detect/path-request.js';
import { globMatches } from '../detect/pattern-match.js';
import type { BehaviorPatch, PatchOccasion } from '../rules/patch-input.js';
import type { RequestContext } from '../truth/request-context.js';
import type { Corrected } from './client-memory.js';

/** A patch names a route, or a word of its name: `chat` means `ollama-chat` and `openai-chat`. */
export function isOfRoute(wanted: string | null, route: string): boolean {
  return wanted === null || wanted === route || route.split('-').includes(wanted);
}

/** Whether a patch is for this request: its model, its route and what came before. */
export function isFor({ models, route, after }: BehaviorPatch, request: RequestContext, before: Corrected): boolean {
  if (models !== null && !models.some((glob) => globMatches(glob, request.model ?? ''))) return false;
  return isOfRoute(route, request.route ?? '') && isOccasion(after, request, before);
}

/**
 * Whether a patch's time has come: by what this very request tells of the conversation, and by what was corrected in this
 * client's answer before.
 */
export function isOccasion(after: PatchOccasion, request: RequestContext, before: Corrected): boolean {
  switch (after) {
    case 'always':
      return true;
    case 'hallucination':
      return Object.values(before).some((count) => count > 0);
    case 'navigation_error':
      return (before.invalid_path ?? 0) + (before.fabricated_path ?? 0) > 0 || lastToolFailed(request);
    case 'empty_reasoning':
      return request.emptyReasoning?.() ?? false;
  }
}

/** The newest results of tools, up to the last words of anyone else. */
function lastToolFailed(request: RequestContext): boolean {
  const texts = request.texts?.() ?? [];
  for (let at = texts.length - 1; at >= 0; at -= 1) {
    const { role, text } = texts[at] as { readonly role: string; readonly text: string };
    if (role === 'tool' && toldOfFailure(text)) return true;
    if (role === 'user') return false;
  }
  return false;
}
