import { METRICS } from './metrics.js';
import type { BenchRecord } from './record.js';
import type { Interval } from './statistics.js';

interface Bar { readonly label: string; readonly interval: Interval }
interface Panel { readonly title: string; readonly bars: readonly Bar[] }

const ROW = 18;
const LEFT = 190;
const PLOT = 420;
const WIDTH = LEFT + PLOT + 150;

/** The metric each kind of scenario is drawn by. */
const DRAWN = ['cpuUsPerToken', 'requestsPerS', 'mbPerS', 'connectionsPerS', 'rssMb'];

function panels(record: BenchRecord): Panel[] {
  return record.results.flatMap((result) => {
    const key = DRAWN.find((each) => result.variants.some((variant) => variant.summaries[each]?.toSplice));
    if (key === undefined) return [];
    const bars = result.variants.flatMap((variant) => {
      const interval = variant.summaries[key]?.toSplice?.ratio;
      return interval === undefined ? [] : [{ label: variant.name, interval }];
    });
    const metric = METRICS.find((each) => each.key === key);
    return [{ title: `${result.scenario.name}: ${metric?.label ?? key}, ratio to raw splice (${metric?.better ?? 'low'} is better)`, bars }];
  });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Ratios to raw splice as bars with their intervals, one panel a scenario, drawn by hand as SVG. */
export function chart(record: BenchRecord): string {
  const drawn = panels(record);
  const scale = (top: number, value: number) => LEFT + (Math.min(value, top) / top) * PLOT;
  const parts: string[] = [];
  let y = 34;
  for (const panel of drawn) {
    const top = Math.max(1.25, ...panel.bars.map((bar) => Math.min(bar.interval.high, 4))) * 1.05;
    parts.push(`<text x="8" y="${y}" class="t">${escapeXml(panel.title)}</text>`);
    const begin = y + 6;
    for (const bar of panel.bars) {
      y += ROW;
      const { low, middle, high } = bar.interval;
      parts.push(
        `<text x="${LEFT - 8}" y="${y + 3}" text-anchor="end">${escapeXml(bar.label)}</text>`,
        `<rect x="${LEFT}" y="${y - 8}" width="${(scale(top, middle) - LEFT).toFixed(1)}" height="12"/>`,
        `<line x1="${scale(top, low).toFixed(1)}" x2="${scale(top, high).toFixed(1)}" y1="${y - 2}" y2="${y - 2}" class="i"/>`,
        `<text x="${(scale(top, Math.max(middle, high)) + 6).toFixed(1)}" y="${y + 3}">${middle.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]</text>`,
      );
    }
    parts.push(`<line x1="${scale(top, 1).toFixed(1)}" x2="${scale(top, 1).toFixed(1)}" y1="${begin}" y2="${y + 6}" class="one"/>`);
    y += ROW * 2;
  }
  const style = 'text{font:11px sans-serif;fill:#222}.t{font-weight:bold}rect{fill:#7aa6c2}.i{stroke:#222;stroke-width:1.5}.one{stroke:#c33;stroke-dasharray:3 3}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"><style>${style}</style>` +
    `<rect width="100%" height="100%" style="fill:#fff"/><text x="8" y="16" class="t">${escapeXml(`${record.name}, ${record.at}, ${record.machine['commit'] ?? ''}`)}</text>\n${parts.join('\n')}\n</svg>\n`;
}
