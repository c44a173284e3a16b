# hotpatch as an image: docker build -t hotpatch .
FROM node:22-bookworm AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp && mkdir /app && cd /app && npm init -y && npm install --omit=dev --no-audit --no-fund /tmp/hotpatch-*.tgz

FROM node:22-bookworm-slim
COPY --from=build /app /app
RUN mkdir -p /data /workspace && chown node:node /data
USER node
WORKDIR /data
ENV NODE_ENV=production HOTPATCH_LOG_FORMAT=json
VOLUME ["/data"]
EXPOSE 11435
# Answers come from the backend, so the check asks only whether the proxy accepts a connection.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["node", "-e", "require('node:net').connect(11435, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "/app/node_modules/hotpatch/bin/hotpatch.js"]
# Inside a container every address is its own; who reaches it is said by what is published: -p 127.0.0.1:11435:11435.
CMD ["serve", "--allow-remote", "--listen", "0.0.0.0:11435", "--upstream", "http://host.docker.internal:11434", "--workspace", "/workspace", "--db", "/data/hotpatch.db", "--log-dir", "/data/logs"]
