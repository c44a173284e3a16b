import { HALLUCINATION_TYPES } from '../../core/types.js';
import type { AdminHub } from './hub.js';
import type { Route } from './server.js';
import type { AdminTarget } from './target.js';

/** The text format of Prometheus, version 0.0.4. */
const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** `GET /metrics`: what was counted since the start, and how the proxy stands. */
export function metricsRoute(hub: AdminHub, target: AdminTarget): Route {
  return { method: 'GET', path: '/metrics', handle: () => ({ text: metricsText(hub, target), type: TYPE }) };
}

function metricsText(hub: AdminHub, target: AdminTarget): string {
  const { byType, requestsProcessed, navigationErrorsFixed, behaviorPatchesApplied, notInspected } = hub.counted();
  const state = target.state();
  const types = (of: 'detected' | 'corrected'): readonly Sample[] => HALLUCINATION_TYPES.map((type) => [{ type }, byType[type][of]]);
  return [
    family('hotpatch_requests_total', 'counter', 'Exchanges that are over.', [[{}, requestsProcessed]]),
    family('hotpatch_detected_total', 'counter', 'Findings, reports among them.', types('detected')),
    family('hotpatch_corrected_total', 'counter', 'Findings that changed an answer.', types('corrected')),
    family('hotpatch_navigation_fixes_total', 'counter', 'Paths that were put right.', [[{}, navigationErrorsFixed]]),
    family('hotpatch_patches_applied_total', 'counter', 'Times a behavior patch was at work.', [[{}, behaviorPatchesApplied]]),
    family('hotpatch_not_inspected_total', 'counter', 'Exchanges not inspected, or not to their end.', Object.entries(notInspected).map(([reason, count]) => [{ reason }, count])),
    family('hotpatch_listening', 'gauge', '1: the proxy listens.', [[{}, state?.serverListening === true ? 1 : 0]]),
    ...(state === null ? [] : [
      family('hotpatch_enabled', 'gauge', '0: bytes pass unread.', [[{}, state.enabled ? 1 : 0]]),
      family('hotpatch_connections', 'gauge', 'Open connections of clients.', [[{}, state.activeConnections]]),
      family('hotpatch_patterns', 'gauge', 'Patterns in force.', [[{}, state.correctionPatterns]]),
      family('hotpatch_patches', 'gauge', 'Behavior patches in force.', [[{}, state.behaviorPatches]]),
      family('hotpatch_workspace_files', 'gauge', 'Files of the workspace that are known.', [[{}, state.files]]),
      family('hotpatch_processes', 'gauge', 'Processes that serve.', [[{}, state.pids.length]]),
    ]),
    family('process_start_time_seconds', 'gauge', 'When it was started, in seconds since 1970.', [[{}, Date.parse(hub.startedAt) / 1_000]]),
    family('process_resident_memory_bytes', 'gauge', 'Memory of the process that has the admin address.', [[{}, process.memoryUsage.rss()]]),
  ].join('');
}

/** One metric with its samples; one without samples says only what it would be. */
function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`).join(',');
    return `${name}${inside === '' ? '' : `{${inside}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
