/** The demo's answers: always the same, useful to read, and with one slip that a seeded rule corrects. */
import type { Answer, AnswerScript, AnswerToolCall, BackendRequest } from './answer.js';

/** The slip in the demo's main answer; it occurs there once. */
export const DEMO_TYPO = 'teh quick brown fox';

const EXPLANATION = `hotpatch is a proxy that stands between a client and its language model. It reads the answer while it streams and corrects \
what it can prove to be wrong before the client sees it: paths that do not exist, facts that are known to be different, statements that \
contradict each other, and whatever your own rules name.

Most of an answer passes through it byte for byte. Here is a sentence that does not, because a rule knows better: ${DEMO_TYPO} jumps over \
the lazy dog. If you read the usual spelling of that sentence, the proxy has corrected it; if you ask this model directly, the slip is still there.

To try a text of your own, send "say: " and the text. This model then answers exactly that.
`;

const CODE = `Here is a function that greets by name:

\`\`\`ts
export function greet(name: string): string {
  return \`Hello, \${name}!\`;
}
\`\`\`

Call it as greet('Ada').
`;

const LIST = `To try hotpatch:

1. Start the proxy.
2. Point your client at its address instead of the model's.
3. Ask something and watch the log for corrections.
`;

/** Tried in turn; the first that knows an answer gives it. */
const REPLIES: readonly ((request: BackendRequest) => Answer | null)[] = [
  ({ prompt }) => echo(prompt),
  ({ prompt }) => call(prompt),
  ({ prompt }) => (/\b(?:code|function|typescript)\b/i.test(prompt) ? { text: CODE } : null),
  ({ prompt }) => (/\b(?:steps|list)\b/i.test(prompt) ? { text: LIST } : null),
];

/**
 * Answers `say: TEXT` and `repeat: TEXT` with exactly TEXT, `call: NAME {JSON}` with that tool call, a few words with
 * fixed samples, and everything else with an explanation of hotpatch.
 */
export function createDemoScript(): AnswerScript {
  return (request) => {
    for (const reply of REPLIES) {
      const answer = reply(request);
      if (answer !== null) return answer;
    }
    return { text: EXPLANATION };
  };
}

function echo(prompt: string): Answer | null {
  const text = /^\s*(?:say|repeat):[ \t]?([\s\S]*)$/i.exec(prompt)?.[1];
  return text === undefined ? null : { text };
}

function call(prompt: string): Answer | null {
  const match = /^\s*call:\s*([\w.-]+)\s*(\{[\s\S]*\})?\s*$/i.exec(prompt);
  if (match === null) return null;
  const toolCall: AnswerToolCall = { name: match[1] ?? '', arguments: match[2] ?? '{}' };
  return isJson(match[2] ?? '{}') ? { toolCalls: [toolCall] } : { text: 'The arguments of that call are no JSON object.' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
