import { createBackend, type Answer, type Backend, type BackendOptions } from '../../../src/app/backend/index.js';
import { RawClient } from './raw-http.js';

export interface Running {
  readonly backend: Backend;
  readonly port: number;
  readonly url: string;
  readonly raw: () => Promise<RawClient>;
}

/** Runs a backend on any port for the length of `use`, with one answer or a whole script. */
export async function withBackend(options: BackendOptions & { readonly answer?: Answer }, use: (running: Running) => Promise<void>): Promise<void> {
  const { answer, ...rest } = options;
  const backend = createBackend({ port: 0, tokensPerSecond: 0, ...(answer === undefined ? {} : { answers: () => answer }), ...rest });
  const { port } = await backend.start();
  const clients: RawClient[] = [];
  try {
    await use({
      backend,
      port,
      url: `http://127.0.0.1:${port}`,
      raw: async () => {
        const client = await RawClient.open(port);
        clients.push(client);
        return client;
      },
    });
  } finally {
    for (const client of clients) client.socket.destroy();
    await backend.stop();
  }
}
