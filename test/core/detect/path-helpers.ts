import { fabricatedPath } from '../../../src/core/detect/fabricated-path.js';
import type { ExchangeContext, Finding, TextView } from '../../../src/core/detect/detector.js';
import { invalidPath } from '../../../src/core/detect/invalid-path.js';
import { compileRuleSet } from '../../../src/core/rules/compile.js';
import { resolveLimits } from '../../../src/core/limits.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import type { GroundTruth } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST, type RequestContext } from '../../../src/core/truth/request-context.js';
import { type ChannelKind, uniformModes } from '../../../src/core/types.js';

/** A small project with every sort of name the tables need. */
export const FILES: readonly string[] = Object.freeze([
  'package.json', 'README.md', 'tsconfig.json', 'docs/guide/getting-started.md', 'docs/architecture.md', 'docs/img/overview.png', 'src/main.ts', 'src/server/router.ts',
  'src/server/listener.ts', 'src/widgets/TabPanel.tsx', 'src/widgets/[slug]/page.tsx', 'src/data/prices.json', 'scripts/deploy_all.sh', 'tests/router.test.ts', 'tests/conftest.py',
  'my notes/release plan.md', 'docs/日本語/手引き.md', 'crates/engine/src/lexer.rs', 'tools/runner', 'src/widgets/side-bar.tsx', 'model/user.py', 'example/loop.ts', 'assets/raw/sample.tar',
]);

const RULES = compileRuleSet([], [], new Set(), [], resolveLimits());

export function contextOf(truth: GroundTruth = truthOfFiles(FILES), request: RequestContext = { ...EMPTY_REQUEST, tied: true }): ExchangeContext {
  return { truth, rules: RULES, request, modes: uniformModes('correct'), holdChars: resolveLimits().holdChars };
}

/** The findings of both detectors and the frontier after every piece, fed as a channel feeds them. */
export function scan(pieces: Iterable<string>, context = contextOf(), kind: ChannelKind = 'prose'): { readonly findings: readonly Finding[]; readonly frontiers: readonly number[]; readonly late: readonly Finding[] } {
  const runs = [invalidPath, fabricatedPath].flatMap((detector) => detector.start(context, kind) ?? []);
  const view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };
  const findings: Finding[] = [];
  const frontiers: number[] = [];
  /** Findings that would edit what the runs had let go before. */
  const late: Finding[] = [];
  const take = (finding: Finding): void => {
    findings.push(finding);
    const from = (finding as { from?: number }).from ?? finding.start;
    if (finding.verdict.strategy !== 'report' && from < (frontiers.at(-1) ?? 0)) late.push(finding);
  };
  const advance = (): number => Math.min(view.base + view.text.length, ...runs.map((run) => run.advance(view, take)));
  for (const piece of pieces) {
    view.text += piece;
    view.fresh = piece;
    frontiers.push(advance());
    if (view.text.length > 8192) {
      view.base += view.text.length - 4096;
      view.text = view.text.slice(-4096);
    }
  }
  view.fresh = '';
  view.ended = true;
  frontiers.push(advance());
  return { findings: findings.sort((a, b) => a.start - b.start), frontiers, late };
}

/** What was found, in short: `replace src/mian.ts -> src/main.ts`, `insert`, `report`. */
export function told(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ verdict }) => `${verdict.strategy} ${verdict.detected}${verdict.expected === null ? '' : ` -> ${verdict.expected}`}`);
}
