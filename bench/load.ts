// The benchmark's client: runs one measurement at a time as asked over IPC and answers with what it measured.
import { bulkJob, churnJob, idleJob, jsonJob } from './harness/plain-jobs.js';
import { tellParent, type Job, type RunRequest, type RunSpec, type Sample } from './harness/protocol.js';
import { StreamJob } from './harness/stream-job.js';

const JOBS: Readonly<Record<Job, (spec: RunSpec) => Promise<Sample>>> = {
  stream: (spec) => new StreamJob(spec).run(),
  json: jsonJob,
  bulk: bulkJob,
  churn: churnJob,
  idle: idleJob,
};

async function measure({ id, spec }: RunRequest): Promise<void> {
  try {
    const sample = await JOBS[spec.job](spec);
    const known = Object.fromEntries(Object.entries(sample).filter(([, value]) => Number.isFinite(value)));
    tellParent({ kind: 'sample', id, sample: known });
  } catch (error) {
    tellParent({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (request: RunRequest) => void measure(request));
process.on('disconnect', () => process.exit(0));
tellParent({ kind: 'ready', port: 0 });
