// The `ai` SDK: a middleware that corrects the text of any provider's model, streamed and whole.
//   npx tsx examples/ai-middleware.ts
// Tool arguments are not text here: to have those corrected too, let the provider go through the proxy (`baseURL`).
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, type LanguageModelMiddleware, streamText, wrapLanguageModel } from 'ai';
import { createRewriteTransformStream, HotPatcher, openWorkspace, type Workspace } from 'hotpatch';

const { MODEL_URL = 'http://127.0.0.1:11434', MODEL = 'llama3.2', WORKSPACE = '.' } = process.env;

/** Corrects against the files of a workspace. */
function hotpatch(workspace: Workspace): LanguageModelMiddleware {
  const patcher = new HotPatcher({ workspace });
  return {
    specificationVersion: 'v3',
    async wrapGenerate({ doGenerate, params }) {
      const result = await doGenerate();
      const messages = params.prompt;
      const content = result.content.map((part) => (part.type === 'text' ? { ...part, text: patcher.intercept(part.text, { messages }).modified } : part));
      return { ...result, content };
    },
    async wrapStream({ doStream, params }) {
      const { stream, ...rest } = await doStream();
      const blocks = new Map<string, TextBlock>();
      const correct = new TransformStream<StreamPart, StreamPart>({
        async transform(part, controller) {
          if (part.type === 'text-start') {
            const { id } = part;
            blocks.set(id, new TextBlock(workspace, { messages: params.prompt }, (delta) => controller.enqueue({ type: 'text-delta', id, delta })));
          }
          // What is held for a moment leaves with what decides it, at the latest before the block's end.
          if (part.type === 'text-delta') return blocks.get(part.id)?.write(part.delta);
          if (part.type === 'text-end') await blocks.get(part.id)?.end();
          controller.enqueue(part);
        },
      });
      return { ...rest, stream: stream.pipeThrough(correct) };
    },
  };
}

/** What a model's stream is made of, in the words of this version of `ai`. */
type Streamed = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapStream']>>>['stream'];
type StreamPart = Streamed extends ReadableStream<infer Part> ? Part : never;

/** One run of text: in as it comes, out as it is decided. */
class TextBlock {
  readonly #encoder = new TextEncoderStream();
  readonly #writer = this.#encoder.writable.getWriter();
  readonly #done: Promise<void>;

  constructor(workspace: Workspace, request: object, told: (delta: string) => void) {
    const corrected = this.#encoder.readable.pipeThrough(createRewriteTransformStream({ format: 'text', request, workspace })).pipeThrough(new TextDecoderStream());
    this.#done = corrected.pipeTo(new WritableStream({ write: told }));
  }

  write(delta: string): Promise<void> {
    return this.#writer.write(delta);
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await this.#done;
  }
}

const provider = createOpenAICompatible({ name: 'local', baseURL: `${MODEL_URL}/v1` });
const model = wrapLanguageModel({ model: provider.chatModel(MODEL), middleware: hotpatch(await openWorkspace({ workspace: WORKSPACE })) });
const prompt = process.argv[2] ?? 'Which file starts the server?';

for await (const delta of streamText({ model, prompt }).textStream) process.stdout.write(delta);
process.stdout.write('\n');
console.log((await generateText({ model, prompt })).text);
