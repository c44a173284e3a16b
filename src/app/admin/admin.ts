import { type Config, formatAddress, isLoopbackHost } from '../config.js';
import type { Logger } from '../log.js';
import { StartError } from '../start-failure.js';
import { eventsRoute } from './events.js';
import type { AdminHub } from './hub.js';
import { metricsRoute } from './metrics.js';
import { PAGE_ROUTES } from './pages.js';
import { reportRoutes } from './reports.js';
import { ruleRoutes } from './rules.js';
import { AdminServer } from './server.js';
import { settingRoutes } from './settings.js';
import type { AdminTarget } from './target.js';

export interface AdminOptions {
  /** As it is at the time of the call. */
  readonly config: () => Config;
  readonly hub: AdminHub;
  readonly target: AdminTarget;
  readonly logger: Logger;
}

/**
 * Opens the admin address of a configuration.
 * @returns null where there is none: it is off, or the default one is taken, which is said
 * @throws StartError where an address that was asked for cannot be had
 */
export async function openAdmin({ config, hub, target, logger }: AdminOptions): Promise<AdminServer | null> {
  const { admin, explicitAdmin, adminToken, allowHosts } = config();
  if (admin === 'off') return null;
  const db = (): string => config().db;
  const routes = [...reportRoutes({ hub, target, db }), eventsRoute(hub), metricsRoute(hub, target), ...ruleRoutes({ target, db, limits: () => config().limits }), ...settingRoutes(target), ...PAGE_ROUTES];
  const server = new AdminServer({ routes, logger, loopback: isLoopbackHost(admin.host), hosts: allowHosts, token: adminToken });
  try {
    logger.info(`admin address: http://${formatAddress(await server.listen(admin))}/`);
    return server;
  } catch (error) {
    const why = reasonOf(error, formatAddress(admin));
    if (explicitAdmin) throw new StartError(`${why}; name another with --admin, or --admin off`, { cause: error });
    logger.warn(`${why}, so there is no admin address; --admin names another, and --admin off asks for none`);
    return null;
  }
}

function reasonOf(error: unknown, address: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? `the admin address ${address} is taken` : `the admin address ${address} cannot be had (${message})`;
}
