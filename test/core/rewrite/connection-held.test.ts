import { describe } from 'node:test';
import {
  clientEnded, clientFailed, destroyClient, destroyUpstream, dial, dropUpstream, endClient, endUpstream, fromClient, fromUpstream, playAll, resetClient, toClient, told, toUpstream, upstreamEnded, upstreamFailed, type Playbook,
} from '../../helpers/playbook.js';
import { CHAT, CHAT_BODY, chunk, delta, LAST, markedHead, request, response, streamHead } from './messages.js';

const wrong = { mian: 'main' };

const heldText: readonly Playbook[] = [
  {
    name: 'client FIN, answer owed: held text goes on',
    replace: wrong, deframed: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      clientEnded, endUpstream,
      fromUpstream(chunk(delta('an b')) + LAST), toClient(chunk(delta('a main') + delta(' b')) + LAST), endClient, dropUpstream, told('replace mian > main'), told('x1 complete 200 read 1 corrected'),
    ],
  },
  {
    name: 'client reset: held text is dropped, observed as aborted',
    replace: wrong, deframed: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      clientFailed, destroyUpstream, destroyClient, told('x1 aborted 200 read'),
    ],
  },
  {
    name: 'upstream FIN inside a chunked body: held text is sent unedited, no last chunk',
    replace: wrong, deframed: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      upstreamEnded, destroyUpstream, toClient(chunk(delta('a mi'))), destroyClient, told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'upstream reset inside a chunked body: held text and half an event are sent unedited',
    replace: wrong, deframed: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi')) + chunk('data: {"cho')), toClient(markedHead('x1')),
      upstreamFailed(), toClient(chunk(`${delta('a mi')}data: {"cho`)), destroyClient, told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'upstream FIN ends a stream without length: held text ends normally',
    replace: wrong,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(response('200 OK', ['Content-Type: text/event-stream']) + delta('a mi')), toClient(response('200 OK', ['Content-Type: text/event-stream', 'x-hotpatch-exchange: x1'])),
      upstreamEnded, toClient(delta('a mi')), endClient, dropUpstream, told('x1 complete 200 read'),
    ],
  },
  {
    name: 'a chunked stream cut off by FIN, told to an HTTP/1.0 client: a reset, for a FIN would make it look whole',
    steps: [
      fromClient(request('POST /v1/chat/completions HTTP/1.0', [], CHAT_BODY)), dial, toUpstream(request('POST /v1/chat/completions HTTP/1.0', [], CHAT_BODY)),
      fromUpstream(streamHead() + chunk(delta('b'))), toClient(response('200 OK', ['Content-Type: text/event-stream', 'Connection: close', 'x-hotpatch-exchange: x1']) + delta('b')),
      upstreamEnded, destroyUpstream, resetClient, told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'malformed chunks behind held text: sent unedited, no last chunk',
    replace: wrong, deframed: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      fromUpstream('zz'), toClient(chunk(delta('a mi'))), destroyUpstream, destroyClient, told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'upstream lost inside a document: what came of it is sent, its length says that it is not whole',
    replace: wrong,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(response('200 OK', ['Content-Type: application/json', 'Content-Length: 99'], null) + '{"choices"'),
      upstreamEnded, destroyUpstream, toClient(response('200 OK', ['Content-Type: application/json', 'Content-Length: 99', 'x-hotpatch-exchange: x1'], null) + '{"choices"'), destroyClient,
      told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'upstream reset inside a document without length: a reset, for a FIN would make it look whole',
    replace: wrong,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(response('200 OK', ['Content-Type: application/json']) + '{"choices"'),
      upstreamFailed(), toClient(response('200 OK', ['Content-Type: application/json', 'x-hotpatch-exchange: x1']) + '{"choices"'), resetClient,
      told('x1 truncated 200 read'),
    ],
  },
];

describe('what becomes of held text', () => playAll(heldText));
